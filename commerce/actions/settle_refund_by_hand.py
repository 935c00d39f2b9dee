"""Say what became of a refund that no provider can be asked about."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.bookkeeping import surplus_of
from commerce.errors import ReceiptRequired, RefundNotOpen
from commerce.models import Refund
from commerce.outgoing import watch
from commerce.outgoing_alarms import SENT_AFTER_ALL
from commerce.refund_outcomes import fail, succeed
from commerce.refunds import left_to_refund, locked_refund, not_refundable
from core import audit
from core.policies import require

__all__ = ["settle_refund_by_hand"]

State = Refund.State


def settle_refund_by_hand(*, actor: Any, refund: Refund, receipt: str = "", is_given: bool = True) -> Refund:
    """Note that the money was given back, or that it certainly was not.

    A refund that waits for a person, or that its provider refused, was given by other means (transfer, cash). One that
    the provider took, or may have taken, was looked up there: then the money is the provider's. So it is of one that
    had failed while the provider says that it went: it was given, or is left aside as it stands.

    Args:
        receipt: number of the transfer or receipt, at most 255 characters; needed where it was given.
        is_given: False for what certainly did not go back: it fails, and may be asked for anew.

    Raises:
        NotAllowed: the actor may not decide refunds, or it is their own order.
        ReceiptRequired: given, without a receipt.
        RefundNotOpen: requested, refused, being sent just now, or done.
        NotRefundable: it had failed, and meanwhile its amount was given back otherwise.
    """
    require(policies.can_decide_refunds(actor) and actor.pk != refund.order.learner_id)
    receipt = receipt.strip()
    if is_given and not 0 < len(receipt) <= 255:
        raise ReceiptRequired
    with transaction.atomic():
        refund = locked_refund(refund.pk)
        has_failed = refund.state == State.FAILED
        went = has_failed and refund.failure == SENT_AFTER_ALL
        waits = refund.state == State.APPROVED and refund.is_by_hand
        if not (waits or went or (has_failed and is_given) or refund.state in (State.UNKNOWN, State.PENDING)):
            raise RefundNotOpen
        if has_failed and is_given:
            _reserve_again(refund)
        refund.receipt = receipt or refund.receipt
        refund.is_by_hand = waits or (has_failed and not went)
        refund.failure = "" if is_given else "not_given"
        refund.decided_by = refund.decided_by or actor
        refund.next_check_at = None
        refund.save(update_fields=["receipt", "is_by_hand", "failure", "decided_by", "next_check_at"])
        if is_given:
            succeed(refund, actor=actor)
        elif not has_failed:
            fail(refund)
            watch(refund)
        audit.record(
            actor=actor,
            verb="commerce.refund_settled_by_hand",
            target=refund,
            label=refund.order.number,
            facts={
                "minor": refund.amount_minor,
                "currency": refund.currency,
                "receipt": receipt,
                "is_given": is_given,
                "by_other_means": refund.is_by_hand,
            },
        )
    return refund


def _reserve_again(refund: Refund) -> None:
    if refund.data.get("again"):
        raise RefundNotOpen  # another one has taken its place
    if refund.is_surplus:
        if refund.amount_minor > surplus_of(refund.attempt).minor:
            raise not_refundable("nothing_left")
        return
    if refund.amount_minor > left_to_refund(refund.payment).minor:
        raise not_refundable("nothing_left")
    refund.payment.refunded_minor += refund.amount_minor
    refund.payment.save(update_fields=["refunded_minor"])
