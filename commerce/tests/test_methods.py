"""Ways to pay: what there is for whom, in which order, and why not."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from commerce.errors import ProviderUnavailable
from commerce.methods import Method, method_name, payment_methods, require_method
from commerce.providers import registry
from commerce.providers.base import Flow
from commerce.tests.simulated import SimulatedProviders
from core.money import Money

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("simulators")]

PRICE = Money(25_000, "XAF")


def by_code(*arguments: Any, **named: Any) -> dict[str, Method]:
    return {method.code: method for method in payment_methods(*arguments, **named)}


def available(*arguments: Any, **named: Any) -> list[str]:
    return [method.code for method in payment_methods(*arguments, **named) if method.is_available]


class TestOrder:
    def test_cameroon(self) -> None:
        assert available("CM", PRICE) == ["mtn", "orange_cm", "orange_web", "stripe", "flutterwave", "bank", "btcpay"]

    @pytest.mark.parametrize(
        ("phone", "first"), [("+237690000001", "orange_cm"), ("+237670000001", "mtn"), ("+237662000001", "mtn")]
    )
    def test_the_numbers_operator_comes_first(self, phone: str, first: str) -> None:
        methods = payment_methods("CM", PRICE, phone=phone)
        assert methods[0].code == first
        guessed = [method.code for method in methods if method.is_guess]
        assert guessed == ([] if phone == "+237662000001" else [first])

    def test_kenya(self) -> None:
        assert available("KE", Money(1_000_00, "KES"))[:2] == ["airtel", "mpesa"]
        assert available("KE", Money(1_000_00, "KES"), phone="+254712345678")[0] == "mpesa"

    def test_uganda_has_two(self) -> None:
        assert available("UG", Money(25_000, "UGX"))[:2] == ["mtn", "airtel"]

    def test_what_is_not_available_comes_last(self) -> None:
        methods = payment_methods("CM", PRICE)
        assert [method.is_available for method in methods] == [True] * 7 + [False] * 3
        assert {method.code for method in methods} == set(registry.CODES)

    def test_abroad_with_a_wallet_at_home(self) -> None:
        assert "mtn" not in available("FR", PRICE)
        assert available("FR", PRICE, phone="+237670000001")[0] == "mtn"

    def test_nobody_is_left_out_where_no_country_is_known(self) -> None:
        assert {"mtn", "orange_cm", "orange_web", "stripe"} <= set(available("", PRICE))


class TestReasons:
    @pytest.mark.parametrize(
        ("code", "country", "amount", "reason", "message"),
        [
            ("mtn", "CM", Money(500_005, "XAF"), "too_large", "MTN MoMo is there for amounts up to 500 000 FCFA."),
            ("mtn", "CM", Money(100, "XAF"), "too_small", "MTN MoMo is there for amounts from 500 FCFA."),
            ("mtn", "CM", Money(25_001, "XAF"), "not_a_step", "MTN MoMo is there for amounts in steps of 5 FCFA."),
            ("mpesa", "KE", Money(1_000_50, "KES"), "not_a_step", "M-Pesa is there for amounts in steps of KES 1.00."),
            ("mtn", "CM", Money(20_00, "USD"), "not_in_currency", "MTN MoMo does not take USD; you can pay in XAF."),
            (
                "airtel",
                "CM",
                PRICE,
                "not_in_country",
                "Airtel Money does not work in your country, only in Kenya, Uganda and Zambia.",
            ),
            (
                "paystack",
                "CM",
                PRICE,
                "not_in_currency",
                "Card or bank, with Paystack does not take XAF; you can pay in",
            ),
        ],
    )
    def test_said_to_people(self, code: str, country: str, amount: Money, reason: str, message: str) -> None:
        method = by_code(country, amount)[code]
        assert (method.is_available, method.reason) == (False, reason)
        assert method.message.replace("\u202f", " ").replace("\u00a0", " ").startswith(message)
        with pytest.raises(ProviderUnavailable) as refused:
            require_method(code, country, amount)
        assert str(refused.value) == method.message

    def test_not_set_up(self, settings: Any) -> None:
        settings.PAYMENT_SIMULATOR_URL = ""
        settings.PAYMENT_PROVIDERS = {}
        methods = payment_methods("CM", PRICE)
        assert {(method.reason, method.flow, method.is_available) for method in methods} == {
            ("not_set_up", None, False)
        }
        assert methods[0].message == "MTN MoMo is not set up in this school."

    def test_disabled(self, settings: Any) -> None:
        settings.PAYMENT_METHODS_DISABLED = ["stripe", "btcpay"]
        assert by_code("CM", PRICE)["stripe"].reason == "not_set_up"
        assert not {"stripe", "btcpay"} & set(available("CM", PRICE))
        # Those who paid with it before are still served.
        assert registry.provider("stripe").code == "stripe"

    def test_unknown_code(self) -> None:
        with pytest.raises(ProviderUnavailable):
            require_method("cowries", "CM", PRICE)

    def test_available_one_is_given(self) -> None:
        method = require_method("mtn", "CM", PRICE)
        assert method == Method(
            "mtn", "MTN MoMo", Flow.PUSH, needs_phone=True, is_available=True, phone_hint="+237 6 71 23 45 67"
        )


class TestLooks:
    def test_who_needs_a_phone(self) -> None:
        methods = by_code("CM", PRICE)
        assert {code for code, method in methods.items() if method.needs_phone} == {
            "mtn",
            "orange_cm",
            "airtel",
            "mpesa",
        }
        assert methods["stripe"].phone_hint == ""
        assert by_code("GH", Money(20_00, "GHS"))["mtn"].phone_hint == "+233 23 123 4567"
        assert by_code("", PRICE)["mpesa"].phone_hint == "+254 712 123456"

    def test_flows(self) -> None:
        flows = {code: method.flow for code, method in by_code("CM", PRICE).items()}
        assert flows["mtn"] is Flow.PUSH
        assert flows["stripe"] is Flow.REDIRECT
        assert flows["bank"] is Flow.MANUAL
        assert flows["btcpay"] is Flow.INVOICE

    def test_names_of_retired_providers_are_their_codes(self) -> None:
        assert (method_name("mtn"), method_name("cowries")) == ("MTN MoMo", "cowries")

    def test_language_of_amounts(self) -> None:
        message = by_code("CM", Money(500_005, "XAF"), language="ar")["mtn"].message
        assert "FCFA" in message
        assert "\u2066" in message  # isolated in text that runs from right to left


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    country=st.sampled_from(["", "CM", "NG", "GH", "KE", "UG", "ZM", "FR", "XX"]),
    minor=st.integers(1, 10**12),
    currency=st.sampled_from(["XAF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR", "TND"]),
    phone=st.sampled_from(["", "+237670000001", "+254712345678", "+33612345678"]),
)
def test_what_is_available_can_be_sent(
    simulators: SimulatedProviders, country: str, minor: int, currency: str, phone: str
) -> None:
    amount = Money(minor, currency)
    methods = payment_methods(country, amount, phone=phone)
    assert sorted(method.code for method in methods) == sorted(registry.CODES)
    for method in methods:
        assert bool(method.reason) == bool(method.message) == (not method.is_available)
        if method.is_available:
            assert not registry.provider(method.code).capabilities.refusal(amount)
