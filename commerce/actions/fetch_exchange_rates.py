"""Take over the rates of the configured source."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from commerce.actions.set_exchange_rate import write_rate
from commerce.errors import InvalidRate, RateIsFixed, RateJump
from commerce.models import ExchangeRate, OfferPrice
from commerce.rate_sources import RateSheet, RateSource, configured_source

__all__ = ["RatesFetched", "fetch_exchange_rates"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RatesFetched:
    """What came of it, by currency."""

    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()  #: were there already
    refused: tuple[str, ...] = ()  #: jumped too far, and wait for a person's word


def fetch_exchange_rates(source: RateSource | None = None) -> RatesFetched | None:
    """Add what the source has for the currencies of this school; None where no source is configured.

    Safe to run twice and side by side: a rate that is there is not added again, and what a person has entered for
    the same day stands. A rate that jumps is left out and named in the log; once a person has entered it, the source
    is believed again.

    Raises:
        RateSourceFailed: the source did not answer, or not with rates; nothing was written.
    """
    source = source or configured_source()
    return take_over(source.fetch()) if source else None


def take_over(sheet: RateSheet) -> RatesFetched:
    """Add the rates of a sheet."""
    added, known, refused = [], [], []
    of_day = ExchangeRate.objects.filter(valid_from=sheet.on).order_by("pk")
    stored = dict(of_day.filter(base=sheet.base).values_list("quote", "rate"))
    by_hand = of_day.filter(source=ExchangeRate.Source.MANUAL).values_list("base", "quote")
    decided = {code for pair in by_hand if sheet.base in pair for code in pair}
    for currency in _wanted(sheet):
        rate = sheet.rates[currency]
        if currency in decided or stored.get(currency) == rate:
            known.append(currency)
            continue
        try:
            write_rate(
                actor=None,
                base=sheet.base,
                quote=currency,
                rate=rate,
                valid_from=sheet.on,
                source=ExchangeRate.Source.FEED,
            )
        except (RateJump, InvalidRate) as refusal:
            refused.append(currency)
            logger.error("1 %s = %s %s was not taken from the rate source: %s", sheet.base, rate, currency, refusal)
        except RateIsFixed:
            continue
        else:
            added.append(currency)
    return RatesFetched(tuple(added), tuple(known), tuple(refused))


def _wanted(sheet: RateSheet) -> Iterable[str]:
    """Currencies that prices are shown in or are in; a bank quotes many more."""
    priced = set(OfferPrice.objects.order_by().values_list("currency", flat=True).distinct())
    return sorted((priced | set(settings.DISPLAY_CURRENCIES)) & sheet.rates.keys())
