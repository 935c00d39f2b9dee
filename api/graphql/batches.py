"""What a list of courses shares: each thing is loaded for all of them at once, and only when a field asks.

A node holds its batch; the first node that needs outlines makes the batch load everybody's. So the number of
queries doesn't grow with the number of rows, and nothing is loaded that nobody asked for.
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import cached_property

from accounts.models import User
from api.graphql.context import Context
from api.graphql.video_batch import VideoNode, video_nodes
from commerce.contents import Contents, offer_contents
from commerce.models import Offer
from commerce.pricing import Quote, quotes, sold_currency
from commerce.queries import offers_for, prices_of
from core.money import Money
from courses.models import Category, CourseMember, CoursePage, LearningPathPage
from courses.queries.members import listed_members
from courses.queries.outline import CourseOutline, outlines_for
from courses.queries.pages import courses_by_keys, path_course_keys
from courses.queries.pictures import Picture, pictures_for
from learning.access import CourseAccess, course_accesses
from translation.queries import AvailableLocale, translations_of
from videos.models import Video


class CourseBatch:
    """The courses of one list, with everything their fields may ask for."""

    def __init__(self, courses: list[CoursePage], context: Context) -> None:
        self.courses = courses
        self.context = context

    @cached_property
    def outlines(self) -> dict[int, CourseOutline]:
        """Outlines by course pk; one query."""
        return outlines_for(self.courses)

    @cached_property
    def accesses(self) -> dict[int, CourseAccess]:
        """What the person who asks may open and has done, by course pk; at most three queries."""
        return course_accesses(self.context.user, self.courses, self.outlines)

    @cached_property
    def languages(self) -> dict[uuid.UUID, list[AvailableLocale]]:
        """Languages that each course can be read in, by course key; two queries."""
        return translations_of([course.translation_key for course in self.courses])

    @cached_property
    def pictures(self) -> dict[int, Picture]:
        """Covers by image pk; one query."""
        return pictures_for(course.cover for course in self.courses)

    @cached_property
    def trailers(self) -> dict[int, VideoNode]:
        """Trailers by the video's pk; one query."""
        pks = {course.trailer_id for course in self.courses if course.trailer_id}
        return video_nodes(Video.objects.filter(pk__in=pks) if pks else (), self.context, is_free=True)

    @cached_property
    def members(self) -> dict[uuid.UUID, list[CourseMember]]:
        """People named on each course; one query."""
        by_key: dict[uuid.UUID, list[CourseMember]] = {}
        for member in listed_members(course.translation_key for course in self.courses):
            by_key.setdefault(member.course_key, []).append(member)
        return by_key

    @cached_property
    def categories(self) -> dict[int, list[Category]]:
        """Categories by course pk; one query."""
        by_course: dict[int, list[Category]] = {}
        links = (
            Category.objects.filter(courses__in=[course.pk for course in self.courses])
            .order_by("title")
            .values_list("courses__pk", "pk", "slug", "title", "description")
        )
        for course_pk, pk, slug, title, description in links:
            category = Category(pk=pk, slug=slug, title=title, description=description)
            by_course.setdefault(course_pk, []).append(category)
        return by_course

    @cached_property
    def tags(self) -> dict[int, list[str]]:
        """Tags by course pk; one query."""
        by_course: dict[int, list[str]] = {}
        through = CoursePage.tags.through
        rows = through.objects.filter(content_object__in=[course.pk for course in self.courses])
        for course_pk, name in rows.order_by("tag__name").values_list("content_object_id", "tag__name"):
            by_course.setdefault(course_pk, []).append(name)
        return by_course

    @cached_property
    def prices(self) -> dict[uuid.UUID, list[Money]]:
        """Prices by course key, empty for a free course; one query."""
        return prices_of([course.translation_key for course in self.courses])

    @cached_property
    def quotes(self) -> dict[uuid.UUID, Quote]:
        """What each course costs the person who asks, by course key; a fixed number of queries."""
        return quotes_by_key(Offer.Kind.COURSE, self.courses, self.context)

    @cached_property
    def offers(self) -> "OfferBatch":
        """Those offers."""
        return OfferBatch(self.quotes.values(), self.context)


class PathBatch:
    """The learning paths of one list."""

    def __init__(self, paths: list[LearningPathPage], context: Context) -> None:
        self.paths = paths
        self.context = context

    @cached_property
    def stage_keys(self) -> dict[int, list[list[uuid.UUID]]]:
        """Course keys of each stage by path pk; one query for all paths."""
        return path_course_keys(self.paths)

    @cached_property
    def languages(self) -> dict[uuid.UUID, list[AvailableLocale]]:
        """Languages that each path can be read in, by its key; two queries."""
        return translations_of([path.translation_key for path in self.paths])

    @cached_property
    def pictures(self) -> dict[int, Picture]:
        """Covers by image pk; one query."""
        return pictures_for(path.cover for path in self.paths)

    @cached_property
    def quotes(self) -> dict[uuid.UUID, Quote]:
        """What each path costs the person who asks, by path key; a fixed number of queries."""
        return quotes_by_key(Offer.Kind.PATH, self.paths, self.context)

    @cached_property
    def offers(self) -> "OfferBatch":
        """Those offers."""
        return OfferBatch(self.quotes.values(), self.context)

    @cached_property
    def courses(self) -> CourseBatch:
        """The visible courses of all these paths."""
        return CourseBatch(list(self.by_key.values()), self.context)

    @cached_property
    def by_key(self) -> dict[uuid.UUID, CoursePage]:
        """Those courses by key, in the language of the paths."""
        keys = {key for stages in self.stage_keys.values() for stage in stages for key in stage}
        language = self.paths[0].locale.language_code if self.paths else self.context.language
        return courses_by_keys(keys, language)


class OfferBatch:
    """The offers of one list, priced, with what they give."""

    def __init__(self, quotes: Iterable[Quote], context: Context) -> None:
        self.offers = [quote.offer for quote in quotes]
        self.context = context

    @cached_property
    def contents(self) -> dict[int, Contents]:
        """Titles and courses by offer pk; at most four queries."""
        return offer_contents(self.offers, self.context.language)

    @cached_property
    def by_key(self) -> dict[uuid.UUID, CoursePage]:
        """The courses that these offers give, by key."""
        keys = {key for given in self.contents.values() for key in given.course_keys}
        return courses_by_keys(keys, self.context.language)

    @cached_property
    def courses(self) -> CourseBatch:
        """All those courses."""
        return CourseBatch(list(self.by_key.values()), self.context)


def quotes_by_key(
    kind: str, pages: Sequence[CoursePage] | Sequence[LearningPathPage], context: Context
) -> dict[uuid.UUID, Quote]:
    """Quotes of what is sold of ``pages``, each in the currency in which it is charged here."""
    offers = list(offers_for(kind, [page.translation_key for page in pages]).values())
    by_currency: dict[str, list[Offer]] = {}
    for offer in offers:
        if offer.prices.all():
            charged = sold_currency(offer, currency=context.currency, country=context.country)
            by_currency.setdefault(charged, []).append(offer)
    found: dict[uuid.UUID, Quote] = {}
    for currency, group in by_currency.items():
        priced = quotes(group, currency=currency, country=context.country)
        found |= {offer.key: priced[offer.pk] for offer in group if offer.pk in priced}
    return found


def authors_of(batch: CourseBatch, course: CoursePage) -> list[User]:
    """The people named on a course."""
    return [member.user for member in batch.members.get(course.translation_key, [])]
