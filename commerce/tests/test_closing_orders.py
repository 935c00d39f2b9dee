"""Orders that end without money: cancelled, expired; and the reminder before."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.cancel_order import cancel_order
from commerce.actions.expire_orders import expire_orders
from commerce.actions.place_order import place_order
from commerce.actions.remind_of_payments import remind_of_payments
from commerce.models import Cart, Order, Payment, PaymentAttempt
from commerce.tests.factories import NOON, make_cart, make_coupon, make_price, make_user
from core.clock import frozen
from core.errors import DomainError
from core.models import AuditEntry, OutboxEvent
from core.tests.rivals import race
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def place(person=None, *, coupon=None) -> Order:
    person = person or make_user()
    cart = make_cart(person, make_price(make_course().translation_key, 25000).offer)
    Cart.objects.filter(pk=cart.pk).update(coupon=coupon)
    with frozen(NOON):
        return place_order(actor=person, cart=cart, currency="XAF", idempotency_key=str(uuid4()))


def attempt(order: Order, state: str, **fields) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        order=order,
        payment=order.payment,
        provider="bank",
        idempotency_key=str(uuid4()),
        state=state,
        currency="XAF",
        amount_minor=order.total_minor,
        created_at=NOON,
        **fields,
    )


def events(name: str) -> list[dict]:
    return [event.payload for event in OutboxEvent.objects.filter(name=f"commerce.{name}").order_by("pk")]


def code_of(**kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        cancel_order(**kwargs)
    return refused.value.code


def test_the_buyer_cancels_and_gets_the_coupon_back():
    coupon = make_coupon(max_uses=1)
    order = place(coupon=coupon)
    cancelled = cancel_order(actor=order.learner, order=order)
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "by_learner")
    assert Payment.objects.get().state == "canceled"
    coupon.refresh_from_db()
    assert coupon.uses == 0
    assert [event["reason"] for event in events("OrderCancelled")] == ["by_learner"]
    assert cancel_order(actor=order.learner, order=order).cancelled_at == cancelled.cancelled_at
    assert len(events("OrderCancelled")) == 1


def test_staff_cancel_and_it_is_logged():
    order = place()
    staff = make_user(permissions=("commerce.change_order",))
    assert cancel_order(actor=staff, order=order, reason="Asked by phone").cancel_reason == "by_staff"
    entry = AuditEntry.objects.get(verb="commerce.order_cancelled")
    assert (entry.actor, entry.facts) == (staff, {"reason": "Asked by phone"})


def test_nobody_else_cancels():
    order = place()
    for actor in (None, AnonymousUser(), make_user(), make_user(permissions=("commerce.view_order",))):
        assert code_of(actor=actor, order=order) == "not_found"
    order.refresh_from_db()
    assert (order.state, events("OrderCancelled")) == ("placed", [])


@pytest.mark.parametrize("state", [*PaymentAttempt.OPEN_STATES, "mismatch"])
def test_while_money_may_come_nothing_is_cancelled_or_expired(state):
    order = place()
    attempt(order, state)
    assert code_of(actor=order.learner, order=order) == "payment_under_way"
    with frozen(NOON + 90 * DAY):
        assert expire_orders() == 0
    order.refresh_from_db()
    assert (order.state, order.payment.state) == ("placed", "open")


@pytest.mark.parametrize("state", ["failed", "canceled", "expired"])
def test_after_an_attempt_that_came_to_nothing_an_order_can_end(state):
    order = place()
    attempt(order, state)
    assert cancel_order(actor=order.learner, order=order).state == "cancelled"


@pytest.mark.parametrize("state", ["fulfilled", "refunded"])
def test_what_is_paid_is_not_cancelled(state):
    order = place()
    Order.objects.update(state=state)
    assert code_of(actor=order.learner, order=order) == "order_not_open"
    with frozen(NOON + DAY):
        assert expire_orders() == 0


def test_orders_expire_when_their_time_is_over():
    early = place(coupon=make_coupon())
    late = place()
    Order.objects.filter(pk=late.pk).update(expires_at=NOON + DAY + timedelta(seconds=1))
    with frozen(NOON + DAY - timedelta(seconds=1)):
        assert expire_orders() == 0
    with frozen(NOON + DAY):
        assert expire_orders() == 1
        assert expire_orders() == 0
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, early.cancel_reason, early.coupon_use.state) == ("cancelled", "expired", "released")
    assert late.state == "placed"
    assert [event["order_number"] for event in events("OrderCancelled")] == [early.number]


def test_one_that_fails_does_not_hold_up_the_others(monkeypatch):
    first, second = place(), place()
    from commerce.actions import expire_orders as module

    close = module.close_order
    monkeypatch.setattr(
        module, "close_order", lambda order, reason: close(order, reason) if order.pk != first.pk else 1 / 0
    )
    with frozen(NOON + DAY):
        assert expire_orders() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("placed", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_an_order_ends_once_whoever_is_first():
    order = place(coupon=make_coupon(max_uses=5))
    Order.objects.update(expires_at=NOON)
    results = race(10, lambda number: cancel_order(actor=order.learner, order=order) if number % 2 else expire_orders())
    assert not [result for result in results if isinstance(result, Exception)]
    order.refresh_from_db()
    assert (order.state, len(events("OrderCancelled")), order.coupon_use.coupon.uses) == ("cancelled", 1, 0)


def test_a_slow_payment_is_asked_for_once_at_half_its_time():
    order = place()
    until = NOON + 8 * DAY
    attempt(order, "awaiting_customer", expires_at=until)
    with frozen(NOON + 4 * DAY - timedelta(seconds=1)):
        assert remind_of_payments() == 0
    with frozen(NOON + 4 * DAY):
        assert remind_of_payments() == 1
        assert remind_of_payments() == 0
    reminder = events("PaymentReminderDue")
    assert [(event["order_number"], event["provider"]) for event in reminder] == [(order.number, "bank")]
    order.refresh_from_db()
    assert order.reminded_at == NOON + 4 * DAY


@pytest.mark.parametrize(
    ("state", "hours"), [("awaiting_customer", 23), ("pending", 192), ("expired", 192), ("succeeded", 192)]
)
def test_quick_payments_and_those_that_ended_are_not_asked_for(state, hours):
    attempt(place(), state, expires_at=NOON + timedelta(hours=hours))
    with frozen(NOON + timedelta(hours=hours) * 3 / 4):
        assert remind_of_payments() == 0
    assert not events("PaymentReminderDue")
