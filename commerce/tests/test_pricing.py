"""What offers cost: own prices, prices of a country, converted ones, discounts, chosen amounts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce import queries
from commerce.actions.add_example_rates import add_example_rates
from commerce.errors import ChosenAmountRefused, CurrencyNotSold, NotOnSale
from commerce.models import ExchangeRate, Offer, OfferDiscount, OfferPrice, RoundingRule
from commerce.pricing import LARGEST_CHOSEN, quote, quotes, sold_currency
from commerce.tests.factories import NOON, make_offer, make_price
from core import clock
from core.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


def offer_with(*prices: tuple[int, str], **fields) -> Offer:
    offer = make_offer(**fields)
    for minor, currency in prices:
        OfferPrice.objects.create(offer=offer, amount_minor=minor, currency=currency)
    return offer


def discount(offer: Offer, **fields) -> OfferDiscount:
    return OfferDiscount.objects.create(offer=offer, **{"label": "Launch", "starts_at": NOON, **fields})


def rate(quote_currency: str, value: str) -> None:
    ExchangeRate.objects.create(
        base="EUR", quote=quote_currency, rate=Decimal(value), valid_from=NOON.date(), source="manual"
    )


def test_the_countrys_own_price_goes_before_the_one_for_everywhere():
    offer = offer_with((2000, "USD"), (12000, "XAF"))
    OfferPrice.objects.create(offer=offer, country="KE", currency="USD", amount_minor=500)
    assert quote(offer, currency="USD", country="KE").price == Money(500, "USD")
    assert quote(offer, currency="USD", country="DE").price == Money(2000, "USD")
    assert quote(offer, currency="USD").price == Money(2000, "USD")
    assert quote(offer, currency="XAF", country="KE").price == Money(12000, "XAF")


def test_without_a_price_of_its_own_it_is_converted_from_the_base_and_the_rate_is_kept():
    rate("USD", "1.16")
    offer = offer_with((25000, "XAF"), base_currency="XAF")
    found = quote(offer, currency="USD")
    assert found.price == Money(4421, "USD")  # 25000 / 655.957 x 1.16 = 44.2102…
    assert found.converted == {"base": "XAF", "amount": 25000, "rate": "0.00176840859995", "day": "2026-11-02"}
    assert quote(offer, currency="EUR").converted["day"] is None
    assert quote(offer, currency="XAF").converted == {}


def test_a_converted_price_is_rounded_once_by_the_currencys_rule():
    offer = offer_with((25000, "XAF"), base_currency="XAF")
    assert quote(offer, currency="EUR").price == Money(3811, "EUR")
    rule = RoundingRule.objects.create(currency="EUR", step_minor=100, minus_minor=1)
    assert quote(offer, currency="EUR").price == Money(3799, "EUR")
    rule.direction = RoundingRule.Direction.UP
    rule.save()
    assert quote(offer, currency="EUR").price == Money(3899, "EUR")
    RoundingRule.objects.create(currency="XAF", step_minor=500)
    assert quote(offer, currency="XAF").price == Money(25000, "XAF")  # its own price is no converted one


def test_a_price_that_would_be_nothing_is_one_step():
    offer = offer_with((3, "XAF"), base_currency="XAF")
    assert quote(offer, currency="EUR").price == Money(1, "EUR")
    RoundingRule.objects.create(currency="EUR", step_minor=50, minus_minor=1)
    assert quote(offer, currency="EUR").price == Money(49, "EUR")


def test_nothing_is_converted_without_a_base_or_a_rate():
    offer = offer_with((25000, "XAF"))
    with pytest.raises(CurrencyNotSold):
        quote(offer, currency="EUR")
    offer.base_currency = "XAF"
    with pytest.raises(CurrencyNotSold):
        quote(offer, currency="NGN")
    offer.base_currency = "USD"  # it has no price in this one
    with pytest.raises(CurrencyNotSold):
        quote(offer, currency="EUR")


def test_what_is_off_sale_has_no_price_or_is_sold_elsewhere_only_is_not_on_sale():
    for offer in (offer_with(), offer_with((100, "XAF"), is_on_sale=False)):
        with pytest.raises(NotOnSale):
            quote(offer, currency="XAF")
    elsewhere = make_offer()
    OfferPrice.objects.create(offer=elsewhere, country="KE", currency="KES", amount_minor=500)
    with pytest.raises(NotOnSale):
        quote(elsewhere, currency="KES", country="CM")
    assert quote(elsewhere, currency="KES", country="KE").price == Money(500, "KES")


def test_the_lowest_of_the_discounts_in_force_counts():
    offer = offer_with((25000, "XAF"), (4000, "EUR"))
    discount(offer, percent=Decimal("20"), ends_at=NOON + timedelta(days=1))
    discount(offer, currency="XAF", amount_minor=19000, label="Harvest")
    discount(offer, percent=Decimal("90"), starts_at=NOON + timedelta(seconds=1))
    discount(offer, percent=Decimal("90"), starts_at=NOON - timedelta(days=2), ends_at=NOON)
    francs, euros = quote(offer, currency="XAF"), quote(offer, currency="EUR")
    assert (francs.price, francs.list_price, francs.discount_label) == (
        Money(19000, "XAF"),
        Money(25000, "XAF"),
        "Harvest",
    )
    assert (euros.price, euros.discount_label, euros.discount_ends_at) == (
        Money(3200, "EUR"),
        "Launch",
        NOON + timedelta(days=1),
    )
    assert euros.is_reduced
    later = quote(offer, currency="XAF", at=NOON + timedelta(days=1))
    assert later.price == Money(2500, "XAF")


def test_a_discount_that_is_dearer_than_the_price_does_nothing():
    offer = offer_with((25000, "XAF"))
    discount(offer, currency="XAF", amount_minor=30000)
    found = quote(offer, currency="XAF")
    assert (found.price, found.discount_label, found.is_reduced) == (Money(25000, "XAF"), "", False)


def test_an_amount_in_the_base_currency_reduces_a_converted_price_too():
    offer = offer_with((65596, "XAF"), base_currency="XAF")
    discount(offer, currency="XAF", amount_minor=32798)
    found = quote(offer, currency="EUR")
    assert (found.list_price, found.price) == (Money(10000, "EUR"), Money(5000, "EUR"))


def test_buyers_choose_between_the_least_amount_and_what_nobody_means():
    offer = make_offer(pricing=Offer.Pricing.CHOICE)
    OfferPrice.objects.create(offer=offer, currency="XAF", amount_minor=5000, minimum_minor=1000)
    discount(offer, percent=Decimal("50"))
    suggested = quote(offer, currency="XAF")
    assert (suggested.price, suggested.minimum, suggested.suggested) == (
        Money(5000, "XAF"),
        Money(1000, "XAF"),
        Money(5000, "XAF"),
    )
    assert quote(offer, currency="XAF", chosen=Money(1000, "XAF")).price == Money(1000, "XAF")
    assert quote(offer, currency="XAF", chosen=Money(90000, "XAF")).price == Money(90000, "XAF")
    for chosen in (Money(999, "XAF"), Money(LARGEST_CHOSEN + 1, "XAF"), Money(5000, "EUR")):
        with pytest.raises(ChosenAmountRefused):
            quote(offer, currency="XAF", chosen=chosen)


def test_a_buyer_is_charged_in_the_currency_in_which_all_is_sold():
    add_example_rates()
    francs = offer_with((25000, "XAF"))
    both = offer_with((25000, "XAF"), (4000, "EUR"))
    any_currency = offer_with((25000, "XAF"), base_currency="XAF")
    naira = offer_with((900000, "NGN"))
    assert sold_currency(both, currency="EUR") == "EUR"
    assert sold_currency(francs, currency="EUR") == "XAF"
    assert sold_currency([francs, both, any_currency], currency="EUR") == "XAF"
    assert sold_currency([naira, any_currency], currency="EUR") == "NGN"
    assert sold_currency([naira, francs], currency="EUR") == "EUR"  # each then says that it isn't sold in it


def test_quotes_cost_the_same_number_of_queries_for_any_number_of_offers():
    add_example_rates()
    RoundingRule.objects.create(currency="EUR", step_minor=50)
    counts = []
    for number in (10, 50):
        while Offer.objects.count() < number:
            discount(offer_with((25000, "XAF"), base_currency="XAF"), percent=Decimal(10))
        quote(Offer.objects.first(), currency="EUR")  # the rates are in the cache now
        with CaptureQueriesContext(connection) as captured:
            found = quotes(Offer.objects.all(), currency="EUR")
        assert len(found) == number
        counts.append(len(captured))
    assert counts == [4, 4]


def test_prices_of_courses_show_the_discount_in_force_in_three_queries():
    first, second, free = (make_offer().key for _ in range(3))
    make_price(first, 25000)
    make_price(first, 900, "EUR")
    discount(make_price(second, 5000).offer, percent=Decimal(10))
    with CaptureQueriesContext(connection) as captured:
        found = queries.prices_of([first, second, free])
    assert len(captured) == 3
    assert found == {first: [Money(900, "EUR"), Money(25000, "XAF")], second: [Money(4500, "XAF")]}
    assert set(queries.paid_course_keys()) == {first, second}
    assert (queries.is_paid(second), queries.is_paid(free)) == (True, False)
    Offer.objects.filter(key=second).update(is_on_sale=False)
    assert not queries.is_paid(second)
    assert queries.offer_for("course", second) is None


def test_prices_of_courses_follow_country_and_currency():
    offer = offer_with((25000, "XAF"), base_currency="XAF")
    OfferPrice.objects.create(offer=offer, country="KE", currency="KES", amount_minor=300000)
    assert queries.prices_of([offer.key]) == {offer.key: [Money(25000, "XAF")]}
    assert queries.prices_of([offer.key], country="KE", currency="EUR") == {
        offer.key: [Money(300000, "KES"), Money(25000, "XAF"), Money(3811, "EUR")]
    }
    OfferPrice.objects.filter(country="").delete()
    assert queries.prices_of([offer.key], country="CM") == {offer.key: [Money(300000, "KES")]}
