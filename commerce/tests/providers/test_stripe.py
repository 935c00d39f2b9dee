"""Stripe's adapter against the imitated Stripe."""

import json
import logging
import os
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import stripe as sdk
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.base import (
    Attempt,
    Declined,
    InvalidSignature,
    Limits,
    ProviderState,
    Redirect,
    Refund,
    Retryable,
    Unknown,
)
from commerce.providers.http import Exchange, recorder
from commerce.providers.stripe import (
    EVENT_TYPES,
    EXPONENTS,
    StripeConfig,
    StripeProvider,
    from_wire,
    to_wire,
    verify_signature,
)
from commerce.simulators.core import SimulatorServer
from commerce.simulators.stripe import DELAYED, StripeSimulator
from core.money import Money

SPECS = Path(settings.BASE_DIR).parent / "shared" / "reference" / "payments" / "specs"
needs_specs = pytest.mark.skipif(
    not SPECS.is_dir() and not os.environ.get("BAOBAB_NO_SKIP"), reason="the specifications are not here"
)
KEY = "sk_test_simulated"
BACK = "https://school.example.com/back"
HOOK = "https://school.example.com/hook"


@pytest.fixture(scope="module")
def server():
    """One for the file: stopping a server takes half a second."""
    with SimulatorServer([StripeSimulator()]) as running:
        yield running


@pytest.fixture
def simulator(server):
    clean = server.by_code["stripe"]
    clean.reset()
    clean.webhook_url = ""
    return clean


@pytest.fixture
def config(server, simulator):
    return StripeConfig(
        secret_key=KEY,
        webhook_secrets=("whsec_simulated",),
        base_url=server.url("stripe"),
        timeout=httpx.Timeout(5.0),
        limits={
            "USD": Limits(50, 99_999_999),
            "XAF": Limits(300, 99_999_999),
            "UGX": Limits(1_000),
            "BHD": Limits(100),
        },
    )


@pytest.fixture
def provider(config):
    return StripeProvider(config)


@pytest.fixture
def start(provider, customer, make_attempt):
    """Open a session; gives the attempt as it is stored afterwards."""

    def begin(minor: int = 1_050, currency: str = "USD", **fields: Any) -> Attempt:
        attempt = make_attempt(minor, currency, **fields)
        begun = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data)

    return begin


def refund_of(attempt: Attempt, minor: int, **fields: Any) -> Refund:
    return Refund(uuid.uuid4(), attempt, Money(minor, attempt.amount.currency), **fields)


def posts(simulator: StripeSimulator, path: str) -> list[Any]:
    return [call for call in simulator.calls if (call.method, call.path) == ("POST", path)]


# Amounts


@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        (Money(25_000, "XAF"), 25_000),
        (Money(1_050, "USD"), 1_050),
        (Money(250_000, "NGN"), 250_000),
        (Money(5, "UGX"), 500),
        (Money(7, "ISK"), 700),
        (Money(300, "MGA"), 3),
        (Money(1_230, "BHD"), 1_230),
    ],
)
def test_wire_table(amount, wire):
    assert to_wire(amount) == wire
    assert from_wire(wire, amount.currency.lower()) == amount


@pytest.mark.parametrize("amount", [Money(0, "USD"), Money(-5, "USD"), Money(150, "MGA"), Money(1_234, "BHD")])
def test_amounts_that_stripe_cannot_express(amount):
    with pytest.raises(ValueError):
        to_wire(amount)


@pytest.mark.parametrize(("value", "currency"), [(550, "ugx"), ("100", "usd"), (1.5, "usd"), (True, "usd"), (1, "zzz")])
def test_values_that_are_no_amounts(value, currency):
    with pytest.raises(ValueError):
        from_wire(value, currency)


def test_exponents_are_configuration():
    assert to_wire(Money(5, "UGX"), {}) == 5
    assert from_wire(5, "ugx", {}) == Money(5, "UGX")


@given(
    st.integers(1, 10**9),
    st.sampled_from("XAF XOF UGX RWF NGN GHS KES ZMW TZS USD EUR MGA ISK BHD".split()),
)
def test_round_trip(minor, currency):
    step = {"MGA": 100, "BHD": 10}.get(currency, 1)
    amount = Money(minor * step, currency)
    assert from_wire(to_wire(amount), currency.lower()) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [
        (49, "USD", "too_small"),
        (100_000_000, "USD", "too_large"),
        (1_000, "KES", "unsupported_currency"),
        (1_234, "BHD", "not_a_step"),
    ],
)
def test_refused_before_any_call(provider, simulator, customer, make_attempt, minor, currency, reason):
    with pytest.raises(Declined) as refusal:
        provider.initiate(make_attempt(minor, currency), customer, return_url=BACK, notify_url=HOOK)
    assert refusal.value.reason == reason
    assert len(simulator.calls) == 0


# Paying


def test_paid(provider, simulator, start):
    attempt = start()
    assert attempt.provider_ref.startswith("cs_test_")
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    simulator.approve(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert status.state is ProviderState.SUCCEEDED
    assert status.amount == Money(1_050, "USD")
    assert status.fee == Money(30, "USD")
    assert status.provider_ref == attempt.provider_ref
    assert status.receipt.startswith("pi_")
    assert status.data["payment_intent"] == status.receipt


def test_francs_are_sent_whole(provider, simulator, start):
    attempt = start(25_000, "XAF")
    sent = dict(httpx.QueryParams(posts(simulator, "/v1/checkout/sessions")[0].body.decode()))
    assert sent["line_items[0][price_data][unit_amount]"] == "25000"
    assert sent["line_items[0][price_data][currency]"] == "xaf"
    assert sent["metadata[attempt_id]"] == sent["payment_intent_data[metadata][attempt_id]"] == str(attempt.id)
    assert sent["client_reference_id"] == str(attempt.id)
    assert (sent["success_url"], sent["cancel_url"], sent["locale"]) == (BACK, BACK, "fr")
    assert sent["adaptive_pricing[enabled]"] == "false"
    simulator.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).amount == Money(25_000, "XAF")


def test_what_the_sdk_sends(simulator, start):
    attempt = start()
    headers = posts(simulator, "/v1/checkout/sessions")[0].headers
    assert headers["Idempotency-Key"] == f"attempt:{attempt.id}:create"
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert not [name for name in headers if name.startswith("X-Stripe-Client")]


def test_language_unknown_to_stripe(provider, simulator, customer, make_attempt):
    provider.initiate(make_attempt(1_050, "USD"), replace(customer, language="ar"), return_url=BACK, notify_url=HOOK)
    assert b"locale=auto" in posts(simulator, "/v1/checkout/sessions")[0].body


def test_a_refused_card_leaves_the_page_open(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, "4000000000009995")
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.AWAITING_CUSTOMER, "insufficient_funds")
    simulator.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_expired(provider, simulator, start):
    attempt = start()
    simulator.expire(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")


def test_late_success(provider, simulator, start):
    attempt = start()
    simulator.expire(attempt.provider_ref)
    simulator.late_success(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(1_050, "USD"))


def test_delayed_method(provider, simulator, start):
    attempt, failing = start(), start()
    for one in (attempt, failing):
        simulator.pay(one.provider_ref, DELAYED)
        assert provider.fetch_status(one).state is ProviderState.PENDING
    simulator.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    simulator.reject(failing.provider_ref)
    status = provider.fetch_status(failing)
    assert (status.state, status.reason) == (ProviderState.FAILED, "declined")


def test_cancel(provider, simulator, start):
    attempt = start()
    assert provider.cancel(attempt).state is ProviderState.EXPIRED
    paid = start()
    simulator.approve(paid.provider_ref)
    assert provider.cancel(paid).state is ProviderState.SUCCEEDED


def test_wrong_amount_shows(provider, simulator, start):
    attempt = start(25_000, "XAF")
    simulator.faults.wrong_amount = True
    simulator.approve(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(12_500, "XAF"))


def test_hosted_page(provider, start):
    attempt = start()
    page = attempt.data["url"]
    assert "simulator" in httpx.get(page).text
    declined = httpx.post(page, data={"action": "decline"})
    assert (declined.status_code, declined.headers["Location"]) == (303, BACK)
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    assert httpx.post(page, data={"action": "approve"}).headers["Location"] == BACK
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert httpx.get(page).status_code == 404


def test_same_id_twice_opens_one_page(provider, simulator, customer, make_attempt):
    attempt = make_attempt(1_050, "USD")
    first = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    second = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert first.provider_ref == second.provider_ref
    assert isinstance(second.next, Redirect)
    assert len(simulator.rows["session"]) == 1


def test_same_id_with_another_amount(provider, simulator, customer, make_attempt):
    attempt = make_attempt(1_050, "USD")
    provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    with pytest.raises(Unknown) as trouble:
        provider.initiate(replace(attempt, amount=Money(999, "USD")), customer, return_url=BACK, notify_url=HOOK)
    assert trouble.value.reason == "already_accepted"
    assert len(simulator.rows["session"]) == 1


# How calls end


@pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
def test_unknown_outcome_is_found_by_asking(config, provider, simulator, customer, make_attempt, fault):
    attempt = make_attempt(1_050, "USD")
    setattr(simulator.faults, fault, 1)
    simulator.faults.hang_seconds = 0.6
    hasty = StripeProvider(replace(config, timeout=httpx.Timeout(0.3)))
    with pytest.raises(Unknown):
        hasty.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert len(posts(simulator, "/v1/checkout/sessions")) == 1  # The SDK did not repeat it.
    status = provider.fetch_status(attempt)
    assert status.state is ProviderState.AWAITING_CUSTOMER
    assert status.provider_ref in simulator.rows["session"]
    assert status.data["url"].endswith(status.provider_ref)
    again = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert again.provider_ref == status.provider_ref
    assert len(simulator.rows["session"]) == 1


@pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
def test_trouble_while_asking_is_no_failure(config, simulator, start, fault):
    attempt = start()
    setattr(simulator.faults, fault, 1)
    simulator.faults.hang_seconds = 0.6
    hasty = StripeProvider(replace(config, timeout=httpx.Timeout(0.3)))
    with pytest.raises(Retryable):
        hasty.fetch_status(attempt)
    assert hasty.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER


def test_never_sent(provider, make_attempt):
    assert provider.fetch_status(make_attempt(1_050, "USD")).state is ProviderState.NOT_FOUND


def test_searching_goes_through_all_pages(provider, simulator, start):
    attempts = [start() for _number in range(3)]
    with simulator.lock:
        for number in range(120):
            row = {**simulator.rows["session"][attempts[2].provider_ref], "id": f"cs_test_{number}"}
            simulator.rows["session"][row["id"]] = {**row, "client_reference_id": None}
    assert provider.fetch_status(replace(attempts[0], provider_ref="")).provider_ref == attempts[0].provider_ref


def test_nobody_there(config, customer, make_attempt):
    deaf = StripeProvider(replace(config, base_url="http://127.0.0.1:9"))
    with pytest.raises(Retryable):
        deaf.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)


def test_wrong_key(config, simulator, customer, make_attempt, start):
    attempt = start()
    wrong = StripeProvider(replace(config, secret_key="sk_test_wrong_0123456789"))
    with pytest.raises(Declined) as refusal:
        wrong.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)
    assert refusal.value.reason == "our_configuration"
    with pytest.raises(Retryable) as trouble:
        wrong.fetch_status(attempt)
    assert trouble.value.reason == "our_configuration"


def test_a_session_of_another_account_is_no_failure(provider, make_attempt):
    with pytest.raises(Retryable) as trouble:
        provider.fetch_status(make_attempt(1_050, "USD", provider_ref="cs_test_elsewhere"))
    assert trouble.value.reason == "our_configuration"


def test_parameters_that_stripe_refuses(provider, customer, make_attempt):
    with pytest.raises(Declined) as refusal:
        provider.initiate(make_attempt(1_050, "USD"), customer, return_url="javascript:1", notify_url=HOOK)
    assert refusal.value.reason == "our_configuration"


def test_throttled(monkeypatch, provider, simulator, customer, make_attempt):
    from commerce.simulators.core import answer_json

    monkeypatch.setattr(simulator, "before", lambda request: answer_json({"error": {"type": "rate_limit"}}, 429))
    with pytest.raises(Retryable):
        provider.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)


def test_a_key_in_use_is_asked_about(monkeypatch, provider, simulator, customer, make_attempt):
    from commerce.simulators.core import answer_json

    facts = {"type": "invalid_request_error", "code": "idempotency_key_in_use", "message": "…"}
    monkeypatch.setattr(simulator, "before", lambda request: answer_json({"error": facts}, 409))
    with pytest.raises(Unknown) as trouble:
        provider.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)
    assert trouble.value.reason == "already_accepted"
    assert len(posts(simulator, "/v1/checkout/sessions")) == 1


# Saved cards


def charge(provider: StripeProvider, attempt: Attempt, method: str = "pm_card_visa") -> Any:
    return provider.charge_saved(attempt, customer_ref="cus_1", method_ref=method)


def test_saved_card(provider, simulator, make_attempt):
    attempt = make_attempt(25_000, "XAF")
    status = charge(provider, attempt)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"))
    assert charge(provider, attempt).provider_ref == status.provider_ref
    assert len(simulator.rows["charge"]) == 1
    assert provider.fetch_status(replace(attempt, provider_ref=status.provider_ref)).state is ProviderState.SUCCEEDED


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "declined"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_authenticationRequired", "authentication_required"),
        ("pm_nobody", "our_configuration"),
    ],
)
def test_saved_card_refused(provider, simulator, make_attempt, method, reason):
    attempt = make_attempt(1_050, "USD")
    for _time in range(2):  # A refusal is replayed, not tried again.
        with pytest.raises(Declined) as refusal:
            charge(provider, attempt, method)
        assert refusal.value.reason == reason
    assert len(simulator.rows["charge"]) == 0
    assert len(simulator.rows["intent"]) == (method != "pm_nobody")


def test_saved_card_unknown_outcome(provider, simulator, make_attempt):
    attempt = make_attempt(1_050, "USD")
    simulator.faults.http_500 = 1
    with pytest.raises(Unknown):
        charge(provider, attempt)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    charge(provider, attempt)
    assert len(simulator.rows["charge"]) == 1


# Refunds and disputes


def paid(simulator: StripeSimulator, start: Any, card: str = "4242424242424242") -> Attempt:
    attempt: Attempt = start()
    simulator.pay(attempt.provider_ref, card)
    return attempt


def test_refund_in_parts(provider, simulator, start):
    attempt = paid(simulator, start)
    first = refund_of(attempt, 50)
    status = provider.refund(first)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(50, "USD"))
    assert provider.refund(first).provider_ref == status.provider_ref
    assert provider.fetch_status(attempt).state is ProviderState.PARTIALLY_REFUNDED
    with pytest.raises(Declined):
        provider.refund(refund_of(attempt, 1_001))
    provider.refund(refund_of(attempt, 1_000, receipt=provider.fetch_status(attempt).receipt))
    assert provider.fetch_status(attempt).state is ProviderState.REFUNDED
    with pytest.raises(Declined) as refusal:
        provider.refund(refund_of(attempt, 1))
    assert refusal.value.reason == "already_refunded"
    assert len(simulator.rows["refund"]) == 2


def test_refund_that_fails_later(provider, simulator, start):
    attempt = paid(simulator, start, "4000000000005126")
    refund = refund_of(attempt, 1_050)
    status = provider.refund(refund)
    assert status.state is ProviderState.SUCCEEDED
    later = provider.fetch_refund(replace(refund, provider_ref=status.provider_ref))
    assert (later.state, later.reason) == (ProviderState.FAILED, "no_such_account")
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_refund_that_takes_time(provider, simulator, start):
    attempt = paid(simulator, start, "4000000000007726")
    refund = refund_of(attempt, 1_050)
    status = provider.refund(refund)
    assert status.state is ProviderState.PENDING
    simulator.approve(status.provider_ref)
    assert provider.fetch_refund(replace(refund, provider_ref=status.provider_ref)).state is ProviderState.SUCCEEDED


@pytest.mark.parametrize("fault", ["http_500", "html_error"])
def test_refund_unknown_outcome(provider, simulator, start, fault):
    attempt = paid(simulator, start)
    receipt = provider.fetch_status(attempt).receipt
    refund = refund_of(attempt, 1_050, receipt=receipt)
    assert provider.fetch_refund(refund).state is ProviderState.NOT_FOUND
    setattr(simulator.faults, fault, 1)
    with pytest.raises(Unknown):
        provider.refund(refund)
    assert provider.fetch_refund(refund).state is ProviderState.SUCCEEDED
    provider.refund(refund)
    assert len(simulator.rows["refund"]) == 1


def test_refund_of_nothing(provider, simulator, start):
    with pytest.raises(Declined) as refusal:
        provider.refund(refund_of(start(), 100))
    assert refusal.value.reason == "not_paid"
    assert len(simulator.rows["refund"]) == 0


def test_dispute(provider, simulator, start):
    lost, won = paid(simulator, start, "4000000000000259"), paid(simulator, start, "4000000000000259")
    assert provider.fetch_status(lost).state is ProviderState.DISPUTED
    first, second = simulator.rows["dispute"]
    simulator.reject(first)
    simulator.approve(second)
    assert provider.fetch_status(lost).state is ProviderState.REVERSED
    assert provider.fetch_status(won).state is ProviderState.SUCCEEDED


def test_an_inquiry_takes_no_money(provider, simulator, start):
    assert provider.fetch_status(paid(simulator, start, "4000000000001976")).state is ProviderState.SUCCEEDED


# Webhooks

BODY = '{"event":"test","amount":25000,"note":"café"}'.encode()
SIGNED = "t=1700000000,v1=08337760626bd985b5089cb19b103749952f8c60f5e380de08f7bb9c583d3ac1"


def test_signature_vector():
    verify_signature(SIGNED, BODY, ["whsec_test_123"], now=1_700_000_299, tolerance=300)
    verify_signature(SIGNED + ",v1=00", BODY, ["whsec_new", "whsec_test_123"], now=1_700_000_000, tolerance=300)
    assert sdk.WebhookSignature.verify_header(BODY, SIGNED, "whsec_test_123", tolerance=None)


@pytest.mark.parametrize(
    ("header", "body", "now"),
    [
        (SIGNED, BODY, 1_700_000_301),
        (SIGNED, BODY, 1_699_999_699),
        (SIGNED, BODY + b" ", 1_700_000_000),
        (SIGNED.replace("v1=", "v0="), BODY, 1_700_000_000),
        (SIGNED.replace("t=17", "t=18"), BODY, 1_800_000_000),
        ("", BODY, 1_700_000_000),
        ("t=,v1=é", BODY, 1_700_000_000),
        ("t=1700000000,v1=é", BODY, 1_700_000_000),
    ],
)
def test_forged(header, body, now):
    with pytest.raises(InvalidSignature):
        verify_signature(header, body, ["whsec_test_123"], now=now, tolerance=300)


def events_of(provider: StripeProvider, messages: Any) -> list[Any]:
    return [event for _m, _p, headers, body in messages for event in provider.parse_webhook(headers, body, "")]


def test_webhooks_of_a_payment(provider, simulator, start, inbox):
    simulator.webhook_url = inbox.url
    attempt = start()
    simulator.approve(attempt.provider_ref)
    events = events_of(provider, inbox.wait_for(2))
    assert {event.hint for event in events} == {ProviderState.SUCCEEDED}
    assert {event.attempt_id for event in events} == {attempt.id}
    assert {event.provider_ref for event in events} == {attempt.provider_ref, ""}
    assert len({event.key for event in events}) == 2


def test_the_sdk_reads_the_simulators_webhooks(provider, simulator, start, inbox):
    client = sdk.StripeClient(KEY, base_addresses={"api": provider.config.base_url}, max_network_retries=0)
    endpoint = client.v1.webhook_endpoints.create({"url": inbox.url, "enabled_events": ["checkout.session.completed"]})
    simulator.approve(start().provider_ref)
    ((_method, _path, headers, body),) = inbox.wait_for(1)
    event = sdk.Webhook.construct_event(body, headers["stripe-signature"], endpoint.secret)
    assert event.type == "checkout.session.completed"
    with pytest.raises(InvalidSignature):  # Each endpoint has its own secret.
        provider.parse_webhook(headers, body, "")


def test_duplicated_webhook_has_one_key(provider, simulator, start, inbox):
    simulator.webhook_url = inbox.url
    simulator.faults.duplicate_webhooks = 2
    simulator.expire(start().provider_ref)
    first, second = events_of(provider, inbox.wait_for(2))
    assert first.key == second.key
    assert first.hint is ProviderState.EXPIRED


def test_forged_webhook(provider, simulator, start, inbox):
    simulator.webhook_url = inbox.url
    simulator.faults.bad_signature = True
    simulator.expire(start().provider_ref)
    ((_method, _path, headers, body),) = inbox.wait_for(1)
    with pytest.raises(InvalidSignature):
        provider.parse_webhook(headers, body, "")


def test_dropped_webhooks_are_caught_up_with(provider, simulator, start, inbox):
    simulator.webhook_url = inbox.url
    simulator.faults.drop_webhooks = True
    attempt = start()
    simulator.approve(attempt.provider_ref)
    events = provider.catch_up(datetime.now(UTC) - timedelta(minutes=1))
    assert [event.hint for event in events] == [ProviderState.SUCCEEDED, ProviderState.SUCCEEDED]
    assert inbox.messages == []
    simulator.release_webhooks()
    assert {event.key for event in events_of(provider, inbox.wait_for(2))} == {event.key for event in events}
    assert provider.catch_up(datetime.now(UTC) + timedelta(minutes=1)) == []


def test_catching_up_reads_all_pages(provider, simulator, start):
    attempt = start()
    for _time in range(130):
        simulator.reject(attempt.provider_ref)
    events = provider.catch_up(datetime.now(UTC) - timedelta(minutes=1))
    assert [event.key for event in events] == list(simulator.rows["event"])
    simulator.faults.http_500 = 1
    with pytest.raises(Retryable):
        provider.catch_up(datetime.now(UTC))


def test_refund_and_dispute_events(provider, simulator, start):
    attempt = paid(simulator, start, "4000000000005126")
    refund = refund_of(attempt, 1_050)
    ref = provider.refund(refund).provider_ref
    disputed = paid(simulator, start, "4000000000000259")
    receipt = provider.fetch_status(disputed).receipt
    simulator.reject(next(iter(simulator.rows["dispute"])))
    events = provider.catch_up(datetime.now(UTC) - timedelta(minutes=1))
    refunds = [event for event in events if event.kind == "refund"]
    assert [(one.provider_ref, one.attempt_id, one.hint) for one in refunds] == [
        (ref, refund.id, ProviderState.SUCCEEDED),
        (ref, refund.id, ProviderState.FAILED),
    ]
    assert [(one.provider_ref, one.hint) for one in events if one.kind == "dispute"] == [
        (receipt, ProviderState.DISPUTED),
        (receipt, ProviderState.REVERSED),
    ]
    (refunded,) = [one for one in events if one.hint is ProviderState.REFUNDED]
    assert (refunded.kind, refunded.attempt_id) == ("payment", attempt.id)


def signed(body: bytes) -> dict[str, str]:
    stamp = int(time.time())
    return {"stripe-signature": sdk.WebhookSignature.generate_signature_header(body.decode(), "whsec_simulated", stamp)}


@pytest.mark.parametrize(
    "body",
    [
        b"nothing",
        b"[]",
        b'{"object": "v2.core.event"}',
        b'{"object": "event", "id": "evt_1"}',
        b'{"object":"event","id":"evt_1","type":"refund.failed","data":{"object":[]}}',
    ],
)
def test_signed_but_unreadable(provider, body):
    with pytest.raises(ValueError):
        provider.parse_webhook(signed(body), body, "")


def test_events_of_no_interest(provider):
    body = b'{"object":"event","id":"evt_1","type":"customer.created","data":{"object":{"id":"cus_1"}}}'
    assert provider.parse_webhook(signed(body), body, "") == []


# Reconciliation


def test_list_transactions(provider, simulator, start):
    attempt = paid(simulator, start)
    unpaid = paid(simulator, start, "4000000000000002")
    now = datetime.now(UTC)
    rows = {row.our_id: row for row in provider.list_transactions(now - timedelta(hours=1), now + timedelta(hours=1))}
    row = rows[str(attempt.id)]
    assert (row.amount, row.fee, row.state) == (Money(1_050, "USD"), Money(30, "USD"), ProviderState.SUCCEEDED)
    assert rows[str(unpaid.id)].state is ProviderState.FAILED
    assert list(provider.list_transactions(now + timedelta(hours=1), now + timedelta(hours=2))) == []


# Secrets


def test_nothing_secret_is_kept_or_said(config, provider, simulator, start, make_attempt, customer, caplog):
    caplog.set_level(logging.DEBUG)
    kept: list[Exchange] = []
    token = recorder.set(kept.append)
    said = [repr(config), repr(provider)]
    try:
        attempt = start()
        simulator.approve(attempt.provider_ref)
        said.append(repr(provider.fetch_status(attempt)))
        wrong = StripeProvider(replace(config, secret_key="sk_test_0123456789abcdef"))
        with pytest.raises(Declined) as refusal:
            wrong.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)
        said.append(f"{refusal.value} {refusal.value.raw}")
    finally:
        recorder.reset(token)
    assert [(one.method, one.status) for one in kept] == [("POST", 200), ("GET", 200), ("POST", 401)]
    assert kept[0].url.endswith("/v1/checkout/sessions")
    assert kept[0].request["client_reference_id"] == str(attempt.id)
    assert kept[1].answer["payment_intent"]["client_secret"] == "•••"
    text = " ".join([*said, *map(repr, kept), caplog.text])
    (intent,) = simulator.rows["intent"].values()
    for secret in (KEY, "whsec_simulated", "0123456789abcdef", intent["client_secret"], "4242424242424242"):
        assert secret not in text


def test_timeouts_are_recorded(config, simulator, customer, make_attempt):
    kept: list[Exchange] = []
    token = recorder.set(kept.append)
    simulator.faults.hang, simulator.faults.hang_seconds = 1, 0.6
    hasty = StripeProvider(replace(config, timeout=httpx.Timeout(0.3)))
    try:
        with pytest.raises(Unknown):
            hasty.initiate(make_attempt(1_050, "USD"), customer, return_url=BACK, notify_url=HOOK)
    finally:
        recorder.reset(token)
    assert [(one.status, one.error) for one in kept] == [(0, "ReadTimeout")]


# The simulator is like Stripe


def schema_of(name: str) -> dict[str, Any]:
    """A schema of the OpenAPI document as JSON schema. References that may be expanded are shortened to strings in it;
    they are left open here.
    """
    document = json.loads((SPECS / "stripe.json").read_text(encoding="utf-8"))

    def turned(value: Any) -> Any:
        if isinstance(value, list):
            return [turned(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "x-expandable" in value or "x-expansionResources" in value:
            return {}
        row = {key: turned(item) for key, item in value.items() if key not in ("nullable", "description")}
        if value.get("nullable") is True:
            return {"anyOf": [row, {"type": "null"}]}
        return row

    return {"components": turned(document["components"]), "$ref": f"#/components/schemas/{name}"}


#: Fields of the pinned version that differ from the older OpenAPI document.
NEWER = {"checkout.session": {"ui_mode", "custom_text"}, "charge": set(), "refund": set(), "dispute": set()}


@needs_specs
@pytest.mark.parametrize("name", ["checkout.session", "payment_intent", "charge", "refund", "dispute", "event"])
def test_simulated_objects_have_stripes_shape(provider, simulator, start, name):
    attempt = paid(simulator, start, "4000000000000259")
    provider.refund(refund_of(attempt, 50))
    kind = {"checkout.session": "session", "payment_intent": "intent"}.get(name, name)
    client = httpx.Client(base_url=provider.config.base_url, headers={"Authorization": f"Bearer {KEY}"})
    paths = {"session": "checkout/sessions", "intent": "payment_intents"}
    if kind == "charge":
        intent_id = next(iter(simulator.rows["intent"]))
        row = client.get(f"/v1/payment_intents/{intent_id}?expand[0]=latest_charge").json()["latest_charge"]
    else:
        row = client.get(f"/v1/{paths.get(kind, kind + 's')}").json()["data"][0]
    fields = json.loads((SPECS / "stripe-sdk-fields.json").read_text(encoding="utf-8"))["objects"][name]["(self)"]
    assert set(row) <= set(fields)
    assert {key for key, kind in fields.items() if not kind.startswith("Optional")} <= set(row)
    old = {key: value for key, value in row.items() if key not in NEWER.get(name, set())}
    schema = schema_of(name)
    top = schema["components"]["schemas"][name]
    top["required"] = [key for key in top["required"] if key not in NEWER.get(name, set())]
    jsonschema.validate(old, schema)


@needs_specs
def test_event_types_exist():
    fields = json.loads((SPECS / "stripe-sdk-fields.json").read_text(encoding="utf-8"))
    assert set(EVENT_TYPES) <= set(fields["event_types"])
    assert len(EVENT_TYPES) <= 20
    assert sdk.VERSION == "16.1.0"
    assert fields["api_version"] == sdk.api_version == "2026-10-28.endive"


def test_basic_authentication_works_too(provider):
    assert httpx.get(f"{provider.config.base_url}/v1/events", auth=(KEY, "")).status_code == 200
    refused = httpx.get(f"{provider.config.base_url}/v1/events", auth=("sk_test_0123456789", ""))
    assert refused.status_code == 401
    assert refused.json()["error"]["message"] == "Invalid API Key provided: sk_test_********6789"


def test_control_api(server, provider, start):
    attempt = start()
    root = f"http://{server.host}:{server.port}/__control/stripe"
    (waiting,) = httpx.post(f"{root}/waiting").json()
    assert (waiting["reference"], waiting["amount"], waiting["currency"]) == (attempt.provider_ref, 1_050, "USD")
    assert httpx.post(f"{root}/approve", json={"reference": str(attempt.id)}).status_code == 200
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert httpx.post(f"{root}/approve", json={"reference": "cs_nobody"}).status_code == 404


def test_exponents_name_known_currencies():
    for currency in EXPONENTS:
        Money(1, currency)
