"""Ask providers for what they told us while we couldn't listen."""

import logging
import uuid
from datetime import datetime, timedelta

from commerce.actions.receive_webhook import store_events
from commerce.actions.settle_attempt import settle_attempt
from commerce.models import PaymentAttempt, ProviderEventRecord
from commerce.payments.states import PAID
from commerce.providers import registry
from commerce.providers.base import PaymentProvider, ProviderError, ProviderState, ProviderTransaction, Unsupported
from core import clock
from core.errors import DomainError

__all__ = ["catch_up"]

logger = logging.getLogger(__name__)

Record = ProviderEventRecord

#: Where a first run begins; no provider remembers longer than the second.
_FIRST, _LONGEST = timedelta(days=1), timedelta(days=29)
#: Lists are not complete at once; what is seen twice is done once.
_OVERLAP = timedelta(hours=1)
_CURSOR = "cursor:catch_up"


def catch_up() -> dict[str, int]:
    """For each provider with a list: store missed messages, and settle payments that it has and we haven't.

    Each goes on from where its last run that succeeded stopped. Returns how many there were, by provider.
    """
    found: dict[str, int] = {}
    for code, adapter in registry.providers().items():
        until = clock.now()
        try:
            found[code] = _of(code, adapter, _since(code, until), until)
        except Unsupported:
            continue
        except ProviderError as trouble:
            logger.warning("%s gives no list now: %s", code, trouble.reason)
            continue
        except Exception:  # one provider's oddities hold up no other
            logger.exception("The list of %s could not be worked off", code)
            continue
        _remember(code, until)
    return found


def _of(code: str, adapter: PaymentProvider, since: datetime, until: datetime) -> int:
    events = getattr(adapter, "catch_up", None)
    if events is not None:
        missed = events(since)
        store_events(code, missed)
        return len(missed)
    rows = list(adapter.list_transactions(since, until))
    return sum(_settle(code, row) for row in rows if row.state is ProviderState.SUCCEEDED)


def _settle(code: str, row: ProviderTransaction) -> bool:
    """Settle the attempt that a line is about, unless it is settled; whether there was something to do."""
    attempts = PaymentAttempt.objects.filter(provider=code)
    try:
        attempt = attempts.filter(public_id=uuid.UUID(row.our_id)).first()
    except ValueError:
        attempt = attempts.filter(provider_ref=row.provider_ref).first() if row.provider_ref else None
    if attempt is None or attempt.state in PAID or attempt.state == PaymentAttempt.State.MISMATCH:
        return False
    try:
        settle_attempt(attempt.public_id, trigger="poll")
    except DomainError as error:
        logger.warning("%s can't be settled: %s", attempt, error.code)
    return True


def _since(code: str, until: datetime) -> datetime:
    cursor = Record.objects.filter(provider=code, key=_CURSOR).values_list("processed_at", flat=True).first()
    return max(cursor - _OVERLAP if cursor else until - _FIRST, until - _LONGEST)


def _remember(code: str, until: datetime) -> None:
    row = Record(provider=code, key=_CURSOR, kind="cursor", state=Record.State.IGNORED, processed_at=until)
    Record.objects.bulk_create([row], ignore_conflicts=True)
    Record.objects.filter(provider=code, key=_CURSOR).update(processed_at=until)
