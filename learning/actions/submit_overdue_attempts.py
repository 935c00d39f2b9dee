"""Hand in what learners could not: the connection broke, the tab was closed, the time ran out."""

import logging

from django.db import transaction

from commerce.models import Enrollment
from core import clock
from learning.actions.submit_attempt import close
from learning.attempts import GRACE, is_over_time, lock_attempt
from learning.models import QuizAttempt

__all__ = ["submit_overdue_attempts"]

logger = logging.getLogger(__name__)


def submit_overdue_attempts(*, limit: int = 1000) -> int:
    """Grade open attempts whose deadline and grace have passed with what was saved; returns how many.

    Each in a transaction of its own, so that one broken attempt doesn't hold up the others. Attempts of suspended
    enrolments wait until these are resumed. Any number may run side by side.
    """
    overdue = (
        QuizAttempt.objects.filter(state=QuizAttempt.State.OPEN, deadline__lt=clock.now() - GRACE)
        .exclude(enrollment__state=Enrollment.State.SUSPENDED)
        .order_by("deadline", "pk")
    )
    submitted = 0
    for attempt in overdue[:limit]:
        try:
            submitted += _submit(attempt)
        except Exception:  # its own fault alone; it stays in the list and in the log
            logger.exception("The overdue attempt %s could not be handed in", attempt.public_id)
    return submitted


def _submit(attempt: QuizAttempt) -> bool:
    with transaction.atomic():
        locked = lock_attempt(attempt)
        if locked.state != QuizAttempt.State.OPEN or not is_over_time(locked):
            return False
        close(locked)
    return True
