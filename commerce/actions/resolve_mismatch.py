"""Decide what becomes of money that doesn't fit the order it was paid for."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import AttemptSettled, ProviderUnavailable, ReasonRequired
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt
from commerce.payments.accepting import accept as take_money
from commerce.payments.accepting import give_back
from commerce.payments.adapting import attempt_view, exchanges
from commerce.payments.applying import schedule
from commerce.payments.states import State, move
from commerce.providers import registry
from commerce.providers.base import ProviderState, Retryable, Unknown
from core import audit, clock
from core.money import Money
from core.policies import require

__all__ = ["resolve_mismatch"]

#: As far as was known the money is not with us any more, so there is nothing to accept or give back.
_GONE = ("refunded", "reversed", "disputed", "partially_refunded")


def resolve_mismatch(*, actor: Any, attempt: PaymentAttempt, accept: bool, note: str) -> PaymentAttempt:
    """Take another amount than was asked for as the price, or send it back. Not inside a transaction.

    Of money that was disputed or gone when we heard of it, the provider is asked first: some disputes are won, some
    refunds fail. Where it has the money now, it is accepted or sent back like any other; where it doesn't, only that
    nothing is due can be noted.

    Args:
        accept: the order is given as if paid in full; otherwise the money goes back.
        note: why, for the books.

    Raises:
        NotAllowed: the actor may not change payments, or it is their own order.
        ReasonRequired: no note.
        AttemptSettled: it isn't in question (any more), was paid in another currency than the order's (that can only
            go back), or the provider hasn't the money (any more).
        ProviderUnavailable: the provider had to be asked, and gives no answer now.
    """
    require(policies.can_change_payments(actor) and actor.pk != attempt.order.learner_id)
    note = note.strip()
    if not note:
        raise ReasonRequired(message=_lazy("Say why, for the books."), field="note")
    stands = _money_that_stands(attempt) if attempt.reason in _GONE else None
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(attempt.pk)
        attempt.order, attempt.payment = order, payment
        if stands is not None:
            attempt.paid_minor, attempt.paid_currency = stands.minor, stands.currency
        is_gone = attempt.reason in _GONE and stands is None
        is_foreign = attempt.paid_currency != order.currency
        if attempt.state != State.MISMATCH or (accept and (is_foreign or is_gone)):
            raise AttemptSettled
        after = State.SUCCEEDED if accept else State.REFUNDED
        move(attempt, after, trigger="staff", note=note, actor=actor)
        attempt.succeeded_at = clock.now()
        schedule(attempt)
        if accept:
            take_money(order, payment, attempt)
        elif not is_gone:
            give_back(order, attempt)
        audit.record(
            actor=actor,
            verb="commerce.mismatch_resolved",
            target=attempt,
            facts={"accepted": accept, "note": note[:300], "paid": attempt.paid_minor, "asked": attempt.amount_minor},
        )
    return attempt


def _money_that_stands(attempt: PaymentAttempt) -> Money | None:
    """What the provider has of ours now, asked afresh; None where it has nothing, or isn't ours any more."""
    try:
        adapter = registry.provider(attempt.provider)
    except ProviderUnavailable:
        return None
    try:
        with exchanges(attempt.public_id, attempt.provider):
            status = adapter.fetch_status(attempt_view(attempt))
    except (Retryable, Unknown) as trouble:
        raise ProviderUnavailable(message=_lazy("The provider gives no answer now. Try again later.")) from trouble
    if status.state is not ProviderState.SUCCEEDED:
        return None
    return attempt.amount if status.amount is None else status.amount
