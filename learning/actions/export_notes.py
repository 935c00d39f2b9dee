"""What somebody kept, as Markdown that they can take elsewhere."""

import uuid
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.policies import is_person
from learning.errors import AuthenticationRequired
from learning.markdown import escaped, link, paragraphs
from learning.models import Bookmark, Note
from learning.notes import LessonNotes, noted_courses, notes_by_lesson
from videos.moments import moment_text

__all__ = ["export_notes"]


def export_notes(*, actor: Any, course_key: uuid.UUID | None = None, language: str | None = None) -> str:
    """The bookmarks and notes of ``actor``, of one course or of all; those of courses that are over, too.

    Each lesson is a heading, each bookmark and note an item, times lead to the moment. Empty where nothing was kept.

    Raises:
        AuthenticationRequired: a visitor.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    courses = noted_courses(actor, language or get_language() or "")
    if course_key is not None:
        courses = [course for course in courses if course.key == course_key]
    lessons = notes_by_lesson(actor, courses)
    parts = []
    for course in courses:
        parts.append(f"# {_heading(course.title)}")
        for lesson in lessons[course.key]:
            parts.append(f"## {link(lesson.title, lesson.url) if lesson.url else _heading(lesson.title)}")
            parts.append("\n".join(_item(lesson, row) for row in _in_order(lesson)))
    return "\n\n".join(parts) + "\n" if parts else ""


def _heading(title: str) -> str:
    # A row of number signs at the end would count as the heading's own.
    text = escaped(title)
    return f"{text[:-1]}\\#" if text.endswith("#") else text


def _in_order(lesson: LessonNotes) -> list[Bookmark | Note]:
    rows: list[Bookmark | Note] = [*lesson.bookmarks, *lesson.notes]
    return sorted(rows, key=lambda row: (-1 if row.at_ms is None else row.at_ms, isinstance(row, Note), row.pk))


def _item(lesson: LessonNotes, row: Bookmark | Note) -> str:
    words = paragraphs(row.text, "  ") if isinstance(row, Note) else escaped(row.label)
    if row.at_ms is None:
        return f"- {words}"
    moment = moment_text(row.at_ms)
    if lesson.url:
        moment = link(moment, f"{lesson.url}?t={row.at_ms // 1000}")
    if not words:
        return f"- {moment} {_('Bookmark')}"
    return f"- {moment} {words}"
