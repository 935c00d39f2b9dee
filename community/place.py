"""Where something is said: a lesson that the person may read and write at."""

import uuid
from typing import Any

from community.errors import CommentNotFound, ThreadNotFound
from community.models import Comment, Thread
from community.policies import can_moderate, may_discuss
from learning.errors import NotEnrolled
from learning.open_lesson import OpenLesson, open_lesson

__all__ = ["comment_here", "open_place", "thread_here"]


def open_place(actor: Any, item_key: uuid.UUID, language: str | None = None) -> OpenLesson:
    """The lesson, if ``actor`` reads and writes at it.

    Raises:
        AuthenticationRequired, LessonNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: not
            theirs to discuss; a free preview opens to those who are not enrolled, what is said about it doesn't.
    """
    opened = open_lesson(actor, item_key, language)
    if not may_discuss(opened.access, opened.item):
        raise NotEnrolled
    return opened


def thread_here(actor: Any, thread_id: uuid.UUID, language: str | None = None) -> tuple[Thread, OpenLesson]:
    """A thread that ``actor`` reads, with its lesson; hidden ones only for who asked and for who teaches.

    Raises:
        ThreadNotFound: no such thread, or hidden.
        AuthenticationRequired, LessonNotFound, NotEnrolled …: as :func:`open_place`.
    """
    thread = Thread.objects.filter(public_id=thread_id).first()
    if thread is None:
        raise ThreadNotFound
    opened = open_place(actor, thread.item_key, language)
    is_closed = thread.state == Thread.State.HIDDEN and thread.opened_by_id != actor.pk
    # To the others it is as if it had never been.
    if is_closed and not (opened.access.is_author or can_moderate(actor, thread.course_key)):
        raise ThreadNotFound
    return thread, opened


def comment_here(actor: Any, comment_id: uuid.UUID, language: str | None = None) -> tuple[Comment, OpenLesson]:
    """A comment that ``actor`` reads, with its lesson. What was removed is not there any more.

    Raises:
        CommentNotFound: no such comment, or hidden or removed.
        AuthenticationRequired, LessonNotFound, NotEnrolled …: as :func:`open_place`.
    """
    comment = Comment.objects.select_related("thread").filter(public_id=comment_id).first()
    if comment is None or comment.state == Comment.State.REMOVED:
        raise CommentNotFound
    try:
        _thread, opened = thread_here(actor, comment.thread.public_id, language)
    except ThreadNotFound as error:
        raise CommentNotFound from error
    if comment.state == Comment.State.HIDDEN and comment.author_id != actor.pk and not opened.access.is_author:
        raise CommentNotFound
    return comment, opened
