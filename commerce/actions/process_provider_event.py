"""Do what a stored message of a provider asks for: find what it is about, and ask where that stands."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from commerce.actions.settle_attempt import settle_attempt
from commerce.actions.settle_payout import settle_payout
from commerce.actions.settle_refund import settle_refund
from commerce.models import PaymentAttempt, Payout, ProviderEventRecord, Refund
from commerce.payments.adapting import attempt_view
from commerce.payments.followups import note_dispute
from commerce.payments.messages import count_forged
from commerce.payments.states import State
from commerce.providers.base import ProviderEvent, ProviderState, Retryable
from core import clock
from core.errors import DomainError

__all__ = ["process_due_events", "process_provider_event"]

logger = logging.getLogger(__name__)

Record = ProviderEventRecord

#: A worker that took up a message has this long; then another one does.
_LEASE = timedelta(seconds=90)
#: So long a message waits for what it is about: it may be quicker than the answer to our own call.
_PATIENCE = timedelta(minutes=10)
_MOST_TRIES = 12


class _NotYet(Exception):
    """What the message is about is not known yet, or the provider gives no answer."""


class _Nothing(Exception):
    """Nothing of ours, or nothing to do."""


class _Forged(Exception):
    """The tokens in the message are not those of what it claims to be about."""


def process_due_events(limit: int = 200) -> int:
    """Process what is due, oldest first; how many there were. Any number may run side by side."""
    done = 0
    while done < limit:
        due = Record.objects.filter(state=Record.State.STORED, due_at__lte=clock.now()).order_by("due_at", "pk")
        pks = list(due.values_list("pk", flat=True)[:20])
        if not pks:
            break
        for pk in pks:
            process_provider_event(pk)
        done += len(pks)
    return done


def process_provider_event(pk: int) -> None:
    """Process one stored message; asked twice, or by several at once, it is done once.

    Not inside a transaction: the provider is asked. What can't be done yet is tried again, later and later; what is of
    nobody here is ignored; what fails in the end is left to the poller and to people.
    """
    record = _claim(pk)
    if record is None:
        return
    try:
        _handle(record)
    except _NotYet as why:
        _later(record, str(why))
    except _Nothing as why:
        _close(record, Record.State.IGNORED, str(why))
    except _Forged:
        logger.warning("A message of %s has the tokens of something else", record.provider)
        count_forged(record.provider)
        _close(record, Record.State.FAILED, "forged")
    except DomainError as error:
        _later(record, error.code)
    except Exception as error:  # one bad message never holds up the others
        logger.exception("A message of %s could not be processed", record.provider)
        _later(record, type(error).__name__)


def _claim(pk: int) -> Record | None:
    now = clock.now()
    with transaction.atomic():
        rows = Record.objects.select_for_update(skip_locked=True)
        record = rows.filter(pk=pk, state=Record.State.STORED, due_at__lte=now).first()
        if record is not None:
            record.tries += 1
            record.due_at = now + _LEASE
            record.save(update_fields=["tries", "due_at"])
    return record


def _handle(record: Record) -> None:
    if record.kind == "payment":
        _payment(record)
    elif record.kind == "dispute":
        _dispute(record)
    elif record.kind in ("refund", "payout"):
        _money_out(record)
    elif record.kind == "billing":
        _billing(record)
    else:
        raise _Nothing(record.kind)


def _payment(record: Record) -> None:
    attempt = _attempt_of(record)
    _check_proof(record, attempt)
    _keep_data(attempt, record)
    attempt = settle_attempt(attempt.public_id, trigger="webhook", message=record.pk)
    if Record.objects.filter(pk=record.pk, state=Record.State.STORED).exists():
        if attempt.state != State.CREATED:
            raise _NotYet("no answer")
        raise _Nothing("not sent")
    if record.hint == ProviderState.SUCCEEDED and attempt.state in PaymentAttempt.OPEN_STATES:
        # The message was quicker than what the provider's interface says: asked again in a moment.
        soon = clock.now() + timedelta(seconds=10)
        PaymentAttempt.objects.filter(pk=attempt.pk, next_check_at__gt=soon).update(next_check_at=soon)


def _attempt_of(record: Record) -> PaymentAttempt:
    rows = PaymentAttempt.objects.select_related("order__learner").filter(provider=record.provider)
    if record.operation is not None:
        # Stored before anything was sent: what isn't there never was ours.
        attempt = rows.filter(public_id=record.operation).first()
        if attempt is None:
            raise _Nothing("unknown reference")
        return attempt
    ref = record.provider_ref
    attempt = rows.filter(Q(provider_ref=ref) | Q(receipt=ref)).order_by("-pk").first() if ref else None
    if attempt is None:
        _wait_or_ignore(record, "unknown reference")
    return attempt  # type: ignore[return-value]  # the line above raises


def _wait_or_ignore(record: Record, why: str) -> None:
    if clock.now() < record.received_at + _PATIENCE:
        raise _NotYet(why)
    raise _Nothing(why)


def _check_proof(record: Record, attempt: PaymentAttempt) -> None:
    if not record.proof:
        return
    event = ProviderEvent(record.key, proof=record.proof)
    if event.fits(attempt_view(attempt)):
        return
    if not any(attempt.data.get(name) for name in record.proof):
        _wait_or_ignore(record, "no token to compare with")  # the answer that brings it is not stored yet
    raise _Forged


def _keep_data(thing: Any, record: Record) -> None:
    """Store what the message alone tells (a receipt, an amount), before anybody is asked."""
    if not record.data:
        return
    with transaction.atomic():
        row = type(thing).objects.select_for_update(no_key=True).get(pk=thing.pk)
        row.data = {**row.data, **record.data}
        row.save(update_fields=["data"])


def _dispute(record: Record) -> None:
    attempt = _attempt_of(record)
    attempt = settle_attempt(attempt.public_id, trigger="webhook")
    note_dispute(attempt, record)
    _close(record, Record.State.DONE)


def _money_out(record: Record) -> None:
    refunds, payouts = _refunds_of(record), _payouts_of(record)
    if not refunds and not payouts:
        if record.operation is not None:
            raise _Nothing("unknown reference")
        _wait_or_ignore(record, "unknown reference")
    for refund in refunds:
        _keep_data(refund, record)
        settle_refund(refund.public_id, trigger="webhook")
    for payout in payouts:
        _keep_data(payout, record)
        settle_payout(payout.public_id, trigger="webhook")
    _close(record, Record.State.DONE)


def _billing(record: Record) -> None:
    from commerce.actions.follow_stripe_subscription import follow_stripe_subscription

    try:
        followed = follow_stripe_subscription(record)
    except Retryable as trouble:
        raise _NotYet(trouble.reason) from trouble
    if followed is None:
        raise _Nothing("unknown reference")
    _close(record, Record.State.DONE)


def _refunds_of(record: Record) -> list[Refund]:
    rows = Refund.objects.filter(attempt__provider=record.provider)
    if record.operation is not None:
        return list(rows.filter(public_id=record.operation))
    ref = record.provider_ref
    if not ref or record.kind != "refund":
        return []
    found = list(rows.filter(provider_ref=ref))
    # Some name the payment only: then each of its refunds that is under way; without any, those that count as failed.
    of_payment = rows.filter(attempt__provider_ref=ref)
    open_ones = of_payment.exclude(state__in=("failed", "refused", "requested"))
    return found or list(open_ones) or list(of_payment.filter(state="failed"))


def _payouts_of(record: Record) -> list[Payout]:
    rows = Payout.objects.filter(provider=record.provider)
    if record.operation is not None:
        return list(rows.filter(public_id=record.operation))
    return list(rows.filter(provider_ref=record.provider_ref)) if record.provider_ref else []


def _later(record: Record, why: str) -> None:
    if record.tries >= _MOST_TRIES:
        _close(record, Record.State.FAILED, why)
        return
    wait = timedelta(seconds=min(2 * 2**record.tries, 600))
    Record.objects.filter(pk=record.pk, state=Record.State.STORED).update(due_at=clock.now() + wait, error=why[:500])


def _close(record: Record, state: str, why: str = "") -> None:
    Record.objects.filter(pk=record.pk, state=Record.State.STORED).update(
        state=state, processed_at=clock.now(), error=why[:500]
    )
