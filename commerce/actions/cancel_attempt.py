"""Give up a try to pay."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.settle_attempt import record_status
from commerce.errors import AttemptInProgress, AttemptSettled, PaymentProviderTrouble
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt
from commerce.payments.adapting import attempt_view, exchanges
from commerce.payments.applying import schedule
from commerce.payments.states import NOT_PAID, PAID, State, move
from commerce.providers import registry
from commerce.providers.base import Flow, PaymentProvider, ProviderError, ProviderState, ProviderStatus
from core import clock

__all__ = ["cancel_attempt"]

#: Where money moves by a deed of the customer's only, so that who gives up means it. A payment that comes all the same
#: is settled as any late one: accepted, or given back where the order was paid otherwise.
_BY_DEED = (Flow.REDIRECT, Flow.MANUAL, Flow.INVOICE)


def cancel_attempt(*, actor: Any, attempt: PaymentAttempt) -> PaymentAttempt:
    """Give up ``attempt``, if nothing can come of it; returns it as it is then. Not inside a transaction.

    Args:
        actor: who pays the order, or staff with ``change_payment``; ``None`` is the platform itself.

    Raises:
        NotFound: neither.
        AttemptSettled: it has been paid.
        AttemptInProgress: it may be confirmed at any moment, or money is on its way.
        PaymentProviderTrouble: the provider says nothing now.
    """
    policies.require_own_attempt(actor, attempt)
    if attempt.state in NOT_PAID:
        return attempt
    if _drop_unsent(attempt, actor):
        return attempt
    adapter = registry.provider(attempt.provider)
    asked_at = clock.now()
    try:
        with exchanges(attempt.public_id, attempt.provider):
            status = _ask(adapter, attempt)
    except ProviderError:
        raise PaymentProviderTrouble from None
    attempt = record_status(attempt, status, trigger="customer", asked_at=asked_at, actor=actor)
    if attempt.state in PAID or attempt.state == State.MISMATCH:
        raise AttemptSettled
    if attempt.state in NOT_PAID:
        return attempt
    is_untouched = status.state in (ProviderState.AWAITING_CUSTOMER, ProviderState.NOT_FOUND) and not status.reason
    if adapter.capabilities.flow not in _BY_DEED or not is_untouched:
        refusal = AttemptInProgress()
        refusal.attempt_key = attempt.public_id
        raise refusal
    return _give_up(attempt, actor)


def _ask(adapter: PaymentProvider, attempt: PaymentAttempt) -> ProviderStatus:
    """Close the provider's page where that can be done, and ask where the payment stands."""
    cancel = getattr(adapter, "cancel", None)
    view = attempt_view(attempt)
    found: ProviderStatus = cancel(view) if cancel is not None else adapter.fetch_status(view)
    return found


def _drop_unsent(attempt: PaymentAttempt, actor: Any) -> bool:
    """End an attempt that nobody has sent; False where it was sent."""
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        attempt.payment = locked_payment(order)
        fresh = locked_attempt(attempt.pk)
        is_unsent = fresh.submitted_at is None and fresh.state in (State.CREATED, State.SUBMITTING)
        if is_unsent:
            move(fresh, State.CANCELED, trigger="customer", actor=actor)
            fresh.reason, fresh.next_check_at = "canceled", None
            fresh.save(update_fields=["reason", "next_check_at"])
    attempt.refresh_from_db()
    return is_unsent


def _give_up(attempt: PaymentAttempt, actor: Any) -> PaymentAttempt:
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(attempt.pk)
        attempt.order, attempt.payment = order, payment
        if attempt.state in (State.AWAITING_CUSTOMER, State.UNKNOWN):
            move(attempt, State.CANCELED, trigger="customer", actor=actor)
            attempt.reason = "canceled"
            schedule(attempt)
    if attempt.state not in NOT_PAID:
        raise AttemptInProgress
    return attempt
