"""Take back an order of a subscription that nobody has paid."""

from django.db import transaction

from commerce.actions.cancel_order import close_order, is_being_paid
from commerce.errors import PaymentUnderWay
from commerce.locks import locked_order
from commerce.models import Order, Subscription
from commerce.subscriptions import order_to_pay

__all__ = ["SUPERSEDED", "drop_renewal"]

#: Why the order was cancelled: something else has taken its place. Money that comes all the same goes back.
SUPERSEDED = "superseded"


def drop_renewal(subscription: Subscription, *, reason: str = SUPERSEDED) -> bool:
    """Cancel the order that waits for the next period or for a change of plan; whether there was one.

    In a transaction of its own, before the subscription is locked: orders are locked first. Who may is the caller's
    business.

    Raises:
        PaymentUnderWay: money may still come for it.
    """
    order = order_to_pay(subscription)
    if order is None:
        return False
    with transaction.atomic():
        locked = locked_order(order.pk)
        if locked.state != Order.State.PLACED:
            return False
        if is_being_paid(locked):
            raise PaymentUnderWay
        close_order(locked, reason)
    return True
