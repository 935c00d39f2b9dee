"""What happens in this room."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event

__all__ = ["CourseCompleted", "LessonCompleted", "QuizAttemptSubmitted"]


@dataclass(frozen=True)
class LessonCompleted(Event):
    """A lesson, or a quiz by passing it, counts as done for the first time in this enrolment."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    lesson_key: UUID


@dataclass(frozen=True)
class QuizAttemptSubmitted(Event):
    """An attempt was handed in and graded. ``score_millionths`` is the score from 0 to 1,000,000."""

    attempt_key: UUID
    enrollment_key: UUID
    learner_key: UUID
    quiz_key: UUID
    passed: bool
    score_millionths: int


@dataclass(frozen=True)
class CourseCompleted(Event):
    """Every lesson and quiz of a course is done, for the first time in this enrolment."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    outline_version: str
    language: str
