"""Fulfil an order that owes nothing."""

from django.db import transaction

from commerce.errors import OrderNotOpen
from commerce.locks import locked_order
from commerce.models import Order
from commerce.payments.accepting import fulfil

__all__ = ["accept_free_order"]


def accept_free_order(order: Order) -> Order:
    """Fulfil ``order``, whose total is nothing, at once; asked twice it stays as it is. Returns it as it is then.

    Raises:
        OrderNotOpen: something is owed for it, or it was cancelled.
    """
    with transaction.atomic():
        fresh = locked_order(order.pk)
        if fresh.total_minor or fresh.state == Order.State.CANCELLED:
            raise OrderNotOpen
        if fresh.state == Order.State.PLACED:
            fulfil(fresh, None)
    order.refresh_from_db()
    return order
