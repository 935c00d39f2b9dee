"""Prices for programs: exact amounts, the currency that is charged, and about how much that is in another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.tests.calls import ask, client_of, data, person
from commerce.models import ExchangeRate, OfferPrice
from commerce.tests.factories import NOON, make_price
from core import clock
from courses.keys import page_public_id
from courses.models import CoursePage
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

PRICE = """query ($id: ID!, $currency: String) { course(id: $id) { isFree price { amount minor currency formatted }
  displayPrice(currency: $currency) { amount currency formatted isConverted rateDate
    charged { amount currency formatted } } } }"""
LIST = "{ courses(first: 100) { edges { node { price { amount } displayPrice(currency: %s) { amount } } } } }"


def paid(*prices: tuple[int, str]) -> CoursePage:
    course = make_course("Loops")
    for minor, currency in prices:
        make_price(course.translation_key, minor, currency)
    return course


def rate(quote: str, value: str, days: int = 0) -> None:
    day = NOON.date() - timedelta(days=days)
    ExchangeRate.objects.create(base="EUR", quote=quote, rate=Decimal(value), valid_from=day, source="manual")


def price(course: CoursePage, currency: str | None = None, client: Client | None = None) -> dict:
    with clock.frozen(NOON):
        return data(client or Client(), PRICE, id=page_public_id(course), currency=currency)["course"]


def test_a_price_in_another_currency_names_what_is_charged() -> None:
    assert price(paid((25000, "XAF")), "EUR") == {
        "isFree": False,
        "price": {"amount": "25000", "minor": "25000", "currency": "XAF", "formatted": "25\u202f000\u00a0FCFA"},
        "displayPrice": {
            "amount": "38.11",
            "currency": "EUR",
            "formatted": "25\u202f000\u00a0FCFA, about €38.11",
            "isConverted": True,
            "rateDate": None,
            "charged": {"amount": "25000", "currency": "XAF", "formatted": "25\u202f000\u00a0FCFA"},
        },
    }


def test_the_day_of_the_rate_is_told() -> None:
    course = paid((1000, "EUR"))
    rate("NGN", "1680.5", days=3)
    found = price(course, "NGN")["displayPrice"]
    assert (found["amount"], found["currency"], found["rateDate"]) == ("16805.00", "NGN", "2026-10-30")


def test_a_stale_rate_leaves_the_charged_price() -> None:
    course = paid((1000, "EUR"))
    rate("NGN", "1680.5", days=31)
    assert price(course, "NGN")["displayPrice"] == {
        "amount": "10.00",
        "currency": "EUR",
        "formatted": "€10.00",
        "isConverted": False,
        "rateDate": None,
        "charged": {"amount": "10.00", "currency": "EUR", "formatted": "€10.00"},
    }


def test_a_free_course_has_no_price() -> None:
    assert price(make_course("Free")) == {"isFree": True, "price": None, "displayPrice": None}


def test_profile_then_country_then_browser_decide() -> None:
    course = paid((25000, "XAF"), (250000, "NGN"))
    by_choice = client_of(person("a@example.com", currency="NGN", country="CM"))
    by_country = client_of(person("b@example.com", country="FR"))
    assert price(course, client=by_choice)["price"]["currency"] == "NGN"
    assert price(course, client=by_choice)["displayPrice"]["isConverted"] is False
    assert price(course, client=by_country)["displayPrice"]["currency"] == "EUR"
    assert price(course, client=Client(headers={"accept-language": "en-NG"}))["displayPrice"]["amount"] == "2500.00"
    assert price(course)["displayPrice"]["amount"] == "25000"
    # An argument goes before all of it.
    assert price(course, "EUR", client=by_choice)["displayPrice"]["currency"] == "EUR"


def test_me_tells_currency_and_time_zone_in_effect(settings) -> None:
    settings.TIME_ZONE = "Africa/Douala"
    me = "{ me { currency timeZone } }"
    chosen = person("a@example.com", currency="KES", time_zone="Africa/Nairobi")
    assert data(client_of(chosen), me)["me"] == {"currency": "KES", "timeZone": "Africa/Nairobi"}
    assert data(client_of(person("b@example.com")), me)["me"] == {"currency": "XAF", "timeZone": "Africa/Douala"}


@pytest.mark.parametrize("currency", ["JPY", "eur", "", "XXX", "🌍"])
def test_a_currency_that_prices_are_not_shown_in_is_refused(currency: str) -> None:
    answer = ask(Client(), PRICE, id=page_public_id(paid((25000, "XAF"))), currency=currency)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "CURRENCY_NOT_SHOWN"
    assert error["path"] == ["course", "displayPrice"]
    assert answer["data"]["course"]["price"]["amount"] == "25000"


def test_formatted_in_the_language_that_is_accepted() -> None:
    course = paid((3811, "EUR"))
    formatted = price(course, client=Client(headers={"accept-language": "fr"}))["price"]["formatted"]
    assert formatted == "38,11\u00a0€"
    formatted = price(course, client=Client(headers={"accept-language": "ar"}))["price"]["formatted"]
    assert formatted == "\u206638.11\u00a0€\u2069"


def test_one_query_for_all_rates_however_many_prices() -> None:
    rate("NGN", "1680")
    counts = []
    for number in (10, 40):
        for _course in range(number):
            paid((25000, "XAF"))
        with clock.frozen(NOON):
            found = []
            for currency in ("XAF", "NGN"):  # what is charged, then converted
                data(Client(), LIST % f'"{currency}"')
                cache.delete("commerce:rates")
                with CaptureQueriesContext(connection) as queries:
                    answer = data(Client(), LIST % f'"{currency}"')
                found.append(len(queries))
                with CaptureQueriesContext(connection) as queries:
                    data(Client(), LIST % f'"{currency}"')
                found.append(len(queries))
        counts.append(found)
        assert len(answer["courses"]["edges"]) == OfferPrice.objects.count()
    assert counts[0] == counts[1]
    plain, plain_again, first, cached = counts[0]
    assert plain == plain_again
    assert (first, cached) == (plain + 1, plain)
