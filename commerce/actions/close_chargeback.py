"""A bank has decided about a payment that its customer disputed."""

from datetime import datetime
from typing import Any

from django.db import transaction

from commerce.events import ChargebackClosed
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Chargeback
from commerce.payments import states
from commerce.payments.telling import order_facts
from commerce.refund_outcomes import set_standing
from commerce.returns import record_chargeback_lost, record_chargeback_won
from core import audit, clock, outbox
from core.money import Money

__all__ = ["close_chargeback"]


def close_chargeback(
    chargeback: Chargeback, won: bool, *, fee: Money | None = None, at: datetime | None = None, actor: Any = None
) -> Chargeback:
    """Note the decision, once: won, everybody has theirs again, access too; lost, the money and the access are gone.

    Internal: what a provider's own interface says leads here.

    Args:
        fee: what the provider asks for a lost dispute; the school bears it.
    """
    with transaction.atomic():
        order = locked_order(chargeback.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(chargeback.attempt_id)
        chargeback = Chargeback.objects.select_for_update(of=("self",), no_key=True).get(pk=chargeback.pk)
        attempt.order, attempt.payment = order, payment
        chargeback.order, chargeback.attempt = order, attempt
        if chargeback.state != Chargeback.State.OPEN:
            return chargeback
        chargeback.state = Chargeback.State.WON if won else Chargeback.State.LOST
        chargeback.closed_at = at or clock.now()
        chargeback.save(update_fields=["state", "closed_at"])
        if won:
            record_chargeback_won(chargeback)
        else:
            record_chargeback_lost(chargeback, fee)
        is_last = not Chargeback.objects.filter(attempt=attempt, state=Chargeback.State.OPEN).exists()
        if attempt.state == states.State.DISPUTED and (is_last or not won):
            after = states.State.SUCCEEDED if won else states.State.REVERSED
            states.move(attempt, after, trigger="refund", note=chargeback.provider_ref, actor=actor)
        if not attempt.is_surplus:
            set_standing(order, payment, attempt, actor=actor)
        audit.record(
            actor=actor,
            verb="commerce.chargeback_won" if won else "commerce.chargeback_lost",
            target=chargeback,
            label=order.number,
            facts={"minor": chargeback.amount_minor, "currency": chargeback.currency},
        )
        outbox.publish(
            ChargebackClosed(
                **order_facts(order),
                chargeback_key=chargeback.public_id,
                disputed_amount=chargeback.amount,
                is_won=won,
            )
        )
    return chargeback
