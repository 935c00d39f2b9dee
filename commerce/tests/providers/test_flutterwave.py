"""Flutterwave v3 against its imitation."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
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
from commerce.providers.flutterwave import Flutterwave, FlutterwaveConfig, from_wire, to_wire
from commerce.providers.http import Exchange, recorder
from commerce.simulators.core import SimulatorServer
from commerce.simulators.flutterwave import FlutterwaveSimulator
from commerce.tests.providers.openapi import assert_answer, needs_spec
from core.money import Money

RETURN = "https://school.example.com/paid"
#: Raw body and shared secret of the reference's test vector.
VECTOR = '{"event":"test","amount":25000,"note":"café"}'.encode()


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([FlutterwaveSimulator()]) as running:
        yield running


@pytest.fixture
def sim(server: SimulatorServer) -> Any:
    simulator = server.by_code["flutterwave"]
    simulator.reset()
    simulator.webhook_url, simulator.has_old_webhooks = "", False
    return simulator


@pytest.fixture
def make_provider(server: SimulatorServer, sim: Any) -> Any:
    def make(later: timedelta = timedelta(0), **fields: Any) -> Flutterwave:
        values = {
            "secret_key": sim.secret_key,
            "webhook_hash": sim.webhook_hash,
            "base_url": f"{server.url('flutterwave')}/v3",
            "timeout": httpx.Timeout(5.0),
            **fields,
        }
        return Flutterwave(FlutterwaveConfig(**values), clock=lambda: datetime.now(UTC) + later)

    return make


@pytest.fixture
def provider(make_provider: Any) -> Flutterwave:
    return make_provider()


@pytest.fixture
def start(customer: Any) -> Any:
    """Initiate, and return the attempt as it is stored afterwards."""

    def begin(provider: Flutterwave, attempt: Attempt) -> tuple[Attempt, Initiated]:
        begun = provider.initiate(attempt, customer, return_url=RETURN, notify_url="")
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data), begun

    return begin


@pytest.fixture
def paid(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> Attempt:
    attempt, _begun = start(provider, make_attempt())
    sim.approve(str(attempt.id))
    return replace(attempt, data=provider.fetch_status(attempt).data)


def sent(sim: Any, path: str) -> list[Any]:
    return [call.json for call in sim.calls if call.path == f"/v3{path}" and call.method == "POST"]


def make_payout(minor: int = 10_000, currency: str = "XAF", **fields: Any) -> Payout:
    values = {"phone": "+237670000001", "country": "CM", "name": "Awa Ndiaye", **fields}
    return Payout(uuid4(), Money(minor, currency), datetime.now(UTC), description="November", **values)


def test_paid(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, begun = start(provider, make_attempt())
    assert sent(sim, "/payments") == [
        {
            "tx_ref": str(attempt.id),
            "amount": "25000",
            "currency": "XAF",
            "redirect_url": RETURN,
            "customer": {"email": "awa@example.com", "name": "Awa Ndiaye", "phonenumber": "237670000001"},
            "meta": {"order_number": "B-1001"},
            "configurations": {"session_duration": 60},
            "customizations": {"title": "B-1001", "description": "Python"},
            "payment_options": "card, mobilemoneyfranco",
        }
    ]
    assert begun.provider_ref == str(attempt.id)
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    sim.process(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.PENDING
    sim.approve(str(attempt.id))
    status = provider.fetch_status(attempt)
    # 2.55 per cent are 637.5 francs, which there are not.
    assert (status.state, status.amount, status.fee) == (
        ProviderState.SUCCEEDED,
        Money(25_000, "XAF"),
        Money(638, "XAF"),
    )
    payment = sim.payments[str(attempt.id)]
    assert (status.receipt, status.data["transaction_id"]) == (payment.flw_ref, payment.id)


def test_cents_arrive(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt(1050, "USD"))
    assert sent(sim, "/payments")[0]["amount"] == "10.50"
    sim.approve(str(attempt.id))
    assert provider.fetch_status(attempt).amount == Money(1050, "USD")


def test_failed_only_when_the_page_is_over(make_provider: Any, sim: Any, make_attempt: Any, start: Any) -> None:
    now, later = make_provider(), make_provider(later=timedelta(minutes=61))
    attempt, _begun = start(now, make_attempt())
    sim.reject(str(attempt.id), "Insufficient balance")
    status = now.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.AWAITING_CUSTOMER, "insufficient_funds")
    status = later.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.FAILED, "insufficient_funds")
    sim.late_success(str(attempt.id))
    assert later.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_left_alone(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.expire(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER


@pytest.mark.parametrize(
    ("do", "phone", "word", "state"),
    [
        ("approve", "", "successful", ProviderState.SUCCEEDED),
        ("approve", "+237 121212121", "cancelled", ProviderState.FAILED),
        ("decline", "", "cancelled", ProviderState.FAILED),
    ],
)
def test_page_leads_back(
    make_provider: Any, sim: Any, make_attempt: Any, start: Any, do: str, phone: str, word: str, state: ProviderState
) -> None:
    provider = make_provider(later=timedelta(hours=2))
    attempt, begun = start(provider, make_attempt())
    assert "Simulator" in httpx.get(begun.next.url).text
    answered = httpx.post(begun.next.url, data={"do": do, "phone": phone})
    number = sim.payments[str(attempt.id)].id
    assert answered.status_code == 303
    assert answered.headers["location"] == f"{RETURN}?status={word}&tx_ref={attempt.id}&transaction_id={number}"
    assert provider.fetch_status(attempt).state is state


def test_initiate_again_leads_to_one_payment(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> None:
    first = make_attempt()
    attempt, begun = start(provider, first)
    assert start(provider, attempt)[1].next == begun.next
    assert start(provider, first)[1].next == begun.next
    assert len(sim.payments) == 1


@pytest.mark.parametrize("fault", ["hang", "http_500", "html_error", "gateway"])
def test_no_conclusive_answer(make_provider: Any, sim: Any, make_attempt: Any, start: Any, fault: str) -> None:
    def go_wrong() -> None:
        if fault == "gateway":
            sim.gateway_timeouts = 1
        else:
            setattr(sim.faults, fault, 1)

    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    attempt = make_attempt()
    sim.faults.hang_seconds = 1.0
    go_wrong()
    with pytest.raises(Unknown):
        start(provider, attempt)
    go_wrong()
    with pytest.raises(Retryable):
        provider.fetch_status(attempt)
    # Nobody was given the page; asked again under the same tx_ref, Flutterwave gives the same.
    assert provider.fetch_status(attempt).state is ProviderState.NOT_FOUND
    start(provider, attempt)
    assert len(sim.payments) == 1


def test_nobody_listens(make_provider: Any, make_attempt: Any, start: Any) -> None:
    with pytest.raises(Retryable):
        start(make_provider(base_url="http://127.0.0.1:9"), make_attempt())


def test_wrong_key(make_provider: Any, sim: Any, make_attempt: Any, start: Any) -> None:
    provider = make_provider(secret_key="FLWSECK_TEST-other-X")
    with pytest.raises(Declined) as refused:
        start(provider, make_attempt())
    assert refused.value.reason == "our_configuration"
    with pytest.raises(Retryable) as trouble:
        provider.fetch_status(make_attempt())
    assert trouble.value.reason == "our_configuration"
    assert not sim.payments


@pytest.mark.parametrize(
    "fields",
    [
        {"secret_key": "FLWSECK-live-X"},
        {"secret_key": "FLWSECK_TEST-x-X", "is_live": True},
        {"secret_key": "FLWSECK-live-X", "is_live": True, "reference_suffix": "_PMCK"},
        {"secret_key": "FLWSECK_TEST-x-X", "session": timedelta(days=2)},
        {"secret_key": "FLWSECK_TEST-x-X", "limits": {"TND": Limits()}},
    ],
)
def test_impossible_configurations(fields: Any) -> None:
    with pytest.raises(ValueError):
        FlutterwaveConfig(webhook_hash="h", **fields)


@pytest.mark.parametrize(
    ("minor", "currency", "reason"), [(100, "TND", "unsupported_currency"), (0, "XAF", "too_small")]
)
def test_inexpressible_amounts(
    provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, minor: int, currency: str, reason: str
) -> None:
    with pytest.raises(Declined) as refused:
        start(provider, make_attempt(minor, currency))
    assert refused.value.reason == reason
    assert not sim.calls


def test_customer_without_address(provider: Flutterwave, sim: Any, make_attempt: Any, customer: Any) -> None:
    with pytest.raises(Declined):
        provider.initiate(make_attempt(), replace(customer, email=""), return_url=RETURN, notify_url="")
    assert not sim.calls


def test_wrong_amount_shows(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.faults.wrong_amount = True
    sim.approve(str(attempt.id))
    assert provider.fetch_status(attempt).amount == Money(24_999, "XAF")


# Webhooks


@pytest.mark.parametrize("is_old", [False, True])
def test_webhook_twice(
    provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, inbox: Any, is_old: bool
) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.webhook_url, sim.has_old_webhooks, sim.faults.duplicate_webhooks = inbox.url, is_old, 2
    sim.approve(str(attempt.id))
    events = [provider.parse_webhook(headers, body, "")[0] for _m, _p, headers, body in inbox.wait_for(2)]
    number = sim.payments[str(attempt.id)].id
    assert events[0].key == events[1].key == f"charge.completed:{number}:successful"
    assert (events[0].provider_ref, events[0].attempt_id) == (str(attempt.id), attempt.id)
    assert (events[0].hint, events[0].kind) == (ProviderState.SUCCEEDED, "payment")


def test_failed_then_successful_are_two_events(
    provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.webhook_url = inbox.url
    sim.reject(str(attempt.id))
    inbox.wait_for(1)
    sim.approve(str(attempt.id))
    events = [provider.parse_webhook(headers, body, "")[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert [event.hint for event in events] == [ProviderState.FAILED, ProviderState.SUCCEEDED]
    assert events[0].key != events[1].key


def test_webhooks_late_and_out_of_order(
    provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.webhook_url, sim.faults.reorder, sim.faults.delay = inbox.url, True, 0.05
    sim.reject(str(attempt.id))
    sim.approve(str(attempt.id))
    events = [provider.parse_webhook(headers, body, "")[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert [event.hint for event in events] == [ProviderState.SUCCEEDED, ProviderState.FAILED]
    # Whatever came last, the answer to the question counts.
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_forged_and_dropped_webhooks(
    provider: Flutterwave, make_provider: Any, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.webhook_url, sim.faults.bad_signature = inbox.url, True
    sim.approve(str(attempt.id))
    headers, body = inbox.wait_for(1)[0][2:]
    for forged in (headers, {}, {"verif-hash": ""}, {"verif-hash": "é"}, {"flutterwave-signature": sim.webhook_hash}):
        with pytest.raises(InvalidSignature):
            provider.parse_webhook(forged, body, "")
    # Without a secret nothing is believed, least of all an empty header.
    with pytest.raises(InvalidSignature):
        make_provider(webhook_hash="").parse_webhook({"verif-hash": ""}, body, "")
    sim.faults.bad_signature, sim.faults.drop_webhooks = False, True
    sim.approve(str(attempt.id))
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert len(inbox.messages) == 1


def test_shared_secret_vector_and_other_events(make_provider: Any) -> None:
    provider, headers = make_provider(webhook_hash="my-hash"), {"verif-hash": "my-hash"}
    with pytest.raises(ValueError):
        provider.parse_webhook(headers, VECTOR, "")
    for unreadable in (b"<html>", b"[]"):
        with pytest.raises(ValueError):
            provider.parse_webhook(headers, unreadable, "")
    assert provider.parse_webhook(headers, b'{"event": "subscription.cancelled", "data": {"id": 1}}', "") == []
    (event,) = provider.parse_webhook(headers, b'{"event": "refund.completed", "data": {"id": 7}}', "")
    assert (event.kind, event.provider_ref) == ("refund", "7")


# Refunds


def test_refund(provider: Flutterwave, sim: Any, paid: Attempt) -> None:
    refund = Refund(uuid4(), paid, Money(5_000, "XAF"))
    status = provider.refund(refund)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(5_000, "XAF"))
    number = sim.payments[str(paid.id)].id
    assert sent(sim, f"/transactions/{number}/refund") == [{"amount": "5000", "comments": str(refund.id)}]
    known = replace(refund, provider_ref=status.provider_ref)
    assert provider.refund(known).provider_ref == status.provider_ref
    assert len(sim.refunds) == 1
    for word, state in {
        "completed-momo": ProviderState.SUCCEEDED,
        "pending": ProviderState.PENDING,
        "failed": ProviderState.FAILED,
    }.items():
        sim.refunds[int(status.provider_ref)]["status"] = word
        assert provider.fetch_refund(known).state is state


def test_refund_refused(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, paid: Attempt) -> None:
    with pytest.raises(Declined):
        provider.refund(Refund(uuid4(), paid, Money(25_001, "XAF")))
    with pytest.raises(Declined) as refused:
        provider.refund(Refund(uuid4(), paid, Money(100, "USD")))
    assert refused.value.reason == "unsupported_currency"
    attempt, _begun = start(provider, make_attempt())
    with pytest.raises(Declined) as refused:
        provider.refund(Refund(uuid4(), attempt, Money(100, "XAF")))
    assert refused.value.reason == "no_such_payment"
    assert not sim.refunds


def test_refund_without_an_answer_waits_for_a_person(make_provider: Any, sim: Any, paid: Attempt) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    refund = Refund(uuid4(), paid, Money(5_000, "XAF"))
    sim.faults.hang, sim.faults.hang_seconds = 1, 1.0
    with pytest.raises(Unknown):
        provider.refund(refund)
    with pytest.raises(Retryable) as trouble:
        provider.fetch_refund(refund)
    assert trouble.value.reason == "no_status_call"
    assert len(sim.refunds) == 1


# Payouts


def test_payout(provider: Flutterwave, sim: Any, inbox: Any) -> None:
    payout = make_payout()
    assert provider.payout(payout).state is ProviderState.PENDING
    assert sent(sim, "/transfers") == [
        {
            "account_bank": "FMM",
            "account_number": "237670000001",
            "amount": "10000",
            "currency": "XAF",
            "debit_currency": "XAF",
            "narration": "November",
            "reference": str(payout.id),
            "beneficiary_name": "Awa Ndiaye",
        }
    ]
    assert provider.fetch_payout(payout).state is ProviderState.PENDING
    sim.webhook_url = inbox.url
    sim.approve(str(payout.id))
    headers, body = inbox.wait_for(1)[0][2:]
    (event,) = provider.parse_webhook(headers, body, "")
    assert (event.kind, event.attempt_id, event.hint) == ("payout", payout.id, ProviderState.SUCCEEDED)
    status = provider.fetch_payout(payout)
    assert (status.state, status.amount, status.fee) == (
        ProviderState.SUCCEEDED,
        Money(10_000, "XAF"),
        Money(0, "XAF"),
    )
    # Again under the same id: told of the first.
    assert provider.payout(payout).state is ProviderState.SUCCEEDED
    assert len(sim.transfers) == 1


@pytest.mark.parametrize(
    ("suffix", "minutes", "state"),
    [
        ("_PMCK", 10, ProviderState.SUCCEEDED),
        ("_PMCK_ST_F", 10, ProviderState.FAILED),
        ("_PMCKDU_2", 2, ProviderState.SUCCEEDED),
        ("", 600, ProviderState.PENDING),
    ],
)
def test_suffixes(make_provider: Any, sim: Any, suffix: str, minutes: int, state: ProviderState) -> None:
    provider, payout = make_provider(reference_suffix=suffix), make_payout()
    provider.payout(payout)
    sim.shift += timedelta(minutes=minutes, seconds=-5)
    assert provider.fetch_payout(payout).state is ProviderState.PENDING
    sim.shift += timedelta(seconds=6)
    assert provider.fetch_payout(payout).state is state


def test_payout_refused(provider: Flutterwave, sim: Any) -> None:
    # In Ghana the operator has to be named.
    for payout in (make_payout(100, "GHS"), make_payout(phone="")):
        with pytest.raises(Declined) as refused:
            provider.payout(payout)
        assert refused.value.reason == "no_such_account"
    sim.balance = Decimal(10)
    with pytest.raises(Declined) as refused:
        provider.payout(make_payout())
    assert refused.value.reason == "insufficient_funds"
    sim.balance = Decimal(10**6)
    listed = make_payout(100, "NGN", account={"account_bank": "044", "account_number": "0690000036"})
    provider.payout(listed)
    status = provider.fetch_payout(listed)
    assert (status.state, status.reason) == (ProviderState.FAILED, "declined")


@pytest.mark.parametrize("is_gateway", [False, True])
def test_payout_without_an_answer(make_provider: Any, sim: Any, is_gateway: bool) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    payout = make_payout()
    assert provider.fetch_payout(payout).state is ProviderState.NOT_FOUND
    if is_gateway:
        sim.gateway_timeouts = 1
    else:
        sim.faults.hang, sim.faults.hang_seconds = 1, 1.0
    with pytest.raises(Unknown):
        provider.payout(payout)
    assert provider.fetch_payout(payout).state is ProviderState.PENDING
    assert len(sim.transfers) == 1


# Lists, money, secrets


def test_list_transactions(provider: Flutterwave, sim: Any, make_attempt: Any, start: Any, paid: Attempt) -> None:
    start(provider, make_attempt())  # never tried, so in no list
    since = datetime.now(UTC) - timedelta(hours=1)
    (row,) = list(provider.list_transactions(since, since + timedelta(hours=2)))
    assert (row.our_id, row.amount, row.state, row.fee) == (
        str(paid.id),
        Money(25_000, "XAF"),
        ProviderState.SUCCEEDED,
        Money(638, "XAF"),
    )
    assert list(provider.list_transactions(since - timedelta(hours=1), since)) == []
    for _number in range(20):
        attempt, _begun = start(provider, make_attempt())
        sim.reject(str(attempt.id))
    assert len(list(provider.list_transactions(since, since + timedelta(hours=2)))) == 21


@pytest.mark.parametrize(
    ("minor", "currency", "wire"),
    [(25_000, "XAF", "25000"), (1050, "USD", "10.50"), (5, "NGN", "0.05"), (1500, "UGX", "1500"), (100, "KES", "1.00")],
)
def test_wire_table(minor: int, currency: str, wire: str) -> None:
    assert to_wire(Money(minor, currency)) == wire
    assert from_wire(wire, currency) == from_wire(Decimal(wire), currency) == Money(minor, currency)


def test_what_the_wire_cannot_say() -> None:
    for amount in (Money(1000, "TND"), Money(0, "XAF"), Money(-1, "XAF")):
        with pytest.raises(ValueError):
            to_wire(amount)
    for value, currency in [
        ("10.5", "XAF"),
        ("1.001", "USD"),
        (1.0, "USD"),
        (True, "USD"),
        (None, "USD"),
        ("x", "USD"),
    ]:
        with pytest.raises(ValueError):
            from_wire(value, currency)
    with pytest.raises(ValueError):
        from_wire(1, "TND")


@given(st.integers(1, 10**12), st.sampled_from(["XAF", "XOF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR"]))
def test_wire_round_trip(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert from_wire(to_wire(amount), currency) == amount
    # As it comes back, a JSON number.
    assert from_wire(json.loads(to_wire(amount), parse_float=Decimal), currency) == amount


def test_secrets_never_show(
    make_provider: Any, sim: Any, make_attempt: Any, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="commerce")
    kept: list[Exchange] = []
    mark = recorder.set(kept.append)
    try:
        provider = make_provider()
        attempt, _begun = start(provider, make_attempt())
        sim.approve(str(attempt.id))
        status = provider.fetch_status(attempt)
        provider.payout(make_payout())
        sim.faults.http_500 = 1
        with pytest.raises(Unknown) as unknown:
            start(provider, make_attempt())
        with pytest.raises(Declined) as declined:
            start(make_provider(secret_key="FLWSECK_TEST-other-X"), make_attempt())
        with pytest.raises(InvalidSignature) as forged:
            provider.parse_webhook({"verif-hash": "guessed-hash"}, VECTOR, "")
    finally:
        recorder.reset(mark)
    assert len(kept) == 5
    shown = json.dumps([vars(one) for one in kept]) + repr(provider._config) + repr(status) + caplog.text
    shown += "".join(f"{e.value!r}{e.value}{e.value.raw}" for e in (unknown, declined, forged))
    for secret in ("FLWSECK", sim.webhook_hash, "guessed-hash", "237670000001"):
        assert secret not in shown


@needs_spec("flutterwave-v3-unofficial")
def test_answers_keep_the_contract(sim: Any, server: SimulatorServer, paid: Attempt) -> None:
    headers = {"Authorization": f"Bearer {sim.secret_key}"}
    number = sim.payments[str(paid.id)].id
    for path, spec_path, status in [
        (f"/transactions/verify_by_reference?tx_ref={paid.id}", "/transactions/verify_by_reference", 200),
        ("/transactions/verify_by_reference?tx_ref=none", "/transactions/verify_by_reference", 404),
        (f"/transactions/{number}/verify", "/transactions/{id}/verify", 200),
        ("/transactions/1/verify", "/transactions/{id}/verify", 404),
    ]:
        answered = httpx.get(f"{server.url('flutterwave')}/v3{path}", headers=headers)
        assert answered.status_code == status
        assert_answer("flutterwave-v3-unofficial", "get", spec_path, status, answered.json())
