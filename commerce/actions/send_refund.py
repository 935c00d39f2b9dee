"""Have a provider give money back."""

import logging

from commerce import outgoing
from commerce.models import Refund
from commerce.refund_outcomes import REFUNDS

__all__ = ["send_refund", "send_soon"]

logger = logging.getLogger(__name__)


def send_refund(refund_pk: int) -> Refund:
    """Send an approved refund to the provider that took the payment; returns it as it is then.

    As often and as many at once as one likes: it is sent once, under its ``public_id``. A provider that can't give back
    so much leaves it approved, for a person (``is_by_hand``). See ``commerce.outgoing`` for what may go wrong.
    """
    outgoing.send(REFUNDS, refund_pk)
    return REFUNDS.read(refund_pk)


def send_soon(refund_pk: int) -> None:
    """Ask a worker to send it, after the commit. A broker that is down costs a warning: the poll finds what is due."""
    from commerce.tasks import send_refund as task

    try:
        task.apply_async((refund_pk,), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the refund is approved and due
        logger.warning("The task queue did not take a refund: %s", error)
