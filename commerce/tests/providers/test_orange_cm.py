"""Orange Cameroun's OMAPI against its imitation."""

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
    Payout,
    ProviderState,
    PushSent,
    Refund,
    Retryable,
    Unknown,
)
from commerce.providers.http import Exchange, recorder
from commerce.providers.orange_cm import OrangeCameroun, OrangeCamerounConfig, from_wire, to_wire
from commerce.providers.path_tokens import make_path_token
from commerce.simulators.core import SimulatorServer
from commerce.simulators.orange_cm import OrangeCamerounSimulator
from core.money import Money

#: Nobody listens there.
NOTIFY = "http://127.0.0.1:9/hooks/orange_cm/s3cret"
STATUS_PATH = "/omcoreapis/1.0.2/cashin/paymentstatus/{pay_token}"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MANUAL, BY_ITSELF, REFUSED, EXPIRES, STAYS, SILENT, TWICE, NO_WALLET = (f"+23769000000{n}" for n in "80123457")


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([OrangeCamerounSimulator()]) as running:
        yield running


@pytest.fixture
def sim(server: SimulatorServer) -> Any:
    simulator = server.by_code["orange_cm"]
    simulator.reset()
    simulator.notification, simulator.has_xml_faults = "short", False
    return simulator


@pytest.fixture
def make_provider(server: SimulatorServer, sim: Any) -> Any:
    def make(**fields: Any) -> OrangeCameroun:
        values = {
            "consumer_key": sim.consumer_key,
            "consumer_secret": sim.consumer_secret,
            "api_user": sim.api_user,
            "api_password": sim.api_password,
            "channel_msisdn": sim.channel_msisdn,
            "pin": sim.pin,
            "webhook_key": "sim-webhook-key",
            "base_url": server.url("orange_cm"),
            "timeout": httpx.Timeout(5.0),
            **fields,
        }
        return OrangeCameroun(OrangeCamerounConfig(**values), clock=lambda: NOW)

    return make


@pytest.fixture
def provider(make_provider: Any) -> OrangeCameroun:
    return make_provider()


@pytest.fixture
def start(customer: Any) -> Any:
    """Prepare and initiate, and return the attempt as it is stored afterwards."""

    def begin(provider: OrangeCameroun, attempt: Attempt, notify: str = NOTIFY) -> tuple[Attempt, Initiated]:
        attempt = prepared(provider, attempt)
        begun = provider.initiate(attempt, customer, return_url="", notify_url=notify)
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data), begun

    return begin


def prepared(provider: OrangeCameroun, thing: Any) -> Any:
    return replace(thing, data=provider.prepare(thing))


def pays(sim: Any, kind: str = "mp") -> list[Any]:
    return [call.json for call in sim.calls if call.path.endswith(f"/{kind}/pay")]


def forward(sim: Any, **by: int) -> None:
    sim.shift += timedelta(**by)


def make_payout(phone: str = BY_ITSELF, minor: int = 10_000) -> Payout:
    return Payout(uuid4(), Money(minor, "XAF"), NOW, phone=phone, country="CM", description="November")


def test_paid(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, begun = start(provider, make_attempt(phone=MANUAL))
    assert begun.next == PushSent(NOW + timedelta(minutes=5), "#150*50#")
    assert begun.state is ProviderState.AWAITING_CUSTOMER
    assert pays(sim) == [
        {
            "payToken": attempt.provider_ref,
            "subscriberMsisdn": "690000008",
            "channelUserMsisdn": sim.channel_msisdn,
            "amount": "25000",
            "orderId": attempt.id.hex[:20],
            "description": "Python",
            "pin": sim.pin,
            "notifUrl": NOTIFY,
        }
    ]
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount) == (ProviderState.PENDING, Money(25_000, "XAF"))
    assert [row["phone"] for row in sim.waiting()] == [MANUAL]
    sim.approve(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount, status.reason) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"), "")
    assert status.receipt == sim.payments[attempt.provider_ref].txnid != ""


def test_refused_expired_late(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL))
    sim.reject(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.CANCELED, "refused_by_customer")
    sim.fail(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.FAILED, "insufficient_funds")
    sim.expire(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")
    sim.late_success(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


@pytest.mark.parametrize(
    ("phone", "state"),
    [
        (BY_ITSELF, ProviderState.SUCCEEDED),
        (EXPIRES, ProviderState.EXPIRED),
        (STAYS, ProviderState.PENDING),
        (SILENT, ProviderState.SUCCEEDED),
    ],
)
def test_magic_numbers(
    provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any, phone: str, state: ProviderState
) -> None:
    attempt, _begun = start(provider, make_attempt(phone=phone))
    assert provider.fetch_status(attempt).state is ProviderState.PENDING
    forward(sim, seconds=4)
    assert provider.fetch_status(attempt).state is state


def test_refused_at_once(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    with pytest.raises(Declined) as refused:
        start(provider, make_attempt(phone=REFUSED))
    assert refused.value.reason == "insufficient_funds"
    assert refused.value.detail == "HTTP 417"


def test_nothing_without_a_stored_token(provider: OrangeCameroun, sim: Any, make_attempt: Any, customer: Any) -> None:
    attempt = make_attempt(phone=MANUAL)
    with pytest.raises(Retryable) as refused:
        provider.initiate(attempt, customer, return_url="", notify_url=NOTIFY)
    assert refused.value.reason == "not_prepared"
    assert provider.fetch_status(attempt).state is ProviderState.NOT_FOUND
    assert not sim.calls
    ready = prepared(provider, attempt)
    assert provider.prepare(ready) == ready.data


def test_initiate_again_prompts_once(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, begun = start(provider, make_attempt(phone=MANUAL))
    again = start(provider, attempt)[1]
    assert (again.provider_ref, again.state) == (begun.provider_ref, ProviderState.PENDING)
    sim.approve(attempt.provider_ref)
    assert start(provider, attempt)[1].state is ProviderState.SUCCEEDED
    assert len(sim.prompts) == 1
    sim.faults.http_500 = 2
    with pytest.raises(Unknown):
        start(provider, attempt)


@pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
def test_no_conclusive_answer(make_provider: Any, sim: Any, make_attempt: Any, customer: Any, fault: str) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    attempt = prepared(provider, make_attempt(phone=MANUAL))
    sim.faults.hang_seconds = 1.0
    setattr(sim.faults, fault, 1)
    with pytest.raises(Unknown):
        provider.initiate(attempt, customer, return_url="", notify_url=NOTIFY)
    setattr(sim.faults, fault, 1)
    with pytest.raises(Retryable):
        provider.fetch_status(attempt)
    assert provider.fetch_status(attempt).state is ProviderState.PENDING
    assert len(sim.prompts) == len(pays(sim)) == 1


def test_nobody_listens(make_provider: Any, make_attempt: Any) -> None:
    with pytest.raises(Retryable):
        make_provider(base_url="http://127.0.0.1:9").prepare(make_attempt())


def test_token_is_kept_and_renewed_after_401(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL))
    assert sum(call.path == "/token" for call in sim.calls) == 1
    forward(sim, hours=2)
    provider.fetch_status(attempt)
    assert sum(call.path == "/token" for call in sim.calls) == 2
    ready = prepared(provider, make_attempt(phone=MANUAL))
    sim.has_xml_faults = True
    sim.tokens.clear()
    start(provider, ready)
    assert len(sim.prompts) == 2


def test_wrong_keys(make_provider: Any, sim: Any, make_attempt: Any, start: Any) -> None:
    for fields in ({"consumer_secret": "other"}, {"api_password": "other"}, {"pin": "0000"}):
        with pytest.raises(Declined):
            start(make_provider(**fields), make_attempt(phone=MANUAL))
    attempt = make_attempt(data={"pay_token": "MP1"})
    with pytest.raises(Retryable) as trouble:
        make_provider(api_password="other").fetch_status(attempt)
    assert trouble.value.reason == "our_configuration"
    assert sim.prompts == []


@pytest.mark.parametrize("shape", ["short", "whole", "flat"])
def test_webhook(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any, inbox: Any, shape: str) -> None:
    sim.notification = shape
    attempt, _begun = start(provider, make_attempt(phone=TWICE), inbox.url)
    token = make_path_token("sim-webhook-key", "orange_cm", "payment", attempt.id)
    sim.approve(attempt.provider_ref)
    events = [provider.parse_webhook(headers, body, token)[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert events[0].key == events[1].key
    assert (events[0].provider_ref, events[0].attempt_id) == (attempt.provider_ref, attempt.id)
    assert events[0].hint is (None if shape == "short" else ProviderState.SUCCEEDED)
    assert events[0].fits(attempt)


def test_dropped_and_forged_webhooks(
    provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL), inbox.url)
    token = make_path_token("sim-webhook-key", "orange_cm", "payment", attempt.id)
    sim.faults.bad_signature = True
    sim.reject(attempt.provider_ref)
    headers, body = inbox.wait_for(1)[0][2:]
    assert not provider.parse_webhook(headers, body, token)[0].fits(attempt)
    for forged in ("", "payment", token[:-1] + "x", make_path_token("other", "orange_cm", "payment", attempt.id)):
        with pytest.raises(InvalidSignature):
            provider.parse_webhook(headers, body, forged)
    for unreadable in (b"<html>", b"[]", b"{}", b'{"data": {}}'):
        with pytest.raises(ValueError):
            provider.parse_webhook(headers, unreadable, token)
    sim.faults.drop_webhooks = True
    sim.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert len(inbox.messages) == 1


def test_webhooks_late_and_out_of_order(
    provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL), inbox.url)
    token = make_path_token("sim-webhook-key", "orange_cm", "payment", attempt.id)
    sim.notification, sim.faults.reorder, sim.faults.delay = "whole", True, 0.05
    sim.expire(attempt.provider_ref)
    sim.late_success(attempt.provider_ref)
    events = [provider.parse_webhook(headers, body, token)[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert [event.hint for event in events] == [ProviderState.SUCCEEDED, ProviderState.EXPIRED]
    assert events[0].key != events[1].key
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_wrong_amount_shows(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL))
    sim.faults.wrong_amount = True
    sim.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).amount == Money(24_995, "XAF")


@pytest.mark.parametrize(
    ("minor", "currency", "phone", "reason"),
    [
        (495, "XAF", MANUAL, "too_small"),
        (500_005, "XAF", MANUAL, "too_large"),
        (25_001, "XAF", MANUAL, "not_a_step"),
        (1050, "USD", MANUAL, "unsupported_currency"),
        (25_000, "XAF", "+254710000000", "no_such_account"),
        (25_000, "XAF", "+2376900000", "no_such_account"),
    ],
)
def test_inexpressible(
    provider: OrangeCameroun,
    sim: Any,
    make_attempt: Any,
    start: Any,
    minor: int,
    currency: str,
    phone: str,
    reason: str,
) -> None:
    with pytest.raises(Declined) as refused:
        start(provider, make_attempt(minor, currency, phone=phone))
    assert refused.value.reason == reason
    assert not pays(sim)


def test_payout(provider: OrangeCameroun, sim: Any) -> None:
    payout = prepared(provider, make_payout())
    status = provider.payout(payout)
    assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(10_000, "XAF"))
    assert status.provider_ref == payout.data["pay_token"]
    assert status.receipt != ""
    assert pays(sim, "cashin") == [
        {
            "channelUserMsisdn": sim.channel_msisdn,
            "pin": sim.pin,
            "amount": "10000",
            "subscriberMsisdn": "690000000",
            "orderId": payout.id.hex[:20],
            "description": "November",
            "payToken": payout.data["pay_token"],
        }
    ]
    # A second try under the same handle sends nothing, and claims nothing about the first.
    with pytest.raises(Unknown):
        provider.payout(payout)
    assert len(sim.payments) == 1


def test_payout_refused(provider: OrangeCameroun) -> None:
    with pytest.raises(Declined) as refused:
        provider.payout(prepared(provider, make_payout(NO_WALLET)))
    assert refused.value.reason == "no_such_account"
    with pytest.raises(Declined) as refused:
        provider.payout(prepared(provider, make_payout(REFUSED)))
    assert refused.value.reason == "insufficient_funds"
    with pytest.raises(Declined) as refused:
        provider.payout(prepared(provider, make_payout(minor=3)))
    assert refused.value.reason == "too_small"
    with pytest.raises(Retryable) as early:
        provider.payout(make_payout())
    assert early.value.reason == "not_prepared"


def test_payout_without_an_answer_waits_for_a_person(make_provider: Any, sim: Any) -> None:
    provider = make_provider(timeout=httpx.Timeout(0.3, connect=2.0))
    payout = make_payout()
    assert provider.fetch_payout(payout).state is ProviderState.NOT_FOUND
    payout = prepared(provider, payout)
    sim.faults.hang, sim.faults.hang_seconds = 1, 1.0
    with pytest.raises(Unknown):
        provider.payout(payout)
    with pytest.raises(Retryable) as trouble:
        provider.fetch_payout(payout)
    assert trouble.value.reason == "no_status_call"
    # Once Orange has told where to ask.
    asking = make_provider(cashin_status_path=STATUS_PATH)
    assert asking.fetch_payout(payout).state is ProviderState.SUCCEEDED
    with pytest.raises(Retryable):
        asking.fetch_payout(replace(payout, data={"pay_token": "CI0"}))


def test_refund_is_a_cash_in_to_who_paid(provider: OrangeCameroun, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt(phone=MANUAL))
    sim.approve(attempt.provider_ref)
    refund = prepared(provider, Refund(uuid4(), attempt, Money(5_000, "XAF")))
    assert provider.refund(refund).state is ProviderState.PENDING
    (asked,) = pays(sim, "cashin")
    assert (asked["subscriberMsisdn"], asked["amount"], asked["description"]) == ("690000008", "5000", "B-1001")
    with pytest.raises(Retryable):
        provider.fetch_refund(refund)


def test_wire_table() -> None:
    assert to_wire(Money(25_000, "XAF")) == "25000"
    assert from_wire("25000", "XAF") == from_wire(25_000, "XAF") == from_wire(Decimal("25000.0"), "XAF")
    for amount in (Money(1050, "USD"), Money(0, "XAF"), Money(-5, "XAF")):
        with pytest.raises(ValueError):
            to_wire(amount)
    for value in ("10.5", 10.0, True, None, "", "many", "NaN"):
        with pytest.raises(ValueError):
            from_wire(value, "XAF")
    with pytest.raises(ValueError):
        from_wire("1", "XOF")


@given(st.integers(1, 10**12))
def test_wire_round_trip(minor: int) -> None:
    assert from_wire(to_wire(Money(minor, "XAF")), "XAF") == Money(minor, "XAF")


def test_secrets_never_show(
    make_provider: Any, sim: Any, make_attempt: Any, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="commerce")
    kept: list[Exchange] = []
    mark = recorder.set(kept.append)
    try:
        provider = make_provider()
        attempt, _begun = start(provider, make_attempt(phone=MANUAL))
        sim.approve(attempt.provider_ref)
        status = provider.fetch_status(attempt)
        provider.payout(prepared(provider, make_payout(MANUAL)))
        sim.faults.http_500 = 1
        payout = prepared_quietly(provider, make_payout(MANUAL), sim)
        with pytest.raises(Unknown) as unknown:
            provider.payout(payout)
        with pytest.raises(Declined) as declined:
            start(make_provider(pin="9173"), make_attempt(phone=REFUSED))
    finally:
        recorder.reset(mark)
    assert [one.method for one in kept].count("POST") == 10
    shown = json.dumps([vars(one) for one in kept]) + repr(provider._config) + repr(status) + caplog.text
    shown += "".join(f"{e.value!r}{e.value}{e.value.raw}" for e in (unknown, declined))
    pins = (f'"{sim.pin}"', '"9173"', f"'{sim.pin}'", "'9173'")
    phones = ("690000008", "690000001", sim.channel_msisdn)
    keys = (sim.consumer_secret, sim.api_password, "sim-webhook-key", NOTIFY)
    for secret in (*pins, *phones, *keys, *sim.tokens):
        assert secret not in shown


def prepared_quietly(provider: OrangeCameroun, thing: Any, sim: Any) -> Any:
    """Prepare while the faults are off."""
    faults, sim.faults = sim.faults, type(sim.faults)()
    try:
        return prepared(provider, thing)
    finally:
        sim.faults = faults
