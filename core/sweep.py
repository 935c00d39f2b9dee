"""Keeping the core's tables small: delivered events and expired keys go after a while."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.dispatch import set_aside_orphans
from core.models import IdempotencyKey, OutboxEvent

__all__ = ["EVENT_RETENTION", "sweep"]

#: Delivered events are kept this long for questions about what happened.
EVENT_RETENTION = timedelta(days=30)
_BATCH = 1000
_MOST_BATCHES = 100


def sweep() -> dict[str, int]:
    """Delete old delivered events and expired idempotency keys, and set orphaned deliveries aside.

    Undelivered events are never deleted. Works in batches, each its own short transaction.

    Returns:
        Number of rows by what was done: ``events``, ``idempotency_keys``, ``orphans``.
    """
    now = clock.now()
    return {
        "orphans": set_aside_orphans(),
        "events": _delete(OutboxEvent.objects.filter(settled_at__lt=now - EVENT_RETENTION)),
        "idempotency_keys": _delete(IdempotencyKey.objects.filter(expires_at__lte=now)),
    }


def _delete(rows: QuerySet) -> int:
    deleted = 0
    for _ in range(_MOST_BATCHES):
        with transaction.atomic():
            keys = list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH])
            if keys:
                # Asked again with the condition: a key may have been renewed since.
                deleted += rows.filter(pk__in=keys).delete()[1].get(rows.model._meta.label, 0)
        if len(keys) < _BATCH:
            break
    return deleted
