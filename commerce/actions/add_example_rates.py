"""Rates to try the school with."""

from decimal import Decimal

from commerce.actions.set_exchange_rate import write_rate
from commerce.models import ExchangeRate
from commerce.rates import EURO, rates_on
from core import clock

__all__ = ["EXAMPLE_RATES", "add_example_rates"]

#: Units for one euro, of a plausible size and nobody's quotation.
EXAMPLE_RATES = {
    "USD": Decimal("1.16"),
    "NGN": Decimal("1680"),
    "GHS": Decimal("12.8"),
    "KES": Decimal("150"),
    "UGX": Decimal("4180"),
    "ZMW": Decimal("26.5"),
}


def add_example_rates() -> int:
    """Add an example of today's date, marked as one, for each currency without a rate in use; returns how many."""
    today = clock.now().date()
    table = rates_on(today)
    missing = [(code, rate) for code, rate in EXAMPLE_RATES.items() if table.rate(EURO, code) is None]
    for code, rate in missing:
        write_rate(
            actor=None,
            base=EURO,
            quote=code,
            rate=rate,
            valid_from=today,
            source=ExchangeRate.Source.EXAMPLE,
            is_confirmed=True,
        )
    return len(missing)
