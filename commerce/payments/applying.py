"""What a provider's answer means for a try to pay. All in one transaction, with order, payment and attempt locked."""

import enum
from datetime import datetime
from typing import Any

from commerce.bookkeeping import record_fee
from commerce.models import PaymentAttempt
from commerce.payments.accepting import accept
from commerce.payments.adapting import storable
from commerce.payments.next_steps import found_page
from commerce.payments.states import NOT_PAID, PAID, State, move, note_refusal
from commerce.payments.telling import needs_attention, tell_failed
from commerce.payments.timers import RESEND_FOR, SUBMITTING_LEASE, next_check, rail
from commerce.providers.base import ProviderError, ProviderState, ProviderStatus
from core import clock
from core.money import Money

__all__ = ["Outcome", "apply_status", "apply_trouble", "expire_if_due", "schedule"]

_TARGETS = {
    ProviderState.AWAITING_CUSTOMER: State.AWAITING_CUSTOMER,
    ProviderState.PENDING: State.PENDING,
    ProviderState.AUTHORIZED: State.AUTHORIZED,
    ProviderState.FAILED: State.FAILED,
    ProviderState.CANCELED: State.CANCELED,
    ProviderState.EXPIRED: State.EXPIRED,
}
_FOLLOW_UPS = {
    ProviderState.PARTIALLY_REFUNDED: State.PARTIALLY_REFUNDED,
    ProviderState.REFUNDED: State.REFUNDED,
    ProviderState.DISPUTED: State.DISPUTED,
    ProviderState.REVERSED: State.REVERSED,
}
#: How far a payment has come: an answer that says less than is known is no news.
_PROGRESS: dict[str, int] = {
    State.SUBMITTING: 0,
    State.UNKNOWN: 0,
    State.AWAITING_CUSTOMER: 1,
    State.PENDING: 2,
    State.AUTHORIZED: 3,
}


class Outcome(enum.Enum):
    """What is to be done after the transaction."""

    DONE = enum.auto()
    #: The provider never heard of it: the same id goes out again.
    SEND_AGAIN = enum.auto()
    #: Refunds and disputes of a payment that was accepted before.
    FOLLOW_UP = enum.auto()


def apply_status(
    attempt: PaymentAttempt, status: ProviderStatus, *, trigger: str, asked_at: datetime, actor: Any = None
) -> Outcome:
    """Move ``attempt`` to where ``status`` says it stands, with everything that follows in the database.

    Args:
        asked_at: when the question was asked; an answer older than the present state takes nothing back.
    """
    conflict = _keep(attempt, status)
    outcome = Outcome.DONE
    if status.state is ProviderState.SUCCEEDED:
        outcome = _paid(attempt, status, conflict, trigger, actor)
    elif status.state in _FOLLOW_UPS:
        outcome = _given_back(attempt, status, trigger)
    elif status.state is ProviderState.NOT_FOUND:
        outcome = _not_found(attempt)
    else:
        _unpaid(attempt, status, trigger, asked_at, actor)
    expire_if_due(attempt, status.state)
    schedule(attempt)
    return outcome


def apply_trouble(attempt: PaymentAttempt, trouble: ProviderError) -> None:
    """Note that nobody could say where ``attempt`` stands, and when to ask again."""
    attempt.checked_at, attempt.checks = clock.now(), attempt.checks + 1
    _doubt(attempt)
    is_over = attempt.watch_until is not None and clock.now() >= attempt.watch_until
    if trouble.reason == "no_reference" or is_over:
        # There is nothing to ask by before the provider's message names it, or nobody has answered for days: then our
        # own clock is all there is, and staff are told.
        expire_if_due(attempt, None)
    schedule(attempt)


def schedule(attempt: PaymentAttempt) -> None:
    """Save when ``attempt`` is asked about next, with what the question brought."""
    if attempt.state in PAID:
        attempt.next_check_at = None
    else:
        attempt.next_check_at = next_check(attempt, is_open=attempt.state in PaymentAttempt.OPEN_STATES)
    attempt.save(
        update_fields=[
            "data",
            "next_step",
            "provider_ref",
            "receipt",
            "reason",
            "fee_minor",
            "paid_minor",
            "paid_currency",
            "succeeded_at",
            "checked_at",
            "checks",
            "next_check_at",
        ]
    )


def expire_if_due(attempt: PaymentAttempt, state: ProviderState | None) -> None:
    """End ``attempt`` if its time is over and the answer just got (None: nobody can be asked) shows no money."""
    now = clock.now()
    if attempt.state not in PaymentAttempt.OPEN_STATES or attempt.state == State.CREATED or _is_in_flight(attempt, now):
        return
    ends_at = attempt.expires_at
    if state is ProviderState.PENDING and rail(attempt.provider).waits_for_pending:
        ends_at = attempt.watch_until
    if ends_at is None or now < ends_at:
        return
    if move(attempt, State.EXPIRED, trigger="deadline"):
        attempt.reason = attempt.reason or "not_confirmed_in_time"
        tell_failed(attempt)
        if attempt.watch_until is not None and now >= attempt.watch_until:
            needs_attention(attempt.order, "unknown", attempt)


def _keep(attempt: PaymentAttempt, status: ProviderStatus) -> str:
    """Take over what the answer tells beside the state; returns what about it can't be right."""
    attempt.checked_at, attempt.checks = clock.now(), attempt.checks + 1
    attempt.data = {**attempt.data, **storable(status.data)}
    if not attempt.next_step.get("kind") and (page := found_page(attempt.data)):
        attempt.next_step = page
    conflict = ""
    ref = str(storable(status.provider_ref))[:255]
    if ref and attempt.provider_ref and ref != attempt.provider_ref:
        conflict = "reference_differs"
    elif ref and not attempt.provider_ref:
        if _is_taken(attempt, provider_ref=ref):
            conflict = "reference_taken"
        else:
            attempt.provider_ref = ref
    receipt = str(storable(status.receipt))[:255]
    if receipt and receipt != attempt.receipt:
        if _is_taken(attempt, receipt=receipt):
            conflict = conflict or "receipt_taken"
        else:
            attempt.receipt = receipt
    if status.fee is not None and status.fee.currency == attempt.currency:
        attempt.fee_minor = status.fee.minor
    return conflict


def _is_taken(attempt: PaymentAttempt, **what: str) -> bool:
    return PaymentAttempt.objects.filter(provider=attempt.provider, **what).exclude(pk=attempt.pk).exists()


def _unpaid(attempt: PaymentAttempt, status: ProviderStatus, trigger: str, asked_at: datetime, actor: Any) -> None:
    target = _TARGETS[status.state]
    if attempt.state in NOT_PAID:
        return  # no news
    if attempt.state in PAID or attempt.state == State.MISMATCH:
        if asked_at >= attempt.state_changed_at:
            note_refusal(attempt, target, trigger=trigger, note=status.reason, actor=actor)
        return
    if target in _PROGRESS:
        if _PROGRESS[target] > _PROGRESS[attempt.state]:
            move(attempt, target, trigger=trigger, note=status.reason, actor=actor)
        return
    if attempt.state == State.PENDING and target == State.CANCELED:
        target = State.FAILED
    elif attempt.state == State.AUTHORIZED and target == State.FAILED:
        target = State.CANCELED
    if move(attempt, target, trigger=trigger, note=status.reason, actor=actor):
        attempt.reason = (status.reason or ("canceled" if target == State.CANCELED else "declined"))[:60]
        tell_failed(attempt)


def _paid(attempt: PaymentAttempt, status: ProviderStatus, conflict: str, trigger: str, actor: Any) -> Outcome:
    if attempt.state in PAID:
        if attempt.fee_minor and not attempt.is_surplus:
            record_fee(attempt.order, attempt)  # some tell their fee later
        return Outcome.FOLLOW_UP if attempt.state == State.DISPUTED else Outcome.DONE
    # Rails that name no amount have moved what was asked for, or nothing.
    paid = status.amount if status.amount is not None else attempt.amount
    attempt.paid_minor, attempt.paid_currency = paid.minor, paid.currency
    before = attempt.state
    if fault := conflict or _fault(attempt, paid):
        _mismatch(attempt, fault, trigger, actor)
    elif before != State.MISMATCH and move(attempt, State.SUCCEEDED, trigger=trigger, note=status.reason, actor=actor):
        attempt.succeeded_at, attempt.reason = clock.now(), ""
        _save_money(attempt)
        accept(attempt.order, attempt.payment, attempt)
    if before in NOT_PAID and attempt.state != before:
        needs_attention(attempt.order, "late", attempt)
    return Outcome.DONE


def _fault(attempt: PaymentAttempt, paid: Money) -> str:
    """What keeps ``paid`` from paying the order as it was frozen; empty when nothing does."""
    order, payment = attempt.order, attempt.payment
    if (attempt.amount_minor, attempt.currency) != (payment.amount_minor, payment.currency):
        return "order_differs"
    if (order.total_minor, order.currency) != (payment.amount_minor, payment.currency):
        return "order_differs"
    if paid.currency != attempt.currency:
        return "currency_differs"
    return "underpaid" if paid.minor < attempt.amount_minor else ""


def _mismatch(attempt: PaymentAttempt, fault: str, trigger: str, actor: Any) -> None:
    """Money came that doesn't fit: nothing is given, staff decide."""
    if attempt.state == State.MISMATCH:
        attempt.reason = fault[:60]
        return
    if move(attempt, State.MISMATCH, trigger=trigger, note=fault, actor=actor):
        attempt.reason = fault[:60]
    needs_attention(attempt.order, "mismatch", attempt)


def _given_back(attempt: PaymentAttempt, status: ProviderStatus, trigger: str) -> Outcome:
    """Refunded, disputed, reversed: of a payment that was accepted, the refund's or the bank's case follows."""
    if attempt.state in PAID:
        is_news = attempt.state != _FOLLOW_UPS[status.state]
        return Outcome.FOLLOW_UP if is_news else Outcome.DONE
    # The money came and went before anybody here knew of it. Whoever paid has it back; somebody looks.
    _mismatch(attempt, status.state.value, trigger, None)
    return Outcome.DONE


def _not_found(attempt: PaymentAttempt) -> Outcome:
    if attempt.state not in (State.SUBMITTING, State.UNKNOWN):
        return Outcome.DONE
    now = clock.now()
    if _is_in_flight(attempt, now):
        return Outcome.DONE
    _doubt(attempt)
    if now < attempt.created_at + RESEND_FOR and attempt.order.state == attempt.order.State.PLACED:
        return Outcome.SEND_AGAIN
    return Outcome.DONE


def _is_in_flight(attempt: PaymentAttempt, now: datetime) -> bool:
    """Whether the call that sends ``attempt`` may still be under way."""
    sent_at = attempt.submitted_at
    return attempt.state == State.SUBMITTING and sent_at is not None and now < sent_at + SUBMITTING_LEASE


def _doubt(attempt: PaymentAttempt) -> None:
    """Who sent ``attempt`` has died on the way: nobody knows whether it was taken."""
    if attempt.state == State.SUBMITTING and attempt.submitted_at and not _is_in_flight(attempt, clock.now()):
        move(attempt, State.UNKNOWN, trigger="poll", note="interrupted")


def _save_money(attempt: PaymentAttempt) -> None:
    attempt.save(
        update_fields=["paid_minor", "paid_currency", "succeeded_at", "reason", "fee_minor", "receipt", "provider_ref"]
    )
