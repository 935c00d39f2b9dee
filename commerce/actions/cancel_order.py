"""Give up an order that nobody has paid."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.coupons import release_coupon
from commerce.errors import OrderNotOpen, PaymentUnderWay
from commerce.events import OrderCancelled
from commerce.locks import locked_order, locked_payment
from commerce.models import Order, Payment, PaymentAttempt
from commerce.payments.telling import order_facts
from commerce.places import release_places
from core import audit, clock, outbox
from core.errors import NotFound
from core.policies import is_person

__all__ = ["BY_LEARNER", "BY_STAFF", "EXPIRED", "cancel_order", "close_order", "is_being_paid"]

#: Why an order was cancelled, as stored and published.
BY_LEARNER, BY_STAFF, EXPIRED = "by_learner", "by_staff", "expired"


def cancel_order(*, actor: Any, order: Order, reason: str = "") -> Order:
    """Cancel an order that waits for its money; asked twice it stays as it is. Places and coupon are free again.

    Args:
        actor: the buyer, or staff who may change orders.
        reason: for the audit log, where staff do it.

    Raises:
        NotFound: somebody else's order.
        OrderNotOpen: it is paid.
        PaymentUnderWay: money may still come; that attempt ends first.
    """
    is_own = is_person(actor) and actor.pk == order.learner_id
    is_staff = policies.can_change_orders(actor)
    if not is_own and not is_staff:
        raise NotFound
    with transaction.atomic():
        locked = locked_order(order.pk)
        if locked.state == Order.State.CANCELLED:
            return locked
        if locked.state != Order.State.PLACED:
            raise OrderNotOpen
        if is_being_paid(locked):
            raise PaymentUnderWay
        close_order(locked, BY_LEARNER if is_own else BY_STAFF)
        if not is_own:
            audit.record(
                actor=actor, verb="commerce.order_cancelled", target=locked, facts={"reason": reason.strip()[:300]}
            )
    return locked


def is_being_paid(order: Order) -> bool:
    """Whether money may still come for an order, or has come and is in question."""
    states = (*PaymentAttempt.OPEN_STATES, PaymentAttempt.State.MISMATCH)
    return PaymentAttempt.objects.filter(order=order, state__in=states).exists()


def close_order(order: Order, reason: str) -> None:
    """Cancel a placed order, locked, with its payment, places and coupon, and publish it.

    Who may is the caller's business.
    """
    order.state = Order.State.CANCELLED
    order.cancel_reason = reason
    order.cancelled_at = clock.now()
    order.save(update_fields=["state", "cancel_reason", "cancelled_at"])
    if order.total_minor:
        payment = locked_payment(order)
        payment.state = Payment.State.CANCELED
        payment.save(update_fields=["state"])
    release_places(order)
    release_coupon(order)
    outbox.publish(OrderCancelled(**order_facts(order), reason=reason, purpose=order.purpose))
