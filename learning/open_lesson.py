"""A lesson that somebody may open, looked up once for everything that is written about it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from core.policies import is_person
from courses.models import CoursePage, LessonPage
from courses.queries import pages
from courses.queries.outline import CourseOutline, OutlineItem, outline_of
from learning.access import CourseAccess, course_access
from learning.errors import (
    AuthenticationRequired,
    LessonNotFound,
    MomentInvalid,
    MomentTooLate,
    VideoNotInLesson,
    refusal,
)
from videos.models import Video

__all__ = ["LATEST_MS", "OpenLesson", "check_moment", "find_lesson", "open_lesson"]

#: A day: no video is longer.
LATEST_MS = 24 * 3600 * 1000
#: A player may say a moment that lies a little behind the last picture.
_SLACK_MS = 2000


@dataclass(frozen=True)
class OpenLesson:
    """A published lesson in its course, for one person."""

    page: LessonPage
    course: CoursePage
    outline: CourseOutline
    item: OutlineItem
    access: CourseAccess


def find_lesson(actor: Any, lesson_key: uuid.UUID, language: str | None = None) -> OpenLesson:
    """The lesson and what ``actor`` may do with it; whether they may open it is the caller's question.

    Args:
        language: of the lesson being read; the present one when left out.

    Raises:
        AuthenticationRequired: a visitor.
        LessonNotFound: not published, or a quiz.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    page = pages.item_by_key(lesson_key, language or get_language())
    if not isinstance(page, LessonPage):
        raise LessonNotFound
    course = pages.course_of(page)
    outline = outline_of(course)
    item = outline.by_key.get(lesson_key)
    if item is None:
        raise LessonNotFound
    return OpenLesson(page, course, outline, item, course_access(actor, course, outline))


def open_lesson(actor: Any, lesson_key: uuid.UUID, language: str | None = None) -> OpenLesson:
    """The lesson, if ``actor`` may open it now. Free previews open to everybody who is logged in.

    Args:
        language: of the lesson being read; the present one when left out.

    Raises:
        AuthenticationRequired: a visitor.
        LessonNotFound: not published, or a quiz.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: it may not be opened.
    """
    found = find_lesson(actor, lesson_key, language)
    if reason := found.access.lock_reason(found.item):
        raise refusal(reason)
    return found


def check_moment(lesson_key: uuid.UUID, video_key: uuid.UUID | None, at_ms: int | None) -> None:
    """Go on only if ``at_ms`` is a moment of a video that the lesson shows in some language, or if both are None.

    Raises:
        MomentInvalid: one without the other, or no time at all.
        VideoNotInLesson: no published translation of the lesson shows it.
        MomentTooLate: the video is over by then.
    """
    if video_key is None and at_ms is None:
        return
    if video_key is None or at_ms is None or not 0 <= at_ms <= LATEST_MS:
        raise MomentInvalid
    video = Video.objects.filter(public_id=video_key).only("pk", "duration_ms").first()
    if video is None or not _shows(lesson_key, video.pk):
        raise VideoNotInLesson
    if video.duration_ms and at_ms > video.duration_ms + _SLACK_MS:
        raise MomentTooLate


def _shows(lesson_key: uuid.UUID, video_pk: int) -> bool:
    # Each translation may show a video of its own, and what is noted belongs to the lesson in all languages.
    for lesson in LessonPage.objects.filter(translation_key=lesson_key, live=True).only("body"):
        for block in lesson.body.get_prep_value():
            if block["type"] == "video" and block["value"].get("video") == video_pk:
                return True
    return False
