"""All courses that somebody may translate, with their languages; a fixed number of queries."""

import uuid
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import Locale, Page

from courses.models import CoursePage
from courses.queries.visibility import visible
from translation import policies
from translation.courses import pick_source
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries.reviews import pages_in_review
from translation.queries.rows import CourseRow, LanguageState, State
from translation.queries.states import course_state, page_state

__all__ = ["courses_for"]


def courses_for(user: Any) -> list[CourseRow]:
    """Courses published in the language they are written in, by title; seven queries however many there are."""
    by_key: dict[uuid.UUID, list[CoursePage]] = defaultdict(list)
    for page in policies.courses_translatable_by(user).select_related("locale").order_by("pk"):
        by_key[page.translation_key].append(page)
    if not by_key:
        return []
    locales = _locales()
    notes = _notes(by_key)
    sources = {}
    for key, pages in by_key.items():
        written_in = next((note["source_locale_id"] for note in notes[key]), None)
        source = pick_source(pages, written_in)
        if source.live:
            sources[key] = source
    below = _pages_below(sources.values())
    in_review = pages_in_review()
    jobs: dict[tuple[uuid.UUID, int], CourseTranslationJob] = {}
    for job in CourseTranslationJob.objects.filter(course_key__in=sources).order_by("pk"):
        jobs[job.course_key, job.locale_id] = job
    rows = []
    for key, source in sources.items():
        keys = below[source.path]
        languages = {}
        for code, locale in locales.items():
            if locale.pk != source.locale_id:
                own = [note for note in notes[key] if note["locale_id"] == locale.pk and note["page_key"] in keys]
                languages[code] = _language(code, len(keys), own, in_review, jobs.get((key, locale.pk)))
        rows.append(CourseRow(key, source.title, source.locale.language_code, source.pk, len(keys), languages))
    return sorted(rows, key=lambda row: row.title.casefold())


def _locales() -> dict[str, Locale]:
    codes = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    found = {locale.language_code: locale for locale in Locale.objects.filter(language_code__in=codes)}
    return {code: found[code] for code in codes if code in found}


def _notes(keys: Any) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What is noted of every page, by course."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    rows: QuerySet[PageTranslation, dict[str, Any]] = PageTranslation.objects.filter(course_key__in=list(keys)).values(
        *("course_key", "page_key", "locale_id", "source_locale_id", "total", "translated", "stale_since"),
        *("edited_at", "drafted_at", "target_id", "target__live"),
    )
    for row in rows:
        found[row["course_key"]].append(row)
    return found


def _pages_below(courses: Any) -> dict[str, set[uuid.UUID]]:
    """Keys of the published pages of each course, by its path; one query."""
    roots = {course.path: {course.translation_key} for course in courses}
    if not roots:
        return {}
    length = {len(path) for path in roots}.pop()
    depths = [length // Page.steplen + 1, length // Page.steplen + 2]
    span = (min(roots), max(roots) + "Z" * 2 * Page.steplen)
    pages = visible(Page.objects.filter(path__range=span, depth__in=depths), ancestors=0)
    modules = set()
    for path, key in pages.order_by("path").values_list("path", "translation_key"):
        root, parent = path[:length], path[: -Page.steplen]
        if root in roots and (parent == root or parent in modules):
            modules.add(path)
            roots[root].add(key)
    return roots


def _language(
    code: str, pages: int, notes: list[dict[str, Any]], in_review: set[int], job: CourseTranslationJob | None
) -> LanguageState:
    present = [note for note in notes if note["target_id"]]
    states = [
        page_state(
            exists=True,
            is_live=bool(note["target__live"]),
            is_in_review=note["target_id"] in in_review,
            **{name: note[name] for name in ("stale_since", "total", "translated", "edited_at", "drafted_at")},
        )
        for note in present
    ]
    states += [State.MISSING] * (pages - len(present))
    total, translated = (sum(note[name] for note in present) for name in ("total", "translated"))
    return LanguageState(
        language=code,
        percent=translated * 100 // total if total else 0,
        state=course_state(states),
        stale_since=min((note["stale_since"] for note in present if note["stale_since"]), default=None),
        pages=len(present),
        ready=sum(1 for note in present if note["translated"] == note["total"]),
        job=job,
    )
