"""Decide what becomes of money that doesn't fit the order it was paid for."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import AttemptSettled, ReasonRequired
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt
from commerce.payments.accepting import accept as take_money
from commerce.payments.accepting import give_back
from commerce.payments.applying import schedule
from commerce.payments.states import State, move
from core import audit, clock
from core.policies import require

__all__ = ["resolve_mismatch"]

#: The money is not with us any more, so there is nothing to accept or give back.
_GONE = ("refunded", "reversed", "disputed", "partially_refunded")


def resolve_mismatch(*, actor: Any, attempt: PaymentAttempt, accept: bool, note: str) -> PaymentAttempt:
    """Take another amount than was asked for as the price, or send it back.

    Args:
        accept: the order is given as if paid in full; otherwise the money goes back.
        note: why, for the books.

    Raises:
        NotAllowed: the actor may not change payments, or it is their own order.
        ReasonRequired: no note.
        AttemptSettled: it isn't in question (any more), was paid in another currency than the order's (that can only
            go back), or the provider has taken the money back itself.
    """
    require(policies.can_change_payments(actor) and actor.pk != attempt.order.learner_id)
    note = note.strip()
    if not note:
        raise ReasonRequired(message=_lazy("Say why, for the books."), field="note")
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(attempt.pk)
        attempt.order, attempt.payment = order, payment
        is_foreign = attempt.paid_currency != order.currency
        if attempt.state != State.MISMATCH or (accept and (is_foreign or attempt.reason in _GONE)):
            raise AttemptSettled
        after = State.SUCCEEDED if accept else State.REFUNDED
        move(attempt, after, trigger="staff", note=note, actor=actor)
        attempt.succeeded_at = clock.now()
        schedule(attempt)
        if accept:
            take_money(order, payment, attempt)
        elif attempt.reason not in _GONE:
            give_back(order, attempt)
        audit.record(
            actor=actor,
            verb="commerce.mismatch_resolved",
            target=attempt,
            facts={"accepted": accept, "note": note[:300], "paid": attempt.paid_minor, "asked": attempt.amount_minor},
        )
    return attempt
