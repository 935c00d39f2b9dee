"""What an offer is called and what it gives: its courses, those of its path, those of what is in its bundle."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from wagtail.models import Locale

from commerce.models import BundleItem, Offer
from courses.models import LearningPathPage
from courses.queries.pages import courses_by_keys, path_course_keys, public_paths

__all__ = ["Contents", "GivenCourse", "offer_contents"]


@dataclass(frozen=True)
class GivenCourse:
    """A course that comes with an offer."""

    key: uuid.UUID
    title: str


@dataclass(frozen=True)
class Contents:
    """What buyers see of an offer. ``courses`` are the published ones, each once; a plan's are not listed here."""

    title: str
    courses: tuple[GivenCourse, ...] = ()
    page: Any = None  #: of a course or path, None where it isn't published

    @property
    def course_keys(self) -> frozenset[uuid.UUID]:
        """Keys of the courses."""
        return frozenset(course.key for course in self.courses)


def offer_contents(offers: Iterable[Offer], language: str) -> dict[int, Contents]:
    """Return titles and contents by the offers' ``pk``, in ``language`` where there is a translation.

    At most four queries for any number of offers.
    """
    listed = list(offers)
    kinds = Offer.Kind
    bundles = [offer for offer in listed if offer.kind == kinds.BUNDLE]
    if bundles:
        prefetch_related_objects(bundles, "items")
    inside = [item for bundle in bundles for item in bundle.items.all()]
    path_keys = {offer.key for offer in listed if offer.kind == kinds.PATH}
    path_keys |= {item.key for item in inside if item.kind == BundleItem.Kind.PATH}
    paths = _paths(path_keys, language)
    in_path = _courses_of_paths(paths)
    keys = {offer.key for offer in listed if offer.kind == kinds.COURSE}
    keys |= {item.key for item in inside if item.kind == BundleItem.Kind.COURSE}
    keys |= {key for found in in_path.values() for key in found}
    courses = courses_by_keys(keys, language) if keys else {}

    def given(wanted: Iterable[uuid.UUID]) -> tuple[GivenCourse, ...]:
        return tuple(GivenCourse(key, courses[key].title) for key in dict.fromkeys(wanted) if key in courses)

    found = {}
    for offer in listed:
        own = offer.titles.get(language) or offer.title
        if offer.kind == kinds.COURSE:
            page: Any = courses.get(offer.key)
            found[offer.pk] = Contents(page.title if page else own, given([offer.key]), page)
        elif offer.kind == kinds.PATH:
            page = paths.get(offer.key)
            found[offer.pk] = Contents(page.title if page else own, given(in_path.get(offer.key, ())), page)
        elif offer.kind == kinds.BUNDLE:
            wanted: list[uuid.UUID] = []
            for item in offer.items.all():
                wanted += in_path.get(item.key, ()) if item.kind == BundleItem.Kind.PATH else [item.key]
            found[offer.pk] = Contents(own, given(wanted))
        else:
            found[offer.pk] = Contents(own)
    return found


def _paths(keys: set[uuid.UUID], language: str) -> dict[uuid.UUID, LearningPathPage]:
    """Published paths by key, each in ``language``, else in the school's own, else in another one."""
    if not keys:
        return {}
    default = Locale.get_default().language_code
    wanted = {language: 0, default: 1} if language != default else {default: 0}
    pages = sorted(
        public_paths().filter(translation_key__in=keys),
        key=lambda page: (wanted.get(page.locale.language_code, 2), page.pk),
    )
    found: dict[uuid.UUID, LearningPathPage] = {}
    for page in pages:
        found.setdefault(page.translation_key, page)
    return found


def _courses_of_paths(paths: dict[uuid.UUID, LearningPathPage]) -> dict[uuid.UUID, list[uuid.UUID]]:
    if not paths:
        return {}
    stages = path_course_keys(paths.values())
    return {key: [course for stage in stages[page.pk] for course in stage] for key, page in paths.items()}
