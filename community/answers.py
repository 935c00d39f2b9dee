"""A question and its answer."""

from community.models import Comment, Thread
from community.telling import tell_answered
from core import clock
from learning.open_lesson import OpenLesson

__all__ = ["answer_with"]


def answer_with(thread: Thread, comment: Comment, opened: OpenLesson) -> None:
    """Note that ``comment`` answers the thread, which the caller holds locked; who asked is told the first time."""
    is_first = thread.answered_at is None
    thread.answer = comment
    thread.answered_at = thread.answered_at or clock.now()
    if thread.state != Thread.State.HIDDEN:
        thread.state = Thread.State.ANSWERED
    thread.save(update_fields=["answer", "answered_at", "state"])
    if is_first:
        tell_answered(thread, comment, opened)
