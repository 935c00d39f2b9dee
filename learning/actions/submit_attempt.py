"""Hand an attempt in and grade it."""

import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from commerce.models import Enrollment
from core import clock, outbox
from courses.queries import pages
from courses.queries.outline import CourseOutline, outline_of
from learning.attempts import lock_attempt, own_attempt
from learning.errors import EnrollmentSuspended
from learning.events import QuizAttemptSubmitted
from learning.grading import grade, read_question
from learning.models import AttemptAnswer, QuizAttempt
from learning.progress import lessons_decided_by, record

__all__ = ["close", "submit_attempt"]

_MILLION = 1_000_000


def submit_attempt(*, actor: Any, attempt_id: uuid.UUID) -> QuizAttempt:
    """Hand in and grade the actor's attempt; a second time returns it as it is.

    After the deadline too: what was saved in time counts.

    Raises:
        AuthenticationRequired: a visitor.
        AttemptNotFound: no such attempt of the actor.
        EnrollmentSuspended: access was taken away meanwhile; the attempt stays as it is.
    """
    attempt = own_attempt(actor, attempt_id)
    with transaction.atomic():
        # The lock order: enrolment (in lock_attempt), progress, attempt, answers, certificate.
        locked = lock_attempt(attempt)
        if locked.state == QuizAttempt.State.OPEN:
            if locked.enrollment.state == Enrollment.State.SUSPENDED:
                raise EnrollmentSuspended
            close(locked)
    return locked


def close(attempt: QuizAttempt) -> None:
    """Grade a locked open attempt with its locked enrolment, and complete what passing it completes."""
    now = clock.now()
    points, possible = _grade_answers(attempt)
    share = points / possible if possible else Fraction(0)
    attempt.points = _decimal(points, places=4)
    attempt.points_possible = _decimal(possible, places=4)
    attempt.score = _decimal(share, places=6)
    # Exactly, before rounding: two thirds do not pass a mark of 67 per cent.
    attempt.passed = share * 100 >= attempt.frozen_rules["pass_mark"]
    attempt.state = QuizAttempt.State.SUBMITTED
    attempt.submitted_at = now
    attempt.save()
    enrollment = attempt.enrollment
    outbox.publish(
        QuizAttemptSubmitted(
            attempt_key=attempt.public_id,
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            quiz_key=attempt.quiz_key,
            passed=attempt.passed,
            score_millionths=int(share * _MILLION),
        )
    )
    if attempt.passed:
        outline = _outline(attempt)
        done = [attempt.quiz_key, *(lessons_decided_by(outline, attempt.quiz_key) if outline else [])]
        record(enrollment, outline, done=done)


def _grade_answers(attempt: QuizAttempt) -> tuple[Fraction, Fraction]:
    """Write the fraction beside each answer; returns points earned and possible."""
    answers = {
        str(answer.question_key): answer for answer in AttemptAnswer.objects.select_for_update().filter(attempt=attempt)
    }
    points = possible = Fraction(0)
    graded = []
    for raw in attempt.frozen_questions:
        question = read_question(raw)
        possible += question.points
        answer = answers.get(question.key)
        if answer is None:
            continue
        fraction = grade(question, answer.value).fraction
        points += question.points * fraction
        answer.fraction = _decimal(fraction, places=6)
        graded.append(answer)
    AttemptAnswer.objects.bulk_update(graded, ["fraction"])
    return points, possible


def _outline(attempt: QuizAttempt) -> CourseOutline | None:
    course = pages.course_by_key(attempt.enrollment.course_key, attempt.language)
    return outline_of(course) if course else None


def _decimal(number: Fraction, *, places: int) -> Decimal:
    """Round half up to ``places`` decimal digits."""
    scale = 10**places
    return Decimal((number * scale * 2 + 1) // 2).scaleb(-places)
