"""Have a provider pay an instructor."""

import logging

from commerce import outgoing
from commerce.models import Payout
from commerce.payout_outcomes import PAYOUTS

__all__ = ["send_payout", "send_soon"]

logger = logging.getLogger(__name__)


def send_payout(payout_pk: int) -> Payout:
    """Send an approved payout; returns it as it is then.

    As often and as many at once as one likes: it is sent once, under its ``public_id``. See ``commerce.outgoing``.
    """
    outgoing.send(PAYOUTS, payout_pk)
    return PAYOUTS.read(payout_pk)


def send_soon(payout_pk: int) -> None:
    """Ask a worker to send it, after the commit. A broker that is down costs a warning: the poll finds what is due."""
    from commerce.tasks import send_payout as task

    try:
        task.apply_async((payout_pk,), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the payout is approved and due
        logger.warning("The task queue did not take a payout: %s", error)
