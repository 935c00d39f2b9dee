"""Which providers there are, why others are not, and that each reaches its provider with what is configured."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from commerce.errors import ProviderUnavailable
from commerce.providers import registry
from commerce.providers.base import (
    Attempt,
    Customer,
    Declined,
    InvalidSignature,
    Limits,
    Payout,
    ProviderState,
    Redirect,
    Refund,
    RefundKind,
    Retryable,
    Unsupported,
)
from commerce.providers.by_country import ByCountry
from commerce.providers.path_tokens import make_path_token
from commerce.tests.simulated import SimulatedProviders
from core.money import Money
from tests.test_settings import load_settings

pytestmark = pytest.mark.one_database

ALL = {
    *("mtn", "orange_cm", "orange_web", "airtel", "mpesa"),
    *("stripe", "paystack", "flutterwave", "bank", "btcpay"),
}
#: What each takes in the simulated school, and from whom.
PAYMENTS = {
    "mtn": (25_000, "XAF", "CM", "+237670000001"),
    "orange_cm": (25_000, "XAF", "CM", "+237690000008"),
    "orange_web": (25_000, "XAF", "CM", ""),
    "airtel": (25_000, "UGX", "UG", "+256752000001"),
    "mpesa": (1_000_00, "KES", "KE", "+254712345678"),
    "stripe": (25_000, "XAF", "CM", ""),
    "paystack": (5_000_00, "NGN", "NG", ""),
    "flutterwave": (25_000, "XAF", "CM", ""),
    "bank": (25_000, "XAF", "CM", ""),
    "btcpay": (25_000, "XAF", "CM", ""),
}
CUSTOMER = Customer("awa@example.com", "Awa Ndiaye", language="fr")


def make_attempt(code: str, **fields: Any) -> Attempt:
    minor, currency, country, phone = PAYMENTS[code]
    values: dict[str, Any] = {"country": country, "phone": phone, "description": "Python", **fields}
    return Attempt(uuid.uuid4(), "B-1001", Money(minor, currency), datetime.now(UTC), **values)


def stored(attempt: Attempt, **fields: Any) -> Attempt:
    return Attempt(**{**attempt.__dict__, **fields})


@pytest.fixture
def providers(settings: Any) -> Any:
    """Configure: ``providers(stripe={…})``; nothing but what is given."""

    def configure(**given: Any) -> dict[str, Any]:
        settings.PAYMENT_SIMULATOR_URL = ""
        settings.PAYMENT_PROVIDERS = given
        return registry.providers()

    yield configure
    registry.reset()


class TestSimulated:
    def test_all_are_there(self, simulators: SimulatedProviders) -> None:
        assert set(registry.providers()) == ALL == set(registry.CODES)
        assert registry.missing() == {}
        assert {code: adapter.code for code, adapter in registry.providers().items()} == {code: code for code in ALL}

    @pytest.mark.parametrize("code", sorted(ALL - {"bank"}))
    def test_payment_from_end_to_end(self, simulators: SimulatedProviders, settings: Any, code: str) -> None:
        provider = registry.provider(code)
        attempt = make_attempt(code)
        attempt = stored(attempt, data=provider.prepare(attempt))
        token = make_path_token(settings.PAYMENTS_WEBHOOK_KEY, code, "payment", attempt.id)
        begun = provider.initiate(
            attempt,
            CUSTOMER,
            return_url="https://school.example.com/back",
            notify_url=f"http://127.0.0.1:8000/payments/webhooks/{code}/{token}/",
        )
        attempt = stored(attempt, provider_ref=begun.provider_ref, data={**attempt.data, **begun.data})
        assert provider.fetch_status(attempt).state in (ProviderState.AWAITING_CUSTOMER, ProviderState.PENDING)

        simulators.approve(code)
        told = [
            event
            for message in simulators.undelivered()
            for event in provider.parse_webhook(
                {name.lower(): value for name, value in message.headers.items()},
                message.body,
                message.url.rstrip("/").rpartition("/")[2],
            )
        ]
        assert told, "every provider tells somehow"
        attempt = stored(
            attempt, data={**attempt.data, **{key: value for one in told for key, value in one.data.items()}}
        )
        status = provider.fetch_status(attempt)
        assert status.state is ProviderState.SUCCEEDED
        if status.amount is not None:
            assert status.amount == attempt.amount

    def test_pages_are_on_the_server(self, simulators: SimulatedProviders) -> None:
        begun = registry.provider("stripe").initiate(
            make_attempt("stripe"), CUSTOMER, return_url="https://school.example.com/back", notify_url=""
        )
        assert isinstance(begun.next, Redirect)
        assert begun.next.url.startswith(f"{simulators.url}/stripe/c/pay/")

    @pytest.mark.django_db
    def test_messages_go_where_the_house_takes_them(self, simulators: SimulatedProviders, client: Client) -> None:
        provider = registry.provider("paystack")
        provider.initiate(make_attempt("paystack"), CUSTOMER, return_url="https://a.example.com/", notify_url="")
        simulators.approve("paystack")
        (message,) = simulators.undelivered()
        assert message.url.endswith("/payments/webhooks/paystack/")
        # Of nothing that the house knows, so it is kept and thanked for.
        assert simulators.deliver(client) == [200]
        assert simulators.deliver(client) == []

    def test_next_test_finds_nothing(self, simulators: SimulatedProviders) -> None:
        assert [simulators.waiting(code) for code in sorted(ALL)] == [[]] * 10
        assert simulators.undelivered() == []

    def test_payout_to_mpesa_opens_with_the_shared_certificate(self, simulators: SimulatedProviders) -> None:
        payout = Payout(uuid.uuid4(), Money(500_00, "KES"), datetime.now(UTC), phone="+254712345678", country="KE")
        assert registry.provider("mpesa").payout(payout).state is ProviderState.PENDING

    @pytest.mark.parametrize(
        ("country", "currency", "phone"),
        [("GH", "GHS", "+233241234567"), ("UG", "UGX", "+256772123456"), ("", "ZMW", "+260961234567")],
    )
    def test_mtn_of_the_wallets_country(
        self,
        simulators: SimulatedProviders,
        country: str,
        currency: str,
        phone: str,
    ) -> None:
        provider = registry.provider("mtn")
        attempt = stored(make_attempt("mtn", country=country, phone=phone), amount=Money(20_00, currency))
        provider.initiate(attempt, CUSTOMER, return_url="", notify_url="")
        (waiting,) = simulators.waiting("mtn")
        assert (waiting["phone"], waiting["currency"]) == (phone, currency)
        simulators.approve("mtn")
        assert provider.fetch_status(attempt).amount == Money(20_00, currency)


class TestByCountry:
    @pytest.fixture
    def mtn(self, simulators: SimulatedProviders) -> ByCountry:
        provider = registry.provider("mtn")
        assert isinstance(provider, ByCountry)
        return provider

    def test_a_country_without_adapter_is_declined_before_anything_is_sent(
        self,
        mtn: ByCountry,
        simulators: SimulatedProviders,
    ) -> None:
        attempt = make_attempt("mtn", country="NG", phone="+2348031234567")
        with pytest.raises(Declined) as refused:
            mtn.initiate(attempt, CUSTOMER, return_url="", notify_url="")
        assert refused.value.reason == "unsupported_country"
        # It may have been sent when the country was still there.
        with pytest.raises(Retryable):
            mtn.fetch_status(attempt)
        assert not simulators["mtn"].calls

    def test_merged_capabilities_and_those_of_a_country(self, mtn: ByCountry) -> None:
        assert mtn.capabilities.countries == {"CM", "GH", "UG", "ZM"}
        assert set(mtn.capabilities.limits) == {"XAF", "GHS", "UGX", "ZMW"}
        assert mtn.capabilities.refunds is RefundKind.FULL
        assert set(registry.capabilities("mtn", "CM").limits) == {"XAF"}
        assert registry.capabilities("mtn", "CM").limits["XAF"] == Limits(500, 500_000, 5)
        assert registry.capabilities("mtn", "FR") == mtn.capabilities

    def test_refund_and_payout_go_to_the_country(self, mtn: ByCountry, simulators: SimulatedProviders) -> None:
        attempt = make_attempt("mtn")
        mtn.initiate(attempt, CUSTOMER, return_url="", notify_url="")
        simulators.approve("mtn")
        refund = Refund(uuid.uuid4(), attempt, attempt.amount)
        mtn.refund(refund)
        assert mtn.fetch_refund(refund).state is ProviderState.SUCCEEDED
        payout = Payout(uuid.uuid4(), Money(10_00, "GHS"), datetime.now(UTC), phone="+233241234567")
        mtn.payout(payout)
        assert mtn.fetch_payout(payout).state is ProviderState.SUCCEEDED

    def test_a_forged_message_fits_no_country(self, mtn: ByCountry) -> None:
        with pytest.raises(InvalidSignature):
            mtn.parse_webhook({}, b"{}", "payment-0")

    def test_no_country_has_a_list(self, mtn: ByCountry) -> None:
        with pytest.raises(Unsupported):
            mtn.list_transactions(datetime.now(UTC), datetime.now(UTC))


class TestConfigured:
    def test_nothing_configured_says_what_to_set(self, providers: Any) -> None:
        assert providers() == {}
        assert set(registry.missing()) == ALL
        assert registry.missing()["stripe"] == "Not configured: set STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS."
        with pytest.raises(ProviderUnavailable) as refused:
            registry.provider("stripe")
        assert refused.value.code == "provider_unavailable"
        with pytest.raises(ProviderUnavailable):
            registry.provider("no_such")

    STRIPE = {
        "STRIPE_SECRET_KEY": "sk_test_x",
        "STRIPE_WEBHOOK_SECRETS": ["whsec_x"],
        "STRIPE_BASE_URL": "https://api.stripe.com",
    }
    MTN_ROW = {
        "target_environment": "mtncameroon",
        "currency": "XAF",
        "limits": [500, 500_000, 5],
        "collection": {"api_user": "u", "api_key": "k", "subscription_key": "s"},
    }

    def test_one_is_configured_and_others_are_not(self, providers: Any) -> None:
        assert set(providers(stripe=self.STRIPE)) == {"stripe"}
        assert set(registry.missing()) == ALL - {"stripe"}

    def test_the_same_adapter_is_given_each_time(self, providers: Any) -> None:
        first = providers(stripe=self.STRIPE)["stripe"]
        assert registry.provider("stripe") is first
        registry.reset()
        assert registry.provider("stripe") is not first

    @pytest.mark.parametrize("is_sandbox", [True, False])
    def test_keys_fit_the_mode(self, providers: Any, settings: Any, is_sandbox: bool) -> None:
        settings.PAYMENTS_SANDBOX = is_sandbox
        wrong, right = ("live", "test") if is_sandbox else ("test", "live")
        assert providers(stripe={**self.STRIPE, "STRIPE_SECRET_KEY": f"sk_{wrong}_x"}) == {}
        assert "PAYMENTS_SANDBOX" in registry.missing()["stripe"]
        assert set(providers(stripe={**self.STRIPE, "STRIPE_SECRET_KEY": f"sk_{right}_x"})) == {"stripe"}
        paystack = {"PAYSTACK_SECRET_KEY": f"sk_{wrong}_x", "PAYSTACK_BASE_URL": "https://api.paystack.co"}
        assert providers(paystack=paystack) == {}
        assert set(providers(paystack={**paystack, "PAYSTACK_SECRET_KEY": f"sk_{right}_x"})) == {"paystack"}

    def test_reasons_tell_no_secret(self, providers: Any, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
        settings.PAYMENTS_SANDBOX = False
        row = {**self.MTN_ROW, "collection": {"api_user": "u", "api_key": "XyzzyOne"}}
        assert (
            providers(
                mtn={"MTN_COUNTRIES": {"CM": row}},
                stripe={**self.STRIPE, "STRIPE_SECRET_KEY": "XyzzyTwo"},
                bank={"BANK_ACCOUNTS": {"XAF": {"holder": "H", "bank": "B", "iban": "CM2110003001000500000605307"}}},
            )
            == {}
        )
        told = " ".join(registry.missing().values()) + caplog.text
        assert "Xyzzy" not in told
        assert "subscription_key" in registry.missing()["mtn"]
        assert "check digits" in registry.missing()["bank"]
        assert len([one for one in caplog.records if one.name == "commerce.providers.registry"]) == 3

    @pytest.mark.parametrize(
        ("change", "detail"),
        [
            ({"limits": None}, "Limits are"),
            ({"limits": [0, 10]}, "at least 1"),
            ({"limits": [500, 100]}, "at least 1"),
            ({"limits": ["500"]}, "Limits are"),
            ({"limits": [5.5]}, "Limits are"),
            ({"currency": "TND"}, "MTN has no TND"),
            ({"target_environment": "sandbox"}, "Production takes neither"),
        ],
    )
    def test_mtn_refuses(self, providers: Any, settings: Any, change: dict[str, Any], detail: str) -> None:
        settings.PAYMENTS_SANDBOX = False
        assert providers(mtn={"MTN_COUNTRIES": {"CM": {**self.MTN_ROW, **change}}}) == {}
        assert detail in registry.missing()["mtn"]

    def test_mtn_needs_its_country_complete(self, providers: Any) -> None:
        row = {name: value for name, value in self.MTN_ROW.items() if name != "limits"}
        assert providers(mtn={"MTN_COUNTRIES": {"CM": row}}) == {}
        assert "'limits' is missing" in registry.missing()["mtn"]

    def test_mtns_sandbox_speaks_of_euros(self, providers: Any, settings: Any) -> None:
        settings.PAYMENTS_SANDBOX = True
        row = {**self.MTN_ROW, "target_environment": "sandbox"}
        assert set(providers(mtn={"MTN_COUNTRIES": {"CM": row}})) == {"mtn"}
        assert registry.capabilities("mtn", "CM").payouts is False

    def test_limits_are_overridden_by_currency(self, providers: Any, settings: Any) -> None:
        settings.PAYMENT_LIMITS = {"stripe": {"XAF": [1_000, None, 5], "NGN": [100_000], "EUR": None}}
        assert providers(stripe=self.STRIPE)["stripe"].capabilities.limits == {
            "USD": Limits(50, 99_999_999),
            "XAF": Limits(1_000, None, 5),
            "NGN": Limits(100_000),
        }

    def test_orange_goes_to_the_sandbox_unless_live(self, providers: Any, settings: Any) -> None:
        row = {
            "ORANGE_WEB_CLIENT_ID": "a",
            "ORANGE_WEB_CLIENT_SECRET": "b",
            "ORANGE_WEB_MERCHANT_KEY": "c",
            "ORANGE_WEB_BASE_URL": "https://api.orange.com",
            "ORANGE_WEB_COUNTRY": "CM",
            "ORANGE_WEB_CURRENCY": "XAF",
        }
        settings.PAYMENTS_SANDBOX = True
        assert providers(orange_web=row)["orange_web"]._config.wire_currency == "OUV"
        settings.PAYMENTS_SANDBOX = False
        assert providers(orange_web=row)["orange_web"]._config.segment == "cm"
        assert providers(orange_web={**row, "ORANGE_WEB_SEGMENT": "dev"}) == {}

    def test_half_an_initiator_is_refused(self, providers: Any) -> None:
        row = {f"MPESA_{name}": "x" for name in ("SHORTCODE", "PASSKEY", "CONSUMER_KEY", "CONSUMER_SECRET")}
        row |= {"MPESA_BASE_URL": "https://sandbox.safaricom.co.ke", "MPESA_NOTIFY_BASE": "https://a.example.com/m"}
        assert providers(mpesa=row)["mpesa"].capabilities.payouts is False
        assert providers(mpesa={**row, "MPESA_INITIATOR": "x"}) == {}
        assert "MPESA_CERTIFICATE" in registry.missing()["mpesa"]


class TestSettings:
    CODE = "from django.conf import settings as s; print(s.PAYMENTS_SANDBOX, s.PAYMENT_LIMITS)"

    def test_production_is_no_sandbox(self, tmp_path: Path) -> None:
        done = load_settings(tmp_path, self.CODE, PAYMENT_LIMITS='{"bank": {"XAF": [500]}}')
        assert done.stdout == "False {'bank': {'XAF': [500]}}\n", done.stderr

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"PAYMENT_SIMULATOR_URL": "http://127.0.0.1:8001"}, "never takes imitated payments"),
            ({"MTN_COUNTRIES": "{"}, "MTN_COUNTRIES is not JSON"),
            ({"BANK_ACCOUNTS": "[]"}, "BANK_ACCOUNTS is a JSON object"),
            ({"PAYOUT_MINIMUM": '{"XAF": 1.5}'}, "PAYOUT_MINIMUM has 'XAF'"),
            ({"PAYOUT_MINIMUM": '{"FCFA": 1}'}, "PAYOUT_MINIMUM has 'FCFA'"),
            ({"PLATFORM_FEE_PERCENT": "101"}, "from 0 to 100"),
            ({"ORDER_HOURS": "0"}, "at least 1"),
        ],
    )
    def test_refuses(self, tmp_path: Path, changes: dict[str, str], reason: str) -> None:
        done = load_settings(tmp_path, **changes)
        assert done.returncode == 1
        assert reason in done.stderr

    def test_webhook_key_is_made_from_the_secret_key_and_is_not_it(self, tmp_path: Path) -> None:
        shown = "s.PAYMENTS_WEBHOOK_KEY, s.SECRET_KEY in s.PAYMENTS_WEBHOOK_KEY"
        code = f"from django.conf import settings as s; print({shown})"
        first, second = load_settings(tmp_path, code), load_settings(tmp_path, code, SECRET_KEY="y" * 40)
        assert first.stdout != second.stdout
        assert first.stdout.split()[1] == "False"
        assert load_settings(tmp_path, code, PAYMENTS_WEBHOOK_KEY="own").stdout == "own False\n"
