"""What an offer costs here and now: its own price, or one converted by rule, less the discount in force.

The price in a currency is, in this order, the offer's own for the buyer's country, its own for everywhere, and where
the offer names a ``base_currency``, that price converted by the rates of the day and rounded once by the currency's
:class:`~commerce.models.RoundingRule`. Of several discounts in force the lowest price counts; a discount is no price,
so it leaves the conversion as it is: a percentage is taken off the converted price, an amount in the base currency is
converted like it. Where buyers choose what to pay there are no discounts.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects

from commerce.errors import ChosenAmountRefused, CurrencyNotSold, NotOnSale
from commerce.models import Offer, OfferDiscount, OfferPrice, RoundingRule
from commerce.rates import Rate, RateTable, current_rates, rates_on
from core import clock
from core.currencies import exponent
from core.money import Money, percentage

__all__ = [
    "LARGEST_CHOSEN",
    "Pricer",
    "Quote",
    "currencies_sold",
    "current_prices",
    "quote",
    "quotes",
    "round_by_rule",
    "sold_currency",
]

#: Nobody means to pay more than this where they choose, in minor units; it also keeps sums within a BigInteger.
LARGEST_CHOSEN = 10**12
#: Significant digits of a rate as text, for people; calculated is with the exact fraction.
_RATE_DIGITS = 12


@dataclass(frozen=True)
class Quote:
    """What is charged for one offer, before coupons and before tax that comes on top."""

    offer: Offer
    price: Money
    list_price: Money  #: without the discount; equal to ``price`` where there is none
    discount_label: str = ""
    discount_ends_at: datetime | None = None
    #: Of offers whose buyers choose: the least amount, and what is suggested.
    minimum: Money | None = None
    suggested: Money | None = None
    #: Where it was converted: ``base``, ``amount`` (minor units of it), ``rate`` (text), ``day`` (ISO, null by law).
    converted: dict[str, Any] = field(default_factory=dict)

    @property
    def is_reduced(self) -> bool:
        """Whether a discount is in force."""
        return self.price < self.list_price and self.suggested is None


def quote(
    offer: Offer, *, currency: str, country: str = "", at: datetime | None = None, chosen: Money | None = None
) -> Quote:
    """Return what ``offer`` costs.

    Args:
        currency: what is paid with.
        country: ISO 3166 code of the buyer's, or empty.
        at: the moment to price for; now, when left out.
        chosen: what the buyer chooses to pay, where they may; the suggestion when left out.

    Raises:
        NotOnSale: it can't be bought.
        CurrencyNotSold: not in this currency.
        ChosenAmountRefused: below the least amount, absurdly high, or in another currency.
    """
    return Pricer(currency=currency, country=country, at=at).quote(offer, chosen=chosen)


def quotes(
    offers: Iterable[Offer], *, currency: str, country: str = "", at: datetime | None = None
) -> dict[int, Quote]:
    """Return quotes by the offers' ``pk``; what has no price in this currency is absent.

    At most four queries for any number of offers, two where prices and discounts are loaded.
    """
    listed = list(offers)
    pricer = Pricer(currency=currency, country=country, at=at)
    pricer.load(listed)
    found = {}
    for offer in listed:
        try:
            found[offer.pk] = pricer.quote(offer)
        except (NotOnSale, CurrencyNotSold):
            continue
    return found


def currencies_sold(offers: Sequence[Offer], *, country: str = "") -> list[str]:
    """Return the currencies in which all of ``offers`` are sold, the school's own first; empty when there is none."""
    pricer = Pricer(currency=settings.DEFAULT_CURRENCY, country=country)
    pricer.load(offers)
    common: set[str] | None = None
    for offer in offers:
        sold = pricer.currencies(offer)
        common = sold if common is None else common & sold
    return sorted(common or (), key=lambda code: (code != settings.DEFAULT_CURRENCY, code))


def sold_currency(offers: Offer | Sequence[Offer], *, currency: str, country: str = "") -> str:
    """Return the currency that a buyer who would like ``currency`` is charged in.

    That one if everything is sold in it, else the school's own, else the first in which everything is. Where no
    currency serves all, the one that was asked for: what is not sold in it then says so.
    """
    listed = [offers] if isinstance(offers, Offer) else list(offers)
    common = currencies_sold(listed, country=country)
    return currency if currency in common or not common else common[0]


def current_prices(offer: Offer, country: str = "", currency: str = "") -> list[Money]:
    """Return the offer's prices as they are now, by currency, with one in ``currency`` where it can be converted.

    An offer sold in other countries only is shown with their prices; empty where it has none at all.
    """
    rows = [row for row in offer.prices.all() if row.country in ("", country)] or list(offer.prices.all())
    prices = []
    for code in sorted({row.currency for row in rows}):
        places = {row.country for row in rows if row.currency == code}
        where = country if country in places or "" in places else min(places)
        prices.append(Pricer(currency=code, country=where).quote(offer).price)
    if currency and currency not in {price.currency for price in prices}:
        with suppress(NotOnSale, CurrencyNotSold):
            prices.append(Pricer(currency=currency, country=country).quote(offer).price)
    return prices


class Pricer:
    """Prices offers for one buyer; rates and rounding rules are read at most once, and only when needed."""

    def __init__(self, *, currency: str, country: str = "", at: datetime | None = None) -> None:
        self.currency = currency
        self.country = country
        self.at = at

    @cached_property
    def moment(self) -> datetime:
        """The moment that is priced for."""
        return self.at or clock.now()

    @cached_property
    def rates(self) -> RateTable:
        """The rates of that day."""
        return rates_on(self.at.date()) if self.at else current_rates()

    @cached_property
    def _rules(self) -> dict[str, RoundingRule]:
        return {rule.currency: rule for rule in RoundingRule.objects.all()}

    def load(self, offers: Sequence[Offer]) -> None:
        """Fetch prices and discounts of all offers that don't have them yet."""
        if offers:
            prefetch_related_objects(list(offers), "prices", "discounts")

    def currencies(self, offer: Offer) -> set[str]:
        """Return the currencies in which ``offer`` is sold: its own, and those its base can be converted into."""
        if not offer.is_on_sale:
            return set()
        own = {row.currency for row in self._rows(offer)}
        if offer.base_currency in own:
            shown = {self.currency, *settings.DISPLAY_CURRENCIES}
            own |= {code for code in shown if self.rates.rate(offer.base_currency, code)}
        return own

    def quote(self, offer: Offer, *, chosen: Money | None = None) -> Quote:
        """As :func:`quote`."""
        rows = self._rows(offer)
        if not offer.is_on_sale or not rows:
            raise NotOnSale
        row = _row_in(rows, self.currency)
        if row is not None:
            return self._finished(offer, row, None, chosen)
        base = _row_in(rows, offer.base_currency) if offer.base_currency else None
        rate = self.rates.rate(offer.base_currency, self.currency) if base else None
        if base is None or rate is None:
            raise CurrencyNotSold
        return self._finished(offer, base, rate, chosen)

    def _finished(self, offer: Offer, row: OfferPrice, rate: Rate | None, chosen: Money | None) -> Quote:
        def here(minor: int) -> Money:
            return self.converted(Money(minor, row.currency), rate) if rate else Money(minor, row.currency)

        amount = here(row.amount_minor)
        facts = _conversion(row, rate) if rate else {}
        if offer.pricing == Offer.Pricing.CHOICE:
            minimum = here(row.minimum_minor or 0)
            price = amount if chosen is None else _accepted(chosen, minimum, self.currency)
            return Quote(offer, price, price, minimum=minimum, suggested=amount, converted=facts)
        best, label, ends_at = amount, "", None
        for discount in offer.discounts.all():
            if not _is_in_force(discount, self.moment):
                continue
            if discount.percent is not None:
                reduced = amount - percentage(amount, discount.percent, rounding=ROUND_HALF_UP)
            elif discount.currency == self.currency:
                reduced = Money(discount.amount_minor or 0, self.currency)
            elif rate and discount.currency == row.currency:
                reduced = here(discount.amount_minor or 0)
            else:
                continue
            if reduced < best:
                best, label, ends_at = reduced, discount.label, discount.ends_at
        return Quote(offer, best, amount, label, ends_at, converted=facts)

    def weight(self, offer: Offer) -> int | None:
        """Return the list price in minor units of the currency, wherever it is sold: what shares are weighed by.

        None where no rate leads from its prices to the currency.
        """
        rows = self._rows(offer) or list(offer.prices.all())
        row = _row_in(rows, self.currency) or _row_in(rows, offer.base_currency) or rows[0]
        if row.currency == self.currency:
            return row.amount_minor
        rate = self.rates.rate(row.currency, self.currency)
        return self.converted(Money(row.amount_minor, row.currency), rate).minor if rate else None

    def converted(self, amount: Money, rate: Rate) -> Money:
        """Return ``amount`` in the buyer's currency at ``rate``, rounded once by the currency's rule.

        Nothing stays nothing; what costs something never becomes nothing.
        """
        if amount.is_zero:
            return Money.zero(self.currency)
        shift = exponent(self.currency) - exponent(amount.currency)
        exact = amount.minor * rate.value * Fraction(10) ** shift
        return Money(round_by_rule(exact, self._rules.get(self.currency)), self.currency)

    def _rows(self, offer: Offer) -> list[OfferPrice]:
        """The prices that hold in the buyer's country, those of that country alone first."""
        rows = [row for row in offer.prices.all() if row.country in ("", self.country)]
        return sorted(rows, key=lambda row: (row.country == "", row.currency))


def round_by_rule(exact: Fraction, rule: RoundingRule | None) -> int:
    """Return minor units: the multiple of the rule's step less its ``minus`` next to ``exact``, or the one above it.

    Half rounds up; without a rule to the minor unit. At least one step, so never nothing.
    """
    step, minus = (rule.step_minor, rule.minus_minor) if rule else (1, 0)
    steps = (exact + minus) / step
    whole = steps.numerator // steps.denominator
    rest = steps - whole
    if rest and (rest * 2 >= 1 or (rule and rule.direction == RoundingRule.Direction.UP)):
        whole += 1
    return max(whole, 1) * step - minus


def _row_in(rows: Sequence[OfferPrice], currency: str) -> OfferPrice | None:
    return next((row for row in rows if row.currency == currency), None)


def _is_in_force(discount: OfferDiscount, at: datetime) -> bool:
    return discount.starts_at <= at and (discount.ends_at is None or at < discount.ends_at)


def _accepted(chosen: Money, minimum: Money, currency: str) -> Money:
    if chosen.currency != currency or chosen < minimum or not 0 <= chosen.minor <= LARGEST_CHOSEN:
        raise ChosenAmountRefused
    return chosen


def _conversion(row: OfferPrice, rate: Rate) -> dict[str, Any]:
    with localcontext() as context:
        context.prec = _RATE_DIGITS
        text = Decimal(rate.value.numerator) / Decimal(rate.value.denominator)
    return {
        "base": row.currency,
        "amount": row.amount_minor,
        "rate": f"{text.normalize():f}",
        "day": rate.on.isoformat() if rate.on else None,
    }
