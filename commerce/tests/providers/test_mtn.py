"""MTN MoMo: the adapter against the imitated provider, over HTTP."""

import base64
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
    ProviderState,
    PushSent,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Unsupported,
)
from commerce.providers.http import recorder
from commerce.providers.mtn import MtnConfig, MtnProduct, MtnProvider, from_wire, to_wire
from commerce.providers.path_tokens import make_path_token
from commerce.simulators.core import SimulatorServer
from commerce.simulators.mtn import MtnSimulator
from core.money import Money

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = "key-of-addresses"


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer([MtnSimulator("mtncameroon", "XAF")]) as started:
        yield started


@pytest.fixture
def simulator(server) -> MtnSimulator:
    found = server.by_code["mtn"]
    found.reset()
    found.faults.hang_seconds = 1.0
    return found


@pytest.fixture
def config(server, simulator) -> MtnConfig:
    products = {
        name: MtnProduct(row.api_user, row.api_key, row.subscription_key)
        for name, row in simulator.subscriptions.items()
    }
    return MtnConfig(
        base_url=server.url("mtn"),
        target_environment="mtncameroon",
        limits={"XAF": Limits(500, 500_000, 5)},
        webhook_key=KEY,
        callback_host="127.0.0.1",
        countries=frozenset({"CM"}),
        **products,
    )


@pytest.fixture
def provider(config) -> MtnProvider:
    return MtnProvider(config, now=lambda: NOW)


@pytest.fixture
def pay(provider, customer, make_attempt) -> Any:
    """Start a payment: ``pay()`` gives the attempt, ``pay(phone=…)`` for somebody else."""

    def start(notify_url: str = "", **fields: Any) -> Any:
        attempt = make_attempt(**fields)
        provider.initiate(attempt, customer, return_url="", notify_url=notify_url)
        return attempt

    return start


@pytest.fixture
def make_payout() -> Any:
    def make(minor: int = 10_000, **fields: Any) -> Payout:
        values = {"phone": "+237670000009", "country": "CM", "description": "Septembre", **fields}
        return Payout(id=uuid.uuid4(), amount=Money(minor, "XAF"), created_at=NOW, **values)

    return make


def impatient(provider: MtnProvider) -> None:
    """Give up soon; called when tokens are there, which a fault would hit first."""
    provider._http._client.timeout = httpx.Timeout(0.3)


def patient(provider: MtnProvider) -> None:
    provider._http._client.timeout = httpx.Timeout(10.0)


def notify(attempt: Any, inbox: Any, kind: str = "payment") -> str:
    return inbox.url.rsplit("/", 1)[0] + "/" + make_path_token(KEY, "mtn", kind, attempt.id)


class TestWire:
    @pytest.mark.parametrize(
        ("amount", "wire"),
        [
            (Money(25_000, "XAF"), "25000"),
            (Money(1050, "GHS"), "10.50"),
            (Money(1005, "EUR"), "10.05"),
            (Money(2_500_00, "NGN"), "2500"),
            (Money(7, "ZMW"), "0.07"),
            (Money(500, "UGX"), "500"),
        ],
    )
    def test_golden(self, amount, wire):
        assert to_wire(amount) == wire
        assert from_wire(wire, amount.currency) == amount

    @given(
        st.builds(
            Money, st.integers(0, 10**14), st.sampled_from(["XAF", "XOF", "UGX", "RWF", "GHS", "ZMW", "NGN", "EUR"])
        )
    )
    def test_there_and_back(self, amount):
        assert from_wire(to_wire(amount), amount.currency) == amount

    @pytest.mark.parametrize("amount", [Money(1050, "USD"), Money(-5, "XAF")])
    def test_what_the_rail_cannot_express(self, amount):
        with pytest.raises(ValueError):
            to_wire(amount)

    @pytest.mark.parametrize("value", ["", "1e3", "10.5", "-5", "25 000", "٥٠٠", None, 10.0, True, [], "NaN"])
    def test_what_is_no_amount(self, value):
        with pytest.raises(ValueError):
            from_wire(value, "XAF")


class TestConfig:
    def test_production_forbids_the_sandbox_and_its_currency(self, config):
        for change in ({"sandbox_currency": "EUR"}, {"target_environment": "sandbox"}):
            with pytest.raises(ValueError, match="Production"):
                replace(config, **change)

    def test_sandbox_currency_stands_for_one_currency(self, config):
        both = {"XAF": Limits(), "GHS": Limits()}
        with pytest.raises(ValueError, match="exactly one"):
            replace(config, is_production=False, sandbox_currency="EUR", limits=both)

    def test_currencies_that_mtn_lacks(self, config):
        with pytest.raises(ValueError, match="KES"):
            replace(config, limits={"KES": Limits()})

    def test_repr_shows_no_key(self, config):
        assert KEY not in repr(config)
        for product in (config.collection, config.disbursement):
            assert product.api_key not in repr(config)
            assert product.subscription_key not in repr(config)

    def test_abilities_follow_the_subscriptions(self, config):
        assert MtnProvider(config).capabilities.refunds == RefundKind.FULL
        assert MtnProvider(replace(config, partial_refunds=True)).capabilities.refunds == RefundKind.PARTIAL
        without = MtnProvider(replace(config, disbursement=None))
        assert (without.capabilities.refunds, without.capabilities.payouts) == (RefundKind.NONE, False)


class TestInitiate:
    def test_asks_for_the_money_under_our_id(self, provider, simulator, customer, make_attempt):
        attempt = make_attempt(description="L'été à Python: 2ᵉ")
        started = provider.initiate(attempt, customer, return_url="", notify_url="")
        assert started.provider_ref == str(attempt.id)
        assert started.next == PushSent(NOW + timedelta(minutes=5))
        assert started.state == ProviderState.AWAITING_CUSTOMER
        call = simulator.calls[-1]
        assert call.headers["X-Reference-Id"] == str(attempt.id)
        assert "X-Callback-Url" not in call.headers
        assert call.json == {
            "amount": "25000",
            "currency": "XAF",
            "externalId": "B-1001",
            "payer": {"partyIdType": "MSISDN", "partyId": "237670000001"},
            "payerMessage": "L ete a Python 2e",
            "payeeNote": "B 1001",
        }
        assert simulator.waiting() == [
            {
                "reference": str(attempt.id),
                "phone": "+237670000001",
                "amount": "25000",
                "currency": "XAF",
                "text": "L ete a Python 2e",
            }
        ]

    def test_one_token_for_many_payments(self, pay, simulator):
        for _time in range(3):
            pay()
        assert [call.path for call in simulator.calls].count("/collection/token/") == 1

    def test_sent_twice_asks_once(self, provider, simulator, customer, pay):
        attempt = pay()
        again = provider.initiate(attempt, customer, return_url="", notify_url="")
        assert again.state == ProviderState.PENDING
        assert list(simulator.operations) == [str(attempt.id)]

    @pytest.mark.parametrize(
        ("minor", "currency", "reason"),
        [
            (495, "XAF", "too_small"),
            (500_005, "XAF", "too_large"),
            (501, "XAF", "not_a_step"),
            (1050, "USD", "unsupported_currency"),
        ],
    )
    def test_amounts_refused_before_the_call(
        self, provider, simulator, customer, make_attempt, minor, currency, reason
    ):
        with pytest.raises(Declined) as refused:
            provider.initiate(make_attempt(minor, currency), customer, return_url="", notify_url="")
        assert refused.value.reason == reason
        assert not simulator.calls

    @pytest.mark.parametrize("phone", ["670000001", "+237 670 00 00 01", "+٢٣٧670000001", "+0670000001"])
    def test_phones_refused_before_the_call(self, pay, simulator, phone):
        with pytest.raises(Declined, match="no_such_account") as refused:
            pay(phone=phone)
        assert phone not in str(refused.value)
        assert not simulator.calls

    def test_reference_of_another_version_is_refused_before_the_call(self, provider, simulator, customer, make_attempt):
        attempt = replace(make_attempt(), id=uuid.uuid1())
        with pytest.raises(Declined, match="our_configuration"):
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert not simulator.operations

    def test_address_on_another_host_is_left_out(self, pay, simulator):
        pay("https://elsewhere.example.com/hooks/x")
        assert "X-Callback-Url" not in simulator.calls[-1].headers

    def test_malformed(self, provider, simulator):
        with pytest.raises(Declined) as refused:
            provider._submit("collection", "/collection/v1_0/requesttopay", uuid.uuid4(), {"amount": 5}, {})
        assert refused.value.reason == "our_configuration"
        assert not simulator.operations

    def test_configuration_errors_come_as_500_and_say_nothing_until_asked(self, config, customer, make_attempt):
        provider = MtnProvider(replace(config, target_environment="mtnghana"))
        attempt = make_attempt()
        with pytest.raises(Unknown) as ended:
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert ended.value.reason == "our_configuration"
        assert MtnProvider(config).fetch_status(attempt).state == ProviderState.NOT_FOUND


class TestStatus:
    def test_waiting(self, provider, pay):
        status = provider.fetch_status(pay())
        assert (status.state, status.amount, status.receipt) == (ProviderState.PENDING, Money(25_000, "XAF"), "")

    def test_paid(self, provider, simulator, pay):
        attempt = pay()
        simulator.approve(str(attempt.id))
        status = provider.fetch_status(attempt)
        assert status.state == ProviderState.SUCCEEDED
        assert status.amount == Money(25_000, "XAF")
        assert status.receipt == simulator.operations[str(attempt.id)].receipt
        assert status.provider_ref == str(attempt.id)
        assert status.raw["payer"]["partyId"] == "237•••01"

    def test_wrong_amount_shows(self, provider, simulator, pay):
        simulator.faults.wrong_amount = True
        attempt = pay()
        simulator.approve(str(attempt.id))
        assert provider.fetch_status(attempt).amount == Money(12_500, "XAF")

    def test_refused_expired_and_late(self, provider, simulator, pay):
        attempt = pay()
        reference = str(attempt.id)
        simulator.reject(reference)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.FAILED, "refused_by_customer")
        simulator.expire(reference)
        status = provider.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.FAILED, "not_confirmed_in_time")
        simulator.late_success(reference)
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_never_heard_of(self, provider, make_attempt):
        assert provider.fetch_status(make_attempt()).state == ProviderState.NOT_FOUND

    @pytest.mark.parametrize(
        ("last", "state", "reason"),
        [
            ("450", ProviderState.FAILED, "provider_trouble"),
            ("451", ProviderState.FAILED, "refused_by_customer"),
            ("452", ProviderState.FAILED, "not_confirmed_in_time"),
            ("453", ProviderState.PENDING, ""),
            ("455", ProviderState.FAILED, "no_such_account"),
            ("456", ProviderState.FAILED, "recipient_refused"),
            ("457", ProviderState.FAILED, "our_configuration"),
            ("461", ProviderState.FAILED, "provider_trouble"),
            ("463", ProviderState.FAILED, "not_confirmed_in_time"),
        ],
    )
    def test_test_numbers_of_the_portal(self, provider, pay, last, state, reason):
        status = provider.fetch_status(pay(phone=f"+46733123{last}"))
        assert (status.state, status.reason) == (state, reason)

    def test_delayed_test_number(self, provider, simulator, pay):
        attempt = pay(phone="+46733123454")
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        simulator.shift = timedelta(seconds=26)
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_words_outside_the_documentation_stay_pending(self, provider, simulator, pay, caplog):
        attempt = pay()
        simulator.operations[str(attempt.id)].status = "PONDERING"
        with caplog.at_level(logging.WARNING):
            assert provider.fetch_status(attempt).state == ProviderState.PENDING
        assert "PONDERING" in caplog.text

    def test_timeout_is_final_only_after_a_while(self, config, simulator, pay):
        attempt = pay()
        simulator.operations[str(attempt.id)].status = "TIMEOUT"
        soon = MtnProvider(config, now=lambda: attempt.created_at + timedelta(minutes=9))
        later = MtnProvider(config, now=lambda: attempt.created_at + timedelta(minutes=11))
        assert soon.fetch_status(attempt).state == ProviderState.PENDING
        status = later.fetch_status(attempt)
        assert (status.state, status.reason) == (ProviderState.EXPIRED, "not_confirmed_in_time")

    def test_amount_that_cannot_be_read_settles_nothing(self, provider, simulator, pay):
        attempt = pay()
        simulator.approve(str(attempt.id))
        simulator.operations[str(attempt.id)].amount = "25,000"
        with pytest.raises(Retryable, match="readable amount"):
            provider.fetch_status(attempt)


class TestSandbox:
    def test_real_currency_stays_ours(self, config, customer, make_attempt):
        with SimulatorServer([MtnSimulator()]) as server:
            sandbox = replace(
                config,
                base_url=server.url("mtn"),
                target_environment="sandbox",
                is_production=False,
                sandbox_currency="EUR",
            )
            provider = MtnProvider(sandbox)
            attempt = make_attempt()
            provider.initiate(attempt, customer, return_url="", notify_url="")
            simulator = server.by_code["mtn"]
            sent = simulator.calls[-1].json
            assert (sent["amount"], sent["currency"]) == ("25000", "EUR")
            simulator.approve(str(attempt.id))
            assert provider.fetch_status(attempt).amount == Money(25_000, "XAF")

    def test_without_the_override_the_sandbox_refuses(self, config, customer, make_attempt):
        with SimulatorServer([MtnSimulator()]) as server:
            sandbox = replace(config, base_url=server.url("mtn"), target_environment="sandbox", is_production=False)
            attempt = make_attempt()
            with pytest.raises(Unknown, match="INVALID_CURRENCY"):
                MtnProvider(sandbox).initiate(attempt, customer, return_url="", notify_url="")
            assert MtnProvider(sandbox).fetch_status(attempt).state == ProviderState.NOT_FOUND

    def test_users_are_made_as_on_the_portal(self, server, simulator):
        user, headers = str(uuid.uuid4()), {"Ocp-Apim-Subscription-Key": "collection-subscription-key"}
        with httpx.Client(base_url=server.url("mtn")) as client:
            body = {"providerCallbackHost": "pay.example.org"}
            made = client.post("/v1_0/apiuser", json=body, headers={**headers, "X-Reference-Id": user})
            assert (made.status_code, made.content) == (201, b"")
            key = client.post(f"/v1_0/apiuser/{user}/apikey", headers=headers).json()["apiKey"]
            assert client.get(f"/v1_0/apiuser/{user}", headers=headers).json() == {
                "providerCallbackHost": "pay.example.org",
                "targetEnvironment": "mtncameroon",
            }
            basic = base64.b64encode(f"{user}:{key}".encode()).decode()
            token = client.post("/collection/token/", headers={**headers, "Authorization": f"Basic {basic}"})
            assert token.json()["expires_in"] == 3600


class TestTrouble:
    def test_hang_after_it_was_taken(self, provider, simulator, customer, make_attempt, pay):
        pay()
        attempt = make_attempt()
        simulator.faults.hang = 1
        impatient(provider)
        with pytest.raises(Unknown):
            provider.initiate(attempt, customer, return_url="", notify_url="")
        patient(provider)
        simulator.approve(str(attempt.id))
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    @pytest.mark.parametrize("fault", ["http_500", "html_error"])
    def test_errors_after_it_was_taken(self, provider, simulator, customer, make_attempt, pay, fault):
        pay()
        attempt = make_attempt()
        setattr(simulator.faults, fault, 1)
        with pytest.raises(Unknown) as ended:
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert ended.value.reason == "provider_trouble"
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        provider.initiate(attempt, customer, return_url="", notify_url="")
        assert len(simulator.operations) == 2

    @pytest.mark.parametrize("fault", ["http_500", "html_error", "hang"])
    def test_asking_is_never_a_failure_of_the_payment(self, provider, simulator, pay, fault):
        attempt = pay()
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Retryable):
            provider.fetch_status(attempt)
        patient(provider)
        assert provider.fetch_status(attempt).state == ProviderState.PENDING

    def test_nobody_listens(self, config, customer, make_attempt):
        provider = MtnProvider(replace(config, base_url="http://127.0.0.1:9/mtn"))
        with pytest.raises(Retryable):
            provider.initiate(make_attempt(), customer, return_url="", notify_url="")

    def test_token_is_renewed_after_401(self, provider, simulator, pay):
        attempt = pay()
        simulator.tokens.clear()
        assert provider.fetch_status(attempt).state == ProviderState.PENDING
        simulator.shift = timedelta(hours=2)
        second = pay()
        assert str(second.id) in simulator.operations
        assert [call.path for call in simulator.calls].count("/collection/token/") == 3

    @pytest.mark.parametrize("name", ["api_key", "subscription_key"])
    def test_wrong_keys(self, config, simulator, customer, make_attempt, name):
        wrong = replace(config.collection, **{name: "wrong-key-of-ours"})
        provider = MtnProvider(replace(config, collection=wrong))
        attempt = make_attempt()
        with pytest.raises(Declined) as refused:
            provider.initiate(attempt, customer, return_url="", notify_url="")
        assert refused.value.reason == "our_configuration"
        assert "wrong-key-of-ours" not in str(refused.value)
        with pytest.raises(Retryable, match="our_configuration"):
            provider.fetch_status(attempt)
        assert not simulator.operations


class TestCallback:
    def test_once_and_by_put(self, provider, simulator, pay, make_attempt, inbox):
        attempt = make_attempt()
        provider.initiate(attempt, None, return_url="", notify_url=notify(attempt, inbox))
        simulator.approve(str(attempt.id))
        [(method, path, headers, body)] = inbox.wait_for(1)
        assert method == "PUT"
        [event] = provider.parse_webhook(headers, body, path.rsplit("/", 1)[1])
        assert event.key == f"{attempt.id}:SUCCESSFUL"
        assert event.attempt_id == attempt.id
        assert event.provider_ref == str(attempt.id)
        assert event.hint == ProviderState.SUCCEEDED
        assert event.kind == "payment"
        assert "237670000001" not in repr(event)
        simulator.late_success(str(attempt.id))
        assert len(simulator.sent) == 1

    def test_duplicates_have_one_key(self, provider, simulator, make_attempt, inbox):
        attempt = make_attempt()
        simulator.faults.duplicate_webhooks = 3
        provider.initiate(attempt, None, return_url="", notify_url=notify(attempt, inbox))
        simulator.reject(str(attempt.id))
        events = [
            provider.parse_webhook(headers, body, path.rsplit("/", 1)[1])[0]
            for _method, path, headers, body in inbox.wait_for(3)
        ]
        assert {event.key for event in events} == {f"{attempt.id}:FAILED"}

    def test_dropped_is_no_loss(self, provider, simulator, make_attempt, inbox):
        attempt = make_attempt()
        simulator.faults.drop_webhooks = True
        provider.initiate(attempt, None, return_url="", notify_url=notify(attempt, inbox))
        simulator.approve(str(attempt.id))
        assert inbox.messages == []
        assert provider.fetch_status(attempt).state == ProviderState.SUCCEEDED

    def test_forged(self, provider, simulator, make_attempt, inbox):
        attempt = make_attempt()
        simulator.faults.bad_signature = True
        provider.initiate(attempt, None, return_url="", notify_url=notify(attempt, inbox))
        simulator.approve(str(attempt.id))
        [(_method, path, headers, body)] = inbox.wait_for(1)
        with pytest.raises(InvalidSignature):
            provider.parse_webhook(headers, body, path.rsplit("/", 1)[1])

    def test_address_of_another_payment_or_provider_or_none(self, provider, make_attempt):
        first, second = make_attempt(), make_attempt()
        good = make_path_token(KEY, "mtn", "payment", first.id)
        start, code = make_path_token(KEY, "mtn", "payment", second.id).rpartition("-")[0], good.rpartition("-")[2]
        for token in (
            f"{start}-{code}",
            good.replace("payment", "payout"),
            make_path_token(KEY, "mpesa", "payment", first.id),
            make_path_token("other", "mtn", "payment", first.id),
            "",
            "é-é-é",
        ):
            with pytest.raises(InvalidSignature):
                provider.parse_webhook({}, b"{}", token)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b"[" * 100_000, b"[1e99999999999999999999]"])
    def test_unreadable(self, provider, make_attempt, body):
        token = make_path_token(KEY, "mtn", "payment", make_attempt().id)
        with pytest.raises(ValueError):
            provider.parse_webhook({}, body, token)

    def test_what_it_says_of_the_amount_is_not_believed(self, provider, pay):
        attempt = pay()
        body = json.dumps({"status": "SUCCESSFUL", "amount": "1", "currency": "XAF"}).encode()
        [event] = provider.parse_webhook({}, body, make_path_token(KEY, "mtn", "payment", attempt.id))
        assert event.hint == ProviderState.SUCCEEDED
        assert provider.fetch_status(attempt).state == ProviderState.PENDING


class TestRefund:
    @pytest.fixture
    def paid(self, simulator, pay) -> Any:
        attempt = pay()
        simulator.approve(str(attempt.id))
        return attempt

    def test_whole_payment(self, provider, simulator, paid):
        refund = Refund(id=uuid.uuid4(), attempt=paid, amount=paid.amount, reason="Cours annulé")
        assert provider.fetch_refund(refund).state == ProviderState.NOT_FOUND
        assert provider.refund(refund).state == ProviderState.PENDING
        assert simulator.operations[str(refund.id)].body["referenceIdToRefund"] == str(paid.id)
        status = provider.fetch_refund(refund)
        assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(25_000, "XAF"))
        assert provider.refund(refund).state == ProviderState.PENDING
        assert len(simulator.operations) == 2

    def test_part_of_it_only_where_configured(self, provider, config, simulator, paid):
        refund = Refund(id=uuid.uuid4(), attempt=paid, amount=Money(10_000, "XAF"))
        with pytest.raises(Declined, match="partial_refund"):
            provider.refund(refund)
        assert str(refund.id) not in simulator.operations
        MtnProvider(replace(config, partial_refunds=True)).refund(refund)
        assert simulator.operations[str(refund.id)].amount == "10000"

    def test_unknown_outcome(self, provider, simulator, paid):
        refund = Refund(id=uuid.uuid4(), attempt=paid, amount=paid.amount)
        provider.fetch_refund(refund)  # a token is there
        simulator.faults.hang = 1
        impatient(provider)
        with pytest.raises(Unknown):
            provider.refund(refund)
        patient(provider)
        assert provider.fetch_refund(refund).state == ProviderState.SUCCEEDED

    def test_of_what_was_never_paid(self, provider, pay):
        attempt = pay()
        with pytest.raises(Declined):
            provider.refund(Refund(id=uuid.uuid4(), attempt=attempt, amount=attempt.amount))

    def test_without_the_subscription(self, config, paid, make_payout):
        provider = MtnProvider(replace(config, disbursement=None))
        refund = Refund(id=uuid.uuid4(), attempt=paid, amount=paid.amount)
        for call in (
            lambda: provider.refund(refund),
            lambda: provider.fetch_refund(refund),
            lambda: provider.payout(make_payout()),
            lambda: provider.fetch_payout(make_payout()),
        ):
            with pytest.raises(Unsupported):
                call()


class TestPayout:
    def test_sends_money_once(self, provider, simulator, make_payout):
        payout = make_payout()
        assert provider.payout(payout).state == ProviderState.PENDING
        assert provider.payout(payout).state == ProviderState.PENDING
        status = provider.fetch_payout(payout)
        assert (status.state, status.amount) == (ProviderState.SUCCEEDED, Money(10_000, "XAF"))
        assert list(simulator.operations) == [str(payout.id)]
        assert simulator.operations[str(payout.id)].body["payee"]["partyId"] == "237670000009"

    @pytest.mark.parametrize("fault", ["hang", "http_500", "html_error"])
    def test_unknown_outcome(self, provider, simulator, make_payout, fault):
        payout = make_payout()
        assert provider.fetch_payout(payout).state == ProviderState.NOT_FOUND
        setattr(simulator.faults, fault, 1)
        impatient(provider)
        with pytest.raises(Unknown):
            provider.payout(payout)
        patient(provider)
        assert provider.fetch_payout(payout).state == ProviderState.SUCCEEDED

    def test_held_then_refused(self, provider, simulator, make_payout):
        simulator.holds_payouts = True
        payout = make_payout()
        provider.payout(payout)
        assert provider.fetch_payout(payout).state == ProviderState.PENDING
        simulator.reject(str(payout.id))
        assert provider.fetch_payout(payout).state == ProviderState.FAILED

    @pytest.mark.parametrize(
        ("last", "reason"),
        [("455", "insufficient_funds"), ("456", "limit_reached"), ("457", "recipient_refused")],
    )
    def test_test_numbers_of_the_portal(self, provider, make_payout, last, reason):
        payout = make_payout(phone=f"+46733123{last}")
        provider.payout(payout)
        status = provider.fetch_payout(payout)
        assert (status.state, status.reason) == (ProviderState.FAILED, reason)


def test_nothing_kept_shows_keys_or_phones(provider, config, simulator, pay, make_payout, inbox, caplog):
    kept: list[Any] = []
    token = recorder.set(kept.append)
    try:
        with caplog.at_level(logging.DEBUG):
            attempt = pay()
            simulator.approve(str(attempt.id))
            provider.fetch_status(attempt)
            provider.payout(make_payout())
            simulator.faults.http_500 = 1
            with pytest.raises(Unknown) as ended:
                provider.payout(make_payout())
    finally:
        recorder.reset(token)
    assert len(kept) == 6
    seen = repr(kept) + caplog.text + repr(ended.value.raw) + str(ended.value)
    secrets = [config.collection.api_key, config.disbursement.subscription_key, "237670000001", "237670000009", KEY]
    secrets += list(simulator.tokens)
    assert [secret for secret in secrets if secret in seen] == []
