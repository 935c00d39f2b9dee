"""Plans, and time that passes with everything that happens in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from commerce.actions.pay_order import pay_order
from commerce.actions.renew_subscriptions import renew_subscriptions
from commerce.actions.settle_attempt import settle_attempt
from commerce.actions.subscribe import subscribe
from commerce.models import Offer, OfferPrice, Order, PaymentAttempt, Plan, Subscription
from commerce.tests.factories import make_offer
from core.clock import FrozenClock
from core.dispatch import dispatch
from core.models import OutboxEvent

__all__ = [
    "DAY",
    "PHONE",
    "START",
    "begin",
    "events",
    "fresh",
    "make_plan",
    "pass_time",
    "pay",
    "work",
]

START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PHONE = "+237670000001"


def make_plan(amount: int = 5_000, interval: str = "month", title: str = "Everything", **fields: Any) -> Plan:
    """A plan with a price in francs."""
    offer = make_offer(Offer.Kind.PLAN, title=title)
    OfferPrice.objects.create(offer=offer, amount_minor=amount, currency="XAF")
    return Plan.objects.create(offer=offer, interval=interval, **fields)


def begin(learner: Any, plan: Plan, simulators: Any = None, **fields: Any) -> Subscription:
    """A subscription whose first period is paid by MTN, at once."""
    fields = {"provider": "mtn", "phone": PHONE, **fields}
    made = subscribe(actor=learner, offer=plan.offer, currency="XAF", country="CM", **fields)
    if made.order is not None:
        pay(simulators, made.order)
    return fresh(made.subscription)


def pay(simulators: Any, order: Order, key: str = "by hand") -> PaymentAttempt:
    """The learner pays an order with MTN and confirms."""
    attempt = pay_order(actor=order.learner, order=order, provider="mtn", phone=PHONE, idempotency_key=key)
    assert attempt.state == "awaiting_customer", attempt.reason
    simulators.approve("mtn", str(attempt.public_id))
    return settled(attempt)


def settled(attempt: PaymentAttempt) -> PaymentAttempt:
    """Ask the provider, and give what was paid."""
    attempt = settle_attempt(attempt.public_id, trigger="poll")
    dispatch()
    return attempt


def work() -> None:
    """What tasks do whenever they run: renewals, then what follows from them."""
    renew_subscriptions()
    dispatch()


def pass_time(stopped: FrozenClock, until: datetime, *, step: timedelta = timedelta(hours=6)) -> None:
    """Let time pass in steps, the tasks running at each."""
    while stopped.read() < until:
        stopped.move(min(step, until - stopped.read()))
        work()


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("plan__offer", "learner").get(pk=subscription.pk)


def events(name: str) -> list[dict[str, Any]]:
    """Payloads of what was told of subscriptions, oldest first."""
    rows = OutboxEvent.objects.filter(name=f"commerce.Subscription{name}").order_by("pk")
    return [row.payload for row in rows]
