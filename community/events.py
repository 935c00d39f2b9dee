"""What happens in this room. What was said travels in no event: it can be changed, hidden and removed here alone."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event

__all__ = ["CommentHidden", "CommentPosted", "ThreadAnswered"]


@dataclass(frozen=True)
class CommentPosted(Event):
    """Somebody asked something, or said something to it.

    ``author_key`` wrote it; ``at_ms`` is the moment of the video, None for the lesson as a whole; titles are in
    ``language``, that of the lesson that was being read.
    """

    comment_key: UUID
    thread_key: UUID
    course_key: UUID
    item_key: UUID
    author_key: UUID
    is_opening: bool
    is_teaching: bool
    course_title: str
    lesson_title: str
    language: str
    at_ms: int | None = None


@dataclass(frozen=True)
class ThreadAnswered(Event):
    """A question has its answer, for the first time. ``learner_key`` asked; None where that account is gone."""

    comment_key: UUID
    thread_key: UUID
    course_key: UUID
    item_key: UUID
    author_key: UUID | None
    learner_key: UUID | None
    is_teaching: bool
    course_title: str
    lesson_title: str
    language: str
    at_ms: int | None = None


@dataclass(frozen=True)
class CommentHidden(Event):
    """Somebody who looks after the course took a comment from sight. ``learner_key`` wrote it."""

    comment_key: UUID
    thread_key: UUID
    course_key: UUID
    item_key: UUID
    learner_key: UUID | None
    reason: str
