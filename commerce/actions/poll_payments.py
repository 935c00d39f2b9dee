"""Ask providers about tries to pay whose time has come: what makes payments arrive where no message does."""

import logging
import time
from collections import Counter
from datetime import timedelta

from django.db import transaction

from commerce.actions.settle_attempt import settle_attempt
from commerce.actions.submit_attempt import submit_attempt
from commerce.models import PaymentAttempt
from commerce.payments.states import State
from core import clock
from core.errors import DomainError

__all__ = ["poll_payments"]

logger = logging.getLogger(__name__)

#: A claim older than this belongs to a worker that died; longer than two calls with their time-outs.
_LEASE = timedelta(seconds=90)
#: Of one provider in one run, so that none is flooded.
_MOST_OF_ONE = 100
#: A provider that takes so long (seconds) keeps nobody else waiting in this run.
_SLOW = 5.0
#: Until a provider that isn't configured any more may be there again.
_WITHOUT_PROVIDER = timedelta(hours=1)


def poll_payments(*, limit: int = 300, seconds: float = 25) -> int:
    """Settle what is due until nothing is, ``limit`` are done or ``seconds`` have passed; how many.

    Any number may run side by side: each attempt is claimed by putting its next time ahead.
    """
    done: Counter[str] = Counter()
    passed_over: set[str] = set()
    ends_at = time.monotonic() + seconds
    while done.total() < limit and time.monotonic() < ends_at:
        attempt = _claim(passed_over)
        if attempt is None:
            break
        started = time.monotonic()
        _look_after(attempt)
        done[attempt.provider] += 1
        if done[attempt.provider] >= _MOST_OF_ONE or time.monotonic() - started > _SLOW:
            passed_over.add(attempt.provider)
    return done.total()


def _claim(passed_over: set[str]) -> PaymentAttempt | None:
    """Take the next due attempt, or None. PostgreSQL skips rows that a rival holds; SQLite has one writer at a time,
    and comparing the time in the update keeps the claim single all the same.
    """
    while True:
        now = clock.now()
        with transaction.atomic():
            rows = PaymentAttempt.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            due = rows.filter(next_check_at__lte=now).exclude(provider__in=passed_over)
            attempt = due.order_by("next_check_at", "pk").first()
            if attempt is None:
                return None
            claimed = PaymentAttempt.objects.filter(pk=attempt.pk, next_check_at=attempt.next_check_at)
            if claimed.update(next_check_at=now + _LEASE):
                return attempt


def _look_after(attempt: PaymentAttempt) -> None:
    try:
        is_unsent = attempt.submitted_at is None and attempt.state in (State.CREATED, State.SUBMITTING)
        if is_unsent:
            submit_attempt(attempt.pk)
        else:
            settle_attempt(attempt.public_id, trigger="poll")
    except DomainError as error:
        logger.warning("%s can't be asked about: %s", attempt, error.code)
        later = clock.now() + _WITHOUT_PROVIDER
        PaymentAttempt.objects.filter(pk=attempt.pk).update(next_check_at=later)
    except Exception:  # one attempt never holds up the others; its lease brings it back
        logger.exception("%s could not be settled", attempt)
