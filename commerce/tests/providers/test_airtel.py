"""Airtel Money: the adapter against the imitated provider, over HTTP."""

import base64
import hmac
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.airtel import (
    AirtelConfig,
    AirtelProvider,
    callback_hashes,
    encode_body,
    encrypt_pin,
    from_wire,
    to_wire,
)
from commerce.providers.base import (
    Declined,
    InvalidSignature,
    Limits,
    Payout,
    ProviderState,
    PushSent,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Unsupported,
    Webhooks,
)
from commerce.providers.http import recorder
from commerce.simulators.airtel import AirtelSimulator
from commerce.simulators.core import SimulatorServer
from core.money import Money

KEY = "key-of-callbacks"
PHONE = "+256701234567"


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([AirtelSimulator(callback_key=KEY)]) as started:
        yield started


@pytest.fixture
def simulator(server) -> Iterator[AirtelSimulator]:
    found = server.by_code["airtel"]
    found.reset()
    found.faults.hang_seconds = 1.0
    found.signs_messages, found.names_amount = False, False
    found.callback_url, found.callback_hashes = "", "rest"
    return found


@pytest.fixture
def config(server, simulator) -> AirtelConfig:
    return AirtelConfig(
        base_url=server.url("airtel"),
        country="UG",
        currency="UGX",
        limits=Limits(500, 6_000_000),
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        disbursement_pin=simulator.pin,
        pin_key=simulator.public_key,
        callback_key=KEY,
    )


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(config, clock) -> AirtelProvider:
    return AirtelProvider(config, now=clock)


@pytest.fixture
def make(make_attempt) -> Any:
    return lambda minor=25_000, currency="UGX", **fields: make_attempt(
        minor, currency, **{"phone": PHONE, "country": "UG", **fields}
    )


@pytest.fixture
def pay(provider, customer, make) -> Any:
    def start(minor: int = 25_000, **fields: Any) -> Any:
        attempt = make(minor, **fields)
        provider.initiate(attempt, customer, return_url="", notify_url="https://example.com/not-sent")
        return attempt

    return start


@pytest.fixture
def make_payout(clock) -> Any:
    def build(minor: int = 10_000, **fields: Any) -> Payout:
        values = {"phone": "+256709876543", "country": "UG", "description": "Août 2026", **fields}
        return Payout(id=uuid.uuid4(), amount=Money(minor, "UGX"), created_at=clock(), **values)

    return build


def impatient(provider: AirtelProvider) -> None:
    """Give up soon; called when tokens are there, which a fault would hit first."""
    provider._http._client.timeout = httpx.Timeout(0.3)


def patient(provider: AirtelProvider) -> None:
    provider._http._client.timeout = httpx.Timeout(10.0)


class TestWire:
    @pytest.mark.parametrize(
        ("amount", "wire"),
        [
            (Money(25_000, "UGX"), "25000"),
            (Money(25_000, "XAF"), "25000"),
            (Money(1050, "ZMW"), "10.50"),
            (Money(2_500_00, "KES"), "2500"),
            (Money(7, "ZMW"), "0.07"),
        ],
    )
    def test_golden(self, amount, wire):
        assert encode_body({"amount": to_wire(amount)}) == f'{{"amount":{wire}}}'.encode()
        assert from_wire(to_wire(amount), amount.currency) == amount

    @given(st.builds(Money, st.integers(0, 10**14), st.sampled_from("UGX ZMW KES XAF TZS MWK".split())))
    def test_there_and_back(self, amount):
        assert from_wire(to_wire(amount), amount.currency) == amount
        read = json.loads(encode_body({"a": to_wire(amount)}), parse_float=Decimal)["a"]
        assert from_wire(read, amount.currency) == amount

    @pytest.mark.parametrize("amount", [Money(1050, "USD"), Money(-5, "UGX")])
    def test_what_the_rail_cannot_express(self, amount):
        with pytest.raises(ValueError):
            to_wire(amount)

    @pytest.mark.parametrize("value", ["", "1e3", "10.5", "-5", "25,000", "٥٠٠", None, 10.0, True, [], "NaN"])
    def test_what_is_no_amount(self, value):
        with pytest.raises(ValueError):
            from_wire(value, "UGX")

    def test_bodies_are_json(self):
        value = {'é"': "ça\n", "list": [1, None, True], "deep": {"n": 5}}
        assert json.loads(encode_body(value)) == value


class TestConfig:
    def test_what_it_refuses(self, config):
        for change, word in (({"currency": "GHS"}, "GHS"), ({"pin_padding": "none"}, "padding")):
            with pytest.raises(ValueError, match=word):
                replace(config, **change)

    def test_repr_shows_no_secret(self, config):
        shown = repr(replace(config, callback_path_token="path-secret"))
        assert [s for s in (config.client_secret, "'4321'", KEY, "path-secret") if s in shown] == []

    def test_abilities(self, config):
        abilities = AirtelProvider(config).capabilities
        assert (abilities.refunds, abilities.payouts, abilities.webhooks) == (RefundKind.FULL, True, Webhooks.SIGNED)
        poorer = AirtelProvider(replace(config, disbursement_pin="", callback_key="")).capabilities
        assert (poorer.payouts, poorer.webhooks) == (False, Webhooks.UNSIGNED)


class TestInitiate:
    def test_asks_for_the_money_under_our_id(self, provider, simulator, customer, make, clock):
        attempt = make()
        started = provider.initiate(attempt, customer, return_url="", notify_url="")
        assert started.provider_ref == attempt.id.hex
        assert started.next == PushSent(clock() + timedelta(minutes=3))
        assert started.state == ProviderState.AWAITING_CUSTOMER
        call = simulator.calls[-1]
        assert (call.headers["X-Country"], call.headers["X-Currency"]) == ("UG", "UGX")
        assert call.json == {
            "reference": "B1001",
            "subscriber": {"country": "UG", "currency": "UGX", "msisdn": "701234567"},
            "transaction": {"amount": 25_000, "country": "UG", "currency": "UGX", "id": attempt.id.hex},
        }
        assert simulator.waiting()[0]["reference"] == attempt.id.hex

    def test_sent_twice_asks_once(self, provider, simulator, customer, pay):
        attempt = pay()
        again = provider.initiate(attempt, customer, return_url="", notify_url="")
        assert again.state == ProviderState.PENDING
        assert list(simulator.transactions) == [attempt.id.hex]

    @pytest.mark.parametrize(
        ("minor", "currency", "reason"),
        [(499, "UGX", "too_small"), (6_000_001, "UGX", "too_large"), (25_000, "XAF", "unsupported_currency")],
    )
    def test_amounts_refused_before_the_call(self, provider, simulator, customer, make, minor, currency, reason):
        with pytest.raises(Declined) as refused:
            provider.initiate(make(minor, currency), customer, return_url="", notify_url="")
        assert refused.value.reason == reason
        assert not simulator.calls

    @pytest.mark.parametrize("phone", ["0701234567", "+237670000001", "x"])
    def test_phones_refused_before_the_call(self, pay, simulator, phone):
        with pytest.raises(Declined, match="no_such_account") as refused:
            pay(phone=phone)
        assert phone == "x" or phone not in str(refused.value)
        assert not simulator.calls

    @pytest.mark.parametrize(
        ("minor", "phone", "reason"),
        [(5_200_000, PHONE, "limit_reached"), (25_000, "+256752600157", "declined")],
    )
    def test_errors_come_as_200(self, pay, simulator, minor, phone, reason):
        with pytest.raises(Declined) as refused:
            pay(minor, phone=phone)
        assert refused.value.reason == reason
        assert not simulator.transactions

    def test_decimals_as_a_number(self, config, customer, make):
        with SimulatorServer([AirtelSimulator("ZM", "ZMW")]) as server:
            zambia = replace(
                config, base_url=server.url("airtel"), country="ZM", currency="ZMW", limits=Limits(100, 10**8)
            )
            attempt = make(510_50, "ZMW", phone="+260971234567", country="ZM")
            AirtelProvider(zambia).initiate(attempt, customer, return_url="", notify_url="")
            assert b'"amount":510.50,' in server.by_code["airtel"].calls[-1].body

    def test_codes_nobody_documented_are_asked_about(self, provider, simulator, customer, make, monkeypatch):
        monkeypatch.setattr(simulator, "_complaint", lambda *_given: "no")
        for result, kind in (("ESB000008", Declined), ("ESB000099", Unknown), ("ESB000001", Unknown)):
            monkeypatch.setattr(
                "commerce.simulators.airtel._status",
                lambda code, _result, message="", *, success=True, result=result: {
                    "response_code": code,
                    "result_code": result,
                    "success": success,
                },
            )
            with pytest.raises(kind):
                provider.initiate(make(), customer, return_url="", notify_url="")

    def test_ambiguous_success_is_unknown(self, provider, simulator, customer, make, monkeypatch):
        monkeypatch.setattr(
            "commerce.simulators.airtel._status",
            lambda *_given, **_named: {"response_code": "DP00800001000", "result_code": "ESB000010", "success": True},
        )
        with pytest.raises(Unknown, match="ambiguous"):
            provider.initiate(make(), customer, return_url="", notify_url="")


class TestSigning:
    def test_signed_bytes_are_those_sent(self, config, simulator, customer, make):
        simulator.signs_messages = True
        attempt = make(order_number="É-1001")
        signing = AirtelProvider(replace(config, signs_messages=True, collection_version="v2"))
        signing.initiate(attempt, customer, return_url="", notify_url="")
        signing.initiate(make(), customer, return_url="", notify_url="")
        assert len(simulator.transactions) == 2
        paths = [call.path for call in simulator.calls]
        assert paths.count("/v1/rsa/encryption-keys") == 1
        assert paths[-1] == "/merchant/v2/payments/"

    def test_unsigned_is_refused_where_it_is_demanded(self, provider, simulator, customer, make):
        simulator.signs_messages = True
        with pytest.raises(Declined, match="our_configuration"):
            provider.initiate(make(), customer, return_url="", notify_url="")
        assert not simulator.transactions

    def test_key_is_fetched_again_when_it_ends(self, config, simulator, customer, make, clock):
        signing = AirtelProvider(replace(config, signs_messages=True), now=clock)
        clock.time += timedelta(days=2)
        for _time in range(2):
            signing.initiate(make(), customer, return_url="", notify_url="")
        assert [call.path for call in simulator.calls].count("/v1/rsa/encryption-keys") == 2

    def test_key_that_is_none(self):
        for key in ("", "AAAA", "no base64!"):
            with pytest.raises(Retryable):
                encrypt_pin("4321", key, "pkcs1v15")


class TestStatus:
    def test_waiting(self, provider, pay):
        status = provider.fetch_status(pay())
        assert (status.state, status.amount, status.receipt) == (ProviderState.PENDING, None, "")

    def test_paid(self, provider, simulator, pay):
        attempt = pay()
        simulator.approve(attempt.id.hex)
        status = provider.fetch_status(attempt)
        assert status.state == ProviderState.SUCCEEDED
        assert status.receipt == simulator.transactions[attempt.id.hex].money_id
        assert "701234567" not in repr(status)

    def test_wrong_amount_shows_where_one_is_named(self, provider, simulator, pay):
        simulator.names_amount = True
        attempt = pay()
        assert provider.fetch_status(attempt).amount == Money(25_000, "UGX")
        simulator.faults.wrong_amount = True
        simulator.approve(attempt.id.hex)
        assert provider.fetch_status(attempt).amount == Money(12_500, "UGX")

    def test_refused_expired_and_late(self, provider, simulator, pay):
        attempt = pay()
        simulator.reject(attempt.id.hex)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.FAILED, "refused_by_customer")
        simulator.expire(attempt.id.hex)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")
        simulator.late_success(attempt.id.hex)
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_ambiguous_stays_pending(self, provider, simulator, pay):
        attempt = pay()
        simulator.transactions[attempt.id.hex].status = "TA"
        assert provider.fetch_status(attempt).state == ProviderState.PENDING

    def test_words_outside_the_documentation_settle_nothing(self, provider, simulator, pay):
        attempt = pay()
        simulator.transactions[attempt.id.hex].status = "TX"
        with pytest.raises(Retryable):
            provider.fetch_status(attempt)

    def test_not_found_counts_only_after_some_minutes(self, provider, simulator, pay, clock):
        attempt = pay()
        simulator.forgets = True
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        clock.time += timedelta(minutes=6)
        assert provider.fetch_status(attempt).state == ProviderState.NOT_FOUND

    def test_numbers_and_amounts_of_the_acceptance_tests(self, provider, pay):
        assert provider.fetch_status(pay(phone="+256706218827")).state == ProviderState.SUCCEEDED
        status = provider.fetch_status(pay(2_000_000))
        assert (status.state, status.reason) == (ProviderState.FAILED, "insufficient_funds")


class TestTrouble:
    def test_hang_after_it_was_taken(self, provider, simulator, customer, make, pay):
        pay()
        attempt = make()
        simulator.faults.hang = 1
        impatient(provider)
        with pytest.raises(Unknown):
            provider.initiate(attempt, customer, return_url="", notify_url="")
        patient(provider)
        simulator.approve(attempt.id.hex)
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    @pytest.mark.parametrize("fault", ["http_500", "html_error"])
    def test_errors_after_it_was_taken(self, provider, simulator, customer, make, pay, fault):
        pay()
        attempt = make()
        setattr(simulator.faults, fault, 1)
        with pytest.raises(Unknown):
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        provider.initiate(attempt, customer, return_url="", notify_url="")
        assert len(simulator.transactions) == 2

    @pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
    def test_asking_is_never_a_failure_of_the_payment(self, provider, simulator, pay, fault):
        attempt = pay()
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Retryable):
            provider.fetch_status(attempt)
        patient(provider)
        assert provider.fetch_status(attempt).state == ProviderState.PENDING

    def test_nobody_listens(self, config, customer, make):
        with pytest.raises(Retryable):
            AirtelProvider(replace(config, base_url="http://127.0.0.1:9/airtel")).initiate(
                make(), customer, return_url="", notify_url=""
            )

    def test_token_is_renewed_after_401(self, provider, simulator, pay):
        attempt = pay()
        simulator.shift = timedelta(minutes=4)
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        assert [call.path for call in simulator.calls].count("/auth/oauth2/token") == 2
        simulator.tokens.clear()
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        assert [call.path for call in simulator.calls].count("/auth/oauth2/token") == 3

    def test_wrong_secret(self, config, simulator, customer, make):
        provider = AirtelProvider(replace(config, client_secret="wrong-secret-of-ours"))
        attempt = make()
        with pytest.raises(Declined, match="our_configuration") as refused:
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert "wrong-secret-of-ours" not in str(refused.value)
        with pytest.raises(Retryable, match="our_configuration"):
            provider.fetch_status(attempt)
        assert not simulator.transactions

    def test_wrong_country(self, config, simulator, customer, make):
        provider = AirtelProvider(replace(config, country="KE"))
        with pytest.raises(Declined, match="our_configuration"):
            provider.initiate(make(phone="+254733000001"), customer, return_url="", notify_url="")


class TestCallback:
    @pytest.mark.parametrize("hashed", ["rest", "transaction"])
    def test_either_form_of_the_hash(self, provider, simulator, pay, inbox, hashed):
        simulator.callback_url, simulator.callback_hashes = inbox.url, hashed
        attempt = pay()
        simulator.approve(attempt.id.hex)
        [(_method, _path, headers, body)] = inbox.wait_for(1)
        [event] = provider.parse_webhook(headers, body, "secret")
        assert event.key == f"{attempt.id.hex}:TS"
        assert event.attempt_id == attempt.id
        assert event.hint == ProviderState.SUCCEEDED
        assert "701234567" not in repr(event)

    def test_vector_of_the_whole_body(self):
        body = '{"event":"test","amount":25000,"note":"café"}'.encode()
        assert len(body) == 46
        assert callback_hashes("airtel-key", body)[0] == "BFxRNTvKr03nojr7GSJuoEnLfo4cJfG4zjwm5cxuPOk="

    def test_hash_in_a_header(self, config, pay):
        provider = AirtelProvider(replace(config, callback_hash_header="X-Auth-Hash"))
        body = json.dumps({"transaction": {"id": pay().id.hex, "status_code": "TF"}}).encode()
        good = base64.b64encode(hmac.new(KEY.encode(), body, sha256).digest()).decode()
        [event] = provider.parse_webhook({"x-auth-hash": good}, body, "")
        assert event.hint == ProviderState.FAILED
        with pytest.raises(InvalidSignature):
            provider.parse_webhook({"x-auth-hash": good[::-1]}, body, "")

    def test_duplicates_have_one_key(self, provider, simulator, pay, inbox):
        simulator.callback_url = inbox.url
        simulator.faults.duplicate_webhooks = 3
        attempt = pay()
        simulator.reject(attempt.id.hex)
        events = [provider.parse_webhook(headers, body, "")[0] for _method, _path, headers, body in inbox.wait_for(3)]
        assert {event.key for event in events} == {f"{attempt.id.hex}:TF"}

    def test_dropped_is_no_loss(self, provider, simulator, pay, inbox):
        simulator.callback_url = inbox.url
        simulator.faults.drop_webhooks = True
        attempt = pay()
        simulator.approve(attempt.id.hex)
        assert inbox.messages == []
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_expiry_brings_none(self, provider, simulator, pay, inbox):
        simulator.callback_url = inbox.url
        attempt = pay()
        simulator.expire(attempt.id.hex)
        assert simulator.sent == []

    def test_forged(self, provider, simulator, pay, inbox):
        simulator.callback_url = inbox.url
        simulator.faults.bad_signature = True
        simulator.approve(pay().id.hex)
        [(_method, _path, headers, body)] = inbox.wait_for(1)
        with pytest.raises(InvalidSignature):
            provider.parse_webhook(headers, body, "")

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b'{"hash": ""}', b'{"hash": "\xc3\xa9"}'])
    def test_unsigned_is_refused_where_there_is_a_key(self, provider, body):
        with pytest.raises(InvalidSignature):
            provider.parse_webhook({}, body, "")

    @pytest.mark.parametrize(
        "body",
        [
            b'{"amount": 1e999999999, "hash": "x"}',
            b'{"amount": ' + b"9" * 5000 + b', "hash": "x"}',
            b'{"note": "\\ud800", "hash": "\\ud800"}',
            b"[" * 100_000,
        ],
        ids=["exponent", "digits", "surrogate", "depth"],
    )
    def test_bodies_made_to_hurt_are_just_forged(self, provider, body):
        with pytest.raises(InvalidSignature):
            provider.parse_webhook({}, body, "\ud800")

    def test_numbers_are_hashed_as_written(self):
        body = b'{"transaction":{"id":"a1","amount":10.50},"hash":"x"}'
        rest, inner = b'{"transaction":{"id":"a1","amount":10.50}}', b'{"id":"a1","amount":10.50}'
        assert callback_hashes("key", body)[1:] == [
            base64.b64encode(hmac.new(b"key", text, sha256).digest()).decode() for text in (rest, inner)
        ]

    def test_without_a_key_the_address_has_to_fit(self, config):
        provider = AirtelProvider(replace(config, callback_key="", callback_path_token="path-secret"))
        body = b'{"transaction": {"id": "not-a-uuid", "status_code": "TIP"}}'
        [event] = provider.parse_webhook({}, body, "path-secret")
        assert (event.provider_ref, event.attempt_id, event.hint) == ("not-a-uuid", None, ProviderState.PENDING)
        for token in ("", "path-secreT", "é"):
            with pytest.raises(InvalidSignature):
                provider.parse_webhook({}, body, token)
        with pytest.raises(ValueError):
            provider.parse_webhook({}, b"[]", "path-secret")

    def test_with_neither_none_is_believed(self, config):
        provider = AirtelProvider(replace(config, callback_key=""))
        with pytest.raises(InvalidSignature):
            provider.parse_webhook({}, b'{"transaction": {"id": "x"}}', "")


class TestRefund:
    @pytest.fixture
    def paid(self, provider, simulator, pay) -> Refund:
        attempt = pay()
        simulator.approve(attempt.id.hex)
        receipt = provider.fetch_status(attempt).receipt
        return Refund(id=uuid.uuid4(), attempt=attempt, amount=attempt.amount, receipt=receipt)

    def test_whole_payment_once(self, provider, simulator, paid):
        status = provider.refund(paid)
        assert (status.state, status.receipt) == (ProviderState.SUCCEEDED, f"R{paid.receipt}")
        assert simulator.calls[-1].json == {"transaction": {"airtel_money_id": paid.receipt}}
        with pytest.raises(Declined):
            provider.refund(paid)

    def test_part_of_it_or_without_receipt(self, provider, simulator, paid):
        before = len(simulator.calls)
        for wrong, reason in (
            (replace(paid, amount=Money(10_000, "UGX")), "partial_refund"),
            (replace(paid, receipt=""), "no_receipt"),
        ):
            with pytest.raises(Declined) as refused:
                provider.refund(wrong)
            assert refused.value.reason == reason
        assert len(simulator.calls) == before

    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_unknown_outcome_needs_a_person(self, provider, simulator, paid, fault):
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Unknown):
            provider.refund(paid)
        with pytest.raises(Unsupported):
            provider.fetch_refund(paid)

    def test_of_what_airtel_does_not_know(self, provider, paid):
        with pytest.raises(Unknown):
            provider.refund(replace(paid, receipt="MP000000.0000.L00000"))


class TestPayout:
    @pytest.mark.parametrize("version", ["v1", "v2"])
    @pytest.mark.parametrize("padding", ["oaep-sha256", "pkcs1v15"])
    def test_sends_money_once(self, config, clock, simulator, make_payout, version, padding, monkeypatch):
        monkeypatch.setattr(simulator, "pin_padding", padding)
        provider = AirtelProvider(replace(config, disbursement_version=version, pin_padding=padding), now=clock)
        payout = make_payout()
        status = provider.payout(payout)
        assert status.state == ProviderState.SUCCEEDED
        assert status.receipt == simulator.transactions[payout.id.hex].money_id
        sent = simulator.calls[-1].json
        assert sent["payee"]["msisdn"] == "709876543"
        assert sent["transaction"].get("type") == (None if version == "v1" else "B2C")
        assert "4321" not in sent["pin"]
        assert provider.payout(payout).state == ProviderState.PENDING
        assert provider.fetch_payout(payout).state == ProviderState.SUCCEEDED
        assert list(simulator.transactions) == [payout.id.hex]

    def test_key_of_messages_where_the_portal_gave_none(self, config, clock, simulator, make_payout):
        simulator.signs_messages = True
        provider = AirtelProvider(
            replace(config, pin_key="", signs_messages=True, disbursement_version="v2"), now=clock
        )
        assert provider.payout(make_payout()).state == ProviderState.SUCCEEDED

    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_unknown_outcome(self, provider, simulator, make_payout, fault, pay):
        pay()
        payout = make_payout()
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Unknown):
            provider.payout(payout)
        patient(provider)
        assert provider.fetch_payout(payout).state == ProviderState.SUCCEEDED

    def test_held_ambiguous_then_refused(self, provider, simulator, make_payout):
        simulator.holds_payouts = True
        payout = make_payout()
        assert provider.payout(payout).state == ProviderState.PENDING
        simulator.transactions[payout.id.hex].status = "TA"
        assert provider.fetch_payout(payout).state == ProviderState.PENDING
        simulator.reject(payout.id.hex)
        status = provider.fetch_payout(payout)
        assert (status.state, status.reason) == (ProviderState.FAILED, "declined")

    def test_ambiguous_from_the_start_is_unknown(self, provider, simulator, make_payout, monkeypatch):
        add, simulator.holds_payouts = simulator._add, True

        def ambiguous(*given: Any) -> Any:
            made = add(*given)
            made.status = "TA"
            return made

        monkeypatch.setattr(simulator, "_add", ambiguous)
        payout = make_payout()
        with pytest.raises(Unknown, match="ambiguous"):
            provider.payout(payout)
        assert provider.fetch_payout(payout).state == ProviderState.PENDING

    def test_never_heard_of(self, provider, make_payout, clock):
        payout = make_payout()
        assert provider.fetch_payout(payout).state == ProviderState.PENDING
        clock.time += timedelta(minutes=6)
        assert provider.fetch_payout(payout).state == ProviderState.NOT_FOUND

    def test_refusals(self, provider, config, simulator, make_payout):
        with pytest.raises(Declined, match="limit_reached"):
            provider.payout(make_payout(phone="+256756255985"))
        wrong = AirtelProvider(replace(config, disbursement_pin="9999"))
        with pytest.raises(Declined, match="our_configuration"):
            wrong.payout(make_payout())
        without = AirtelProvider(replace(config, disbursement_pin=""))
        for call in (without.payout, without.fetch_payout):
            with pytest.raises(Unsupported):
                call(make_payout())
        assert not simulator.transactions


def test_nothing_kept_shows_secrets_or_phones(provider, config, simulator, pay, make_payout, caplog):
    kept: list[Any] = []
    token = recorder.set(kept.append)
    try:
        with caplog.at_level(logging.DEBUG):
            attempt = pay()
            simulator.approve(attempt.id.hex)
            provider.fetch_status(attempt)
            provider.payout(make_payout())
            simulator.faults.http_500 = 1
            with pytest.raises(Unknown) as ended:
                provider.payout(make_payout())
    finally:
        recorder.reset(token)
    assert len(kept) == 5
    seen = repr(kept) + caplog.text + repr(ended.value.raw) + str(ended.value)
    hidden = [config.client_secret, "'4321'", '"4321"', "701234567", "709876543", KEY, *simulator.tokens]
    hidden += [call.json["pin"] for call in simulator.calls if b'"pin"' in call.body]
    assert [secret for secret in hidden if secret in seen] == []
