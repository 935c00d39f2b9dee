"""Give up orders that nobody has paid in time."""

import logging

from django.db import transaction
from django.db.models import Exists, OuterRef

from commerce.actions.cancel_order import EXPIRED, close_order, is_being_paid
from commerce.locks import locked_order
from commerce.models import Order, PaymentAttempt
from core import clock

__all__ = ["expire_orders"]

logger = logging.getLogger(__name__)


def expire_orders(*, limit: int = 1000) -> int:
    """Cancel placed orders whose time is over, the oldest first; returns how many.

    Never one with an attempt from which money may still come, however late it is. Each in a transaction of its own,
    so that one that fails doesn't hold up the others. Any number may run side by side.
    """
    states = (*PaymentAttempt.OPEN_STATES, PaymentAttempt.State.MISMATCH)
    being_paid = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=states)
    over = Order.objects.filter(state=Order.State.PLACED, expires_at__lte=clock.now()).exclude(Exists(being_paid))
    expired = 0
    for key in over.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            expired += _expire(key)
        except Exception:  # its own fault alone; it stays in the list and in the log
            logger.exception("The order %s could not be cancelled after its time", key)
    return expired


def _expire(key: int) -> bool:
    with transaction.atomic():
        order = locked_order(key)
        # Paid, cancelled, given more time or about to be paid, since the list was made.
        is_over = order.expires_at is not None and order.expires_at <= clock.now()
        if order.state != Order.State.PLACED or not is_over or is_being_paid(order):
            return False
        close_order(order, EXPIRED)
        return True
