"""The pages of a course in one target language."""

import uuid
from collections.abc import Iterable
from typing import Any

from wagtail.models import Page

from courses.checks.streams import kind_of
from courses.models import CoursePage
from courses.queries.visibility import visible
from translation.courses import languages_to_choose, source_course
from translation.errors import UnknownLanguage
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries.reviews import pages_in_review
from translation.queries.rows import CourseTree, PageRow, State
from translation.queries.states import course_state, page_state

__all__ = ["course_tree", "published_pages"]


def course_tree(course_key: uuid.UUID, language: str) -> CourseTree:
    """All published pages of the source in reading order, each with its state; a fixed number of queries.

    Raises:
        NotFound: no such course.
        UnknownLanguage: no language of this school, or the source's.
    """
    course = source_course(course_key)
    locale = languages_to_choose(course).get(language)
    if locale is None:
        raise UnknownLanguage
    pages = published_pages(course)
    notes = {
        row.page_key: row
        for row in PageTranslation.objects.filter(page_key__in=[page.translation_key for page in pages], locale=locale)
        .select_related("target")
        .defer("published_strings", "draft_strings")
    }
    in_review = pages_in_review(row.target_id for row in notes.values() if row.target_id)
    rows = tuple(_row(page, notes.get(page.translation_key), in_review, course) for page in pages)
    top = notes.get(course_key)
    total, translated = sum(row.total for row in rows), sum(row.translated for row in rows)
    states = [row.state for row in rows]
    return CourseTree(
        course=course,
        target=top.target if top else None,
        language=language,
        source_language=course.locale.language_code,
        rows=rows,
        percent=_percent(total, translated, states),
        state=course_state(states),
        stale_since=min((row.stale_since for row in rows if row.stale_since), default=None),
        job=CourseTranslationJob.objects.filter(course_key=course_key, locale=locale).order_by("-pk").first(),
    )


def published_pages(course: CoursePage) -> list[Page]:
    """The pages of a course that learners of the source can see, the course first, in reading order; one query.

    A lesson below an unpublished module is left out, whatever its own state.
    """
    below = Page.objects.filter(path__range=(course.path, course.path + "Z" * 2 * Page.steplen))
    found: dict[str, Page] = {}
    for page in visible(below, ancestors=0).select_related("content_type").order_by("path"):
        if page.path == course.path or page.path[: -Page.steplen] in found:
            found[page.path] = page
    return list(found.values())


def _row(page: Page, note: PageTranslation | None, in_review: set[int], course: CoursePage) -> PageRow:
    target: Any = note.target if note else None
    return PageRow(
        page_key=page.translation_key,
        source_page_pk=page.pk,
        target_page_pk=target.pk if target else None,
        kind=kind_of(page.content_type.model),
        depth=page.depth - course.depth,
        title=page.title,
        target_title=(target.draft_title or target.title) if target else "",
        state=page_state(
            exists=target is not None,
            is_live=bool(target and target.live),
            is_in_review=bool(target and target.pk in in_review),
            stale_since=note.stale_since if note else None,
            total=note.total if note else 0,
            translated=note.translated if note else 0,
            edited_at=note.edited_at if note else None,
            drafted_at=note.drafted_at if note else None,
        ),
        percent=note.percent if note and target else 0,
        total=note.total if note else 0,
        translated=note.translated if note else 0,
        changed=note.changed if note else 0,
        stale_since=note.stale_since if note else None,
        is_live=bool(target and target.live),
        published_percent=note.published_percent if note else 0,
    )


def _percent(total: int, translated: int, states: Iterable[State]) -> int:
    if total:
        return translated * 100 // total
    return 0 if State.MISSING in set(states) else 100
