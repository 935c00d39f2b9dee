"""Messages of providers, as they are kept: asking a worker to look, marking what is done, counting forged ones."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, Sum

from commerce.models import PaymentAttempt, ProviderEventRecord
from core import clock

__all__ = ["close_messages", "count_forged", "forged_since", "nudge"]

logger = logging.getLogger(__name__)

Record = ProviderEventRecord

#: After a nudge that failed, this process leaves the broker alone for a while (seconds); the sweep covers for it.
_QUIET_SECONDS = 10.0
_quiet_until = 0.0


def nudge(provider: str, keys: Sequence[str]) -> None:
    """Ask a worker to look at messages now. A broker that is down costs a warning: the sweep finds them."""
    from commerce.tasks import process_provider_events

    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        process_provider_events.apply_async(args=(provider, list(keys)), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the message is stored
        _quiet_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("The task queue did not take the nudge for messages of %s: %s", provider, error)


def close_messages(attempt: PaymentAttempt, *, asked_at: datetime, message: int | None = None) -> None:
    """Mark the message that caused a settlement as done, and others about ``attempt`` that came before the question.

    What those hint at the answer has taken in. Those that bring data of their own are read first, each by itself.
    """
    about = Q(operation=attempt.public_id, kind="payment", data={}, proof={}, received_at__lt=asked_at)
    Record.objects.filter(Q(pk=message or 0) | about, provider=attempt.provider, state=Record.State.STORED).update(
        state=Record.State.DONE, processed_at=clock.now(), error=""
    )


def count_forged(provider: str) -> None:
    """Count a message whose signature didn't fit: a row for each provider and hour, whose ``tries`` are the number.

    Nothing of the message is kept.
    """
    now = clock.now()
    key = f"forged:{now:%Y-%m-%dT%H}"
    row = Record(provider=provider, key=key, kind="forged", state=Record.State.IGNORED, received_at=now)
    Record.objects.bulk_create([row], ignore_conflicts=True)
    Record.objects.filter(provider=provider, key=key).update(tries=F("tries") + 1, processed_at=now)


def forged_since(since: datetime) -> int:
    """How many messages were refused, by whole hours."""
    rows = Record.objects.filter(kind="forged", received_at__gte=since - timedelta(hours=1))
    return rows.aggregate(count=Sum("tries"))["count"] or 0
