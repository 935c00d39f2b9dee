"""Forget what was said to and by providers long ago, where nothing hangs on it any more."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from commerce.models import (
    Chargeback,
    Discrepancy,
    PaymentAttempt,
    Payout,
    ProviderEventRecord,
    ProviderExchange,
    Refund,
)
from commerce.outgoing_alarms import SENT_AFTER_ALL
from core import clock

__all__ = ["sweep_provider_log"]

Record = ProviderEventRecord

_BATCH = 500
#: So many batches of each table in one run, far within a task's time; tomorrow's run goes on.
_MOST_BATCHES = 200
_OPEN_REFUNDS = (
    Refund.State.REQUESTED,
    Refund.State.APPROVED,
    Refund.State.SUBMITTING,
    Refund.State.UNKNOWN,
    Refund.State.PENDING,
)


def sweep_provider_log() -> dict[str, int]:
    """Delete exchanges and messages of providers older than ``PROVIDER_LOG_DAYS``; any number may run side by side.

    What stays, however old: messages that nobody has processed yet or that failed, where catching up goes on from, and
    everything about money that is not settled: open payments and mismatches, surplus on its way back, what was paid and
    not given, open refunds and payouts, disputes, differences that nobody has explained.

    Returns:
        Number of rows by table: ``exchanges``, ``messages``.
    """
    before = clock.now() - timedelta(days=settings.PROVIDER_LOG_DAYS)
    about = _unsettled(before)
    refs = _refs_of(about)
    # A plain queryset: that of rows which are written once refuses to delete, and this is the one place that may.
    exchanges: QuerySet[Any] = QuerySet(model=ProviderExchange)
    messages = Record.objects.filter(state__in=(Record.State.DONE, Record.State.IGNORED)).exclude(kind="cursor")
    return {
        "exchanges": _delete(exchanges, Q(operation__in=about), "at", before),
        "messages": _delete(messages, Q(operation__in=about) | Q(provider_ref__in=refs), "received_at", before),
    }


def _unsettled(before: datetime) -> set[Any]:
    """Public ids of attempts, refunds and payouts of that time about which something is still to be done: a few."""
    refunds = Refund.objects.filter(
        Q(state__in=_OPEN_REFUNDS) | Q(failure=SENT_AFTER_ALL) | Q(next_check_at__isnull=False)
    )
    disputes = Chargeback.objects.filter(state=Chargeback.State.OPEN)
    differences = Discrepancy.objects.filter(resolved_at=None, attempt__isnull=False)
    state = PaymentAttempt.State
    attempts = PaymentAttempt.objects.filter(
        Q(state__in=(*PaymentAttempt.OPEN_STATES, state.MISMATCH, state.DISPUTED))
        | Q(next_check_at__isnull=False)
        | Q(state=state.SUCCEEDED, is_surplus=True)
        | Q(fulfilment__isnull=False, fulfilment__granted_at=None)
        | Q(pk__in=refunds.values("attempt"))
        | Q(pk__in=disputes.values("attempt"))
        | Q(pk__in=differences.values("attempt"))
    )
    payouts = Payout.objects.filter(
        Q(state__in=Payout.OPEN_STATES) | Q(failure=SENT_AFTER_ALL) | Q(next_check_at__isnull=False)
    )
    found: set[Any] = set()
    for rows in (attempts, Refund.objects.filter(attempt__in=attempts), payouts):
        found.update(rows.filter(created_at__lt=before).values_list("public_id", flat=True))
    return found


def _refs_of(public_ids: set[Any]) -> set[str]:
    """What providers call them."""
    found: set[str] = set()
    for model, names in (
        (PaymentAttempt, ("provider_ref", "receipt")),
        (Refund, ("provider_ref",)),
        (Payout, ("provider_ref",)),
    ):
        for row in model.objects.filter(public_id__in=public_ids).values_list(*names):
            found.update(ref for ref in row if ref)
    return found


def _delete(rows: "QuerySet[Any]", stays: Q, column: str, before: datetime) -> int:
    """Delete those of ``rows`` that are older. They came in the order of their keys: the first young one ends it."""
    deleted, last = 0, 0
    for _number in range(_MOST_BATCHES):
        batch = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", column)[:_BATCH])
        old = [pk for pk, at in batch if at < before]
        if not old:
            break
        with transaction.atomic():
            deleted += rows.filter(pk__in=old).exclude(stays).delete()[1].get(rows.model._meta.label, 0)
        last = batch[-1][0]
    return deleted
