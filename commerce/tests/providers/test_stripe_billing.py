"""Stripe's subscriptions through the adapter, against the imitated Stripe."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jsonschema
import pytest

from commerce.providers.base import Declined, Retryable, Unknown
from commerce.providers.stripe import BILLING_TYPES, StripeConfig, StripeProvider
from commerce.providers.stripe_billing import StripeBilling
from commerce.simulators.core import SimulatorServer
from commerce.simulators.stripe_billing import StripeBillingSimulator
from commerce.tests.providers.test_stripe import SPECS, needs_specs, schema_of
from core.money import Money

KEY = "sk_test_simulated"
BACK = "https://school.example.com/back"
REFUSED = "4000000000000002"


@pytest.fixture(scope="module")
def server():
    with SimulatorServer([StripeBillingSimulator()]) as running:
        yield running


@pytest.fixture
def simulator(server):
    clean = server.by_code["stripe"]
    clean.reset()
    clean.faults.drop_webhooks = True
    clean.webhook_url = "https://school.example.com/hook"
    return clean


@pytest.fixture
def provider(server, simulator):
    return StripeProvider(
        StripeConfig(
            secret_key=KEY,
            webhook_secrets=("whsec_simulated",),
            base_url=server.url("stripe"),
            timeout=httpx.Timeout(5.0),
        )
    )


@pytest.fixture
def billing(provider):
    return StripeBilling(provider)


PLAN = uuid.uuid4()


def price_of(billing: StripeBilling, minor: int = 1_000, currency: str = "USD", interval: str = "month") -> str:
    return billing.make_price(plan=PLAN, name="Everything", amount=Money(minor, currency), interval=interval)


@pytest.fixture
def begin(billing, simulator, customer):
    """A subscription whose card was given; Stripe's reference."""

    def run(card: str = "4242424242424242", **fields: Any) -> str:
        price = fields.pop("price_ref", "") or price_of(billing)
        page = billing.open_page(
            subscription=uuid.uuid4(), number=1, price_ref=price, customer=customer, return_url=BACK, **fields
        )
        simulator.pay(page.ref, card)
        return billing.page(page.ref).subscription_ref

    return run


def posts(simulator, path):
    return [call for call in simulator.calls if (call.method, call.path) == ("POST", path)]


@pytest.mark.parametrize(
    ("amount", "wire"), [(Money(5_000, "XAF"), 5_000), (Money(1_050, "USD"), 1_050), (Money(500, "UGX"), 50_000)]
)
def test_prices(billing, simulator, amount, wire):
    ref = billing.make_price(plan=PLAN, name="Everything", amount=amount, interval="year")
    row = simulator.rows["price"][ref]
    assert (row["unit_amount"], row["currency"], row["recurring"]["interval"]) == (
        wire,
        amount.currency.lower(),
        "year",
    )
    assert simulator.rows["product"][row["product"]]["name"] == "Everything"
    assert billing.make_price(plan=PLAN, name="Everything", amount=amount, interval="year") == ref
    assert (len(simulator.rows["price"]), len(simulator.rows["product"])) == (1, 1)
    assert [call.headers["Idempotency-Key"] for call in posts(simulator, "/v1/prices")] == [
        f"plan:{PLAN}:{amount.currency}:{amount.minor}:year:price"
    ] * 2


def test_an_amount_that_is_none(billing, simulator):
    with pytest.raises(Declined):
        billing.make_price(plan=PLAN, name="x", amount=Money(0, "USD"), interval="month")
    assert not posts(simulator, "/v1/prices")


def test_the_page(billing, simulator, customer):
    ours = uuid.uuid4()
    given = {"subscription": ours, "price_ref": price_of(billing), "customer": customer, "return_url": BACK}
    page = billing.open_page(**given, number=1)
    assert (page.status, page.subscription_ref) == ("open", "")
    assert billing.open_page(**given, number=1) == page
    assert billing.open_page(**given, number=2).ref != page.ref
    simulator.pay(page.ref, REFUSED)
    assert billing.page(page.ref).status == "open"
    simulator.pay(page.ref)
    done = billing.page(page.ref)
    assert (done.status, done.url) == ("complete", "")
    assert simulator.rows["subscription"][done.subscription_ref]["metadata"] == {"subscription_id": str(ours)}
    assert billing.close_page(page.ref) == done


def test_a_page_that_is_closed(billing, simulator, customer):
    page = billing.open_page(
        subscription=uuid.uuid4(), number=1, price_ref=price_of(billing), customer=customer, return_url=BACK
    )
    assert billing.close_page(page.ref).status == "expired"
    with pytest.raises(KeyError):
        simulator.pay(page.ref)


def test_what_it_is_and_what_was_paid(billing, simulator, begin, provider):
    ref = begin()
    found = billing.fetch(ref)
    assert (found.ref, found.status, found.amount, found.cancels_at_period_end) == (
        ref,
        "active",
        Money(1_000, "USD"),
        False,
    )
    (invoice,) = billing.paid_invoices(ref)
    assert (invoice.amount, invoice.reason, invoice.price_ref) == (
        Money(1_000, "USD"),
        "subscription_create",
        found.price_ref,
    )
    assert (invoice.starts_at, invoice.ends_at) == (found.starts_at, found.ends_at)
    assert invoice.intent_ref.startswith("pi_")
    simulator.renew(ref)
    first, second = billing.paid_invoices(ref)
    assert first == invoice
    assert (second.reason, second.starts_at) == ("subscription_cycle", invoice.ends_at)
    assert second.intent_ref != invoice.intent_ref
    assert billing.paid_invoices("sub_of_somebody_else") == []


def test_days_to_try(billing, simulator, begin):
    ref = begin(trial_days=7)
    found = billing.fetch(ref)
    assert (found.status, found.ends_at - found.starts_at) == ("trialing", timedelta(days=7))
    assert billing.paid_invoices(ref) == []
    simulator.renew(ref)
    assert (billing.fetch(ref).status, len(billing.paid_invoices(ref))) == ("active", 1)


def test_a_card_that_is_refused_later(billing, simulator, begin):
    ref = begin()
    simulator.renew(ref, REFUSED)
    assert (billing.fetch(ref).status, len(billing.paid_invoices(ref))) == ("past_due", 1)
    simulator.retry(ref, "4242424242424242")
    assert (billing.fetch(ref).status, len(billing.paid_invoices(ref))) == ("active", 2)
    simulator.renew(ref, REFUSED)
    simulator.give_up(ref)
    assert (billing.fetch(ref).status, billing.fetch(ref).ended_because) == ("canceled", "payment_failed")


def test_changes(billing, simulator, begin):
    ref = begin()
    assert billing.cancel_at_period_end(ref, cancels=True).cancels_at_period_end
    assert not billing.cancel_at_period_end(ref, cancels=False).cancels_at_period_end
    billing.pause(ref)
    simulator.renew(ref)
    assert len(billing.paid_invoices(ref)) == 1
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    assert billing.go_on(ref, until=until).ends_at == until
    assert simulator.rows["subscription"][ref]["pause_collection"] is None
    billing.end(ref)
    assert (billing.fetch(ref).status, billing.fetch(ref).ended_because) == ("canceled", "cancellation_requested")
    billing.end(ref)
    with pytest.raises(Declined):
        billing.pause(ref)


def test_another_plan_at_once(billing, simulator, begin):
    ref = begin()
    present = billing.fetch(ref)
    dearer = price_of(billing, 5_000)
    changed = billing.change_price(present, dearer, at_once=True)
    assert (changed.price_ref, changed.amount, changed.ends_at) == (dearer, Money(5_000, "USD"), present.ends_at)
    _first, second = billing.paid_invoices(ref)
    # Nothing of the month was used, so all of the difference is owed.
    assert (second.reason, second.price_ref) == ("subscription_update", dearer)
    assert second.amount in _about(4_000)
    yearly = billing.change_price(changed, price_of(billing, 50_000, interval="year"), at_once=True)
    assert yearly.ends_at - yearly.starts_at >= timedelta(days=365)
    assert billing.paid_invoices(ref)[-1].amount in _about(45_000)


def _about(minor: int) -> list[Money]:
    """The amount, or a cent more where a second of the period has passed meanwhile."""
    return [Money(minor, "USD"), Money(minor + 1, "USD")]


def test_another_plan_later(billing, simulator, begin):
    ref = begin()
    present = billing.fetch(ref)
    changed = billing.change_price(present, price_of(billing, 7_000, interval="year"), at_once=False)
    assert (changed.ends_at, len(billing.paid_invoices(ref))) == (present.ends_at, 1)
    simulator.renew(ref)
    assert billing.paid_invoices(ref)[-1].amount == Money(7_000, "USD")


def test_a_card_that_does_not_carry_the_difference(billing, simulator, begin):
    ref = begin()
    simulator.rows["subscription"][ref]["_card"] = REFUSED
    present = billing.fetch(ref)
    with pytest.raises(Declined):
        billing.change_price(present, price_of(billing, 5_000), at_once=True)
    assert billing.fetch(ref) == present


def test_the_page_for_another_card(billing, simulator, begin):
    customer_ref = billing.fetch(begin()).customer_ref
    assert billing.card_page(customer_ref, BACK).startswith("http")
    with pytest.raises(Declined):
        billing.card_page("cus_nobody", BACK)


def test_no_answer_is_no_answer(billing, simulator, begin):
    ref = begin()
    simulator.faults.http_500 = 1
    with pytest.raises(Retryable):
        billing.fetch(ref)
    simulator.faults.html_error = 1
    with pytest.raises(Retryable):
        billing.paid_invoices(ref)
    simulator.faults.http_500 = 1
    with pytest.raises(Unknown):
        billing.cancel_at_period_end(ref, cancels=True)
    with pytest.raises(Retryable):
        billing.fetch("sub_nobody")


@pytest.mark.parametrize("change", [{"items": {"data": []}}, {"items": None}, {"status": None, "items": 5}])
def test_answers_of_another_shape(billing, simulator, begin, change):
    ref = begin()
    simulator.rows["subscription"][ref].update(change)
    with pytest.raises(Retryable):
        billing.fetch(ref)


def test_messages(provider, simulator, begin, billing):
    ref = begin()
    simulator.renew(ref, REFUSED)
    simulator.give_up(ref)
    ours = simulator.rows["subscription"][ref]["metadata"]["subscription_id"]
    found = []
    for message in simulator.sent:
        headers = {name.lower(): value for name, value in message.headers.items()}
        found += [(event, message) for event in provider.parse_webhook(headers, message.body, "")]
    about = [event for event, _message in found if event.kind == "billing"]
    kinds = [json.loads(message.body)["type"] for event, message in found if event.kind == "billing"]
    assert set(kinds) == {
        "checkout.session.completed",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
        "invoice.paid",
        "invoice.payment_failed",
    }
    assert {(event.provider_ref, str(event.attempt_id)) for event in about} == {(ref, ours)}
    assert len({event.key for event in about}) == len(about)
    # The charges beneath are told as payments, too.
    assert {event.kind for event, _message in found} == {"billing", "payment"}
    since = datetime.now(UTC) - timedelta(minutes=5)
    caught = provider.catch_up(since)
    assert {event.key for event in caught} == {event.key for event, _message in found}


@needs_specs
@pytest.mark.parametrize(
    "name", ["product", "price", "subscription", "subscription_item", "invoice", "invoice_line_item", "invoice_payment"]
)
def test_simulated_objects_have_stripes_shape(provider, simulator, begin, name):
    begin()
    client = httpx.Client(base_url=provider.config.base_url, headers={"Authorization": f"Bearer {KEY}"})
    paths = {
        "product": "products",
        "price": "prices",
        "subscription": "subscriptions",
        "subscription_item": "subscriptions",
        "invoice": "invoices",
        "invoice_line_item": "invoices",
        "invoice_payment": "invoices?expand[0]=data.payments",
    }
    row = client.get(f"/v1/{paths[name]}").json()["data"][0]
    inner = {"subscription_item": "items", "invoice_line_item": "lines", "invoice_payment": "payments"}
    if name in inner:
        row = row[inner[name]]["data"][0]
    fields = json.loads((SPECS / "stripe-sdk-fields.json").read_text(encoding="utf-8"))["objects"][name]["(self)"]
    assert set(row) <= set(fields)
    assert {key for key, kind in fields.items() if not kind.startswith("Optional")} <= set(row)
    if name == "price":
        # The others have changed since the older document was written.
        jsonschema.validate(row, schema_of(name))


@needs_specs
def test_event_types_exist():
    fields = json.loads((SPECS / "stripe-sdk-fields.json").read_text(encoding="utf-8"))
    assert set(BILLING_TYPES) <= set(fields["event_types"])
    assert len(BILLING_TYPES) <= 20
