"""Find what was paid and not given, and give it."""

import logging
from datetime import timedelta

from django.db import transaction

from commerce.actions.grant_order import grant_order, note_failure
from commerce.models import Fulfilment, Order
from commerce.payments.telling import needs_attention
from core import clock

__all__ = ["sweep_fulfilments"]

logger = logging.getLogger(__name__)

#: The outbox gives within seconds; what waits longer was forgotten by it, or fails.
_WAITED = timedelta(minutes=2)
_BATCH = 100


def sweep_fulfilments() -> int:
    """Give what has waited for two minutes, each in its own transaction; how many could be given.

    Staff are told once of each that fails.
    """
    waiting = Fulfilment.objects.filter(granted_at=None, created_at__lte=clock.now() - _WAITED)
    orders = list(waiting.select_related("order__learner").order_by("tries", "pk")[:_BATCH])
    return sum(_grant(fulfilment.order, fulfilment) for fulfilment in orders)


def _grant(order: Order, fulfilment: Fulfilment) -> bool:
    try:
        grant_order(order)
    except Exception as error:  # whatever a part of the house raises: the others go on
        logger.error("Order %s is paid and can't be given: %s", order.number, type(error).__name__, exc_info=True)
        with transaction.atomic():
            note_failure(order, error)
            if fulfilment.tries == 0:
                needs_attention(order, "not_granted", fulfilment.attempt)
        return False
    return True
