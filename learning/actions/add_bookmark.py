"""Keep a moment of a video."""

import uuid
from typing import Any

from django.db import transaction

from core.texts import plain_line
from learning.errors import LabelTooLong, TooManyBookmarks
from learning.models import Bookmark
from learning.models.notes import LABEL_LENGTH
from learning.note_room import check_room, line_up
from learning.open_lesson import check_moment, open_lesson

__all__ = ["add_bookmark"]


def add_bookmark(
    *,
    actor: Any,
    lesson_key: uuid.UUID,
    video_key: uuid.UUID,
    at_ms: int,
    label: str = "",
    language: str | None = None,
) -> Bookmark:
    """Keep a moment for ``actor``; the same second again is the same bookmark, named anew if ``label`` says so.

    Raises:
        AuthenticationRequired, LessonNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: the
            lesson may not be opened.
        MomentInvalid, MomentTooLate, VideoNotInLesson: no such moment.
        LabelTooLong: more than a line.
        TooManyBookmarks: no more fit.
    """
    opened = open_lesson(actor, lesson_key, language)
    check_moment(lesson_key, video_key, at_ms)
    label = plain_line(label)
    if len(label) > LABEL_LENGTH:
        raise LabelTooLong
    place = {"person": actor, "lesson_key": lesson_key, "video_key": video_key, "at_ms": at_ms // 1000 * 1000}
    with transaction.atomic():
        line_up(actor)
        found = Bookmark.objects.filter(**place).first()
        if found is None:
            check_room(Bookmark, actor, lesson_key, TooManyBookmarks)
            return Bookmark.objects.create(course_key=opened.course.translation_key, label=label, **place)
        if label and label != found.label:
            found.label = label
            found.save(update_fields=["label"])
        return found
