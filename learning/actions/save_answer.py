"""Save one answer, as it is given."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce.access import gives_access
from commerce.models import Enrollment
from core import clock
from core.errors import InvalidInput
from learning.attempts import is_over_time, lock_attempt, own_attempt
from learning.errors import DeadlinePassed, EnrollmentSuspended, NotEnrolled, QuestionNotFound
from learning.grading import clean_answer, read_question
from learning.models import AttemptAnswer, QuizAttempt

__all__ = ["SaveResult", "save_answer"]

_LARGEST_SEQUENCE = 2**53 - 1  # what a browser counts exactly


@dataclass(frozen=True)
class SaveResult:
    """Whether this very answer is what the server holds, and the sequence number of what it holds."""

    saved: bool
    sequence: int


def save_answer(*, actor: Any, attempt_id: uuid.UUID, question_key: Any, answer: Any, sequence: int) -> SaveResult:
    """Save the answer to one question unless a newer one is there.

    The client counts ``sequence`` up with every change. A higher number replaces what is stored; the same number with
    the same answer is a repeat and acknowledged; everything else is older, or a rival tab's, and leaves the stored
    answer alone: ``saved`` is false, and ``sequence`` tells what to count on from.

    Raises:
        AuthenticationRequired: a visitor.
        AttemptNotFound: no such attempt of the actor.
        QuestionNotFound: the attempt has no such question.
        InvalidAnswer: the answer doesn't fit the question.
        InvalidInput: the sequence is no whole number from 0 to 2⁵³ − 1.
        DeadlinePassed: handed in, or time and grace are over; what was saved before counts.
        EnrollmentSuspended, NotEnrolled: access was taken away or ended meanwhile.
    """
    attempt = own_attempt(actor, attempt_id)
    if isinstance(sequence, bool) or not isinstance(sequence, int) or not 0 <= sequence <= _LARGEST_SEQUENCE:
        raise InvalidInput("invalid_sequence", _lazy("The sequence is a whole number, counted up."), "sequence")
    key = str(question_key)
    raw = next((question for question in attempt.frozen_questions if question["id"] == key), None)
    if raw is None:
        raise QuestionNotFound
    value = clean_answer(read_question(raw), answer)
    with transaction.atomic():
        attempt = lock_attempt(attempt)
        if attempt.state != QuizAttempt.State.OPEN or is_over_time(attempt):
            raise DeadlinePassed
        if not gives_access(attempt.enrollment):
            raise EnrollmentSuspended if attempt.enrollment.state == Enrollment.State.SUSPENDED else NotEnrolled
        stored = AttemptAnswer.objects.select_for_update().filter(attempt=attempt, question_key=key).first()
        if stored is not None and sequence <= stored.sequence:
            return SaveResult(sequence == stored.sequence and value == stored.value, stored.sequence)
        stored = stored or AttemptAnswer(attempt=attempt, question_key=uuid.UUID(key))
        stored.sequence, stored.value, stored.saved_at = sequence, value, clock.now()
        stored.save()
    return SaveResult(True, sequence)
