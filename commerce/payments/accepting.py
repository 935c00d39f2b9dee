"""What happens to an order when a try to pay it succeeded: fulfilled once, or the money goes back."""

from django.db.models import Q

from commerce.bookkeeping import captured_of, record_capture, record_surplus
from commerce.coupons import use_coupon
from commerce.models import (
    CouponUse,
    Enrollment,
    Fulfilment,
    Order,
    OrderLineCourse,
    Payment,
    PaymentAttempt,
    Subscription,
    SubscriptionPeriod,
)
from commerce.payments.telling import needs_attention, tell_paid
from commerce.places import reserve_places
from core import clock
from core.money import Money

__all__ = ["accept", "fulfil", "give_back"]


def accept(order: Order, payment: Payment, attempt: PaymentAttempt) -> None:
    """Take the money of ``attempt`` for ``order``, or mark it as surplus where the order doesn't want it.

    All three are locked and in one transaction; ``paid_minor`` and ``paid_currency`` are saved. An order is paid by
    exactly one attempt. One that expired unpaid comes back to life when its money arrives late, provided that it can
    still be given as it was ordered (see :func:`_can_reopen`): who paid wants the course, not the money. One that
    somebody cancelled does not, nor one that counts on credit which was given back, or whose places others have now.
    """
    is_wanted = order.state == Order.State.PLACED or (order.state == Order.State.CANCELLED and _can_reopen(order))
    if payment.accepted_attempt_id is not None or not is_wanted or _is_credit_gone(order):
        give_back(order, attempt)
        return
    # An order that still waits holds its places; one that expired has to get them again, or others have them now.
    if order.state == Order.State.CANCELLED and not reserve_places(order):
        give_back(order, attempt)
        return
    now = clock.now()
    payment.state, payment.accepted_attempt, payment.paid_at = Payment.State.PAID, attempt, now
    payment.captured_minor = captured_of(order, attempt).minor
    payment.save(update_fields=["state", "accepted_attempt", "paid_at", "captured_minor"])
    fulfil(order, attempt)
    record_capture(order, attempt)
    if (attempt.paid_minor or 0) > payment.captured_minor:
        needs_attention(order, "surplus", attempt)


def fulfil(order: Order, attempt: PaymentAttempt | None) -> None:
    """Write that ``order``, locked, is to be given, once; what gives it reacts to the event."""
    now = clock.now()
    order.state, order.paid_at = Order.State.FULFILLED, now
    order.cancelled_at, order.cancel_reason = None, ""
    order.save(update_fields=["state", "paid_at", "cancelled_at", "cancel_reason"])
    Fulfilment.objects.create(order=order, attempt=attempt, created_at=now)
    use_coupon(order)
    tell_paid(order, attempt.provider if attempt else "")


def give_back(order: Order, attempt: PaymentAttempt) -> None:
    """Mark the money of ``attempt`` as the customer's; the event's handler sends it back."""
    attempt.is_surplus = True
    attempt.save(update_fields=["is_surplus"])
    paid = Money(
        attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor,
        attempt.paid_currency or attempt.currency,
    )
    record_surplus(order, attempt, paid)
    needs_attention(order, "surplus", attempt)


def _is_credit_gone(order: Order) -> bool:
    """Whether part of the order was to be paid with what is left of a subscription whose money went back since."""
    if order.purpose == Order.Purpose.PURCHASE or not order.lines.filter(discount_minor__gt=0).exists():
        return False
    return SubscriptionPeriod.objects.filter(
        order=order, paid_at=None, subscription__state=Subscription.State.ENDED, subscription__ended_reason="refunded"
    ).exists()


def _can_reopen(order: Order) -> bool:
    """Whether an order that expired can be given as it was ordered.

    Not when its coupon's use was handed back (somebody else may have it by now), and not when the learner has one of
    its courses by other means, or is just paying or being given it: they ordered again, and would pay twice.
    """
    if order.cancel_reason != "expired" or CouponUse.objects.filter(order=order, state="released").exists():
        return False
    own = OrderLineCourse.objects.filter(line__order=order, line__recipient_email="").values("course_key")
    held = Enrollment.objects.filter(learner_id=order.learner_id, course_key__in=own, state__in=Enrollment.OPEN_STATES)
    again = OrderLineCourse.objects.filter(course_key__in=own, line__recipient_email="").exclude(line__order=order)
    again = again.filter(
        Q(line__order__state=Order.State.PLACED, line__order__attempts__state__in=PaymentAttempt.OPEN_STATES)
        | Q(line__order__state=Order.State.FULFILLED, line__order__fulfilment__granted_at__isnull=True)
        & Q(line__order__fulfilment__isnull=False),
        line__order__learner=order.learner_id,
    )
    return not (held.exists() or again.exists())
