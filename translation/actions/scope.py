"""What an action is about: one page, or all pages of a course, in one language."""

import uuid
from dataclasses import dataclass
from typing import Any

from wagtail.models import Locale
from wagtail_localize.models import StringSegment

from translation import policies
from translation.courses import languages_to_choose, source_course
from translation.errors import NotATranslator, NotInThisLanguage, UnknownLanguage
from translation.models import PageTranslation
from translation.queries.strings import translated_page
from translation.queries.tree import published_pages

__all__ = ["Scope", "scope_of", "segments_in"]


@dataclass(frozen=True)
class Scope:
    """Pages in reading order, as their rows; ``source`` and ``locale`` are the languages."""

    rows: tuple[PageTranslation, ...]
    titles: dict[uuid.UUID, str]  #: of the source's pages
    source: Locale
    locale: Locale
    course_key: uuid.UUID | None
    is_course: bool


def scope_of(actor: Any, language: str, page_key: uuid.UUID | None, course_key: uuid.UUID | None) -> Scope:
    """Find what is meant and whether ``actor`` may translate it; a few queries however many pages.

    Raises:
        ValueError: neither or both of page and course are named.
        NotATranslator, NotFound, UnknownLanguage, NotInThisLanguage.
    """
    if (page_key is None) == (course_key is None):
        raise ValueError("either a page or a course")
    if page_key is not None:
        found = translated_page(page_key, language)
        _require(actor, found.row.course_key)
        titles = {page_key: found.page.title}
        return Scope((found.row,), titles, found.source.locale, found.locale, found.row.course_key, False)
    assert course_key is not None  # noqa: S101 (for the type checker)
    _require(actor, course_key)
    course = source_course(course_key)
    locale = languages_to_choose(course).get(language)
    if locale is None:
        raise UnknownLanguage
    pages = published_pages(course)
    by_key = {
        row.page_key: row
        for row in PageTranslation.objects.filter(
            page_key__in=[page.translation_key for page in pages], locale=locale, target__isnull=False
        ).select_related("source_locale", "locale", "target")
    }
    if not by_key:
        raise NotInThisLanguage
    rows = tuple(by_key[page.translation_key] for page in pages if page.translation_key in by_key)
    titles = {page.translation_key: page.title for page in pages}
    return Scope(rows, titles, course.locale, locale, course_key, True)


def segments_in(scope: Scope) -> list[StringSegment]:
    """All strings of the pages, in reading order; one query."""
    places = {row.page_key: number for number, row in enumerate(scope.rows)}
    segments = StringSegment.objects.filter(
        source__object_id__in=list(places), source__locale=scope.source
    ).select_related("source__specific_content_type", "context", "string")
    return sorted(segments, key=lambda segment: (places[segment.source.object_id], segment.order))


def _require(actor: Any, course_key: uuid.UUID | None) -> None:
    if not policies.can_translate_page(actor, course_key):
        raise NotATranslator
