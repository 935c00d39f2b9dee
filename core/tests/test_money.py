import operator
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.currencies import CURRENCIES, exponent
from core.money import CurrencyMismatch, Money, MoneyProperty, allocate, percentage

minors = st.integers(min_value=-(2**63), max_value=2**63 - 1)
currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.builds(Money, minors, currencies)
weight_lists = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40).filter(any)


@given(amounts)
def test_decimal_round_trip_is_exact(amount):
    assert Money.from_decimal(amount.to_decimal(), amount.currency) == amount
    assert -amount.to_decimal().as_tuple().exponent == exponent(amount.currency)


@given(minors, minors, currencies)
def test_sums_follow_whole_numbers(a, b, currency):
    x, y = Money(a, currency), Money(b, currency)
    assert (x + y).minor == a + b
    assert x + y == y + x
    assert x - y == x + -y
    assert (x < y, x <= y, x > y, x >= y) == (a < b, a <= b, a > b, a >= b)
    assert Money.sum([x, y], currency) == x + y


@given(minors, currencies, weight_lists)
def test_parts_add_up_to_the_whole(minor, currency, weights):
    parts = allocate(Money(minor, currency), weights)
    whole = sum(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * whole - minor * weight) < whole  # less than one unit from the exact share
        assert weight or part.minor == 0


@given(minors, currencies, weight_lists)
def test_a_refund_splits_as_the_charge_did(minor, currency, weights):
    charge, refund = Money(minor, currency), Money(-minor, currency)
    assert [-part for part in allocate(charge, weights)] == allocate(refund, weights)


def test_the_largest_remainder_gets_the_odd_unit():
    assert [part.minor for part in allocate(Money(100, "XAF"), [1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in allocate(Money(10, "XAF"), [1, 0, 2])] == [3, 0, 7]
    assert [part.minor for part in allocate(Money(-5, "NGN"), [2, 2])] == [-3, -2]


@pytest.mark.parametrize(("weights", "error"), [([], ValueError), ([0, 0], ValueError), ([-1, 2], ValueError)])
def test_useless_weights_are_refused(weights, error):
    with pytest.raises(error):
        allocate(Money(1, "XAF"), weights)


@pytest.mark.parametrize("minor", [1.0, Decimal(1), "1", True, None])
def test_only_whole_minor_units(minor):
    with pytest.raises(TypeError):
        Money(minor, "XAF")


@pytest.mark.parametrize("currency", ["XXX", "xaf", "", "EURO", "ZZZ", "XAU"])
def test_unknown_currencies_are_refused(currency):
    with pytest.raises(ValueError):
        Money(1, currency)


def test_floats_are_refused_everywhere():
    naira = Money(100, "NGN")
    with pytest.raises(TypeError):
        Money.from_decimal(0.1, "NGN")
    with pytest.raises(TypeError):
        percentage(naira, 2.5, rounding=ROUND_DOWN)
    with pytest.raises(TypeError):
        naira * 1.5
    with pytest.raises(TypeError):
        naira * True
    with pytest.raises(TypeError):
        allocate(naira, [0.5, 0.5])  # type: ignore[list-item]


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "XAF") + Money(1, "XOF")
    with pytest.raises(CurrencyMismatch):
        operator.lt(Money(1, "XAF"), Money(2, "NGN"))
    with pytest.raises(TypeError):
        Money(1, "XAF") + 1
    assert Money(1, "XAF") != Money(1, "XOF")


def test_too_many_digits_need_a_rounding():
    with pytest.raises(ValueError):
        Money.from_decimal("10.5", "XAF")
    assert Money.from_decimal("10.5", "XAF", rounding=ROUND_HALF_UP) == Money(11, "XAF")
    assert Money.from_decimal("10.5", "XAF", rounding=ROUND_HALF_EVEN) == Money(10, "XAF")
    assert Money.from_decimal("1.234", "TND") == Money(1234, "TND")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "ten", ""])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        Money.from_decimal(text, "XAF")


@pytest.mark.parametrize(
    ("minor", "percent", "rounding", "expected"),
    [
        (2500, "2.9", ROUND_HALF_EVEN, 72),  # 72.5
        (2500, "2.9", ROUND_HALF_UP, 73),
        (-2500, "2.9", ROUND_HALF_UP, -73),
        (999, 100, ROUND_DOWN, 999),
        (999, Decimal("0.1"), ROUND_DOWN, 0),
    ],
)
def test_percentage_rounds_as_told(minor, percent, rounding, expected):
    assert percentage(Money(minor, "XAF"), percent, rounding=rounding) == Money(expected, "XAF")


@pytest.mark.parametrize(
    ("amount", "locale", "expected"),
    [
        (Money(25000, "XAF"), "en", "25\u202f000\u00a0FCFA"),
        (Money(25000, "XAF"), "fr", "25\u202f000\u00a0FCFA"),
        (Money(1500000, "XOF"), "en", "1\u202f500\u202f000\u00a0FCFA"),
        (Money(-500, "XOF"), "fr", "-500\u00a0FCFA"),
        (Money(250000, "NGN"), "en", "NGN\u00a02,500.00"),
        (Money(123456, "EUR"), "en", "€1,234.56"),
        (Money(123456, "EUR"), "fr", "1\u202f234,56\u00a0€"),
        (Money(12345, "RSD"), "en", "RSD\u00a0123.45"),  # ISO's two digits, where CLDR shows none
        (Money(5000, "JPY"), "en", "¥5,000"),
        (Money(100, "USD"), "xx-nowhere", "$1.00"),
    ],
)
def test_format(amount, locale, expected):
    assert amount.format(locale) == expected


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        *[(currency, 0) for currency in ("XAF", "XOF", "UGX", "RWF", "JPY", "KRW")],
        *[(currency, 2) for currency in ("NGN", "KES", "GHS", "ZAR", "EUR", "MGA")],
        *[(currency, 3) for currency in ("KWD", "BHD", "TND")],
    ],
)
def test_exponents_of_iso_4217(currency, digits):
    assert exponent(currency) == digits


def test_every_code_is_a_code_of_iso_4217():
    assert {currency.alpha_3 for currency in pycountry.currencies} >= CURRENCIES


def test_a_property_joins_two_columns():
    class Offer:
        price = MoneyProperty("price_minor")
        price_minor: int | None = None
        currency = "XAF"

    offer = Offer()
    assert offer.price is None
    offer.price = Money(500, "NGN")
    assert (offer.price_minor, offer.currency) == (500, "NGN")
    assert offer.price == Money(500, "NGN")
    offer.price = None
    assert (offer.price_minor, offer.currency) == (None, "NGN")
