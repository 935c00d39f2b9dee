"""What a price tag says: what is charged, and about how much that is in the currency that the visitor thinks in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from babel.numbers import get_territory_currencies
from django.conf import settings
from django.utils.translation import gettext as _

from commerce.rates import RateTable, current_rates
from core import clock
from core.locales import region_of
from core.money import Money

__all__ = ["PriceTag", "PriceTags", "charged_price", "display_currency"]


@dataclass(frozen=True, slots=True)
class PriceTag:
    """One price. ``about`` is only ever an indication: what is charged is ``charged``."""

    charged: Money
    about: Money | None = None
    #: The day of the rate behind ``about``; None where there is none, and for rates fixed by law.
    rate_date: date | None = None

    @property
    def shown(self) -> Money:
        """The amount in the visitor's currency if there is one, else what is charged."""
        return self.about or self.charged

    def __str__(self) -> str:
        """As one reads it: ``25 000 FCFA, about €38.11``."""
        if self.about is None:
            return self.charged.format()
        return _("%(charged)s, about %(amount)s") % {"charged": self.charged.format(), "amount": self.about.format()}


class PriceTags:
    """Makes the tags of one page or answer: the rates are read at most once, and only when a price needs them."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    @cached_property
    def _rates(self) -> RateTable:
        return current_rates()

    def tag(self, prices: Sequence[Money] | None) -> PriceTag | None:
        """Return the tag of something with prices in one or several currencies; None when it has none, so is free.

        Where no rate leads to the visitor's currency, or only one that is too old, the charged amount stands alone;
        so it does where the other one would be rounded to nothing.
        """
        if not prices:
            return None
        charged = charged_price(prices, self.currency)
        if charged.currency == self.currency:
            return PriceTag(charged)
        found = self._rates.convert(charged, self.currency)
        if found is None or found[0].is_zero:
            return PriceTag(charged)
        return PriceTag(charged, *found)


def charged_price(prices: Sequence[Money], currency: str) -> Money:
    """Return which of the prices is charged: the one in the visitor's currency, the school's, or else the first."""
    by_currency = {price.currency: price for price in prices}
    return by_currency.get(currency) or by_currency.get(settings.DEFAULT_CURRENCY) or prices[0]


def display_currency(person: Any = None, *, chosen: str = "", accept_language: str = "") -> str:
    """Return the currency to show prices in.

    Args:
        person: whose profile may name one, or a country; anybody else and None are visitors.
        chosen: what a visitor chose (a cookie); the profile's own choice goes before it.
        accept_language: the browser's header, whose country is the last guess before ``DEFAULT_CURRENCY``.
    """
    for code in (getattr(person, "currency", ""), chosen):
        if code in settings.DISPLAY_CURRENCIES:
            return code
    for country in (getattr(person, "country", ""), region_of(accept_language)):
        if country:
            return _currency_of(country)
    return settings.DEFAULT_CURRENCY


def _currency_of(country: str) -> str:
    """What is paid with in a country, if prices are shown in it; else the school's own."""
    used = get_territory_currencies(country, start_date=clock.now().date())
    return next((code for code in used if code in settings.DISPLAY_CURRENCIES), settings.DEFAULT_CURRENCY)
