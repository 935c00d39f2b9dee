"""Sending money by a provider, for refunds and payouts alike: once, under the id that was stored before.

1. The provider prepares (some hand out the handle themselves); nothing moves.
2. Committed: that it is being sent, with what was prepared. Of all that want to send it, one comes through here.
3. The call, outside any transaction.
4. Committed: what came of it. A call without a conclusive answer leaves ``unknown``: it is asked about and never sent
   under another id. One that was certainly not taken, or of which the provider says that it never heard of it, goes out
   again under the same id.

A process that dies between 2 and 4 leaves ``submitting``; after :data:`LEASE` whoever looks asks the provider.

What was sent and counts as not arrived is asked about some times more, and whenever a message names it: should it have
gone after all, nothing is booked, and staff are told (``outgoing_alarms.tell_sent_after_all``).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model

from commerce.bookkeeping import record_fee_of
from commerce.errors import ProviderUnavailable
from commerce.models import Payout, Refund
from commerce.outgoing_alarms import tell_sent_after_all
from commerce.payments.adapting import exchanges, storable
from commerce.providers import base, registry
from commerce.providers.base import Declined, PaymentProvider, ProviderError, ProviderState, Retryable, Unsupported
from core import clock

__all__ = ["LEASE", "Outgoing", "ask", "claim_due", "move", "next_check", "send", "watch"]

logger = logging.getLogger(__name__)
T = TypeVar("T", Refund, Payout)

#: A call that began this long ago has ended, or its process has died.
LEASE = timedelta(minutes=2)
#: "Never heard of it" counts when the call is at least this long ago: providers' own lists lag behind.
_NEVER_HEARD = timedelta(minutes=10)
#: Seconds until the first questions; then every hour to a day, then every six hours.
_STEPS = (20, 40, 60, 120, 300, 600, 1200, 1800)
#: After the money has arrived: some banks send it back.
_LATER = (timedelta(days=1), timedelta(days=7), timedelta(days=21))

_DONE = frozenset({ProviderState.SUCCEEDED, ProviderState.REFUNDED, ProviderState.PARTIALLY_REFUNDED})
_LOST = frozenset({ProviderState.FAILED, ProviderState.CANCELED, ProviderState.EXPIRED, ProviderState.REVERSED})
#: States in which there is something to ask a provider about.
ASKED = ("submitting", "unknown", "pending", "succeeded")


@dataclass(frozen=True)
class Outgoing(Generic[T]):
    """One kind of money that leaves.

    Attributes:
        name: as in providers' messages: ``refund``, ``payout``.
        read: the row with what the view needs, not locked.
        locked: the row locked with all it hangs off, in the house's order.
        view: the row as an adapter sees it.
        provider: code of the provider that carries it.
        moves: legal moves between its states.
        hindrance: why no provider can be asked to send it; empty when one can.
        by_hand: note that a person has to do it; in a transaction, the row locked.
        succeeded, failed, came_back: what follows from these moves, made by them; in a transaction, the row locked.
    """

    name: str
    read: Callable[[int], T]
    locked: Callable[[int], T]
    view: Callable[[T], Any]
    provider: Callable[[T], str]
    moves: Mapping[str, frozenset[str]]
    call: Callable[[PaymentProvider, Any], base.ProviderStatus]
    fetch: Callable[[PaymentProvider, Any], base.ProviderStatus]
    hindrance: Callable[[T], str]
    by_hand: Callable[[T, str], None]
    succeeded: Callable[[T], None]
    failed: Callable[[T], None]
    came_back: Callable[[T], None]


def move(kind: Outgoing[T], thing: T, after: str) -> bool:
    """Move a locked row; False, and a line in the log, where no move leads there."""
    if after not in kind.moves[thing.state]:
        logger.warning("%s %s: %s does not become %s", kind.name, thing, thing.state, after)
        return False
    thing.state, thing.state_changed_at = after, clock.now()
    thing.save(update_fields=["state", "state_changed_at"])
    return True


def send(kind: Outgoing[T], pk: int) -> None:
    """Send what is approved; anybody may call it, as many at once as they like: one does it."""
    thing = kind.read(pk)
    if thing.state != "approved":
        return
    if why := kind.hindrance(thing):
        with transaction.atomic():
            thing = kind.locked(pk)
            if thing.state == "approved":
                kind.by_hand(thing, why)
        return
    code = kind.provider(thing)
    adapter = registry.provider(code)
    try:
        with exchanges(thing.public_id, code):
            prepared = dict(adapter.prepare(kind.view(thing)))
    except (Declined, Unsupported) as refusal:
        _not_taken(kind, pk, refusal, "")
        return
    except ProviderError as trouble:  # preparing moves no money, so whatever went wrong, it may be repeated
        _postpone(kind, pk, trouble)
        return
    claimed = _claim(kind, pk, prepared)
    if claimed is None:
        return
    sent_at = str(claimed.data["sent_at"])
    try:
        with exchanges(claimed.public_id, code):
            status = kind.call(adapter, kind.view(claimed))
    except (Declined, Unsupported, Retryable) as trouble:
        _not_taken(kind, pk, trouble, sent_at)
    except ProviderError as trouble:
        _doubt(kind, pk, trouble.reason)
    else:
        _record(kind, pk, status)


def ask(kind: Outgoing[T], pk: int) -> T:
    """Ask the provider what became of it, and let everything follow; returns the row as it is then."""
    thing = kind.read(pk)
    if not (_may_have_gone(thing) if _is_over(thing) else thing.state in ASKED):
        return thing
    code = kind.provider(thing)
    try:
        adapter = registry.provider(code)
        with exchanges(thing.public_id, code):
            status = kind.fetch(adapter, kind.view(thing))
    except Unsupported:
        # Nobody can be asked: a person looks it up and says what became of it.
        with transaction.atomic():
            thing = kind.locked(pk)
            _interrupted(kind, thing)
            if thing.state in ("unknown", "pending"):
                kind.by_hand(thing, "no_enquiry")
            _schedule(thing, None)
        return thing
    except (ProviderError, ProviderUnavailable) as trouble:
        logger.info("%s %s: no answer (%s)", kind.name, thing, trouble)
        with transaction.atomic():
            thing = kind.locked(pk)
            _interrupted(kind, thing)
            if thing.state == "succeeded" or _is_over(thing):
                _look_again(thing)
            else:
                _schedule(thing, next_check(thing.checks))
        return thing
    return _record(kind, pk, status)


def watch(thing: Refund | Payout) -> None:
    """Have the provider asked some times more about what a person says did not go, where it was sent; it is locked."""
    if _may_have_gone(thing):
        _look_again(thing)


def claim_due(rows: type[Model], *, limit: int = 200) -> list[int]:
    """Primary keys of the rows that are due, each claimed for this caller for :data:`LEASE`."""
    now = clock.now()
    due = rows._default_manager.filter(next_check_at__lte=now)
    found = list(due.order_by("next_check_at", "pk").values_list("pk", flat=True)[:limit])
    return [pk for pk in found if due.filter(pk=pk).update(next_check_at=now + LEASE)]


def next_check(checks: int) -> datetime:
    """When to ask again after so many questions."""
    if checks < len(_STEPS):
        return clock.now() + timedelta(seconds=_STEPS[checks])
    return clock.now() + timedelta(hours=1 if checks < len(_STEPS) + 24 else 6)


def _claim(kind: Outgoing[T], pk: int, prepared: Mapping[str, Any]) -> T | None:
    """Commit that it is being sent, for one of all that want to; None for the others."""
    now = clock.now()
    with transaction.atomic():
        thing = kind.locked(pk)
        if thing.state != "approved" or not move(kind, thing, "submitting"):
            return None
        # A rival may have prepared it too: what is on record stays.
        thing.data = {**storable(prepared), **thing.data, "sent_at": now.isoformat()}
        thing.next_check_at, thing.checks, thing.failure = now + LEASE, 0, ""
        thing.save(update_fields=["data", "next_check_at", "checks", "failure"])
    return thing


def _not_taken(kind: Outgoing[T], pk: int, trouble: ProviderError, sent_at: str) -> None:
    """Certainly nothing was taken: refused for good, or to be sent again."""
    with transaction.atomic():
        thing = kind.locked(pk)
        is_ours = thing.state == "submitting" and thing.data.get("sent_at") == sent_at
        if not is_ours and not (thing.state == "approved" and not sent_at):
            return  # somebody else knows better by now
        if isinstance(trouble, Retryable):
            move(kind, thing, "approved")
            thing.failure = trouble.reason[:60]
            thing.save(update_fields=["failure"])
            _schedule(thing, next_check(thing.checks))
        elif isinstance(trouble, Unsupported):
            if thing.state == "submitting":
                move(kind, thing, "approved")
            kind.by_hand(thing, trouble.reason)
        else:
            _fail(kind, thing, trouble.reason)


def _postpone(kind: Outgoing[T], pk: int, trouble: ProviderError) -> None:
    with transaction.atomic():
        thing = kind.locked(pk)
        if thing.state == "approved":
            thing.failure = trouble.reason[:60]
            thing.save(update_fields=["failure"])
            _schedule(thing, next_check(thing.checks))


def _doubt(kind: Outgoing[T], pk: int, reason: str) -> None:
    """Nobody can say whether it was taken."""
    with transaction.atomic():
        thing = kind.locked(pk)
        if thing.state == "submitting":
            move(kind, thing, "unknown")
            thing.failure, thing.next_check_at = reason[:60], next_check(0)
            thing.save(update_fields=["failure", "next_check_at"])


def _interrupted(kind: Outgoing[T], thing: T) -> None:
    """Whoever was sending it has died on the way."""
    if thing.state == "submitting" and clock.now() >= thing.state_changed_at + LEASE:
        move(kind, thing, "unknown")


def _record(kind: Outgoing[T], pk: int, status: base.ProviderStatus) -> T:
    with transaction.atomic():
        thing = kind.locked(pk)
        if _is_over(thing):
            if status.state in _DONE:
                tell_sent_after_all(thing, kind.provider(thing))
            _look_again(thing)
            return thing
        _keep(thing, status)
        if status.state in _DONE:
            _arrived(kind, thing, status)
        elif status.state in _LOST:
            if thing.state == "succeeded":
                thing.failure = (status.reason or "returned")[:60]
                thing.save(update_fields=["failure"])
                kind.came_back(thing)
                _schedule(thing, None)
            elif thing.state in ASKED:
                _fail(kind, thing, status.reason or "declined")
        elif status.state is ProviderState.NOT_FOUND:
            _never_heard(kind, thing)
        elif thing.state in ("submitting", "unknown"):
            move(kind, thing, "pending")
            _schedule(thing, next_check(0))
        elif thing.state != "succeeded":
            _schedule(thing, next_check(thing.checks))
        if thing.state == "succeeded":
            _look_again(thing)
    return thing


def _is_over(thing: Refund | Payout) -> bool:
    """Whether it failed or came back, or was given by other means: the provider's word changes nothing any more."""
    if thing.state == "succeeded":
        return isinstance(thing, Refund) and thing.is_by_hand
    return thing.state in ("failed", "reversed")


def _may_have_gone(thing: Refund | Payout) -> bool:
    return "sent_at" in thing.data


def _keep(thing: Refund | Payout, status: base.ProviderStatus) -> None:
    thing.data = {**thing.data, **storable(status.data)}
    thing.provider_ref = str(storable(status.provider_ref))[:255] or thing.provider_ref
    thing.receipt = str(storable(status.receipt))[:255] or thing.receipt
    thing.save(update_fields=["data", "provider_ref", "receipt"])


def _arrived(kind: Outgoing[T], thing: T, status: base.ProviderStatus) -> None:
    if thing.state not in ASKED or thing.state == "succeeded":
        return
    if status.amount is not None and status.amount != thing.amount:
        logger.error("%s %s: %s arrived in place of %s", kind.name, thing, status.amount, thing.amount)
        thing.failure = "amount_differs"
        thing.save(update_fields=["failure"])
        if thing.state == "submitting":
            move(kind, thing, "pending")
        kind.by_hand(thing, "amount_differs")
        _schedule(thing, None)
        return
    thing.failure = ""
    thing.save(update_fields=["failure"])
    if status.fee is not None:
        order = thing.order if isinstance(thing, Refund) else None
        record_fee_of(thing.public_id, kind.provider(thing), status.fee, order=order)
    kind.succeeded(thing)


def _fail(kind: Outgoing[T], thing: T, reason: str) -> None:
    thing.failure = reason[:60]
    thing.save(update_fields=["failure"])
    kind.failed(thing)
    _schedule(thing, None)


def _never_heard(kind: Outgoing[T], thing: T) -> None:
    """The provider never heard of it: the same id may go out again, where that is not just its list lagging behind."""
    _interrupted(kind, thing)
    if thing.state != "unknown":
        _schedule(thing, next_check(thing.checks) if thing.state != "succeeded" else None)
        return
    sent_at = datetime.fromisoformat(str(thing.data["sent_at"]))
    if clock.now() < sent_at + _NEVER_HEARD:
        _schedule(thing, next_check(thing.checks))
        return
    move(kind, thing, "approved")
    _schedule(thing, clock.now())


def _look_again(thing: Refund | Payout) -> None:
    """Ask some times more after it ended, counted from then."""
    now = clock.now()
    times = [thing.state_changed_at + later for later in _LATER]
    thing.next_check_at = next((moment for moment in times if moment > now), None)
    thing.save(update_fields=["next_check_at"])


def _schedule(thing: Refund | Payout, at: datetime | None) -> None:
    thing.next_check_at, thing.checks = at, thing.checks + 1
    thing.save(update_fields=["next_check_at", "checks"])
