"""M-Pesa: the adapter against the imitated provider, over HTTP."""

import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.base import (
    Declined,
    InvalidSignature,
    Limits,
    Payout,
    ProviderEvent,
    ProviderState,
    PushSent,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Unsupported,
)
from commerce.providers.http import recorder
from commerce.providers.mpesa import (
    MpesaConfig,
    MpesaInitiator,
    MpesaProvider,
    from_wire,
    security_credential,
    stk_password,
    to_wire,
)
from commerce.providers.path_tokens import make_path_token
from commerce.simulators.core import SimulatorServer
from commerce.simulators.mpesa import MpesaSimulator
from core.money import Money

KEY = "key-of-addresses"
PHONE = "+254712345678"


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([MpesaSimulator()]) as started:
        yield started


@pytest.fixture
def simulator(server) -> MpesaSimulator:
    found = server.by_code["mpesa"]
    found.reset()
    found.faults.hang_seconds = 1.0
    return found


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
def base(inbox) -> str:
    """Where messages are taken."""
    return inbox.url.rsplit("/", 1)[0]


@pytest.fixture
def config(server, simulator, base) -> MpesaConfig:
    return MpesaConfig(
        base_url=server.url("mpesa"),
        shortcode=simulator.shortcode,
        passkey=simulator.passkey,
        consumer_key=simulator.consumer_key,
        consumer_secret=simulator.consumer_secret,
        webhook_key=KEY,
        notify_base=base,
        initiator=MpesaInitiator(
            simulator.initiator, simulator.initiator_password, simulator.certificate, simulator.payout_shortcode
        ),
    )


@pytest.fixture
def provider(config, clock) -> MpesaProvider:
    return MpesaProvider(config, now=clock)


@pytest.fixture
def make(make_attempt) -> Any:
    return lambda minor=2_500_00, currency="KES", **fields: make_attempt(
        minor, currency, **{"phone": PHONE, "country": "KE", **fields}
    )


@pytest.fixture
def pay(provider, customer, make, base) -> Any:
    """Start a payment; the attempt as it is stored afterwards."""

    def start(minor: int = 2_500_00, **fields: Any) -> Any:
        attempt = make(minor, **fields)
        notify_url = f"{base}/{make_path_token(KEY, 'mpesa', 'payment', attempt.id)}"
        started = provider.initiate(attempt, customer, return_url="", notify_url=notify_url)
        return replace(attempt, provider_ref=started.provider_ref)

    return start


@pytest.fixture
def make_payout() -> Any:
    def build(minor: int = 1_000_00, **fields: Any) -> Payout:
        values = {"phone": "+254112345678", "country": "KE", "description": "Août", **fields}
        return Payout(id=uuid.uuid4(), amount=Money(minor, "KES"), created_at=datetime.now(UTC), **values)

    return build


@pytest.fixture
def told(provider, inbox) -> Any:
    """The events of the first messages that came."""

    def read(count: int) -> list[ProviderEvent]:
        return [
            event
            for _method, path, headers, body in inbox.wait_for(count)
            for event in provider.parse_webhook(headers, body, path.rsplit("/", 1)[1])
        ]

    return read


def impatient(provider: MpesaProvider) -> None:
    """Give up soon; called when tokens are there, which a fault would hit first."""
    provider._http._client.timeout = httpx.Timeout(0.3)


def patient(provider: MpesaProvider) -> None:
    provider._http._client.timeout = httpx.Timeout(10.0)


class TestWire:
    @pytest.mark.parametrize(("amount", "wire"), [(Money(2_500_00, "KES"), 2500), (Money(100, "KES"), 1)])
    def test_golden(self, amount, wire):
        assert to_wire(amount) == wire
        for told in (wire, f"{wire}.00", str(wire)):
            assert from_wire(told, "KES") == amount

    @given(st.integers(0, 10**12).map(lambda shillings: Money(shillings * 100, "KES")))
    def test_there_and_back(self, amount):
        assert from_wire(to_wire(amount), "KES") == amount

    @pytest.mark.parametrize(
        "amount", [Money(1050, "KES"), Money(1050, "USD"), Money(25_000, "XAF"), Money(-100, "KES")]
    )
    def test_what_the_rail_cannot_express(self, amount):
        with pytest.raises(ValueError):
            to_wire(amount)

    @pytest.mark.parametrize("value", ["", "1e3", "1.005", "-5", "2,500", "٥٠٠", None, 10.0, True, [], "NaN"])
    def test_what_is_no_amount(self, value):
        with pytest.raises(ValueError):
            from_wire(value, "KES")

    def test_vector_of_the_password(self, simulator):
        assert stk_password("174379", simulator.passkey, "20261121120000") == (
            "MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjYxMTIx"
            "MTIwMDAw"
        )

    def test_timestamp_is_nairobis(self, config, simulator, customer, make):
        provider = MpesaProvider(config, now=lambda: datetime(2026, 11, 21, 22, 30, tzinfo=UTC))
        provider.initiate(make(), customer, return_url="", notify_url="http://127.0.0.1/x")
        assert simulator.calls[-1].json["Timestamp"] == "20261122013000"


class TestConfig:
    def test_what_it_refuses(self, config):
        for change in ({"limits": Limits(1, None, 1)}, {"transaction_type": "CustomerGift"}):
            with pytest.raises(ValueError):
                replace(config, **change)

    def test_repr_shows_no_secret(self, config):
        hidden = [config.passkey, config.consumer_key, config.consumer_secret, KEY, config.initiator.password]
        assert [secret for secret in hidden if secret in repr(config)] == []

    def test_abilities(self, config):
        abilities = MpesaProvider(config).capabilities
        assert (abilities.refunds, abilities.payouts) == (RefundKind.FULL, True)
        assert MpesaProvider(replace(config, partial_reversals=True)).capabilities.refunds == RefundKind.PARTIAL
        poorer = MpesaProvider(replace(config, initiator=None)).capabilities
        assert (poorer.refunds, poorer.payouts) == (RefundKind.NONE, False)

    def test_certificate_that_is_none(self):
        with pytest.raises(Declined, match="our_configuration"):
            security_credential("password", "no certificate")


class TestInitiate:
    def test_sends_a_prompt(self, provider, simulator, customer, make, clock):
        attempt = make(order_number="ORDER-2026-B-1001", description="Développer en Python")
        started = provider.initiate(attempt, customer, return_url="", notify_url="http://127.0.0.1/x")
        assert started.provider_ref in simulator.prompts
        assert started.next == PushSent(clock() + timedelta(minutes=2))
        assert started.state == ProviderState.AWAITING_CUSTOMER
        sent = simulator.calls[-1].json
        assert (sent["Amount"], sent["PartyA"], sent["PartyB"]) == (2500, "254712345678", "174379")
        assert (sent["AccountReference"], sent["TransactionDesc"]) == ("R-2026-B-1001"[-12:], "Developper en")

    def test_sent_twice_prompts_once(self, provider, simulator, customer, pay):
        attempt = pay()
        again = provider.initiate(attempt, customer, return_url="", notify_url="http://127.0.0.1/x")
        assert (again.provider_ref, again.state) == (attempt.provider_ref, ProviderState.PENDING)
        with pytest.raises(Unknown):
            provider.initiate(
                replace(attempt, provider_ref=""), customer, return_url="", notify_url="http://127.0.0.1/x"
            )
        assert list(simulator.prompts) == [attempt.provider_ref]

    @pytest.mark.parametrize(
        ("minor", "currency", "reason"),
        [
            (1050, "KES", "not_a_step"),
            (50, "KES", "too_small"),
            (150_001_00, "KES", "too_large"),
            (1050, "USD", "unsupported_currency"),
        ],
    )
    def test_amounts_refused_before_the_call(self, provider, simulator, customer, make, minor, currency, reason):
        with pytest.raises(Declined) as refused:
            provider.initiate(make(minor, currency), customer, return_url="", notify_url="http://127.0.0.1/x")
        assert refused.value.reason == reason
        assert not simulator.calls

    @pytest.mark.parametrize("phone", ["0712345678", "+254612345678", "+2547123456789", "+237670000001"])
    def test_phones_refused_before_the_call(self, pay, simulator, phone):
        with pytest.raises(Declined, match="no_such_account") as refused:
            pay(phone=phone)
        assert phone not in str(refused.value)
        assert not simulator.calls

    def test_newer_numbers_are_numbers(self, pay, simulator):
        pay(phone="+254112345678")
        assert simulator.waiting()[0]["phone"] == "+254112345678"

    def test_second_prompt_while_one_is_open(self, pay, simulator):
        pay()
        with pytest.raises(Unknown):
            pay(3_000_00)
        assert len(simulator.prompts) == 1

    def test_malformed(self, provider, customer, make):
        with pytest.raises(Declined, match="our_configuration"):
            provider.initiate(make(), customer, return_url="", notify_url="nowhere")


class TestStatus:
    def test_being_processed_is_no_trouble(self, provider, pay):
        attempt = pay()
        for _time in range(12):  # more than the breaker would bear of real ones
            assert provider.fetch_status(attempt).state == ProviderState.PENDING

    def test_paid(self, provider, simulator, pay, told):
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        status = provider.fetch_status(attempt)
        assert (status.state, status.amount, status.receipt) == (ProviderState.SUCCEEDED, None, "")
        [event] = told(1)
        status = provider.fetch_status(replace(attempt, data=event.data))
        assert status.amount == Money(2_500_00, "KES")
        assert status.receipt == simulator.prompts[attempt.provider_ref].receipt

    def test_wrong_amount_shows(self, provider, simulator, pay, told):
        simulator.faults.wrong_amount = True
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        [event] = told(1)
        assert provider.fetch_status(replace(attempt, data=event.data)).amount == Money(1_250_00, "KES")

    def test_callback_alone_settles_nothing(self, provider, pay):
        attempt = pay()
        facts = {"checkout_request_id": attempt.provider_ref, "code": "0", "amount": "2500", "receipt": "X"}
        status = provider.fetch_status(replace(attempt, data={"callback": facts}))
        assert (status.state, status.amount) == (ProviderState.PENDING, None)

    def test_facts_of_another_prompt_do_not_count(self, provider, simulator, pay):
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        facts = {"checkout_request_id": "ws_CO_other", "code": "0", "amount": "2500", "receipt": "X"}
        status = provider.fetch_status(replace(attempt, data={"callback": facts}))
        assert (status.state, status.amount, status.receipt) == (ProviderState.SUCCEEDED, None, "")

    def test_amount_that_cannot_be_read_settles_nothing(self, provider, simulator, pay):
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        facts = {"checkout_request_id": attempt.provider_ref, "code": "0", "amount": "much", "receipt": "X"}
        with pytest.raises(Retryable, match="readable amount"):
            provider.fetch_status(replace(attempt, data={"callback": facts}))

    def test_refused_expired_and_late(self, provider, simulator, pay):
        attempt = pay()
        simulator.reject(attempt.provider_ref)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.FAILED, "refused_by_customer")
        simulator.expire(attempt.provider_ref)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")
        simulator.late_success(attempt.provider_ref)
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    @pytest.mark.parametrize(
        ("code", "reason"),
        [(1, "insufficient_funds"), (17, "our_configuration"), (1025, "provider_trouble"), (2001, "wrong_pin")],
    )
    def test_reasons(self, provider, simulator, pay, code, reason):
        attempt = pay()
        simulator.prompts[attempt.provider_ref].code = code
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.FAILED, reason)

    def test_unreachable_is_not_believed_at_once(self, provider, simulator, pay, clock):
        attempt = pay()
        simulator.prompts[attempt.provider_ref].code = 1037
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        clock.time += timedelta(minutes=6)
        assert provider.fetch_status(attempt).state == ProviderState.EXPIRED

    def test_codes_outside_the_documentation_stay_pending(self, provider, simulator, pay, caplog):
        attempt = pay()
        simulator.prompts[attempt.provider_ref].code = 4711
        with caplog.at_level(logging.WARNING):
            assert provider.fetch_status(attempt).state == ProviderState.PENDING
        assert "4711" in caplog.text


class TestTrouble:
    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_answer_lost_and_found_by_the_callback(self, provider, simulator, customer, make, pay, base, told, fault):
        pay(phone="+254700000009")
        attempt = make()
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        notify_url = f"{base}/{make_path_token(KEY, 'mpesa', 'payment', attempt.id)}"
        with pytest.raises(Unknown):
            provider.initiate(attempt, customer, return_url="", notify_url=notify_url)
        patient(provider)
        with pytest.raises(Retryable, match="no_reference"):
            provider.fetch_status(attempt)
        simulator.approve(list(simulator.prompts)[-1])
        [event] = told(1)
        assert event.attempt_id == attempt.id
        status = provider.fetch_status(replace(attempt, data=event.data))
        assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(2_500_00, "KES"))
        assert status.provider_ref == event.provider_ref

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
        provider = MpesaProvider(replace(config, base_url="http://127.0.0.1:9/mpesa"))
        with pytest.raises(Retryable):
            provider.initiate(make(), customer, return_url="", notify_url="http://127.0.0.1/x")

    def test_token_is_renewed_when_it_is_refused(self, provider, simulator, pay):
        attempt = pay()
        simulator.tokens.clear()
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        assert [call.path for call in simulator.calls].count("/oauth/v1/generate") == 2

    def test_wrong_consumer_secret(self, config, simulator, customer, make, pay):
        attempt = pay()
        provider = MpesaProvider(replace(config, consumer_secret="wrong-secret-of-ours"))
        with pytest.raises(Declined, match="our_configuration") as refused:
            provider.initiate(make(), customer, return_url="", notify_url="http://127.0.0.1/x")
        assert "wrong-secret-of-ours" not in str(refused.value)
        with pytest.raises(Retryable, match="our_configuration"):
            provider.fetch_status(attempt)
        assert len(simulator.prompts) == 1

    def test_wrong_passkey_comes_as_500(self, config, simulator, customer, make):
        provider = MpesaProvider(replace(config, passkey="wrong-passkey"))
        with pytest.raises(Unknown):
            provider.initiate(make(), customer, return_url="", notify_url="http://127.0.0.1/x")
        assert not simulator.prompts


class TestCallback:
    def test_success(self, simulator, pay, told):
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        [event] = told(1)
        assert event.key == f"{attempt.provider_ref}:0"
        assert (event.provider_ref, event.attempt_id) == (attempt.provider_ref, attempt.id)
        assert (event.hint, event.kind) == (ProviderState.SUCCEEDED, "payment")
        assert event.data["callback"]["amount"] == "2500"
        assert "254712345678" not in repr(event)

    def test_refusal_has_no_metadata(self, simulator, pay, told):
        attempt = pay()
        simulator.reject(attempt.provider_ref)
        [event] = told(1)
        assert event.hint == ProviderState.FAILED
        assert event.data == {"callback": {"checkout_request_id": attempt.provider_ref, "code": "1032"}}

    def test_duplicates_have_one_key(self, simulator, pay, told):
        simulator.faults.duplicate_webhooks = 3
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        assert {event.key for event in told(3)} == {f"{attempt.provider_ref}:0"}

    def test_dropped_is_no_loss(self, provider, simulator, pay, inbox):
        simulator.faults.drop_webhooks = True
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        assert inbox.messages == []
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_forged(self, simulator, pay, told):
        simulator.faults.bad_signature = True
        simulator.approve(pay().provider_ref)
        with pytest.raises(InvalidSignature):
            told(1)

    def test_address_of_another_payment_or_purpose(self, provider, make):
        first, second = make(), make()
        good = make_path_token(KEY, "mpesa", "payment", first.id)
        start, code = make_path_token(KEY, "mpesa", "payment", second.id).rpartition("-")[0], good.rpartition("-")[2]
        for token in (f"{start}-{code}", good.replace("payment", "payout"), good[:-1], ""):
            with pytest.raises(InvalidSignature):
                provider.parse_webhook({}, b"{}", token)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[]",
            b"\xff",
            b"[" * 100_000,
            b"[1e99999999999999999999]",
            b"{}",
            b'{"Body": 5}',
            b'{"Body": {"stkCallback": {"ResultCode": 0}}}',
        ],
    )
    def test_unreadable(self, provider, make, body):
        with pytest.raises(ValueError):
            provider.parse_webhook({}, body, make_path_token(KEY, "mpesa", "payment", make().id))

    @pytest.mark.parametrize("body", [b"{}", b'{"Result": []}', b'{"Result": {"ResultCode": null}}'])
    def test_unreadable_results(self, provider, make, body):
        with pytest.raises(ValueError):
            provider.parse_webhook({}, body, make_path_token(KEY, "mpesa", "payout", make().id))

    def test_one_parameter_comes_without_a_list(self, provider, make_payout):
        payout = make_payout()
        parameters = {"ResultParameter": {"Key": "TransactionAmount", "Value": 1000}}
        body = {"Result": {"ResultCode": "0", "TransactionID": "ABC", "ResultParameters": parameters}}
        token = make_path_token(KEY, "mpesa", "payout", payout.id)
        [event] = provider.parse_webhook({}, json.dumps(body).encode(), token)
        status = provider.fetch_payout(replace(payout, data=event.data))
        assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(1_000_00, "KES"))


class TestPayout:
    def test_result_comes_by_message(self, provider, simulator, make_payout, told):
        payout = make_payout()
        status = provider.payout(payout)
        assert status.state == ProviderState.PENDING
        assert status.provider_ref == simulator.operations[str(payout.id)].conversation
        sent = simulator.calls[-1].json
        assert (sent["Amount"], sent["PartyA"], sent["PartyB"]) == (1000, "600996", "254112345678")
        [event] = told(1)
        assert (event.kind, event.attempt_id, event.hint) == ("payout", payout.id, ProviderState.SUCCEEDED)
        assert "254112345678" not in repr(event)
        status = provider.fetch_payout(replace(payout, data=event.data))
        assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(1_000_00, "KES"))
        assert status.receipt == simulator.operations[str(payout.id)].receipt

    def test_sent_twice_pays_once(self, provider, simulator, make_payout):
        payout = make_payout()
        provider.payout(payout)
        with pytest.raises(Unknown):
            provider.payout(payout)
        assert list(simulator.operations) == [str(payout.id)]

    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_unknown_outcome_is_asked_about(self, provider, simulator, make_payout, pay, told, fault):
        pay()  # a token is there
        simulator.faults.drop_webhooks = True
        payout = make_payout()
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Unknown):
            provider.payout(payout)
        patient(provider)
        simulator.faults.drop_webhooks = False
        assert provider.fetch_payout(payout).state == ProviderState.PENDING
        [event] = told(1)
        assert (event.kind, event.attempt_id) == ("payout", payout.id)
        assert "254112345678" not in repr(event)
        assert provider.fetch_payout(replace(payout, data=event.data)).state == ProviderState.SUCCEEDED

    def test_time_out_of_the_queue_says_nothing(self, provider, simulator, make_payout, told):
        simulator.holds_payouts = True
        payout = make_payout()
        provider.payout(payout)
        simulator.expire(str(payout.id))
        [event] = told(1)
        assert (event.kind, event.hint, event.data) == ("payout", None, {})
        assert provider.fetch_payout(payout).state == ProviderState.PENDING

    def test_questions_about_what_is_open_or_unknown_settle_nothing(self, provider, simulator, make_payout, told):
        simulator.holds_payouts = True
        payout = make_payout()
        provider.payout(payout)
        provider.fetch_payout(payout)
        provider.fetch_payout(make_payout())
        assert [(event.hint, event.data) for event in told(2)] == [(None, {}), (None, {})]

    def test_refused(self, provider, simulator, make_payout, told):
        simulator.holds_payouts = True
        payout = make_payout()
        provider.payout(payout)
        simulator.reject(str(payout.id))
        [event] = told(1)
        assert event.hint == ProviderState.FAILED
        status = provider.fetch_payout(replace(payout, data=event.data))
        assert (status.state, status.reason) == (ProviderState.FAILED, "insufficient_funds")

    def test_wrong_initiator_is_told_by_message(self, config, make_payout, told):
        wrong = MpesaProvider(replace(config, initiator=replace(config.initiator, password="wrong")))
        payout = make_payout()
        wrong.payout(payout)
        [event] = told(1)
        status = wrong.fetch_payout(replace(payout, data=event.data))
        assert (status.state, status.reason) == (ProviderState.FAILED, "our_configuration")

    def test_without_an_initiator(self, config, make_payout, make):
        provider = MpesaProvider(replace(config, initiator=None))
        refund = Refund(id=uuid.uuid4(), attempt=make(), amount=Money(2_500_00, "KES"), receipt="X")
        for call, thing in (
            (provider.payout, make_payout()),
            (provider.fetch_payout, make_payout()),
            (provider.refund, refund),
            (provider.fetch_refund, refund),
        ):
            with pytest.raises(Unsupported):
                call(thing)


class TestRefund:
    @pytest.fixture
    def paid(self, simulator, pay, inbox) -> Refund:
        attempt = pay()
        simulator.approve(attempt.provider_ref)
        inbox.wait_for(1)
        inbox.messages.clear()
        receipt = simulator.prompts[attempt.provider_ref].receipt
        return Refund(id=uuid.uuid4(), attempt=attempt, amount=attempt.amount, receipt=receipt)

    def test_whole_payment(self, provider, simulator, paid, told):
        status = provider.refund(paid)
        assert status.state == ProviderState.PENDING
        [event] = told(1)
        assert (event.kind, event.attempt_id) == ("refund", paid.id)
        assert event.provider_ref == status.provider_ref
        done = provider.fetch_refund(replace(paid, provider_ref=status.provider_ref, data=event.data))
        assert (done.state, done.amount) == (ProviderState.SUCCEEDED, Money(2_500_00, "KES"))
        again = provider.refund(replace(paid, provider_ref=status.provider_ref))
        assert again.state == ProviderState.PENDING
        assert len(simulator.operations) == 1

    def test_lost_result_is_asked_for(self, provider, simulator, paid, told):
        simulator.faults.drop_webhooks = True
        refund = replace(paid, provider_ref=provider.refund(paid).provider_ref)
        simulator.faults.drop_webhooks = False
        assert provider.fetch_refund(refund).state == ProviderState.PENDING
        [event] = told(1)
        assert provider.fetch_refund(replace(refund, data=event.data)).state == ProviderState.SUCCEEDED

    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_unknown_outcome_waits_for_the_message(self, provider, simulator, paid, told, fault):
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Unknown):
            provider.refund(paid)
        patient(provider)
        with pytest.raises(Retryable, match="no_reference"):
            provider.fetch_refund(paid)
        [event] = told(1)
        assert provider.fetch_refund(replace(paid, data=event.data)).state == ProviderState.SUCCEEDED

    def test_refusals(self, provider, config, simulator, paid):
        for wrong, reason in (
            (replace(paid, amount=Money(1_000_00, "KES")), "partial_refund"),
            (replace(paid, receipt=""), "no_receipt"),
            (replace(paid, receipt="UNKNOWN"), "our_configuration"),
        ):
            with pytest.raises(Declined) as refused:
                provider.refund(wrong)
            assert refused.value.reason == reason
        partial = MpesaProvider(replace(config, partial_reversals=True))
        with pytest.raises(Declined, match="not_a_step"):
            partial.refund(replace(paid, amount=Money(1050, "KES")))
        partial.refund(replace(paid, amount=Money(1_000_00, "KES")))
        assert [one.amount for one in simulator.operations.values()] == [1000]


def test_nothing_kept_shows_secrets_or_phones(provider, config, simulator, pay, make_payout, base, told, caplog):
    kept: list[Any] = []
    token = recorder.set(kept.append)
    try:
        with caplog.at_level(logging.DEBUG):
            attempt = pay()
            simulator.approve(attempt.provider_ref)
            provider.fetch_status(attempt)
            provider.payout(make_payout())
            simulator.faults.http_500 = 1
            with pytest.raises(Unknown) as ended:
                provider.payout(make_payout())
    finally:
        recorder.reset(token)
    assert len(kept) == 5
    # The log of the server that is imitated names the addresses that it was called at; ours must not.
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("commerce.providers"))
    seen = repr(kept) + ours + repr(ended.value.raw) + str(ended.value)
    hidden = [config.passkey, config.consumer_key, config.consumer_secret, config.initiator.password, KEY]
    hidden += ["254712345678", "254112345678", make_path_token(KEY, "mpesa", "payment", attempt.id)]
    hidden += list(simulator.tokens)
    hidden += [
        call.json[name]
        for call in simulator.calls
        for name in ("Password", "SecurityCredential", "ResultURL", "QueueTimeOutURL")
        if name in (call.json or {})
    ]
    assert len(hidden) > 10
    assert [secret for secret in hidden if secret in seen] == []
