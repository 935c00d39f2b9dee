"""Delivering outbox events: claim, handle, mark; retry with backoff; set aside what never works."""

import logging
import random
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core import clock, outbox
from core.events import event_class, registered_events
from core.models.outbox import OutboxDelivery, OutboxEvent

__all__ = ["LEASE", "MAX_ATTEMPTS", "DispatchReport", "backoff", "dispatch", "retry", "set_aside_orphans"]

logger = logging.getLogger(__name__)

#: A claim older than this belongs to a dead worker. It only has to bridge claiming and starting: while the handler
#: runs, its transaction keeps rivals off (the row's lock on PostgreSQL, the write lock on SQLite).
LEASE = timedelta(minutes=1)
#: About 17 hours from the first try to the last.
MAX_ATTEMPTS = 10
_FIRST_WAIT = 30  # seconds
_LONGEST_WAIT = 6 * 3600  # seconds
#: Waiting this long for a handler that no process knows means its code is gone.
_ORPHANED_AFTER = timedelta(days=7)
_ERROR_CHARACTERS = 4000

State = OutboxDelivery.State


@dataclass(slots=True)
class DispatchReport:
    """What one run did, counted in deliveries."""

    delivered: int = 0
    retried: int = 0
    set_aside: int = 0

    def __str__(self) -> str:
        return f"{self.delivered} delivered, {self.retried} to retry, {self.set_aside} set aside"


def dispatch(*, limit: int = 1000, seconds: float = 300) -> DispatchReport:
    """Deliver what is due until nothing is, ``limit`` deliveries are done or ``seconds`` have passed.

    Any number may run side by side.
    """
    report = DispatchReport()
    ends_at = time.monotonic() + seconds
    token = outbox.dispatching.set(True)
    try:
        _plan_new_handlers()
        while limit > 0 and time.monotonic() < ends_at and (claimed := _claim()):
            limit -= 1
            _deliver(claimed, report)
        _settle()
    finally:
        outbox.dispatching.reset(token)
    return report


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failed attempts.

    Doubles from 30 seconds to at most 6 hours, then takes a random point in the upper half, so that deliveries
    which failed together don't come back together.
    """
    longest = min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)
    return timedelta(seconds=random.uniform(longest / 2, longest))  # noqa: S311 (no secret)


def retry(delivery: OutboxDelivery) -> bool:
    """Put a delivery that was set aside back in the queue; False when it isn't set aside (any more)."""
    with transaction.atomic():
        changed = OutboxDelivery.objects.filter(pk=delivery.pk, state=State.SET_ASIDE).update(
            state=State.WAITING, attempts=0, due_at=clock.now(), claimed_until=None, set_aside_at=None
        )
        if changed:
            transaction.on_commit(outbox.nudge, robust=True)
    return bool(changed)


def set_aside_orphans() -> int:
    """Set aside deliveries whose handler no code has any more; returns their number."""
    now = clock.now()
    return (
        OutboxDelivery.objects.filter(state=State.WAITING, due_at__lt=now - _ORPHANED_AFTER)
        .exclude(handler__in=outbox.handler_names())
        .update(state=State.SET_ASIDE, set_aside_at=now, claimed_until=None, error="No handler of this name.")
    )


def _plan_new_handlers() -> None:
    """Give open events a delivery for handlers that were registered after they were published."""
    plans = {name: outbox.plan_of(name) for name in registered_events()}
    stale = OutboxEvent.objects.filter(settled_at=None, name__in=plans).exclude(plan__in=plans.values())
    now = clock.now()
    for event in stale.order_by("id")[:1000]:
        with transaction.atomic():
            OutboxDelivery.objects.bulk_create(
                [OutboxDelivery(event=event, handler=name, due_at=now) for name in outbox.handlers_of(event.name)],
                ignore_conflicts=True,
            )
            OutboxEvent.objects.filter(pk=event.pk).update(plan=plans[event.name])


def _settle() -> None:
    """Mark events whose deliveries are all done. Names this process doesn't know are left to newer code."""
    plans = [outbox.plan_of(name) for name in registered_events()]
    unfinished = OutboxDelivery.objects.filter(event=OuterRef("pk")).exclude(state=State.DELIVERED)
    OutboxEvent.objects.filter(~Exists(unfinished), settled_at=None, plan__in=plans).update(settled_at=clock.now())


def _claim() -> OutboxDelivery | None:
    """Take the next due delivery for :data:`LEASE`, counting the attempt; None when nothing is due.

    PostgreSQL skips rows that a rival holds. SQLite has one writer at a time; comparing ``attempts`` in the update
    keeps the claim single even where the transaction began as a reader.
    """
    while True:
        now = clock.now()
        with transaction.atomic():
            delivery = (
                OutboxDelivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(Q(claimed_until=None) | Q(claimed_until__lte=now), state=State.WAITING, due_at__lte=now)
                .filter(handler__in=outbox.handler_names())
                .order_by("due_at", "id")
                .first()
            )
            if delivery is None:
                return None
            attempts = delivery.attempts
            delivery.attempts += 1
            delivery.claimed_until = now + LEASE
            won = OutboxDelivery.objects.filter(pk=delivery.pk, state=State.WAITING, attempts=attempts).update(
                attempts=delivery.attempts, claimed_until=delivery.claimed_until
            )
        if won:
            return delivery


def _deliver(delivery: OutboxDelivery, report: DispatchReport) -> None:
    if delivery.attempts > MAX_ATTEMPTS:  # each of the claims before ended with the worker's death
        _set_aside(delivery, "The worker died at every attempt.", clock.now())
        report.set_aside += 1
        return
    try:
        delivered = _handle(delivery)
    except Exception as error:  # the handler's own fault; the next delivery must not suffer from it
        logger.warning("%s failed at attempt %d", delivery, delivery.attempts, exc_info=True)
        if _record_failure(delivery, error):
            report.set_aside += 1
        else:
            report.retried += 1
    else:
        report.delivered += delivered


def _handle(delivery: OutboxDelivery) -> bool:
    """Run the handler and mark the delivery in one transaction; False when the claim was lost meanwhile."""
    handler = outbox.handler_named(delivery.handler)
    if handler is None:
        raise LookupError(f"No handler is called {delivery.handler}.")
    event = event_class(delivery.event.name).from_payload(delivery.event.payload)
    with transaction.atomic():
        held = _held(delivery).select_for_update().first()
        if held is None:
            return False
        handler.run(event)
        _held(delivery).update(state=State.DELIVERED, delivered_at=clock.now(), claimed_until=None, error="")
    return True


def _held(delivery: OutboxDelivery):  # type: ignore[no-untyped-def]  # a queryset with Django's private row types
    """The delivery as long as our claim on it stands: every claim counts one attempt more."""
    return OutboxDelivery.objects.filter(pk=delivery.pk, state=State.WAITING, attempts=delivery.attempts)


def _record_failure(delivery: OutboxDelivery, error: Exception) -> bool:
    """Plan the next attempt, or set the delivery aside after the last; True when set aside."""
    summary = "".join(traceback.format_exception(error))[-_ERROR_CHARACTERS:]
    now = clock.now()
    if delivery.attempts >= MAX_ATTEMPTS:
        _set_aside(delivery, summary, now)
        return True
    _held(delivery).update(due_at=now + backoff(delivery.attempts), claimed_until=None, error=summary)
    return False


def _set_aside(delivery: OutboxDelivery, error: str, now: datetime) -> None:
    _held(delivery).update(state=State.SET_ASIDE, set_aside_at=now, claimed_until=None, error=error)
    logger.error("%s was set aside after %d attempts", delivery, delivery.attempts)
