"""BTCPay's adapter against the imitated BTCPay Server."""

import json
import logging
import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.base import (
    Attempt,
    Declined,
    InvalidSignature,
    Limits,
    Payout,
    ProviderState,
    Refund,
    Retryable,
    ShowUri,
    Unknown,
)
from commerce.providers.btcpay import BtcPayConfig, BtcPayProvider, from_wire, to_wire
from commerce.providers.http import Exchange, recorder
from commerce.providers.payment_uris import (
    Token,
    bitcoin_uri,
    lightning_uri,
    native_uri,
    plain,
    read_bitcoin_uri,
    token_uri,
    tron_uri,
)
from commerce.simulators.btcpay import BtcPaySimulator
from commerce.simulators.core import SimulatorServer
from core.money import Money

SPEC = Path(settings.BASE_DIR).parent / "shared" / "reference" / "payments" / "specs" / "btcpay.json"
needs_spec = pytest.mark.skipif(
    not SPEC.is_file() and not os.environ.get("BAOBAB_NO_SKIP"), reason="the specification is not here"
)
BACK = "https://school.example.com/back"
HOOK = "https://school.example.com/hook"
CONTRACT = "0x" + "ab" * 20
ALL = ("BTC-CHAIN", "BTC-LN", "USDT-Ethereum", "USDT-TRON")


@pytest.fixture(scope="module")
def server():
    """One for the file: stopping a server takes half a second."""
    with SimulatorServer([BtcPaySimulator()]) as running:
        yield running


@pytest.fixture
def simulator(server):
    clean = server.by_code["btcpay"]
    clean.reset()
    clean.webhook_url, clean.pool = "", 20
    return clean


@pytest.fixture
def config(server, simulator):
    return BtcPayConfig(
        base_url=server.url("btcpay"),
        store_id="simulated-store",
        api_key="simulated-key",
        webhook_secrets=("old-secret", "simulated-secret"),
        limits={"XAF": Limits(1_000, 5_000_000), "USD": Limits(100), "KES": Limits()},
        payment_methods=ALL,
        tokens={"USDT-Ethereum": Token(1, CONTRACT)},
        timeout=httpx.Timeout(5.0),
    )


@pytest.fixture
def provider(config):
    return BtcPayProvider(config)


@pytest.fixture
def start(provider, customer, make_attempt):
    def begin(minor: int = 25_000, currency: str = "XAF") -> Attempt:
        attempt = make_attempt(minor, currency)
        begun = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
        return replace(attempt, provider_ref=begun.provider_ref, data=begun.data)

    return begin


def state_of(provider: BtcPayProvider, attempt: Attempt) -> tuple[Any, ...]:
    status = provider.fetch_status(attempt)
    return status.state, status.amount, status.reason


def refund_of(attempt: Attempt, minor: int) -> Refund:
    return Refund(uuid.uuid4(), attempt, Money(minor, attempt.amount.currency))


# Amounts


@pytest.mark.parametrize(
    ("amount", "wire"), [(Money(25_000, "XAF"), "25000"), (Money(1_050, "USD"), "10.50"), (Money(5, "NGN"), "0.05")]
)
def test_wire_table(amount, wire):
    assert to_wire(amount) == wire
    assert from_wire(wire, amount.currency) == amount


@given(st.integers(1, 10**12), st.sampled_from("XAF UGX NGN GHS KES ZMW USD EUR TND".split()))
def test_round_trip(minor, currency):
    assert from_wire(to_wire(Money(minor, currency)), currency) == Money(minor, currency)


@pytest.mark.parametrize("value", ["25000.5", "", "NaN", "1e400000", "abc", 1.5, True, None])
def test_values_that_are_no_amounts(value):
    with pytest.raises(ValueError):
        from_wire(value, "XAF")


@pytest.mark.parametrize(
    ("minor", "currency", "reason"),
    [(999, "XAF", "too_small"), (5_000_001, "XAF", "too_large"), (1_000, "GHS", "unsupported_currency")],
)
def test_refused_before_any_call(provider, simulator, customer, make_attempt, minor, currency, reason):
    with pytest.raises(Declined) as refusal:
        provider.initiate(make_attempt(minor, currency), customer, return_url=BACK, notify_url=HOOK)
    assert refusal.value.reason == reason
    assert len(simulator.calls) == 0


# Links that wallets read


def test_bitcoin_uri():
    address = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
    uri = bitcoin_uri(address, Decimal("0.00050000"), label="Café 1&2", lightning="lnbc1abc")
    assert uri == f"bitcoin:{address}?amount=0.0005&label=Caf%C3%A9%201%262&lightning=lnbc1abc"
    assert read_bitcoin_uri(uri) == (address, Decimal("0.0005"), {"label": "Café 1&2", "lightning": "lnbc1abc"})
    assert bitcoin_uri(address) == f"bitcoin:{address}"
    assert read_bitcoin_uri(f"BITCOIN:{address.upper()}") == (address.upper(), None, {})
    assert plain(Decimal("1E-8")) == "0.00000001"
    assert plain(Decimal(100)) == "100"


@given(st.integers(1, 21 * 10**14))
def test_bitcoin_amounts_survive(satoshis):
    amount = Decimal(satoshis).scaleb(-8)
    assert read_bitcoin_uri(bitcoin_uri("1" * 30, amount))[1] == amount


@pytest.mark.parametrize(
    "uri",
    [
        "bitcoin:",
        "litecoin:" + "1" * 30,
        f"bitcoin:{'1' * 30}?req-somethingyoudontunderstand=50",
        f"bitcoin:{'1' * 30}?amount=1,5",
        f"bitcoin:{'1' * 30}?amount=1e3",
        f"bitcoin:{'1' * 30}?amount=-1",
        f"bitcoin:{'1' * 30}?amount=0.123456789",
    ],
)
def test_bitcoin_uris_to_refuse(uri):
    with pytest.raises(ValueError):
        read_bitcoin_uri(uri)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("0.000000001")])
def test_bitcoin_amounts_to_refuse(amount):
    with pytest.raises(ValueError):
        bitcoin_uri("1" * 30, amount)


def test_token_uri():
    recipient = "0x" + "12" * 20
    uri = token_uri(Token(137, CONTRACT), recipient, Decimal("12.50"))
    assert uri == f"ethereum:{CONTRACT}@137/transfer?address={recipient}&uint256=12500000"
    assert native_uri(recipient, Decimal("2.014"), chain_id=1) == f"ethereum:{recipient}@1?value=2014000000000000000"
    assert tron_uri("T" + "a" * 33, Decimal("12.50")) == f"tron:T{'a' * 33}?amount=12.5"
    assert lightning_uri("lnbc1abcdefghij") == "lightning:lnbc1abcdefghij"
    for wrong in ("0x12", "x" * 42, CONTRACT + "&uint256=1"):
        with pytest.raises(ValueError):
            token_uri(Token(1, CONTRACT), wrong, Decimal(1))
    with pytest.raises(ValueError):
        token_uri(Token(1, CONTRACT), recipient, Decimal("0.0000001"))
    with pytest.raises(ValueError):
        lightning_uri("bc1q")


# Paying


def test_ways_to_pay(provider, simulator, customer, make_attempt):
    attempt = make_attempt(1_250, "USD")
    begun = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert isinstance(begun.next, ShowUri)
    chain, lightning, ethereum, tron = begun.next.uris
    assert chain == ("BTC-CHAIN", f"bitcoin:{chain[2]}?amount=0.000125&label=B-1001", chain[2], "0.000125 BTC")
    assert lightning[1] == f"lightning:{lightning[2]}"
    assert ethereum[1] == f"ethereum:{CONTRACT}@1/transfer?address={ethereum[2]}&uint256=12500000"
    assert ethereum[3] == "12.5 USDT"
    assert tron[1] == f"tron:{tron[2]}?amount=12.5"
    assert begun.next.page == begun.data["page"]
    (sent,) = [call.json for call in simulator.calls if call.method == "POST"]
    assert (sent["amount"], sent["currency"]) == ("12.50", "USD")
    assert sent["metadata"] == {"orderId": str(attempt.id), "orderNumber": "B-1001", "itemDesc": "Python"}
    assert customer.email not in json.dumps(sent)
    assert simulator.calls[0].headers["Authorization"] == "token simulated-key"


def test_a_method_whose_addresses_are_used_up_is_absent(provider, simulator, customer, make_attempt):
    simulator.pool = 0
    begun = provider.initiate(make_attempt(), customer, return_url=BACK, notify_url=HOOK)
    assert [row[0] for row in begun.next.uris] == ["BTC-CHAIN", "BTC-LN"]


def test_francs_paid(provider, simulator, start):
    attempt = start()
    assert state_of(provider, attempt) == (ProviderState.AWAITING_CUSTOMER, Money(25_000, "XAF"), "")
    simulator.pay(attempt.provider_ref, confirmed=False)
    assert state_of(provider, attempt) == (ProviderState.PENDING, Money(25_000, "XAF"), "")
    simulator.confirm(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"), "")


def test_paid_in_two_parts(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, Decimal("0.4"))
    assert state_of(provider, attempt) == (ProviderState.AWAITING_CUSTOMER, Money(10_000, "XAF"), "underpaid")
    simulator.pay(attempt.provider_ref, Decimal("0.6"), by="BTC-LN")
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"), "")


def test_underpaid(provider, simulator, start):
    attempt = start()
    simulator.faults.wrong_amount = True
    simulator.approve(attempt.provider_ref)
    simulator.expire(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(12_500, "XAF"), "underpaid")


def test_underpaid_by_a_hair_is_not_rounded_up(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, Decimal("0.99999"))
    simulator.expire(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(24_999, "XAF"), "underpaid")


def test_underpaid_and_unconfirmed(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, Decimal("0.5"), confirmed=False)
    simulator.expire(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.EXPIRED, Money(12_500, "XAF"), "underpaid")


def test_overpaid(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, Decimal("1.2"), confirmed=False)
    assert state_of(provider, attempt) == (ProviderState.PENDING, Money(25_000, "XAF"), "overpaid")
    simulator.confirm(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(30_000, "XAF"), "overpaid")


def test_late_payment(provider, simulator, start):
    attempt = start()
    simulator.expire(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.EXPIRED, Money(25_000, "XAF"), "not_confirmed_in_time")
    simulator.pay(attempt.provider_ref, confirmed=False)
    assert state_of(provider, attempt) == (ProviderState.EXPIRED, Money(25_000, "XAF"), "paid_late")
    simulator.confirm(attempt.provider_ref)
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"), "paid_late")


def test_never_confirmed(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, confirmed=False)
    simulator.reject(attempt.provider_ref)
    assert provider.fetch_status(attempt).state is ProviderState.FAILED
    assert provider.fetch_status(attempt).reason == "not_confirmed_in_time"


def test_marked_by_an_operator_shows_that_nothing_came(provider, simulator, start):
    attempt = start()
    simulator.mark(attempt.provider_ref, "Settled")
    assert state_of(provider, attempt) == (ProviderState.SUCCEEDED, Money(0, "XAF"), "marked_by_operator")


def test_invoice_page(provider, start):
    attempt = start()
    assert "simulator" in httpx.get(attempt.data["page"]).text
    answer = httpx.post(attempt.data["page"], data={"action": "approve"})
    assert (answer.status_code, answer.headers["Location"]) == (303, BACK)
    assert provider.fetch_status(attempt).state is ProviderState.SUCCEEDED
    other = start()
    assert httpx.post(other.data["page"], data={"action": "decline"}).headers["Location"] == BACK
    assert provider.fetch_status(other).state is ProviderState.EXPIRED


# How calls end


def test_same_id_twice_makes_one_invoice(provider, simulator, customer, make_attempt):
    attempt = make_attempt()
    first = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK) == first
    assert len(simulator.invoices) == 1


class Failing:
    """Lets the fault happen on the first request of a method."""

    def __init__(self, simulator: BtcPaySimulator, method: str, fault: str, seconds: float = 0.6) -> None:
        self.simulator, self.method, self.fault = simulator, method, fault
        simulator.faults.hang_seconds = seconds
        self.before = simulator.before
        simulator.__dict__["before"] = self.look

    def look(self, request: Any) -> Any:
        if request.method == self.method:
            setattr(self.simulator.faults, self.fault, 1)
            del self.simulator.__dict__["before"]
        return self.before(request)


@pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
def test_unknown_outcome_is_found_by_asking(config, provider, simulator, customer, make_attempt, fault):
    attempt = make_attempt()
    hasty = BtcPayProvider(replace(config, timeout=httpx.Timeout(0.3)))
    Failing(simulator, "POST", fault)
    with pytest.raises(Unknown):
        hasty.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    status = provider.fetch_status(attempt)
    assert status.state is ProviderState.AWAITING_CUSTOMER
    assert status.provider_ref in simulator.invoices
    again = provider.initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert again.provider_ref == status.provider_ref
    assert len(simulator.invoices) == 1


@pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
def test_trouble_while_asking_is_no_failure(config, simulator, start, fault):
    attempt = start()
    hasty = BtcPayProvider(replace(config, timeout=httpx.Timeout(0.3)))
    setattr(simulator.faults, fault, 1)
    simulator.faults.hang_seconds = 0.6
    with pytest.raises(Retryable):
        hasty.fetch_status(attempt)
    assert hasty.fetch_status(attempt).state is ProviderState.AWAITING_CUSTOMER


def test_never_sent(provider, make_attempt):
    assert provider.fetch_status(make_attempt()).state is ProviderState.NOT_FOUND


def test_an_invoice_of_another_server_is_no_failure(provider, make_attempt):
    with pytest.raises(Retryable):
        provider.fetch_status(make_attempt(provider_ref="elsewhere"))


def test_nobody_there(config, customer, make_attempt):
    with pytest.raises(Retryable):
        BtcPayProvider(replace(config, base_url="http://127.0.0.1:9")).initiate(
            make_attempt(), customer, return_url=BACK, notify_url=HOOK
        )


@pytest.mark.parametrize("change", [{"api_key": "wrong-key-0123"}, {"store_id": "another"}])
def test_wrong_key_or_store(config, start, change):
    attempt = start()
    with pytest.raises(Retryable) as trouble:
        BtcPayProvider(replace(config, **change)).fetch_status(attempt)
    assert trouble.value.reason == "our_configuration"


@pytest.mark.parametrize("change", [{"payment_methods": ("DOGE-CHAIN",)}, {}])
def test_invoices_that_the_server_refuses(config, simulator, customer, make_attempt, change):
    attempt = make_attempt(1_000, "KES")  # The store has no rate for it.
    with pytest.raises(Declined) as refusal:
        BtcPayProvider(replace(config, **change)).initiate(attempt, customer, return_url=BACK, notify_url=HOOK)
    assert refusal.value.reason == "our_configuration"
    assert simulator.invoices == {}


# Refunds


def test_refund_is_claimed_and_sent(provider, simulator, start):
    attempt = start()
    simulator.approve(attempt.provider_ref)
    refund = refund_of(attempt, 10_000)
    status = provider.refund(refund)
    assert (status.state, status.reason, status.amount) == (
        ProviderState.AWAITING_CUSTOMER,
        "to_be_claimed",
        Money(10_000, "XAF"),
    )
    assert status.data["link"].endswith(status.provider_ref)
    assert provider.refund(refund).provider_ref == status.provider_ref
    assert len(simulator.pull_payments) == 1
    stored = replace(refund, provider_ref=status.provider_ref)
    simulator.claim(status.provider_ref, "4000")
    assert provider.fetch_refund(stored).state is ProviderState.PENDING
    simulator.send_payouts(status.provider_ref)
    assert provider.fetch_refund(stored).state is ProviderState.PENDING  # A part only.
    assert provider.fetch_refund(stored).amount == Money(4_000, "XAF")
    simulator.claim(status.provider_ref, "6000")
    simulator.send_payouts(status.provider_ref)
    done = provider.fetch_refund(stored)
    assert (done.state, done.amount) == (ProviderState.SUCCEEDED, Money(10_000, "XAF"))


def test_refund_claim_cancelled(provider, simulator, start):
    attempt = start()
    simulator.approve(attempt.provider_ref)
    refund = refund_of(attempt, 25_000)
    ref = provider.refund(refund).provider_ref
    simulator.claim(ref)
    simulator.reject(ref)
    stored = replace(refund, provider_ref=ref)
    assert provider.fetch_refund(stored).state is ProviderState.AWAITING_CUSTOMER
    simulator.pull_payments[ref]["archived"] = True
    assert provider.fetch_refund(stored).state is ProviderState.CANCELED
    assert provider.fetch_refund(refund).state is ProviderState.CANCELED


@pytest.mark.parametrize("fault", ["http_500", "html_error"])
def test_refund_unknown_outcome(provider, simulator, start, fault):
    attempt = start()
    simulator.approve(attempt.provider_ref)
    refund = refund_of(attempt, 25_000)
    assert provider.fetch_refund(refund).state is ProviderState.NOT_FOUND
    Failing(simulator, "POST", fault)
    with pytest.raises(Unknown):
        provider.refund(refund)
    assert provider.fetch_refund(refund).state is ProviderState.AWAITING_CUSTOMER
    provider.refund(refund)
    assert len(simulator.pull_payments) == 1


def test_refund_of_nothing(provider, simulator, start):
    with pytest.raises(Declined):
        provider.refund(refund_of(start(), 100))
    assert simulator.pull_payments == {}


# Payouts


def payout_of(minor: int = 10_000, **account: str) -> Payout:
    where = {"address": "bcrt1q" + "a" * 38, **account}
    return Payout(uuid.uuid4(), Money(minor, "XAF"), datetime.now(UTC), account=where)


def test_payout(provider, simulator):
    payout = payout_of()
    assert provider.fetch_payout(payout).state is ProviderState.NOT_FOUND
    status = provider.payout(payout)
    assert (status.state, status.amount) == (ProviderState.PENDING, Money(10_000, "XAF"))
    assert provider.payout(payout).provider_ref == status.provider_ref
    assert len(simulator.payouts) == 1
    simulator.approve(status.provider_ref)
    done = provider.fetch_payout(replace(payout, provider_ref=status.provider_ref))
    assert (done.state, done.receipt) == (ProviderState.SUCCEEDED, next(iter(simulator.payouts)))


def test_payout_cancelled(provider, simulator):
    payout = payout_of()
    simulator.reject(provider.payout(payout).provider_ref)
    assert provider.fetch_payout(payout).state is ProviderState.FAILED


@pytest.mark.parametrize("account", [{"address": ""}, {"method": "DOGE-CHAIN"}, {"address": "short"}])
def test_payout_to_nowhere(provider, simulator, account):
    with pytest.raises(Declined):
        provider.payout(payout_of(**account))
    assert simulator.payouts == {}


@pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
def test_payout_unknown_outcome_is_paid_once(config, provider, simulator, monkeypatch, fault):
    payout = payout_of()
    hasty = BtcPayProvider(replace(config, timeout=httpx.Timeout(0.3)))
    simulator.faults.hang_seconds = 0.6

    def fail(request: Any) -> None:
        if request.path.endswith("/payouts") and request.method == "POST":
            setattr(simulator.faults, fault, 1)

    monkeypatch.setattr(simulator, "before", fail)
    with pytest.raises(Unknown):
        hasty.payout(payout)
    monkeypatch.undo()
    assert provider.fetch_payout(payout).state is ProviderState.PENDING
    provider.payout(payout)
    assert len(simulator.payouts) == 1


def test_payout_beyond_its_pull_payment_is_refused(provider, simulator, monkeypatch):
    payout = payout_of()
    provider.payout(payout)
    monkeypatch.setattr(provider, "_claims", lambda _id: [])  # As if the two had come at the same time.
    with pytest.raises(Unknown) as trouble:
        provider.payout(payout)
    assert trouble.value.reason == "already_accepted"
    assert len(simulator.payouts) == 1


# Webhooks

BODY = '{"event":"test","amount":25000,"note":"café"}'.encode()
SIGNED = "sha256=429f56ca67929de41102488ac76ca3432622b888f595ab49ef8455f39599bcc6"


def test_signature_vector(config):
    reader = BtcPayProvider(replace(config, webhook_secrets=("btcpay-secret",)))
    with pytest.raises(ValueError):  # Genuine, though no event.
        reader.parse_webhook({"btcpay-sig": SIGNED}, BODY, "")
    for header in (SIGNED[:-1] + "7", SIGNED[7:], "sha256=", "sha256=é", ""):
        with pytest.raises(InvalidSignature):
            reader.parse_webhook({"btcpay-sig": header}, BODY, "")
    with pytest.raises(InvalidSignature):
        reader.parse_webhook({"btcpay-sig": SIGNED}, BODY + b"\n", "")
    with pytest.raises(InvalidSignature):
        BtcPayProvider(replace(config, webhook_secrets=())).parse_webhook({"btcpay-sig": SIGNED}, BODY, "")


def events_of(provider: BtcPayProvider, messages: Any) -> list[Any]:
    return [event for _m, _p, headers, body in messages for event in provider.parse_webhook(headers, body, "")]


def test_webhooks_of_a_payment(provider, simulator, start, inbox):
    simulator.webhook_url = inbox.url
    attempt = start()
    simulator.approve(attempt.provider_ref)
    events = events_of(provider, inbox.wait_for(5))
    assert {event.attempt_id for event in events} == {attempt.id}
    assert {event.provider_ref for event in events} == {attempt.provider_ref}
    hints = [event.hint for event in events]
    assert sorted(hints) == [ProviderState.PENDING] * 3 + [ProviderState.SUCCEEDED]


def test_redelivery_has_the_first_key(provider, simulator, start, inbox):
    attempt = start()
    simulator.webhook_url = inbox.url
    simulator.faults.duplicate_webhooks = 2
    simulator.expire(attempt.provider_ref)
    first, second = events_of(provider, inbox.wait_for(2))
    simulator.faults.duplicate_webhooks = 1
    simulator.redeliver()
    (third,) = events_of(provider, inbox.wait_for(3)[2:])
    assert first.key == second.key == third.key
    assert first.hint is ProviderState.EXPIRED
    assert third.raw["deliveryId"] != first.raw["deliveryId"]


def test_forged_and_dropped(provider, simulator, start, inbox):
    attempt = start()
    simulator.webhook_url = inbox.url
    simulator.faults.bad_signature = True
    simulator.expire(attempt.provider_ref)
    ((_method, _path, headers, body),) = inbox.wait_for(1)
    with pytest.raises(InvalidSignature):
        provider.parse_webhook(headers, body, "")
    simulator.faults.bad_signature, simulator.faults.drop_webhooks = False, True
    paid = start()
    simulator.approve(paid.provider_ref)
    now = datetime.now(UTC)
    rows = provider.list_transactions(now - timedelta(hours=1), now + timedelta(hours=1))
    assert {row.our_id: row.state for row in rows} == {
        str(attempt.id): ProviderState.EXPIRED,
        str(paid.id): ProviderState.SUCCEEDED,
    }
    assert len(inbox.messages) == 1


def test_refund_events(provider, simulator, start, inbox):
    attempt = start()
    simulator.approve(attempt.provider_ref)
    simulator.webhook_url = inbox.url
    ref = provider.refund(refund_of(attempt, 25_000)).provider_ref
    simulator.approve(ref)
    events = events_of(provider, inbox.wait_for(3))
    assert {(event.kind, event.provider_ref) for event in events} == {("refund", ref)}


def test_listing_goes_through_all_pages(provider, simulator, start):
    attempt = start()
    with simulator.lock:
        for number in range(230):
            simulator.invoices[f"i{number}"] = {**simulator.invoices[attempt.provider_ref], "id": f"i{number}"}
    now = datetime.now(UTC)
    rows = list(provider.list_transactions(now - timedelta(hours=1), now + timedelta(hours=1)))
    assert len(rows) == len({row.provider_ref for row in rows}) == 231
    assert rows[0].amount == Money(25_000, "XAF")
    assert list(provider.list_transactions(now + timedelta(hours=1), now + timedelta(hours=2))) == []


# Secrets


def test_nothing_secret_is_kept_or_said(config, provider, simulator, start, caplog):
    caplog.set_level(logging.DEBUG)
    kept: list[Exchange] = []
    token = recorder.set(kept.append)
    said = [repr(config), repr(provider)]
    try:
        attempt = start()
        simulator.approve(attempt.provider_ref)
        link = provider.refund(refund_of(attempt, 25_000)).data["link"]
        wrong = BtcPayProvider(replace(config, api_key="wrong-key-0123"))
        with pytest.raises(Retryable) as trouble:
            wrong.fetch_status(attempt)
        said.append(f"{trouble.value} {trouble.value.raw}")
    finally:
        recorder.reset(token)
    assert [one.status for one in kept] == [200, 200, 200, 200, 200, 401]
    text = " ".join([*said, *map(repr, kept), caplog.text])
    for secret in ("simulated-key", "simulated-secret", "old-secret", "wrong-key-0123", link):
        assert secret not in text


# The simulator is like BTCPay Server


def schema_of(name: str) -> dict[str, Any]:
    document = json.loads(SPEC.read_text(encoding="utf-8"))

    def turned(value: Any) -> Any:
        if isinstance(value, list):
            return [turned(item) for item in value]
        if not isinstance(value, dict):
            return value
        # Objects that are put together from several forbid, each, the fields of the others.
        skipped = ("nullable", "description", "example", "additionalProperties", "format")
        row = {key: turned(item) for key, item in value.items() if key not in skipped}
        return {"anyOf": [row, {"type": "null"}]} if value.get("nullable") is True else row

    return {"components": turned(document["components"]), "$ref": f"#/components/schemas/{name}"}


@needs_spec
def test_simulated_answers_have_btcpays_shape(provider, simulator, start):
    attempt = start()
    simulator.pay(attempt.provider_ref, Decimal("0.5"))
    simulator.pay(attempt.provider_ref, Decimal("0.5"))
    refund = refund_of(attempt, 25_000)
    ref = provider.refund(refund).provider_ref
    simulator.approve(ref)
    client = httpx.Client(base_url=provider.config.base_url, headers={"Authorization": "token simulated-key"})
    store = "/api/v1/stores/simulated-store"
    invoice = client.get(f"{store}/invoices/{attempt.provider_ref}").json()
    jsonschema.validate(invoice, schema_of("InvoiceData"))
    spec = json.loads(SPEC.read_text(encoding="utf-8"))["components"]["schemas"]
    known = {*spec["InvoiceDataBase"]["properties"], *spec["InvoiceData"]["allOf"][1]["properties"]}
    assert set(invoice) == known
    methods = client.get(f"{store}/invoices/{attempt.provider_ref}/payment-methods").json()
    for row in methods:
        jsonschema.validate(row, schema_of("InvoicePaymentMethodDataModel"))
        assert set(row) == set(spec["InvoicePaymentMethodDataModel"]["properties"])
    pull_payment = client.get(f"/api/v1/pull-payments/{ref}").json()
    jsonschema.validate(pull_payment, schema_of("PullPaymentData"))
    assert set(pull_payment) == set(spec["PullPaymentData"]["properties"])
    (payout,) = client.get(f"/api/v1/pull-payments/{ref}/payouts").json()
    jsonschema.validate({key: value for key, value in payout.items() if value is not None}, schema_of("PayoutData"))
    assert set(payout) == set(spec["PayoutData"]["properties"])
    sent = next(call.json for call in simulator.calls if call.method == "POST" and call.path.endswith("/invoices"))
    jsonschema.validate(sent, schema_of("CreateInvoiceRequest"))
    asked = next(call.json for call in simulator.calls if call.path.endswith("/refund"))
    jsonschema.validate(asked, schema_of("RefundInvoiceRequest"))
    assert set(asked) <= set(spec["RefundInvoiceRequest"]["properties"])
    for event in simulator.deliveries:
        if event["type"].startswith("Invoice"):
            jsonschema.validate(event, schema_of("WebhookInvoiceEvent"))


def test_control_api(server, provider, start):
    attempt = start()
    root = f"http://{server.host}:{server.port}/__control/btcpay"
    (waiting,) = httpx.post(f"{root}/waiting").json()
    assert (waiting["reference"], waiting["amount"], waiting["currency"]) == (attempt.provider_ref, "25000", "XAF")
    assert httpx.post(f"{root}/late_success", json={"reference": str(attempt.id)}).status_code == 200
    assert provider.fetch_status(attempt).reason == "paid_late"
    assert httpx.post(f"{root}/approve", json={"reference": "nobody"}).status_code == 404
