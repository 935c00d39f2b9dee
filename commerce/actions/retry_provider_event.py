"""Process a provider's message again that failed."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.process_provider_event import process_provider_event
from commerce.errors import EventNotFailed
from commerce.models import ProviderEventRecord
from core import audit, clock
from core.policies import require

__all__ = ["retry_provider_event"]


def retry_provider_event(*, actor: Any, record: ProviderEventRecord) -> ProviderEventRecord:
    """Take a message up again and process it; returns it as it is then. Not inside a transaction.

    Raises:
        NotAllowed: the actor may not change payments.
        EventNotFailed: it hasn't failed.
    """
    require(policies.can_change_payments(actor))
    with transaction.atomic():
        locked = ProviderEventRecord.objects.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
        if locked.state != ProviderEventRecord.State.FAILED:
            raise EventNotFailed
        locked.state, locked.tries, locked.due_at, locked.error = ProviderEventRecord.State.STORED, 0, clock.now(), ""
        locked.save(update_fields=["state", "tries", "due_at", "error"])
        audit.record(actor=actor, verb="commerce.provider_event_retried", target=locked)
    process_provider_event(locked.pk)
    locked.refresh_from_db()
    return locked
