"""Give back what was paid twice, too late or too much."""

from functools import partial
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.send_refund import send_soon
from commerce.bookkeeping import surplus_of
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt, Refund
from commerce.refunds import RESERVING
from core import audit, clock
from core.money import Money
from core.policies import require

__all__ = ["refund_surplus"]


def refund_surplus(attempt: PaymentAttempt, *, actor: Any = None) -> Refund | None:
    """Send back what the customer is owed of an attempt; None when that is nothing, or all is on its way.

    The order is not touched: this money never paid it. Repeated, also at once, it is one refund.

    Args:
        actor: staff, of what was too much of an accepted payment; None for the platform.

    Raises:
        NotAllowed: the actor may not decide refunds.
    """
    require(actor is None or policies.can_decide_refunds(actor))
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(attempt.pk)
        refunds = Refund.objects.filter(attempt=attempt, is_surplus=True)
        on_the_way = refunds.filter(state__in=RESERVING - {Refund.State.SUCCEEDED})
        owed = surplus_of(attempt) - Money(
            sum(on_the_way.values_list("amount_minor", flat=True)), attempt.paid_currency or attempt.currency
        )
        if owed.minor <= 0:
            return None
        was_mismatch = attempt.moves.filter(before=PaymentAttempt.State.MISMATCH).exists()
        now = clock.now()
        refund = Refund.objects.create(
            order=order,
            payment=payment,
            attempt=attempt,
            state=Refund.State.APPROVED,
            currency=owed.currency,
            amount_minor=owed.minor,
            reason=Refund.Reason.MISMATCH if was_mismatch else Refund.Reason.PAID_TWICE,
            is_surplus=True,
            requested_by=actor,
            decided_by=actor,
            idempotency_key=f"surplus:{attempt.public_id}:{refunds.count() + 1}",
            created_at=now,
            state_changed_at=now,
            next_check_at=now,
        )
        audit.record(
            actor=actor,
            verb="commerce.surplus_refunded",
            target=refund,
            label=order.number,
            facts={"minor": owed.minor, "currency": owed.currency, "attempt": str(attempt.public_id)},
        )
        transaction.on_commit(partial(send_soon, refund.pk), robust=True)
    return refund
