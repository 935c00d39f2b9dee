"""Exchange rates in use: fixed ones, entered ones, their inverses, and what follows through the euro. All exact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from commerce.models import ExchangeRate
from core import clock
from core.money import Money, convert

__all__ = ["EURO", "FIXED", "Rate", "RateTable", "current_rates", "forget_rates", "rates_on"]

EURO = "EUR"
#: Francs for one euro, by law: the euro took the place of the French franc (1 F = 100 CFA francs, 1 € = 6.55957 F).
#: Source: Council decision 98/683/EC.
FIXED = {"XAF": Decimal("655.957"), "XOF": Decimal("655.957")}

_CACHE_KEY = "commerce:rates"
#: Seconds until a process sees what another one entered, where each has a cache of its own.
_CACHE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of one currency for one unit of another, and the day it is of; None for a rate that law has fixed."""

    value: Fraction
    on: date | None

    def __mul__(self, other: "Rate") -> "Rate":
        """Follow one rate by another; the result is as old as the older."""
        days = [rate.on for rate in (self, other) if rate.on is not None]
        return Rate(self.value * other.value, min(days, default=None))

    @property
    def inverse(self) -> "Rate":
        return Rate(1 / self.value, self.on)


class RateTable:
    """The rates in use on one day."""

    def __init__(self, rows: Iterable[tuple[str, str, Decimal, date]] = ()) -> None:
        """Take (base, quote, rate, day) in the order in which they became valid: of one pair the last one holds."""
        self._pairs: dict[tuple[str, str], Rate] = {}
        for base, quote, rate, on in rows:
            self._pairs.pop((quote, base), None)
            self._pairs[base, quote] = Rate(Fraction(rate), on)
        for franc, rate in FIXED.items():
            self._pairs.pop((franc, EURO), None)
            self._pairs[EURO, franc] = Rate(Fraction(rate), None)

    def rate(self, base: str, quote: str) -> Rate | None:
        """Return ``quote`` for one ``base``: entered for this pair (either way round), else through the euro."""
        if base == quote:
            return Rate(Fraction(1), None)
        direct = self._direct(base, quote)
        if direct is not None:
            return direct
        to_euro, from_euro = self._in_euro.get(base), self._in_euro.get(quote)
        return to_euro * from_euro.inverse if to_euro and from_euro else None

    def convert(self, amount: Money, currency: str) -> tuple[Money, date | None] | None:
        """Return ``amount`` in another currency with the day of the rate; None when no rate leads there."""
        rate = self.rate(amount.currency, currency)
        return (convert(amount, currency, rate.value), rate.on) if rate else None

    def _direct(self, base: str, quote: str) -> Rate | None:
        if found := self._pairs.get((base, quote)):
            return found
        turned = self._pairs.get((quote, base))
        return turned.inverse if turned else None

    @cached_property
    def _in_euro(self) -> dict[str, Rate]:
        """Euros for one unit of each currency: entered against the euro, else against a franc that is fixed to it."""
        found = {EURO: Rate(Fraction(1), None)}
        currencies = {code for pair in self._pairs for code in pair}
        for code in sorted(currencies - {EURO}):
            for anchor in (EURO, *FIXED):
                rate = self._direct(code, anchor)
                if rate is not None:
                    anchored = self._direct(anchor, EURO) if anchor != EURO else None
                    found[code] = rate * anchored if anchored else rate
                    break
        return found


def rates_on(day: date) -> RateTable:
    """Return the rates valid on ``day`` and then no older than ``EXCHANGE_RATE_MAX_AGE_DAYS``; one query."""
    return RateTable(_rows(day))


def current_rates() -> RateTable:
    """Return :func:`rates_on` today, from the cache where it knows them."""
    today = clock.now().date()
    window = (today, settings.EXCHANGE_RATE_MAX_AGE_DAYS)
    stored = cache.get(_CACHE_KEY)
    if stored is None or stored[0] != window:
        stored = (window, _rows(today))
        cache.set(_CACHE_KEY, stored, _CACHE_SECONDS)
    return RateTable(stored[1])


def _rows(day: date) -> list[tuple[str, str, Decimal, date]]:
    """The row of each pair that holds on ``day``: of the newest day, and of that day the last one entered."""
    since = day - timedelta(days=settings.EXCHANGE_RATE_MAX_AGE_DAYS)
    rows = (
        ExchangeRate.objects.filter(valid_from__gte=since, valid_from__lte=day)
        .order_by("valid_from", "pk")
        .values_list("base", "quote", "rate", "valid_from")
    )
    return list({frozenset((base, quote)): (base, quote, rate, on) for base, quote, rate, on in rows}.values())


def forget_rates() -> None:
    """Have the rates read anew, after the present transaction; call it where rates are written."""
    transaction.on_commit(lambda: cache.delete(_CACHE_KEY))
