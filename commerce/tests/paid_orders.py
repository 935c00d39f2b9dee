"""Orders with payments, attempts and refunds as rows, for tests of what comes after the money."""

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from commerce.models import Order, OrderLine, OrderLineCourse, Payment, PaymentAttempt, Refund
from commerce.tests.factories import NOON, make_user

__all__ = ["TVA", "make_attempt", "make_order", "make_paid_order", "make_refund"]

TVA = {"name": "TVA", "percent": "19.25", "is_inclusive": True}
_counter = itertools.count(1)


def make_order(
    learner: User | None = None, prices: tuple[int, ...] = (25_000,), currency: str = "XAF", **fields: Any
) -> Order:
    """An order that waits for its money, with a course for each price and a payment that is owed."""
    total = sum(prices)
    values = {"subtotal_minor": total, "total_minor": total, "placed_at": NOON, "country": "CM", **fields}
    order = Order.objects.create(learner=learner or make_user(), currency=currency, **values)
    for number, price in enumerate(prices, 1):
        line = OrderLine.objects.create(
            order=order, key=uuid.uuid4(), title=f"Course {number}", price_minor=price, amount_minor=price
        )
        OrderLineCourse.objects.create(line=line, course_key=line.key, title=line.title, net_minor=price)
    if order.total_minor:
        Payment.objects.create(order=order, currency=currency, amount_minor=order.total_minor, created_at=NOON)
    return order


def make_attempt(
    order: Order, provider: str = "mtn", state: str = "awaiting_customer", **fields: Any
) -> PaymentAttempt:
    """A try to pay an order, begun at noon."""
    number = next(_counter)
    values = {
        "idempotency_key": f"key-{number}",
        "currency": order.currency,
        "amount_minor": order.total_minor,
        "provider_ref": f"{provider}-{number}",
        "created_at": NOON,
        "state_changed_at": NOON,
        **fields,
    }
    return PaymentAttempt.objects.create(order=order, payment=order.payment, provider=provider, state=state, **values)


def make_paid_order(
    learner: User | None = None,
    prices: tuple[int, ...] = (25_000,),
    currency: str = "XAF",
    *,
    provider: str = "mtn",
    paid_at: datetime = NOON + timedelta(minutes=2),
    attempt: dict[str, Any] | None = None,
    **fields: Any,
) -> Order:
    """An order that was paid by ``provider``, two minutes past noon."""
    order = make_order(learner, prices, currency, state="fulfilled", paid_at=paid_at, **fields)
    found = make_attempt(
        order,
        provider,
        "succeeded",
        **{"paid_minor": order.total_minor, "paid_currency": currency, "succeeded_at": paid_at, **(attempt or {})},
    )
    payment = order.payment
    payment.state, payment.accepted_attempt, payment.paid_at = "paid", found, paid_at
    payment.captured_minor = order.total_minor
    payment.save()
    return order


def make_refund(order: Order, amount_minor: int | None = None, **fields: Any) -> Refund:
    """Money given back for a paid order; all of it, where no amount is said. Its amount is reserved, as it would be."""
    payment = order.payment
    values = {"state": "succeeded", "idempotency_key": f"refund-{next(_counter)}", "created_at": NOON, **fields}
    minor = order.total_minor if amount_minor is None else amount_minor
    if values["state"] not in ("failed", "refused") and not values.get("is_surplus"):
        payment.refunded_minor += minor
        payment.save(update_fields=["refunded_minor"])
    return Refund.objects.create(
        order=order,
        payment=payment,
        attempt=payment.accepted_attempt,
        currency=order.currency,
        amount_minor=minor,
        **values,
    )
