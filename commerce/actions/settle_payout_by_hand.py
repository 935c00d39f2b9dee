"""Say what became of a payout that a person made or looked up."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import PayoutNotOpen, ReceiptRequired
from commerce.models import Payout
from commerce.outgoing import watch
from commerce.outgoing_alarms import SENT_AFTER_ALL
from commerce.payout_outcomes import fail, succeed
from commerce.payouts import locked_payout
from core import audit
from core.policies import require

__all__ = ["settle_payout_by_hand"]

State = Payout.State


def settle_payout_by_hand(
    *, actor: Any, payout: Payout, receipt: str = "", is_paid: bool = True, reason: str = ""
) -> Payout:
    """Note that a payout was paid (a bank transfer, or one that its provider can't be asked about), or certainly not.

    One that had failed while its provider says that it went was paid, or is left aside as it stands.

    Args:
        receipt: number of the transfer, at most 255 characters; needed where it was paid.
        is_paid: False for what certainly did not leave: it is owed again.
        reason: why not, at most 60 characters are kept.

    Raises:
        NotAllowed: the actor may not change payouts, or it is their own.
        ReceiptRequired: paid, without a receipt.
        PayoutNotOpen: not approved yet, waiting to be sent, being sent just now, or done.
    """
    require(policies.can_change_payouts(actor) and actor.pk != payout.instructor_id)
    receipt = receipt.strip()
    if is_paid and not 0 < len(receipt) <= 255:
        raise ReceiptRequired
    with transaction.atomic():
        payout = locked_payout(payout.pk)
        waits = payout.state == State.APPROVED and (payout.data.get("by_hand") or payout.provider == "bank")
        went = payout.state in (State.FAILED, State.REVERSED) and payout.failure == SENT_AFTER_ALL
        if not (waits or went or payout.state in (State.UNKNOWN, State.PENDING)):
            raise PayoutNotOpen
        if is_paid and payout.state == State.REVERSED:
            raise PayoutNotOpen  # its way out and back is booked already
        payout.receipt = receipt or payout.receipt
        payout.failure = "" if is_paid else (reason.strip()[:60] or "not_paid")
        payout.next_check_at = None
        payout.save(update_fields=["receipt", "failure", "next_check_at"])
        if is_paid:
            succeed(payout, actor=actor)
        elif not went:
            fail(payout)
            watch(payout)
        audit.record(
            actor=actor,
            verb="commerce.payout_settled_by_hand",
            target=payout,
            label=payout.currency,
            facts={"minor": payout.amount_minor, "currency": payout.currency, "receipt": receipt, "is_paid": is_paid},
        )
    return payout
