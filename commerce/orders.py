"""Writing an order with frozen amounts: the one builder, for carts, renewals and changes of plan."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from commerce.contents import Contents, offer_contents
from commerce.errors import InvalidBilling, InvalidCountry, InvalidCurrency, NotOnSale
from commerce.models import ExchangeRate, Offer, Order, OrderLine, OrderLineCourse, Payment
from commerce.pricing import Pricer
from commerce.rates import EURO
from commerce.taxes import tax_facts, tax_rate, taxed
from core import clock
from core.currencies import CURRENCIES
from core.money import Money, allocate

__all__ = ["BILLING_FIELDS", "LineDraft", "build_order", "checked_billing", "checked_country", "checked_currency"]

#: What an invoice address may say, with the longest each may be.
BILLING_FIELDS = {
    "name": 120,
    "company": 120,
    "email": 254,
    "address": 300,
    "city": 100,
    "postal_code": 20,
    "region": 100,
    "country": 2,
    "tax_number": 40,
}


@dataclass(frozen=True)
class LineDraft:
    """One line of an order to be.

    Attributes:
        price: what the offer costs, in the order's currency, before coupon or credit.
        discount: what comes off it: a coupon's part, or the credit of a former plan; at most the price.
        title: as on the invoice; the offer's in the order's language when left out.
        converted: the quote's, where the price was converted.
    """

    offer: Offer
    price: Money
    discount: Money | None = None
    title: str = ""
    recipient_email: str = ""
    recipient_message: str = ""
    converted: dict[str, Any] = field(default_factory=dict)


def build_order(
    *,
    learner: Any,
    lines: Sequence[LineDraft],
    currency: str,
    country: str = "",
    language: str = "en",
    purpose: str = Order.Purpose.PURCHASE,
    billing: Mapping[str, Any] | None = None,
    referral: str = "",
    expires_at: datetime | None = None,
) -> Order:
    """Write an order with its lines, courses and (where something is owed) open payment; amounts are frozen.

    Inside the caller's transaction. Permission, coupons, events and what follows are the caller's business.

    Args:
        learner: who pays.
        country: ISO 3166 code whose tax applies today, or empty.
        language: of titles and of what is written about the order; the school's own where it has no such one.
        expires_at: when it counts as given up; ``ORDER_HOURS`` from now, when left out.

    Raises:
        NotOnSale: no line, or a course, path or bundle gives no published course.
        InvalidCurrency, InvalidCountry, InvalidBilling: values of no shape.
        ValueError: a discount is negative, above its price, or a currency is another one.
    """
    checked_currency(currency)
    checked_country(country)
    address = checked_billing(billing or {})
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    if not lines:
        raise NotOnSale
    contents = offer_contents([line.offer for line in lines], language)
    if any(line.offer.kind != Offer.Kind.PLAN and not contents[line.offer.pk].courses for line in lines):
        raise NotOnSale
    discounts = [line.discount or Money.zero(currency) for line in lines]
    for line, discount in zip(lines, discounts, strict=True):
        if not 0 <= discount.minor <= line.price.minor or {discount.currency, line.price.currency} != {currency}:
            raise ValueError(f"A discount of {discount} does not fit a price of {line.price} in {currency}.")
    now = clock.now()
    rate = tax_rate(country, now.date())
    amounts = [line.price - discount for line, discount in zip(lines, discounts, strict=True)]
    result = taxed(amounts, currency, rate)
    order = Order.objects.create(
        learner=learner,
        purpose=purpose,
        state=Order.State.PLACED,
        country=country,
        language=language,
        currency=currency,
        subtotal_minor=Money.sum((line.price for line in lines), currency).minor,
        discount_minor=Money.sum(discounts, currency).minor,
        tax_minor=result.tax.minor,
        total_minor=result.total.minor,
        tax=tax_facts(rate),
        conversion=_conversion(lines, currency),
        billing=address,
        referral=referral,
        placed_at=now,
        expires_at=expires_at or now + timedelta(hours=settings.ORDER_HOURS),
    )
    rows = OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            offer=line.offer,
            kind=line.offer.kind,
            key=line.offer.key,
            title=(line.title or contents[line.offer.pk].title)[:255],
            price_minor=line.price.minor,
            discount_minor=discount.minor,
            tax_minor=tax.minor,
            amount_minor=amount.minor,
            recipient_email=line.recipient_email,
            recipient_message=line.recipient_message,
        )
        for line, discount, tax, amount in zip(lines, discounts, result.taxes, result.amounts, strict=True)
    )
    nets = dict(zip((row.pk for row in rows), result.nets, strict=True))
    _write_courses(rows, nets, contents, currency, country)
    if order.total_minor:
        Payment.objects.create(order=order, currency=currency, amount_minor=order.total_minor, created_at=now)
    return order


def _write_courses(
    rows: Sequence[OrderLine],
    nets: Mapping[int, Money],
    contents: Mapping[int, Contents],
    currency: str,
    country: str,
) -> None:
    """Share each line's net amount among its courses in proportion to their list prices, by the largest remainder.

    A free course in a path or bundle gets nothing of it, unless all are free: then all get the same; so they do where
    a course's price can't be told in this currency.
    """
    several = {
        course.key
        for row in rows
        if row.offer_id and len(contents[row.offer_id].courses) > 1
        for course in contents[row.offer_id].courses
    }
    prices = _list_prices(several, currency, country)
    given = []
    for row in rows:
        courses = contents[row.offer_id].courses if row.offer_id else ()
        if not courses:
            continue
        weights = [prices.get(course.key, 0) if len(courses) > 1 else 1 for course in courses]
        if None in weights or not any(weights):
            weights = [1] * len(courses)
        shares = allocate(nets[row.pk], [weight or 0 for weight in weights])
        given += [
            OrderLineCourse(line=row, course_key=course.key, title=course.title[:255], net_minor=share.minor)
            for course, share in zip(courses, shares, strict=True)
        ]
    OrderLineCourse.objects.bulk_create(given)


def _list_prices(keys: set[uuid.UUID], currency: str, country: str) -> dict[uuid.UUID, int | None]:
    """List prices of courses in minor units by key: absent where free, None where no rate leads to ``currency``."""
    if not keys:
        return {}
    offers = list(Offer.objects.filter(kind=Offer.Kind.COURSE, key__in=keys, is_on_sale=True))
    pricer = Pricer(currency=currency, country=country)
    pricer.load(offers)
    return {offer.key: pricer.weight(offer) for offer in offers if offer.prices.all()}


def _conversion(lines: Sequence[LineDraft], currency: str) -> dict[str, Any]:
    """What was converted, by offer, and where the rates were from."""
    converted = [line for line in lines if line.converted]
    if not converted:
        return {}
    days = {line.converted["day"] for line in converted} - {None}
    used = {EURO, currency, *(line.converted["base"] for line in converted)}
    rows = ExchangeRate.objects.filter(valid_from__in=days, base__in=used, quote__in=used)
    sources = sorted(set(rows.values_list("source", flat=True))) if days else []
    return {
        "currency": currency,
        "sources": sources or ["law"],
        "lines": [{"offer": str(line.offer.public_id), **line.converted} for line in converted],
    }


def checked_currency(currency: str) -> str:
    """Return a currency's code.

    Raises:
        InvalidCurrency: there is no such currency.
    """
    if currency not in CURRENCIES:
        raise InvalidCurrency
    return currency


def checked_country(country: str) -> str:
    """Return a country's code, or nothing.

    Raises:
        InvalidCountry: it has no shape of a code.
    """
    if country and not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise InvalidCountry
    return country


def checked_billing(billing: Mapping[str, Any]) -> dict[str, str]:
    """Return an invoice address with its empty fields left out.

    Raises:
        InvalidBilling: an unknown field, no text, or one that is too long; ``field`` names it.
    """
    address = {}
    for name, value in billing.items():
        longest = BILLING_FIELDS.get(name)
        if longest is None or not isinstance(value, str) or len(value.strip()) > longest or "\x00" in value:
            raise InvalidBilling(field=f"billing.{name}"[:60])
        if value.strip():
            address[name] = value.strip()
    if "country" in address:
        checked_country(address["country"])
    return address
