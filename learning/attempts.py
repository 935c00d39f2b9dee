"""What the actions on quiz attempts share: time, finding one's own, and the locks."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from commerce.locks import locked_enrollment
from core import clock
from core.policies import is_person
from courses.models import QuizPage
from learning.errors import AttemptNotFound, AuthenticationRequired
from learning.grading import freeze_question
from learning.models import QuizAttempt

__all__ = ["GRACE", "draw_questions", "is_over_time", "lock_attempt", "own_attempt", "rules_of"]

#: Answers on their way when the time ends still count: networks here are slow.
GRACE = timedelta(seconds=30)


def is_over_time(attempt: QuizAttempt, at: datetime | None = None) -> bool:
    """Whether the deadline and the grace after it have passed."""
    return attempt.deadline is not None and (at or clock.now()) > attempt.deadline + GRACE


def own_attempt(actor: Any, attempt_id: uuid.UUID | str) -> QuizAttempt:
    """The actor's own attempt, by public id; what is no id names none.

    Raises:
        AuthenticationRequired: a visitor.
        AttemptNotFound: none, or somebody else's.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    try:
        public_id = uuid.UUID(str(attempt_id))
    except ValueError:
        raise AttemptNotFound from None
    found = QuizAttempt.objects.filter(public_id=public_id, enrollment__learner=actor).first()
    if found is None:
        raise AttemptNotFound
    return found


def lock_attempt(attempt: QuizAttempt) -> QuizAttempt:
    """Lock the enrolment, then the attempt, and return the attempt as it is now with both loaded."""
    enrollment = locked_enrollment(attempt.enrollment_id)
    locked = QuizAttempt.objects.select_for_update(of=("self",), no_key=True).get(pk=attempt.pk)
    locked.enrollment = enrollment
    return locked


def rules_of(quiz: QuizPage) -> dict[str, Any]:
    """The rules that an attempt keeps, whatever the quiz becomes."""
    return {
        "title": quiz.title,
        "pass_mark": quiz.pass_mark,
        "attempts_allowed": quiz.attempts_allowed,
        "time_limit_minutes": quiz.time_limit_minutes,
        "show_after": quiz.show_after,
        "show_when": quiz.show_when,
    }


def draw_questions(quiz: QuizPage) -> list[dict[str, Any]]:
    """Draw and freeze the questions of one attempt, with keys and orders; empty when the quiz has none."""
    pool = quiz.questions.get_prep_value()
    chance = random.SystemRandom()
    positions = list(range(len(pool)))
    if quiz.draw_count and quiz.draw_count < len(pool):
        positions = sorted(chance.sample(positions, quiz.draw_count))
    if quiz.shuffle_questions:
        chance.shuffle(positions)
    seed = uuid.uuid4().hex
    return [freeze_question(pool[position], seed=seed, shuffle_options=quiz.shuffle_options) for position in positions]
