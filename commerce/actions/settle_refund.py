"""Find out what became of refunds that were sent."""

import logging
import uuid

from commerce import outgoing
from commerce.actions.send_refund import send_refund
from commerce.models import Refund
from commerce.refund_outcomes import REFUNDS
from core.errors import NotFound

__all__ = ["settle_due_refunds", "settle_refund"]

logger = logging.getLogger(__name__)


def settle_refund(refund_id: uuid.UUID, *, trigger: str = "poll") -> Refund:
    """Ask the provider about a refund and settle what it says; returns it as it is then.

    Webhook, poll and staff alike come here; what a message alone tells is in ``Refund.data`` before. What can't be said
    now changes nothing but the time of the next question.

    Args:
        refund_id: public id.
        trigger: ``webhook``, ``poll``, ``staff``; for the log.

    Raises:
        NotFound: there is none of that id.
    """
    pk = Refund.objects.filter(public_id=refund_id).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    refund = outgoing.ask(REFUNDS, pk)
    logger.info("Refund %s: %s (%s)", refund.public_id, refund.state, trigger)
    return refund


def settle_due_refunds(*, limit: int = 200) -> int:
    """Send or ask about every refund that is due; any number may run side by side. Returns how many were looked at."""
    claimed = outgoing.claim_due(Refund, limit=limit)
    for pk in claimed:
        try:
            refund = REFUNDS.read(pk)
            if refund.state == Refund.State.APPROVED:
                send_refund(pk)
            else:
                outgoing.ask(REFUNDS, pk)
        except Exception:  # its own fault alone; it is due again after the lease
            logger.exception("The refund %s could not be settled", pk)
    return len(claimed)
