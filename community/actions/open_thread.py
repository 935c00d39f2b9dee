"""Ask something at a lesson, or at a moment of its video."""

import uuid
from typing import Any

from django.db import transaction

from community import limits
from community.errors import TooManyThreads
from community.limits import checked_text, last_hour, line_up, said_just_now
from community.models import Comment, Thread
from community.place import open_place
from community.telling import tell_posted
from core import clock
from learning.open_lesson import check_moment

__all__ = ["open_thread"]


def open_thread(
    *,
    actor: Any,
    item_key: uuid.UUID,
    text: str,
    video_key: uuid.UUID | None = None,
    at_ms: int | None = None,
    language: str | None = None,
) -> Thread:
    """Open a thread with ``text`` as its question; the same again within two minutes is the same thread.

    Raises:
        AuthenticationRequired, LessonNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: the
            lesson is not theirs to discuss.
        MomentInvalid, MomentTooLate, VideoNotInLesson: no such moment.
        CommentEmpty, CommentTooLong: it says nothing, or too much.
        TooManyThreads: a learner asks more than ten questions in an hour.
    """
    opened = open_place(actor, item_key, language)
    text = checked_text(text)
    check_moment(item_key, video_key, at_ms)
    place = {"item_key": item_key, "video_key": video_key, "at_ms": at_ms}
    with transaction.atomic():
        line_up(actor)
        same = said_just_now(
            actor, text, is_opening=True, **{f"thread__{name}": value for name, value in place.items()}
        )
        if same is not None:
            return same.thread
        is_teaching = opened.access.is_author
        if not is_teaching and last_hour(actor).filter(is_opening=True).count() >= limits.THREADS_AN_HOUR:
            raise TooManyThreads
        now = clock.now()
        thread = Thread.objects.create(
            course_key=opened.course.translation_key, opened_by=actor, opened_at=now, **place
        )
        comment = Comment.objects.create(
            thread=thread, author=actor, text=text, is_opening=True, is_teaching=is_teaching, written_at=now
        )
        tell_posted(comment, opened)
    return thread
