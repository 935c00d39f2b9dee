"""Take in a provider's message: verify it, store it, and nothing else."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from commerce.models import ProviderEventRecord
from commerce.payments.adapting import storable
from commerce.payments.messages import nudge
from commerce.providers import registry
from commerce.providers.base import ProviderEvent
from commerce.providers.http import masked
from core import clock

__all__ = ["receive_webhook", "store_events"]

logger = logging.getLogger(__name__)


def receive_webhook(*, provider: str, headers: Mapping[str, str], body: bytes, path_token: str = "") -> int:
    """Verify and store a message; how many happenings it told of. A repeated one is the row that is there.

    Nobody believes what it says: it is a reason to ask the provider, which a worker does after the commit.

    Args:
        headers: in lower case.
        body: as it came, byte for byte.
        path_token: what follows the provider's code in the address.

    Raises:
        ProviderUnavailable: the provider is not configured.
        InvalidSignature: not from the provider.
    """
    adapter = registry.provider(provider)
    try:
        events = adapter.parse_webhook(headers, body, path_token)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        # Genuine and unreadable: refusing it would have it sent again and again, and hold up what comes behind it.
        _store_unreadable(provider, body, error)
        return 0
    store_events(provider, events)
    return len(events)


def store_events(provider: str, events: Sequence[ProviderEvent]) -> None:
    """Store what was told, each happening once, and have a worker look at it after the commit."""
    if not events:
        return
    now = clock.now()
    rows = [_row(provider, event, now) for event in events]
    with transaction.atomic():
        ProviderEventRecord.objects.bulk_create(rows, ignore_conflicts=True)
        if settings.PAYMENT_NUDGES:
            keys = [row.key for row in rows]
            transaction.on_commit(lambda: nudge(provider, keys), robust=True)


def _row(provider: str, event: ProviderEvent, now: datetime) -> ProviderEventRecord:
    return ProviderEventRecord(
        provider=provider,
        key=_key(str(storable(event.key))),
        kind=event.kind[:10],
        provider_ref=str(storable(event.provider_ref))[:255],
        operation=event.attempt_id,
        hint=event.hint.value if event.hint else "",
        raw=storable(masked(event.raw)),
        proof=storable(event.proof),
        data=storable(event.data),
        due_at=now,
        received_at=now,
    )


def _key(key: str) -> str:
    """At most 255 characters, and different where the whole keys are."""
    return key if len(key) <= 255 else f"{key[:190]}:{hashlib.sha256(key.encode()).hexdigest()}"


def _store_unreadable(provider: str, body: bytes, error: Exception) -> None:
    digest = hashlib.sha256(body).hexdigest()
    logger.warning("A genuine message of %s can't be read: %s", provider, type(error).__name__)
    now = clock.now()
    row = ProviderEventRecord(
        provider=provider,
        key=f"unreadable:{digest}",
        kind="unreadable",
        raw={"bytes": len(body), "sha256": digest},
        state=ProviderEventRecord.State.IGNORED,
        error=type(error).__name__,
        received_at=now,
        processed_at=now,
    )
    ProviderEventRecord.objects.bulk_create([row], ignore_conflicts=True)
