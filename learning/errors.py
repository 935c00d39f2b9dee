"""Refusals of this room, with codes that the faces show and programs test."""

from django.utils.translation import gettext_lazy as _lazy

from commerce.errors import AuthenticationRequired
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound

__all__ = [
    "AttemptNotFound",
    "AttemptsUsedUp",
    "AuthenticationRequired",
    "DeadlinePassed",
    "EnrollmentNotOpen",
    "EnrollmentSuspended",
    "InvalidAnswer",
    "LessonNotFound",
    "ModuleLocked",
    "NotEnrolled",
    "QuestionNotFound",
    "QuizEmpty",
    "QuizNotFound",
    "QuizRequired",
    "refusal",
]


class NotEnrolled(NotAllowed):
    """Only enrolled learners may."""

    code = "not_enrolled"
    message = _lazy("Enrol in the course first.")


class EnrollmentSuspended(NotAllowed):
    """Access was taken away for a time."""

    code = "enrollment_suspended"
    message = _lazy("Your enrolment is suspended.")


class EnrollmentNotOpen(NotAllowed):
    """The enrolment begins later, or waits for something."""

    code = "enrollment_not_open"
    message = _lazy("Your enrolment has not begun yet.")


class ModuleLocked(NotAllowed):
    """The module opens when those before it are finished."""

    code = "module_locked"
    message = _lazy("Finish the modules before this one first.")


class LessonNotFound(NotFound):
    """No such lesson, or none that is published."""

    code = "lesson_not_found"
    message = _lazy("There is no such lesson.")
    field = "lessonId"


class QuizNotFound(NotFound):
    """No such quiz, or none that is published."""

    code = "quiz_not_found"
    message = _lazy("There is no such quiz.")
    field = "quizId"


class AttemptNotFound(NotFound):
    """No such attempt, or somebody else's: the two look the same."""

    code = "attempt_not_found"
    message = _lazy("There is no such attempt.")
    field = "attemptId"


class QuestionNotFound(NotFound):
    """The attempt (or the lesson) has no such question."""

    code = "question_not_found"
    message = _lazy("There is no such question here.")
    field = "questionId"


class QuizRequired(Conflict):
    """The lesson counts as done when its quiz is passed, not when somebody says so."""

    code = "quiz_required"
    message = _lazy("This lesson counts as done when you pass the quiz after it.")


class QuizEmpty(Conflict):
    """A quiz without questions can't be taken."""

    code = "quiz_empty"
    message = _lazy("This quiz has no questions yet.")


class AttemptsUsedUp(Conflict):
    """No attempt is left."""

    code = "attempts_used_up"
    message = _lazy("You have no attempts left for this quiz.")


class DeadlinePassed(Conflict):
    """The attempt is over; what was saved in time counts."""

    code = "deadline_passed"
    message = _lazy("The time is over. What was saved in time counts.")


class InvalidAnswer(InvalidInput):
    """An answer of the wrong shape for its question."""

    code = "invalid_answer"
    message = _lazy("This answer does not fit the question.")
    field = "answer"


_BY_REASON: dict[str, type[DomainError]] = {
    found.code: found for found in (NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked)
}


def refusal(reason: str) -> DomainError:
    """Return the error for a lock reason of ``learning.access``."""
    return _BY_REASON[reason]()
