"""Paystack against its imitation."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.base import (
    Attempt,
    Declined,
    Initiated,
    InvalidSignature,
    Limits,
    Payout,
    ProviderState,
    Refund,
    Retryable,
    Unknown,
)
from commerce.providers.http import Exchange, recorder
from commerce.providers.paystack import Paystack, PaystackConfig, from_wire, signature, to_wire
from commerce.simulators.core import SimulatorServer
from commerce.simulators.paystack import PaystackSimulator
from commerce.tests.providers.openapi import assert_answer, needs_spec
from core.money import Money

RETURN = "https://school.example.com/paid"
#: Raw body and signature of the reference's test vector.
VECTOR = '{"event":"test","amount":25000,"note":"café"}'.encode()
SIGNED = (
    "7c8f49acd73ef067fd92d8dc35a18d207e439341f34d4f904f46ca3b99594c3f"
    "8d79c00a80e558d2fb03c3aaba507995b2d78075f79d5e53584fefebf57a324d"
)


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([PaystackSimulator()]) as running:
        yield running


@pytest.fixture
def sim(server: SimulatorServer) -> Any:
    simulator = server.by_code["paystack"]
    simulator.reset()
    simulator.webhook_url = ""
    return simulator


@pytest.fixture
def make_provider(server: SimulatorServer, sim: Any) -> Any:
    def make(**fields: Any) -> Paystack:
        values = {
            "secret_key": sim.secret_key,
            "base_url": server.url("paystack"),
            "timeout": httpx.Timeout(5.0),
            **fields,
        }
        return Paystack(PaystackConfig(**values))

    return make


@pytest.fixture
def provider(make_provider: Any) -> Paystack:
    return make_provider()


@pytest.fixture
def make(make_attempt: Any) -> Any:
    def attempt(minor: int = 5_000_00, currency: str = "NGN", **fields: Any) -> Attempt:
        return make_attempt(minor, currency, phone="", country="NG", **fields)

    return attempt


@pytest.fixture
def start(customer: Any) -> Any:
    """Initiate, and return the attempt as it is stored afterwards."""

    def begin(provider: Paystack, attempt: Attempt) -> tuple[Attempt, Initiated]:
        begun = provider.initiate(attempt, customer, return_url=RETURN, notify_url="")
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data), begun

    return begin


@pytest.fixture
def paid(provider: Paystack, sim: Any, make: Any, start: Any) -> Attempt:
    attempt, _begun = start(provider, make())
    sim.approve(str(attempt.id))
    return attempt


def sent(sim: Any, path: str) -> list[Any]:
    return [call.json for call in sim.calls if call.path == path and call.method == "POST"]


def make_payout(minor: int = 2_000_00, **fields: Any) -> Payout:
    values = {
        "phone": "+233551234987",
        "country": "GH",
        "name": "Awa Ndiaye",
        "account": {"bank_code": "MTN"},
        **fields,
    }
    return Payout(uuid4(), Money(minor, "GHS"), datetime.now(UTC), description="November", **values)


def test_paid(provider: Paystack, sim: Any, make: Any, start: Any) -> None:
    attempt, begun = start(provider, make())
    assert sent(sim, "/transaction/initialize") == [
        {
            "email": "awa@example.com",
            "amount": 500_000,
            "currency": "NGN",
            "reference": str(attempt.id),
            "callback_url": RETURN,
            "metadata": {"order_number": "B-1001"},
        }
    ]
    assert begun.provider_ref == str(attempt.id)
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    sim.process(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.PENDING
    sim.approve(str(attempt.id))
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(500_000, "NGN"))
    assert (status.fee, status.reason) == (Money(7_500, "NGN"), "")
    assert status.receipt == str(sim.transactions[str(attempt.id)].id)


@pytest.mark.parametrize(
    ("card", "do", "state", "reason"),
    [
        ("4084 0840 8408 4081", "approve", ProviderState.SUCCEEDED, ""),
        ("4084080000005408", "approve", ProviderState.FAILED, "declined"),
        ("4084080000670037", "approve", ProviderState.FAILED, "insufficient_funds"),
        ("507850785078507853", "approve", ProviderState.FAILED, "declined"),
        ("", "decline", ProviderState.FAILED, "declined"),
    ],
)
def test_page_leads_back(
    provider: Paystack, make: Any, start: Any, card: str, do: str, state: ProviderState, reason: str
) -> None:
    attempt, begun = start(provider, make())
    assert "Simulator" in httpx.get(begun.next.url).text
    answered = httpx.post(begun.next.url, data={"do": do, "card": card})
    assert answered.status_code == 303
    assert answered.headers["location"] == f"{RETURN}?trxref={attempt.id}&reference={attempt.id}"
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (state, reason)


def test_left_alone_and_late(provider: Paystack, sim: Any, make: Any, start: Any) -> None:
    attempt, _begun = start(provider, make())
    sim.expire(str(attempt.id))
    # Abandoned is not final: our own clock ends it, and it may still be paid.
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    sim.reject(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.FAILED
    sim.late_success(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_initiate_again_opens_no_second_page(provider: Paystack, sim: Any, make: Any, start: Any) -> None:
    first = make()
    attempt, begun = start(provider, first)
    assert start(provider, attempt)[1].next == begun.next
    with pytest.raises(Unknown) as unknown:
        start(provider, first)
    assert unknown.value.reason == "duplicate_reference"
    assert len(sim.transactions) == 1


@pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
def test_no_conclusive_answer(make_provider: Any, sim: Any, make: Any, start: Any, fault: str) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    attempt = make()
    assert provider.fetch_status(attempt).state is ProviderState.NOT_FOUND
    sim.faults.hang_seconds = 1.0
    setattr(sim.faults, fault, 1)
    with pytest.raises(Unknown):
        start(provider, attempt)
    setattr(sim.faults, fault, 1)
    with pytest.raises(Retryable):
        provider.fetch_status(attempt)
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    assert len(sent(sim, "/transaction/initialize")) == 1


def test_nobody_listens(make_provider: Any, make: Any, start: Any) -> None:
    with pytest.raises(Retryable):
        start(make_provider(base_url="http://127.0.0.1:9"), make())


def test_never_opened_is_not_unknown(provider: Paystack, make: Any) -> None:
    attempt = make(provider_ref="known")
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER


def test_wrong_key(make_provider: Any, sim: Any, make: Any, start: Any) -> None:
    provider = make_provider(secret_key="sk_test_other")
    with pytest.raises(Declined) as refused:
        start(provider, make())
    assert refused.value.reason == "our_configuration"
    for ask in (provider.fetch_status, lambda _attempt: list(provider.list_transactions(NOW, NOW))):
        with pytest.raises(Retryable) as trouble:
            ask(make())
        assert trouble.value.reason == "our_configuration"
    assert not sim.transactions


def test_key_fits_the_mode() -> None:
    with pytest.raises(ValueError, match="mode"):
        PaystackConfig(secret_key="sk_live_x")
    with pytest.raises(ValueError, match="mode"):
        PaystackConfig(secret_key="sk_test_x", is_live=True)
    with pytest.raises(ValueError, match="XAF"):
        PaystackConfig(secret_key="sk_test_x", limits={"XAF": Limits()})


def test_customer_without_address(make_provider: Any, sim: Any, make: Any, customer: Any) -> None:
    attempt, nobody = make(), replace(customer, email="")
    with pytest.raises(Declined):
        make_provider().initiate(attempt, nobody, return_url=RETURN, notify_url="")
    provider = make_provider(fallback_email_domain="pay.example.com", channels=("card", "ussd"))
    provider.initiate(attempt, nobody, return_url=RETURN, notify_url="")
    (asked,) = sent(sim, "/transaction/initialize")
    assert asked["email"] == f"customer-{attempt.id.hex[:12]}@pay.example.com"
    assert asked["channels"] == ["card", "ussd"]


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [(49_99, "NGN", "too_small"), (25_000, "XAF", "unsupported_currency"), (1050, "EUR", "unsupported_currency")],
)
def test_inexpressible_amounts(
    provider: Paystack, sim: Any, make: Any, start: Any, minor: int, currency: str, reason: str
) -> None:
    with pytest.raises(Declined) as refused:
        start(provider, make(minor, currency))
    assert refused.value.reason == reason
    assert not sim.calls


def test_wrong_amount_shows(provider: Paystack, sim: Any, make: Any, start: Any) -> None:
    attempt, _begun = start(provider, make())
    sim.faults.wrong_amount = True
    sim.approve(str(attempt.id))
    assert provider.fetch_status(attempt).amount == Money(499_900, "NGN")


# Webhooks


def test_signature_vector() -> None:
    assert signature("sk_test_abc", VECTOR) == SIGNED


def test_webhook_twice(provider: Paystack, sim: Any, make: Any, start: Any, inbox: Any) -> None:
    attempt, _begun = start(provider, make())
    sim.webhook_url, sim.faults.duplicate_webhooks = inbox.url, 2
    sim.approve(str(attempt.id))
    events = [provider.parse_webhook(headers, body, "")[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert events[0].key == events[1].key == f"charge.success:{sim.transactions[str(attempt.id)].id}"
    assert (events[0].provider_ref, events[0].attempt_id) == (str(attempt.id), attempt.id)
    assert (events[0].hint, events[0].kind) == (ProviderState.SUCCEEDED, "payment")


def test_forged_and_dropped_webhooks(make_provider: Any, sim: Any, make: Any, start: Any, inbox: Any) -> None:
    provider = make_provider(retired_keys=("sk_test_before",))
    attempt, _begun = start(provider, make())
    sim.webhook_url, sim.faults.bad_signature = inbox.url, True
    sim.approve(str(attempt.id))
    headers, body = inbox.wait_for(1)[0][2:]
    for forged in (headers, {}, {"x-paystack-signature": ""}, {"x-paystack-signature": "é"}):
        with pytest.raises(InvalidSignature):
            provider.parse_webhook(forged, body, "")
    for key in (sim.secret_key, "sk_test_before"):
        assert provider.parse_webhook({"x-paystack-signature": signature(key, body)}, body, "")
        with pytest.raises(InvalidSignature):
            provider.parse_webhook({"x-paystack-signature": signature(key, body)}, body + b" ", "")
    sim.faults.bad_signature, sim.faults.drop_webhooks = False, True
    sim.approve(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert len(inbox.messages) == 1


def test_webhooks_late_and_out_of_order(provider: Paystack, sim: Any, make: Any, start: Any, inbox: Any) -> None:
    first, second = (start(provider, make())[0] for _number in range(2))
    sim.webhook_url, sim.faults.reorder, sim.faults.delay = inbox.url, True, 0.05
    sim.approve(str(first.id))
    sim.approve(str(second.id))
    events = [provider.parse_webhook(headers, body, "")[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert [event.attempt_id for event in events] == [second.id, first.id]


def signed(sim: Any, message: Any) -> tuple[dict[str, str], bytes]:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return {"x-paystack-signature": signature(sim.secret_key, body)}, body


def test_other_events(provider: Paystack, sim: Any) -> None:
    ref = str(uuid4())
    dispute = {"id": 7, "status": "awaiting-merchant-feedback", "transaction": {"reference": ref}}
    (event,) = provider.parse_webhook(*signed(sim, {"event": "charge.dispute.create", "data": dispute}), "")
    assert (event.kind, event.provider_ref, event.hint) == ("dispute", ref, ProviderState.DISPUTED)
    for quiet in (
        {"event": "subscription.expiring_cards", "data": [{"expiry_date": "12/2026"}]},
        {"event": "invoice.create", "data": {"id": 1}},
    ):
        assert provider.parse_webhook(*signed(sim, quiet), "") == []
    for unreadable in (b"<html>", b"[]"):
        with pytest.raises(ValueError):
            provider.parse_webhook(*signed(sim, unreadable), "")


# Refunds


def test_refunds(provider: Paystack, sim: Any, paid: Attempt, inbox: Any) -> None:
    refund = Refund(uuid4(), paid, Money(1_000_00, "NGN"))
    status = provider.refund(refund)
    assert (status.state, status.amount) == (ProviderState.PENDING, Money(100_000, "NGN"))
    assert sent(sim, "/refund") == [
        {
            "transaction": str(paid.id),
            "amount": 100_000,
            "currency": "NGN",
            "merchant_note": str(refund.id),
            "customer_note": "B-1001",
        }
    ]
    # The same refund again sends nothing.
    assert provider.refund(refund).provider_ref == status.provider_ref
    assert len(sim.refunds) == 1
    known = replace(refund, provider_ref=status.provider_ref)
    sim.webhook_url = inbox.url
    sim.finish_refund(int(status.provider_ref), "processed")
    headers, body = inbox.wait_for(1)[0][2:]
    (event,) = provider.parse_webhook(headers, body, "")
    assert (event.kind, event.provider_ref, event.hint) == ("refund", str(paid.id), ProviderState.SUCCEEDED)
    assert provider.fetch_refund(known).state is ProviderState.SUCCEEDED
    sim.finish_refund(int(status.provider_ref), "failed")
    assert provider.fetch_refund(known).state is ProviderState.FAILED


def test_whole_refund_once_only(provider: Paystack, paid: Attempt) -> None:
    provider.refund(Refund(uuid4(), paid, paid.amount))
    assert provider.fetch_status(paid).state is ProviderState.REVERSED
    with pytest.raises(Declined):
        provider.refund(Refund(uuid4(), paid, paid.amount))
    with pytest.raises(Declined) as refused:
        provider.refund(Refund(uuid4(), paid, Money(1, "USD")))
    assert refused.value.reason == "unsupported_currency"


@pytest.mark.parametrize(
    ("card", "state", "reason"),
    [
        ("4084080000671803", ProviderState.FAILED, "declined"),
        ("4084080000671902", ProviderState.PENDING, "needs_attention"),
    ],
)
def test_cards_whose_refunds_fail(
    provider: Paystack, make: Any, start: Any, card: str, state: ProviderState, reason: str
) -> None:
    attempt, begun = start(provider, make())
    httpx.post(begun.next.url, data={"do": "approve", "card": card})
    status = provider.refund(Refund(uuid4(), attempt, attempt.amount))
    assert (status.state, status.reason) == (state, reason)


def test_refund_without_an_answer(make_provider: Any, sim: Any, paid: Attempt) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    refund = Refund(uuid4(), paid, Money(1_000_00, "NGN"))
    provider._find_refund = lambda _refund: None  # the list that is read first would take the fault
    sim.faults.hang, sim.faults.hang_seconds = 1, 1.0
    with pytest.raises(Unknown):
        provider.refund(refund)
    del provider._find_refund
    assert provider.fetch_refund(refund).state is ProviderState.PENDING
    with pytest.raises(Retryable) as trouble:
        provider.fetch_refund(Refund(uuid4(), paid, Money(2_000_00, "NGN")))
    assert trouble.value.reason == "not_listed"
    assert provider.fetch_refund(Refund(uuid4(), paid, paid.amount)).state is ProviderState.NOT_FOUND


# Payouts


def test_payout(provider: Paystack, sim: Any, inbox: Any) -> None:
    sim.webhook_url = inbox.url
    payout = make_payout()
    status = provider.payout(payout)
    assert status.state is ProviderState.SUCCEEDED
    (recipient,) = sent(sim, "/transferrecipient")
    assert recipient == {
        "type": "mobile_money",
        "name": "Awa Ndiaye",
        "account_number": "0551234987",
        "bank_code": "MTN",
        "currency": "GHS",
    }
    (asked,) = sent(sim, "/transfer")
    assert (asked["amount"], asked["reference"], asked["source"]) == (200_000, str(payout.id), "balance")
    status = provider.fetch_payout(payout)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(200_000, "GHS"))
    headers, body = inbox.wait_for(1)[0][2:]
    (event,) = provider.parse_webhook(headers, body, "")
    assert (event.kind, event.attempt_id, event.hint) == ("payout", payout.id, ProviderState.SUCCEEDED)
    # Again under the same id: one transfer, one recipient.
    assert provider.payout(payout).state is ProviderState.SUCCEEDED
    assert len(sim.transfers) == len(sim.recipients) == 1


def test_payout_that_waits_fails_or_comes_back(provider: Paystack, sim: Any) -> None:
    sim.transfers_wait = True
    payout = make_payout(phone="", account={"type": "ghipss", "account_number": "0100000001", "bank_code": "030100"})
    assert provider.payout(payout).state is ProviderState.PENDING
    sim.transfers[str(payout.id)].status = "otp"
    status = provider.fetch_payout(payout)
    assert (status.state, status.reason) == (ProviderState.PENDING, "our_configuration")
    sim.reject(str(payout.id))
    assert provider.fetch_payout(payout).state is ProviderState.FAILED
    sim.approve(str(payout.id))
    sim.reverse_transfer(str(payout.id))
    assert provider.fetch_payout(payout).state is ProviderState.REVERSED


def test_payout_refused(provider: Paystack, sim: Any) -> None:
    sim.balance = 100
    with pytest.raises(Declined) as refused:
        provider.payout(make_payout())
    assert refused.value.reason == "insufficient_funds"
    unpayable: list[dict[str, Any]] = [{"phone": "+237670000001"}, {"account": {}}, {"phone": "", "account": {}}]
    for fields in unpayable:
        with pytest.raises(Declined) as refused:
            provider.payout(make_payout(**fields))
        assert refused.value.reason == "no_such_account"
    assert not sim.transfers


def test_payout_without_an_answer(make_provider: Any, sim: Any) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    payout = make_payout(data={"recipient_code": make_provider()._recipient(make_payout())})
    assert provider.fetch_payout(payout).state is ProviderState.NOT_FOUND
    sim.faults.hang, sim.faults.hang_seconds = 1, 1.0
    with pytest.raises(Unknown):
        provider.payout(payout)
    assert provider.fetch_payout(payout).state is ProviderState.SUCCEEDED
    assert len(sim.transfers) == 1


# Lists, money, secrets


NOW = datetime.now(UTC)


def test_list_transactions(provider: Paystack, sim: Any, make: Any, start: Any, paid: Attempt) -> None:
    other, _begun = start(provider, make(7_00, "USD"))
    since = datetime.now(UTC) - timedelta(hours=1)
    rows = list(provider.list_transactions(since, since + timedelta(hours=2)))
    assert [(row.our_id, row.amount, row.state, row.fee) for row in rows] == [
        (str(other.id), Money(700, "USD"), ProviderState.AWAITING_CUSTOMER, None),
        (str(paid.id), Money(500_000, "NGN"), ProviderState.SUCCEEDED, Money(7_500, "NGN")),
    ]
    assert rows[0].happened_at.tzinfo is not None
    assert list(provider.list_transactions(since - timedelta(days=1), since)) == []
    for _number in range(100):
        start(provider, make())
    assert len(list(provider.list_transactions(since, since + timedelta(hours=2)))) == 102


@pytest.mark.parametrize(
    ("minor", "currency", "wire"),
    [(2_500_000, "NGN", 2_500_000), (1050, "USD", 1050), (1, "GHS", 1), (25_000, "XOF", 2_500_000)],
)
def test_wire_table(minor: int, currency: str, wire: int) -> None:
    assert to_wire(Money(minor, currency)) == wire
    assert from_wire(wire, currency) == from_wire(str(wire), currency) == Money(minor, currency)


def test_what_the_wire_cannot_say() -> None:
    for amount in (Money(25_000, "XAF"), Money(1, "UGX"), Money(1, "EUR"), Money(0, "NGN"), Money(-1, "NGN")):
        with pytest.raises(ValueError):
            to_wire(amount)
    for value, currency in [(150, "XOF"), ("1.5", "NGN"), (1.0, "NGN"), (True, "NGN"), (None, "NGN"), ("NaN", "NGN")]:
        with pytest.raises(ValueError):
            from_wire(value, currency)
    with pytest.raises(ValueError):
        from_wire(100, "XAF")


@given(st.integers(1, 10**12), st.sampled_from(["NGN", "GHS", "KES", "ZAR", "USD", "XOF"]))
def test_wire_round_trip(minor: int, currency: str) -> None:
    assert from_wire(to_wire(Money(minor, currency)), currency) == Money(minor, currency)


def test_secrets_never_show(
    make_provider: Any, sim: Any, make: Any, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="commerce")
    kept: list[Exchange] = []
    mark = recorder.set(kept.append)
    try:
        provider = make_provider(retired_keys=("sk_test_before",))
        attempt, _begun = start(provider, make())
        sim.approve(str(attempt.id))
        status = provider.fetch_status(attempt)
        provider.payout(make_payout())
        sim.faults.http_500 = 1
        with pytest.raises(Unknown) as unknown:
            start(provider, make())
        with pytest.raises(Declined) as declined:
            start(make_provider(secret_key="sk_test_other"), make())
        with pytest.raises(InvalidSignature) as forged:
            provider.parse_webhook({"x-paystack-signature": SIGNED}, VECTOR, "")
    finally:
        recorder.reset(mark)
    assert len(kept) == 6
    shown = json.dumps([vars(one) for one in kept]) + repr(provider._config) + repr(status) + caplog.text
    shown += "".join(f"{e.value!r}{e.value}{e.value.raw}" for e in (unknown, declined, forged))
    code = sim.transactions[str(attempt.id)].access_code
    for secret in ("sk_test_", "0551234987", "233551234987", "AUTH_", "SIG_", code, SIGNED):
        assert secret not in shown


# The provider's own document


@needs_spec("paystack")
def test_answers_keep_the_contract(provider: Paystack, sim: Any, server: SimulatorServer, paid: Attempt) -> None:
    def call(method: str, path: str, body: Any = None, key: str = sim.secret_key) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}"}
        answered = httpx.request(method, server.url("paystack") + path, json=body, headers=headers)
        return answered.status_code, answered.json()

    def check(method: str, path: str, spec_path: str, body: Any = None, **more: Any) -> Any:
        status, answer = call(method, path, body, **more)
        assert_answer("paystack", method.lower(), spec_path, status, answer)
        return status, answer

    new = {"email": "a@example.com", "amount": 100, "reference": "r-1", "currency": "NGN"}
    assert check("POST", "/transaction/initialize", "/transaction/initialize", new)[0] == 200
    assert check("POST", "/transaction/initialize", "/transaction/initialize", new)[0] == 400
    assert check("POST", "/transaction/initialize", "/transaction/initialize", new, key="x")[0] == 401
    verify = "/transaction/verify/{reference}"
    assert check("GET", f"/transaction/verify/{paid.id}", verify)[0] == 200
    assert check("GET", "/transaction/verify/none", verify)[0] == 404
    refund = {"transaction": str(paid.id), "amount": 100}
    refund_id = check("POST", "/refund", "/refund", refund)[1]["data"]["id"]
    check("GET", "/refund", "/refund")
    check("GET", f"/refund/{refund_id}", "/refund/{id}")
    who = {"type": "nuban", "name": "Awa", "account_number": "0000000000", "bank_code": "057", "currency": "NGN"}
    code = check("POST", "/transferrecipient", "/transferrecipient", who)[1]["data"]["recipient_code"]
    reference = str(uuid4())
    transfer = {"source": "balance", "amount": 100, "recipient": code, "reference": reference, "reason": ""}
    assert check("POST", "/transfer", "/transfer", transfer)[0] == 200
    assert check("GET", f"/transfer/verify/{reference}", "/transfer/verify/{reference}")[0] == 200


@needs_spec("paystack")
def test_list_keeps_the_contract(sim: Any, server: SimulatorServer, paid: Attempt) -> None:
    headers = {"Authorization": f"Bearer {sim.secret_key}"}
    answer = httpx.get(server.url("paystack") + "/transaction", headers=headers).json()
    assert_answer("paystack", "get", "/transaction", 200, answer)
