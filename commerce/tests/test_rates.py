"""Exact conversion: fixed rates, inverses, crosses through the euro, ages; no float on the way."""

import uuid
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from commerce.models import ExchangeRate
from commerce.price_tags import PriceTag, PriceTags, display_currency
from commerce.rates import FIXED, Rate, RateTable, current_rates
from commerce.tests.factories import NOON, make_user
from core import clock
from core.currencies import exponent
from core.models.append_only import AppendOnlyError
from core.money import Money, convert

TODAY = NOON.date()
DISPLAYED = ("XAF", "XOF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR")

rates = st.decimals(min_value=Decimal("0.00000001"), max_value=Decimal("9999999"), places=8)
minors = st.integers(min_value=-(10**15), max_value=10**15)
currencies = st.sampled_from(DISPLAYED)


def table(**for_one_euro):
    return RateTable(("EUR", code, Decimal(rate), TODAY) for code, rate in for_one_euro.items())


def enter(base, quote, rate, on=TODAY, **fields):
    fields.setdefault("source", ExchangeRate.Source.MANUAL)
    return ExchangeRate.objects.create(base=base, quote=quote, rate=Decimal(rate), valid_from=on, **fields)


class TestConvert:
    @given(minors, currencies, currencies, rates)
    def test_is_within_half_a_minor_unit(self, minor, base, quote, rate):
        exact = Fraction(minor) * Fraction(rate) * Fraction(10) ** (exponent(quote) - exponent(base))
        found = convert(Money(minor, base), quote, Fraction(rate))
        assert found.currency == quote
        assert abs(found.minor - exact) <= Fraction(1, 2)

    @given(minors, currencies, currencies, rates)
    def test_there_and_back_within_one_minor_unit(self, minor, base, quote, rate):
        """Of the currency with the larger one: what rounding to whole francs loses is half a franc, whoever counts."""
        there = convert(Money(minor, base), quote, Fraction(rate))
        back = convert(there, base, 1 / Fraction(rate))
        unit = Fraction(10) ** (exponent(base) - exponent(quote)) / Fraction(rate)  # a minor unit there, counted here
        assert abs(back.minor - minor) <= (1 + unit) / 2
        if unit <= 1:
            assert abs(back.minor - minor) <= 1

    @given(minors, currencies, currencies, rates)
    def test_a_refund_mirrors_the_charge(self, minor, base, quote, rate):
        assert convert(Money(-minor, base), quote, Fraction(rate)) == -convert(
            Money(minor, base), quote, Fraction(rate)
        )

    @pytest.mark.parametrize(
        ("minor", "rounding", "expected"),
        [
            (5, ROUND_HALF_UP, 3),
            (5, ROUND_HALF_EVEN, 2),
            (7, ROUND_HALF_EVEN, 4),
            (-5, ROUND_HALF_UP, -3),
            (5, ROUND_FLOOR, 2),
            (-5, ROUND_FLOOR, -3),
            (5, ROUND_CEILING, 3),
            (4, ROUND_CEILING, 2),
        ],
    )
    def test_rounds_once_as_told(self, minor, rounding, expected):
        assert convert(Money(minor, "XAF"), "XOF", Fraction(1, 2), rounding=rounding).minor == expected

    @given(st.integers(min_value=0, max_value=10**30))
    def test_large_amounts_lose_no_digit(self, minor):
        assert convert(Money(minor, "XAF"), "XOF", Fraction(1)).minor == minor

    @pytest.mark.parametrize("rate", [1.5, Decimal("1.5"), 2])
    def test_only_exact_rates(self, rate):
        with pytest.raises(TypeError):
            convert(Money(1, "XAF"), "EUR", rate)

    @pytest.mark.parametrize("rate", [Fraction(0), Fraction(-1, 2)])
    def test_only_positive_rates(self, rate):
        with pytest.raises(ValueError):
            convert(Money(1, "XAF"), "EUR", rate)


class TestTable:
    def test_the_francs_are_fixed(self):
        empty = RateTable()
        assert empty.rate("EUR", "XAF") == empty.rate("EUR", "XOF") == Rate(Fraction(655957, 1000), None)
        assert empty.rate("XAF", "EUR") == Rate(Fraction(1000, 655957), None)
        assert empty.rate("XAF", "XOF") == Rate(Fraction(1), None)
        assert empty.convert(Money(25000, "XAF"), "EUR") == (Money(3811, "EUR"), None)
        assert empty.convert(Money(3811, "EUR"), "XAF") == (Money(24999, "XAF"), None)

    def test_nothing_moves_a_fixed_rate(self):
        moved = RateTable([("EUR", "XAF", Decimal(700), TODAY), ("XOF", "EUR", Decimal(1), TODAY)])
        assert moved.rate("EUR", "XAF").value == moved.rate("EUR", "XOF").value == Fraction(FIXED["XAF"])

    @given(st.integers(min_value=0, max_value=10**12))
    def test_cents_survive_the_way_through_francs(self, cents):
        francs, _on = RateTable().convert(Money(cents, "EUR"), "XAF")
        assert RateTable().convert(francs, "EUR")[0] == Money(cents, "EUR")

    def test_crosses_go_through_the_euro_and_are_as_old_as_the_older(self):
        yesterday = TODAY - timedelta(days=1)
        found = RateTable([("EUR", "NGN", Decimal(1680), yesterday), ("EUR", "USD", Decimal("1.2"), TODAY)])
        assert found.rate("USD", "NGN") == Rate(Fraction(1400), yesterday)
        assert found.rate("NGN", "USD") == Rate(Fraction(1, 1400), yesterday)
        assert found.rate("NGN", "XAF") == Rate(Fraction(655957, 1680000), yesterday)

    def test_a_rate_against_a_franc_serves_the_euro_and_the_other_franc(self):
        found = RateTable([("USD", "XAF", Decimal(600), TODAY)])
        assert found.rate("USD", "XAF") == found.rate("USD", "XOF") == Rate(Fraction(600), TODAY)
        assert found.rate("EUR", "USD") == Rate(Fraction(655957, 600000), TODAY)

    def test_an_entered_pair_goes_before_the_way_through_the_euro(self):
        rows = [("NGN", "USD", Decimal("0.0007"), TODAY), *(("EUR", c, Decimal(2), TODAY) for c in ("NGN", "USD"))]
        assert RateTable(rows).rate("USD", "NGN").value == Fraction(10000, 7)

    def test_the_later_of_a_pair_holds_whichever_way_round(self):
        found = RateTable([("EUR", "USD", Decimal(1), TODAY), ("USD", "EUR", Decimal("0.8"), TODAY)])
        assert found.rate("EUR", "USD").value == Fraction(5, 4)

    def test_no_way_is_no_rate(self):
        found = table(USD="1.2")
        assert found.rate("KES", "USD") is None
        assert found.rate("USD", "KES") is None
        assert found.convert(Money(5, "KES"), "XAF") is None
        assert found.rate("KES", "KES").value == 1

    @given(st.dictionaries(st.sampled_from(["NGN", "GHS", "KES", "UGX", "ZMW", "USD"]), rates), currencies, currencies)
    def test_a_rate_times_its_inverse_is_one(self, entered, base, quote):
        found = table(**entered)
        there, back = found.rate(base, quote), found.rate(quote, base)
        assert (there is None) == (back is None)
        if there:
            assert there.value * back.value == 1
            assert isinstance(there.value, Fraction)


@pytest.mark.django_db
class TestCurrentRates:
    def test_what_was_entered_comes_back_to_the_last_digit(self):
        enter("EUR", "NGN", "1234567.12345678")
        enter("NGN", "USD", "0.00000001")
        assert set(ExchangeRate.objects.values_list("rate", flat=True)) == {
            Decimal("1234567.12345678"),
            Decimal("0.00000001"),
        }
        with clock.frozen(NOON):
            assert current_rates().rate("EUR", "NGN").value == Fraction("1234567.12345678")

    def test_the_newest_valid_one_holds_and_of_one_day_the_last_entry(self):
        with clock.frozen(NOON):
            enter("EUR", "USD", "1.10", TODAY - timedelta(days=3))
            enter("EUR", "USD", "1.20", TODAY - timedelta(days=1))
            enter("EUR", "USD", "1.15", TODAY - timedelta(days=2))
            enter("EUR", "USD", "1.99", TODAY + timedelta(days=1))
            assert current_rates().rate("EUR", "USD") == Rate(Fraction("1.2"), TODAY - timedelta(days=1))
            enter("EUR", "USD", "1.21", TODAY - timedelta(days=1))
            cache.clear()
            assert current_rates().rate("EUR", "USD").value == Fraction("1.21")
        with clock.frozen(NOON + timedelta(days=1)):
            assert current_rates().rate("EUR", "USD").value == Fraction("1.99")

    def test_too_old_ones_are_not_used(self, settings):
        settings.EXCHANGE_RATE_MAX_AGE_DAYS = 10
        with clock.frozen(NOON):
            enter("EUR", "USD", "1.1", TODAY - timedelta(days=10))
            enter("EUR", "NGN", "1500", TODAY - timedelta(days=11))
            found = current_rates()
            assert found.rate("EUR", "USD").on == TODAY - timedelta(days=10)
            assert found.rate("EUR", "NGN") is None
            assert found.rate("EUR", "XAF").value == Fraction(655957, 1000)

    def test_one_query_then_none_until_something_is_entered(self, django_capture_on_commit_callbacks):
        from commerce.actions.set_exchange_rate import set_exchange_rate

        actor = make_user(permissions=("commerce.add_exchangerate",))
        with clock.frozen(NOON):
            enter("EUR", "USD", "1.1")
            with CaptureQueriesContext(connection) as queries:
                current_rates()
                current_rates()
            assert len(queries) == 1
            with django_capture_on_commit_callbacks(execute=True):
                set_exchange_rate(actor=actor, base="EUR", quote="USD", rate=Decimal("1.2"), valid_from=TODAY)
            assert current_rates().rate("EUR", "USD").value == Fraction("1.2")

    @pytest.mark.parametrize(
        ("base", "quote", "rate"),
        [("EUR", "USD", "0"), ("EUR", "USD", "-1"), ("USD", "USD", "1"), ("EUR", "XAF", "700")],
    )
    def test_the_database_refuses_what_is_no_rate(self, base, quote, rate):
        with pytest.raises(IntegrityError), transaction.atomic():
            enter(base, quote, rate)
        assert not ExchangeRate.objects.exists()

    def test_history_is_only_added_to(self):
        row = enter("EUR", "USD", "1.1")
        row.rate = Decimal(2)
        for attempt in (row.save, row.delete, ExchangeRate.objects.all().delete):
            with pytest.raises(AppendOnlyError):
                attempt()
        with pytest.raises(AppendOnlyError):
            ExchangeRate.objects.update(rate=2)
        assert ExchangeRate.objects.get().rate == Decimal("1.1")

    def test_a_rate_outlives_who_entered_it(self):
        person = make_user()
        row = enter("EUR", "USD", "1.1", entered_by=person)
        person.delete()
        assert ExchangeRate.objects.get(pk=row.pk).entered_by is None


@pytest.mark.django_db
class TestPriceTags:
    def test_about_how_much_in_the_visitors_currency(self):
        found = PriceTags("EUR").tag([Money(25000, "XAF")])
        assert found == PriceTag(Money(25000, "XAF"), Money(3811, "EUR"), None)
        texts = []
        for language in ("en", "fr"):
            with translation.override(language):
                texts.append((found.charged.format(), found.shown.format(), str(found)))
        assert texts[0] == ("25\u202f000\u00a0FCFA", "€38.11", "25\u202f000\u00a0FCFA, about €38.11")
        assert texts[1][:2] == ("25\u202f000\u00a0FCFA", "38,11\u00a0€")
        assert texts[1][2].startswith("25\u202f000\u00a0FCFA, ")
        assert texts[1][2].endswith(" 38,11\u00a0€")

    def test_the_day_of_the_rate_is_told(self):
        with clock.frozen(NOON):
            enter("EUR", "NGN", "1680")
            assert PriceTags("NGN").tag([Money(1000, "EUR")]) == PriceTag(
                Money(1000, "EUR"), Money(1680000, "NGN"), TODAY
            )

    def test_without_a_fresh_rate_the_price_stands_alone(self):
        with clock.frozen(NOON):
            enter("EUR", "NGN", "1680", TODAY - timedelta(days=31))
            found = PriceTags("NGN").tag([Money(1000, "EUR")])
            assert found == PriceTag(Money(1000, "EUR"))
            assert str(found) == "€10.00"

    def test_nothing_is_about_nothing(self):
        assert PriceTags("EUR").tag([Money(1, "XAF")]) == PriceTag(Money(1, "XAF"))

    @pytest.mark.parametrize("prices", [None, [], ()])
    def test_what_has_no_price_has_no_tag(self, prices):
        assert PriceTags("EUR").tag(prices) is None

    def test_a_price_in_the_visitors_currency_is_the_one_that_is_charged(self, django_assert_num_queries):
        prices = [Money(900, "EUR"), Money(250000, "NGN"), Money(6000, "XAF")]
        with django_assert_num_queries(0):
            assert PriceTags("NGN").tag(prices) == PriceTag(Money(250000, "NGN"))
        assert PriceTags("USD").tag(prices).charged == Money(6000, "XAF")  # the school's currency
        assert PriceTags("USD").tag(prices[:2]).charged == Money(900, "EUR")

    def test_the_rates_of_a_page_are_read_once(self):
        with clock.frozen(NOON):
            enter("EUR", "NGN", "1680")
            tags = PriceTags("NGN")
            with CaptureQueriesContext(connection) as queries:
                for minor in range(1, 51):
                    tags.tag([Money(minor * 1000, "XAF")])
            assert len(queries) == 1


class TestDisplayCurrency:
    @pytest.mark.parametrize(
        ("own", "country", "cookie", "header", "expected"),
        [
            ("KES", "CM", "EUR", "fr-CM", "KES"),
            ("", "CM", "EUR", "en-NG", "EUR"),
            ("", "NG", "", "fr-CM", "NGN"),
            ("", "SN", "", "", "XOF"),
            ("", "", "", "fr-CM,fr;q=0.9", "XAF"),
            ("", "", "", "en-GH", "GHS"),
            ("", "", "", "de-DE", "EUR"),
            ("", "", "", "fr", "XAF"),
            ("", "", "", "", "XAF"),
            ("", "MA", "", "en-NG", "XAF"),  # dirhams are not shown here: the school's own
            ("JPY", "", "ZZZ", "en-XX", "XAF"),
            ("", "ZW", "", "", "USD"),
        ],
    )
    def test_choice_then_country_then_browser_then_school(self, own, country, cookie, header, expected):
        person = User(email=f"{uuid.uuid4()}@example.com", currency=own, country=country)
        assert display_currency(person, chosen=cookie, accept_language=header) == expected

    def test_visitors_have_no_profile(self):
        assert display_currency(None) == "XAF"
        assert display_currency(None, accept_language="en-UG") == "UGX"
