"""Reactions to events."""

from commerce.actions.grant_order import grant_order
from commerce.events import OrderPaid
from commerce.models import Order
from core.outbox import handles

__all__ = ["give_what_was_paid"]


@handles(OrderPaid, name="commerce.give_what_was_paid")
def give_what_was_paid(event: OrderPaid) -> None:
    """Give what is in the order. What fails is tried again by the outbox, and counted with the fulfilment."""
    order = Order.objects.filter(public_id=event.order_key).first()
    if order is not None:
        grant_order(order)
