"""Where exchange rates come from besides people: one source a file, behind one interface."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.conf import settings

__all__ = ["RateSheet", "RateSource", "RateSourceFailed", "configured_source"]


class RateSourceFailed(Exception):
    """The source did not answer, or not with rates; the message says what a person should look at."""


@dataclass(frozen=True)
class RateSheet:
    """Rates of one day: so many units of each currency for one ``base``."""

    base: str
    on: date
    rates: dict[str, Decimal]


class RateSource(Protocol):
    """Something that knows today's rates."""

    def fetch(self) -> RateSheet:
        """Return the newest rates that the source has.

        Raises:
            RateSourceFailed: none could be had.
        """
        ...


def configured_source(url: str = "") -> RateSource | None:
    """Return the source at ``url`` or, without one, of ``EXCHANGE_RATES_URL``; None where none is configured."""
    from commerce.rate_sources.euro_feed import EuroFeed

    address = url or settings.EXCHANGE_RATES_URL
    return EuroFeed(address) if address else None
