"""Find out what became of payouts that were sent."""

import logging
import uuid

from commerce import outgoing
from commerce.actions.send_payout import send_payout
from commerce.models import Payout
from commerce.payout_outcomes import PAYOUTS
from core.errors import NotFound

__all__ = ["settle_due_payouts", "settle_payout"]

logger = logging.getLogger(__name__)


def settle_payout(payout_id: uuid.UUID, *, trigger: str = "poll") -> Payout:
    """Ask the provider about a payout and settle what it says; returns it as it is then.

    Args:
        payout_id: public id.
        trigger: ``webhook``, ``poll``, ``statement``, ``staff``; for the log.

    Raises:
        NotFound: there is none of that id.
    """
    pk = Payout.objects.filter(public_id=payout_id).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    payout = outgoing.ask(PAYOUTS, pk)
    logger.info("Payout %s: %s (%s)", payout.public_id, payout.state, trigger)
    return payout


def settle_due_payouts(*, limit: int = 200) -> int:
    """Send or ask about every payout that is due; any number may run side by side. Returns how many were looked at."""
    claimed = outgoing.claim_due(Payout, limit=limit)
    for pk in claimed:
        try:
            if PAYOUTS.read(pk).state == Payout.State.APPROVED:
                send_payout(pk)
            else:
                outgoing.ask(PAYOUTS, pk)
        except Exception:  # its own fault alone; it is due again after the lease
            logger.exception("The payout %s could not be settled", pk)
    return len(claimed)
