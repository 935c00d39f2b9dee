"""Reads of what people keep for themselves. Every one of them asks whose it is: there is no way to somebody else's."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from commerce.models import Enrollment
from core.policies import is_person
from courses.addresses import path_of
from courses.queries import pages
from courses.queries.outline import CourseOutline, outlines_for
from learning.models import Bookmark, Note

__all__ = [
    "LessonNotes",
    "NotedCourse",
    "bookmarks_of",
    "note_counts",
    "noted_courses",
    "notes_by_lesson",
    "notes_of",
]


@dataclass(frozen=True)
class LessonNotes:
    """What one person keeps of one lesson; ``url`` is empty where it is not there any more."""

    key: uuid.UUID
    title: str
    url: str
    bookmarks: tuple[Bookmark, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class NotedCourse:
    """A course that one person keeps something of."""

    key: uuid.UUID
    title: str
    #: None where it is not there any more.
    outline: CourseOutline | None
    bookmark_count: int
    note_count: int


def bookmarks_of(user: Any, lesson_key: uuid.UUID) -> "QuerySet[Bookmark]":
    """The bookmarks of ``user`` in a lesson, by time; none for visitors."""
    if not is_person(user):
        return Bookmark.objects.none()
    return Bookmark.objects.filter(person=user, lesson_key=lesson_key)


def notes_of(user: Any, lesson_key: uuid.UUID) -> "QuerySet[Note]":
    """The notes of ``user`` about a lesson, those about the whole of it first, then by time; none for visitors."""
    if not is_person(user):
        return Note.objects.none()
    return Note.objects.filter(person=user, lesson_key=lesson_key)


def note_counts(user: Any) -> dict[uuid.UUID, tuple[int, int]]:
    """How many bookmarks and notes ``user`` has, by course key; two queries, none for visitors."""
    if not is_person(user):
        return {}
    found: dict[uuid.UUID, tuple[int, int]] = {}
    for index, model in enumerate((Bookmark, Note)):
        rows = model.objects.filter(person=user).order_by().values("course_key").annotate(count=Count("pk"))  # type: ignore[attr-defined]
        for row in rows:
            counts = list(found.get(row["course_key"], (0, 0)))
            counts[index] = row["count"]
            found[row["course_key"]] = (counts[0], counts[1])
    return found


def noted_courses(user: Any, language: str) -> list[NotedCourse]:
    """The courses that ``user`` keeps something of, by title, whether or not they may still be opened.

    The same number of queries however many.
    """
    counts = note_counts(user)
    courses = pages.courses_by_keys(counts, language) if counts else {}
    outlines = outlines_for(courses.values())
    titles = _remembered_titles(user, [key for key in counts if key not in courses])
    found = []
    for key, (bookmark_count, note_count) in counts.items():
        course = courses.get(key)
        title = course.title if course else titles.get(key) or _("A course that is not here any more")
        found.append(NotedCourse(key, title, outlines[course.pk] if course else None, bookmark_count, note_count))
    return sorted(found, key=lambda course: (course.title.casefold(), course.key))


def notes_by_lesson(user: Any, courses: Iterable[NotedCourse]) -> dict[uuid.UUID, list[LessonNotes]]:
    """What ``user`` keeps of each of ``courses``, by course key, lessons in the order of the course; two queries.

    Lessons that are not there any more come last.
    """
    courses = list(courses)
    keys = [course.key for course in courses]
    kept: dict[tuple[uuid.UUID, uuid.UUID], tuple[list[Bookmark], list[Note]]] = {}
    if keys and is_person(user):
        for bookmark in Bookmark.objects.filter(person=user, course_key__in=keys):
            kept.setdefault((bookmark.course_key, bookmark.lesson_key), ([], []))[0].append(bookmark)
        for note in Note.objects.filter(person=user, course_key__in=keys):
            kept.setdefault((note.course_key, note.lesson_key), ([], []))[1].append(note)
    return {course.key: _lessons_of(course, kept) for course in courses}


def _lessons_of(
    course: NotedCourse, kept: Mapping[tuple[uuid.UUID, uuid.UUID], tuple[list[Bookmark], list[Note]]]
) -> list[LessonNotes]:
    items = {item.key: item for item in course.outline.items} if course.outline else {}
    order = {key: index for index, key in enumerate(items)}
    mine = [key for course_key, key in kept if course_key == course.key]
    found = []
    for key in sorted(mine, key=lambda key: (order.get(key, len(order)), key)):
        item = items.get(key)
        path = path_of(item.url_path, item.language) if item else ""
        bookmarks, notes = kept[course.key, key]
        found.append(
            LessonNotes(
                key=key,
                title=item.title if item else _("A lesson that is not here any more"),
                url=f"{settings.SITE_URL}{path}" if path else "",
                bookmarks=tuple(bookmarks),
                notes=tuple(notes),
            )
        )
    return found


def _remembered_titles(user: Any, keys: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What courses were called when the person enrolled, of those that can't be asked any more."""
    if not keys:
        return {}
    rows = Enrollment.objects.filter(learner=user, course_key__in=keys).order_by("pk")
    return dict(rows.values_list("course_key", "course_title"))
