"""The events of this room, made of its rows; published in the transaction that writes them."""

from typing import Any

from community.events import CommentHidden, CommentPosted, ThreadAnswered
from community.models import Comment, Thread
from core.outbox import publish
from learning.open_lesson import OpenLesson

__all__ = ["tell_answered", "tell_hidden", "tell_posted"]


def tell_posted(comment: Comment, opened: OpenLesson) -> None:
    """Somebody asked, or said something."""
    assert comment.author is not None  # noqa: S101  # just written by them
    publish(
        CommentPosted(
            **_place(comment),
            **_titles(opened, comment.thread),
            author_key=comment.author.public_id,
            is_opening=comment.is_opening,
            is_teaching=comment.is_teaching,
        )
    )


def tell_answered(thread: Thread, answer: Comment, opened: OpenLesson) -> None:
    """A question has its answer."""
    publish(
        ThreadAnswered(
            **_place(answer),
            **_titles(opened, thread),
            author_key=answer.author.public_id if answer.author else None,
            learner_key=thread.opened_by.public_id if thread.opened_by else None,
            is_teaching=answer.is_teaching,
        )
    )


def tell_hidden(comment: Comment, reason: str) -> None:
    """A comment was taken from sight."""
    publish(
        CommentHidden(
            **_place(comment),
            learner_key=comment.author.public_id if comment.author else None,
            reason=reason,
        )
    )


def _place(comment: Comment) -> dict[str, Any]:
    thread = comment.thread
    return {
        "comment_key": comment.public_id,
        "thread_key": thread.public_id,
        "course_key": thread.course_key,
        "item_key": thread.item_key,
    }


def _titles(opened: OpenLesson, thread: Thread) -> dict[str, Any]:
    return {
        "course_title": opened.course.title,
        "lesson_title": opened.page.title,
        "language": opened.course.locale.language_code,
        "at_ms": thread.at_ms,
    }
