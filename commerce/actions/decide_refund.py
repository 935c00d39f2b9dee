"""Say yes or no to a refund that was asked for."""

from functools import partial
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.send_refund import send_soon
from commerce.errors import RefundNotOpen
from commerce.events import RefundRefused
from commerce.models import Refund
from commerce.payments.telling import order_facts
from commerce.refund_outcomes import move
from commerce.refunds import locked_refund, not_refundable, taken_by_bank
from core import audit, clock, outbox
from core.policies import require

__all__ = ["decide_refund"]

State = Refund.State


def decide_refund(*, actor: Any, refund: Refund, approve: bool, answer: str = "") -> Refund:
    """Approve a requested refund, which is then sent, or refuse it, which sets its amount free.

    Args:
        answer: for the learner, at most 500 characters are kept.

    Raises:
        NotAllowed: the actor may not decide refunds, or it is their own order.
        RefundNotOpen: it was decided before.
        NotRefundable: the buyer's bank has taken the money, or holds it; it can only be refused.
    """
    require(policies.can_decide_refunds(actor) and actor.pk != refund.order.learner_id)
    with transaction.atomic():
        refund = locked_refund(refund.pk)
        if refund.state != State.REQUESTED:
            raise RefundNotOpen
        if approve and (why := taken_by_bank(refund)):
            raise not_refundable(why)
        move(refund, State.APPROVED if approve else State.REFUSED)
        refund.decided_by, refund.answer = actor, answer.strip()[:500]
        refund.next_check_at = clock.now() if approve else None
        refund.save(update_fields=["decided_by", "answer", "next_check_at"])
        if approve:
            transaction.on_commit(partial(send_soon, refund.pk), robust=True)
        else:
            refund.payment.refunded_minor -= refund.amount_minor
            refund.payment.save(update_fields=["refunded_minor"])
            outbox.publish(
                RefundRefused(
                    **order_facts(refund.order),
                    refund_key=refund.public_id,
                    refund_amount=refund.amount,
                    note=refund.answer,
                )
            )
        audit.record(
            actor=actor,
            verb="commerce.refund_approved" if approve else "commerce.refund_refused",
            target=refund,
            label=refund.order.number,
            facts={"minor": refund.amount_minor, "currency": refund.currency, "answer": refund.answer[:300]},
        )
    return refund
