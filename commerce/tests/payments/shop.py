"""An order to pay, and what a customer, a worker and the clock do with it."""

from typing import Any

from django.core.cache import cache

from accounts.models import User
from commerce.actions.pay_order import pay_order
from commerce.actions.settle_attempt import settle_attempt
from commerce.models import Enrollment, Fulfilment, Order, Payment, PaymentAttempt
from commerce.tests.factories import make_user
from commerce.tests.paid_orders import make_order
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.dispatch import dispatch
from core.models import OutboxEvent

__all__ = ["AMOUNTS", "PHONES", "begin", "confirm", "granted", "new_order", "settled", "told", "work_off"]

#: What each provider is paid with in tests: currency, minor units, country.
AMOUNTS = {
    "mtn": ("XAF", 25_000, "CM"),
    "orange_cm": ("XAF", 25_000, "CM"),
    "orange_web": ("XAF", 25_000, "CM"),
    "airtel": ("UGX", 30_000, "UG"),
    "mpesa": ("KES", 1_500_00, "KE"),
    "stripe": ("EUR", 10_50, "FR"),
    "paystack": ("NGN", 15_000_00, "NG"),
    "flutterwave": ("NGN", 15_000_00, "NG"),
    "btcpay": ("EUR", 20_00, "FR"),
    "bank": ("XAF", 25_000, "CM"),
}
PHONES = {"mtn": "+237670000001", "orange_cm": "+237690000007", "airtel": "+256700000001", "mpesa": "+254708374149"}
_keys = iter(range(1, 10**9))


def new_order(provider: str = "mtn", learner: User | None = None, **fields: Any) -> Order:
    """An order that ``provider`` can be paid for, placed now."""
    currency, minor, country = AMOUNTS[provider]
    values = {"country": country, "placed_at": clock.now(), "expires_at": None, **fields}
    return make_order(learner or make_user(name="Awa Ndiaye"), (minor,), currency, **values)


def begin(order: Order, provider: str = "mtn", **options: Any) -> PaymentAttempt:
    """The learner starts to pay."""
    values = {"phone": PHONES.get(provider, ""), "idempotency_key": f"key-{next(_keys)}", **options}
    return pay_order(actor=order.learner, order=order, provider=provider, **values)


def confirm(simulators: SimulatedProviders, attempt: PaymentAttempt) -> None:
    """The customer pays with the provider."""
    if attempt.provider == "bank":
        from commerce.tests.payments.transfers import arrive

        arrive(attempt)
        return
    simulators.approve(attempt.provider)


def settled(attempt: PaymentAttempt, trigger: str = "poll") -> PaymentAttempt:
    """Ask the provider, and read the attempt again."""
    settle_attempt(attempt.public_id, trigger=trigger)
    attempt.refresh_from_db()
    return attempt


def work_off() -> None:
    """What a worker does with the events."""
    cache.clear()
    dispatch()


def granted(order: Order) -> int:
    """How many enrolments an order gave; whatever it is, it has at most one fulfilment."""
    assert Fulfilment.objects.filter(order=order).count() <= 1
    assert Payment.objects.filter(order=order).count() == 1
    return Enrollment.objects.filter(order_line__order=order).count()


def told(name: str, **facts: Any) -> list[dict[str, Any]]:
    """Payloads of the events of that name, those with ``facts`` only."""
    payloads = OutboxEvent.objects.filter(name=f"commerce.{name}").order_by("id").values_list("payload", flat=True)
    return [one for one in payloads if all(one.get(key) == value for key, value in facts.items())]
