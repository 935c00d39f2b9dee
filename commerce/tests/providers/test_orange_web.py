"""Orange's Web Payment against its imitation."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

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
    ProviderState,
    Redirect,
    Retryable,
    Unknown,
    Unsupported,
)
from commerce.providers.http import Exchange, recorder
from commerce.providers.orange_web import OrangeWeb, OrangeWebConfig, from_wire, to_wire
from commerce.providers.path_tokens import make_path_token
from commerce.simulators.core import SimulatorServer
from commerce.simulators.orange_web import OrangeWebSimulator
from core.money import Money

RETURN = "https://school.example.com/paid"
#: Nobody listens there.
NOTIFY = "http://127.0.0.1:9/hooks/orange_web/s3cret"


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([OrangeWebSimulator()]) as running:
        yield running


@pytest.fixture
def sim(server: SimulatorServer) -> Any:
    simulator = server.by_code["orange_web"]
    simulator.reset()
    return simulator


@pytest.fixture
def make_provider(server: SimulatorServer, sim: Any) -> Any:
    def make(**fields: Any) -> OrangeWeb:
        values = {
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "merchant_key": sim.merchant_key,
            "webhook_key": "sim-webhook-key",
            "base_url": server.url("orange_web"),
            "timeout": httpx.Timeout(0.3, connect=2.0),
            **fields,
        }
        return OrangeWeb(OrangeWebConfig(**values))

    return make


@pytest.fixture
def provider(make_provider: Any) -> OrangeWeb:
    return make_provider(timeout=httpx.Timeout(5.0))


@pytest.fixture
def start(customer: Any) -> Any:
    """Initiate, and return the attempt as it is stored afterwards."""

    def begin(provider: OrangeWeb, attempt: Attempt, notify: str = NOTIFY) -> tuple[Attempt, Initiated]:
        begun = provider.initiate(attempt, customer, return_url=RETURN, notify_url=notify)
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data), begun

    return begin


def token_for(attempt: Attempt, kind: str = "payment") -> str:
    return make_path_token("sim-webhook-key", "orange_web", kind, attempt.id)


def inits(sim: Any) -> list[Any]:
    return [call.json for call in sim.calls if call.path.endswith("/webpayment")]


def test_paid(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, begun = start(provider, make_attempt())
    assert isinstance(begun.next, Redirect)
    assert begun.state is ProviderState.AWAITING_CUSTOMER
    assert inits(sim) == [
        {
            "merchant_key": sim.merchant_key,
            "currency": "XAF",
            "order_id": attempt.id.hex[:30],
            "amount": 25_000,
            "return_url": RETURN,
            "cancel_url": RETURN,
            "notif_url": NOTIFY,
            "lang": "fr",
            "reference": "B-1001",
        }
    ]
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    sim.confirm(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.PENDING
    sim.approve(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.amount, status.reason) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"), "")
    assert status.receipt == sim.payments[attempt.id.hex[:30]].txnid != ""


def test_refused_expired_and_late(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.reject(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason, status.receipt) == (ProviderState.FAILED, "declined", "")
    sim.expire(attempt.provider_ref)
    status = provider.fetch_status(attempt)
    assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")
    sim.late_success(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_page_left_alone_expires(provider: OrangeWeb, server: SimulatorServer, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    answered = httpx.post(f"http://127.0.0.1:{server.port}/__control/orange_web/forward", json={"seconds": 601})
    assert answered.status_code == 200
    assert provider.fetch_status(attempt).state is ProviderState.EXPIRED


@pytest.mark.parametrize(("choice", "state"), [("approve", ProviderState.SUCCEEDED), ("decline", ProviderState.FAILED)])
def test_page_leads_back(provider: OrangeWeb, make_attempt: Any, start: Any, choice: str, state: ProviderState) -> None:
    attempt, begun = start(provider, make_attempt())
    page = httpx.get(begun.next.url)
    assert "Simulator" in page.text
    answered = httpx.post(begun.next.url, data={"do": choice})
    assert (answered.status_code, answered.headers["location"]) == (303, RETURN)
    assert provider.fetch_status(attempt).state is state


def test_sandbox_has_its_own_currency(make_provider: Any, sim: Any, make_attempt: Any, start: Any) -> None:
    _attempt, _begun = start(make_provider(segment="dev", is_sandbox=True), make_attempt())
    assert inits(sim)[0]["currency"] == "OUV"
    with pytest.raises(ValueError, match="sandbox"):
        make_provider(segment="dev")
    with pytest.raises(ValueError, match="sandbox"):
        make_provider(is_sandbox=True)


def test_initiate_again_opens_no_second_page(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    first = make_attempt()
    attempt, begun = start(provider, first)
    assert start(provider, attempt)[1].next == begun.next
    with pytest.raises(Declined) as refused:
        start(provider, first)
    assert refused.value.reason == "our_configuration"
    assert len(sim.payments) == 1


@pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
def test_no_conclusive_answer(make_provider: Any, sim: Any, make_attempt: Any, start: Any, fault: str) -> None:
    provider = make_provider()
    paid, _begun = start(provider, make_attempt())
    sim.faults.hang_seconds = 1.0
    setattr(sim.faults, fault, 1)
    attempt = make_attempt()
    with pytest.raises(Unknown):
        start(provider, attempt)
    assert len(inits(sim)) == 2
    # The address of that page is lost, and with it every way to pay there.
    assert provider.fetch_status(attempt).state is ProviderState.NOT_FOUND
    setattr(sim.faults, fault, 1)
    with pytest.raises(Retryable):
        provider.fetch_status(paid)
    assert provider.fetch_status(paid).state is ProviderState.AWAITING_CUSTOMER


def test_nobody_listens(make_provider: Any, make_attempt: Any, start: Any) -> None:
    with pytest.raises(Retryable):
        start(make_provider(base_url="http://127.0.0.1:9"), make_attempt())


def test_token_is_kept_and_renewed_after_401(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    provider.fetch_status(attempt)
    tokens = [call for call in sim.calls if call.path == "/oauth/v3/token"]
    assert len(tokens) == 1
    sim.tokens.clear()
    assert provider.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER
    sim.tokens = dict.fromkeys(sim.tokens, sim.now())
    start(provider, make_attempt())
    assert len(sim.payments) == 2


def test_wrong_keys(make_provider: Any, sim: Any, make_attempt: Any, start: Any) -> None:
    for fields in ({"client_secret": "other"}, {"merchant_key": "other"}):
        with pytest.raises(Declined) as refused:
            start(make_provider(**fields), make_attempt())
        assert refused.value.reason == "our_configuration"
    # A question never fails a payment.
    attempt = make_attempt(provider_ref="x", data={"pay_token": "x"})
    with pytest.raises(Retryable) as trouble:
        make_provider(client_secret="other").fetch_status(attempt)
    assert trouble.value.reason == "our_configuration"
    assert sim.payments == {}


def test_webhook(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any, inbox: Any) -> None:
    attempt, _begun = start(provider, make_attempt(), inbox.url)
    sim.faults.duplicate_webhooks = 2
    sim.approve(attempt.provider_ref)
    token = token_for(attempt)
    events = [provider.parse_webhook(headers, body, token)[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert events[0].attempt_id == attempt.id
    assert events[0].key == events[1].key
    assert events[0].hint is ProviderState.SUCCEEDED
    assert events[0].fits(attempt)
    assert attempt.data["notif_token"] not in repr(events[0])


def test_forged_and_dropped_webhooks(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any, inbox: Any) -> None:
    attempt, _begun = start(provider, make_attempt(), inbox.url)
    sim.faults.bad_signature = True
    sim.reject(attempt.provider_ref)
    headers, body = inbox.wait_for(1)[0][2:]
    (event,) = provider.parse_webhook(headers, body, token_for(attempt))
    assert not event.fits(attempt)
    assert not event.fits(make_attempt())
    with pytest.raises(InvalidSignature):
        provider.parse_webhook(headers, body, token_for(attempt)[:-1] + "x")
    with pytest.raises(InvalidSignature):
        provider.parse_webhook(headers, body, token_for(attempt, "refund"))
    with pytest.raises(InvalidSignature):
        provider.parse_webhook(headers, b'{"status": "SUCCESS"}', token_for(attempt))
    with pytest.raises(ValueError):
        provider.parse_webhook(headers, b"<html>", token_for(attempt))
    with pytest.raises(ValueError):
        provider.parse_webhook(headers, b"[]", token_for(attempt))
    sim.faults.bad_signature, sim.faults.drop_webhooks = False, True
    sim.approve(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    assert len(inbox.messages) == 1


def test_webhooks_late_and_out_of_order(
    provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any, inbox: Any
) -> None:
    attempt, _begun = start(provider, make_attempt(), inbox.url)
    sim.faults.reorder, sim.faults.delay = True, 0.05
    sim.expire(attempt.provider_ref)
    sim.late_success(attempt.provider_ref)
    token = token_for(attempt)
    events = [provider.parse_webhook(headers, body, token)[0] for _m, _p, headers, body in inbox.wait_for(2)]
    assert [event.hint for event in events] == [ProviderState.SUCCEEDED, ProviderState.EXPIRED]
    assert events[0].key != events[1].key
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED


def test_wrong_amount_never_settles(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    attempt, _begun = start(provider, make_attempt())
    sim.faults.wrong_amount = True
    sim.approve(attempt.provider_ref)
    with pytest.raises(Retryable) as trouble:
        provider.fetch_status(attempt)
    assert trouble.value.reason == "status_refused"


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [
        (495, "XAF", "too_small"),
        (500_005, "XAF", "too_large"),
        (25_001, "XAF", "not_a_step"),
        (1050, "USD", "unsupported_currency"),
    ],
)
def test_inexpressible_amounts(
    provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any, minor: int, currency: str, reason: str
) -> None:
    with pytest.raises(Declined) as refused:
        start(provider, make_attempt(minor, currency))
    assert refused.value.reason == reason
    assert not sim.calls


def test_long_address_is_refused(provider: OrangeWeb, sim: Any, make_attempt: Any, start: Any) -> None:
    with pytest.raises(Declined):
        start(provider, make_attempt(), NOTIFY + "x" * 120)
    assert not sim.calls


def test_no_refunds_no_payouts(provider: OrangeWeb) -> None:
    for method in (provider.refund, provider.payout, provider.fetch_refund, provider.fetch_payout):
        with pytest.raises(Unsupported):
            method(None)


def test_wire_table() -> None:
    assert to_wire(Money(25_000, "XAF")) == 25_000
    assert from_wire("25000", "XAF") == from_wire(25_000, "XAF") == Money(25_000, "XAF")
    for amount in (Money(1050, "USD"), Money(0, "XAF"), Money(-5, "XAF")):
        with pytest.raises(ValueError):
            to_wire(amount)
    for value in ("10.5", 10.0, True, None, "many", "NaN"):
        with pytest.raises(ValueError):
            from_wire(value, "XAF")
    with pytest.raises(ValueError):
        from_wire(1, "OUV")


@given(st.integers(1, 10**12), st.sampled_from(["XAF", "XOF"]))
def test_wire_round_trip(minor: int, currency: str) -> None:
    assert from_wire(to_wire(Money(minor, currency)), currency) == Money(minor, currency)


def test_secrets_never_show(
    make_provider: Any, sim: Any, make_attempt: Any, start: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="commerce")
    kept: list[Exchange] = []
    mark = recorder.set(kept.append)
    try:
        provider = make_provider(limits=Limits(smallest=5))
        attempt, _begun = start(provider, make_attempt())
        sim.approve(attempt.provider_ref)
        status = provider.fetch_status(attempt)
        sim.faults.http_500 = 1
        with pytest.raises(Unknown) as unknown:
            start(provider, make_attempt())
        with pytest.raises(Declined) as declined:
            start(make_provider(merchant_key="other-merchant-key"), make_attempt())
    finally:
        recorder.reset(mark)
    assert len(kept) == 6
    shown = json.dumps([vars(one) for one in kept]) + repr(provider._config) + repr(status) + caplog.text
    shown += "".join(f"{e.value!r}{e.value}{e.value.raw}" for e in (unknown, declined))
    for secret in (
        sim.client_secret,
        "sim-webhook-key",
        "merchant-key",
        NOTIFY,
        attempt.data["notif_token"],
        *sim.tokens,
    ):
        assert secret not in shown
