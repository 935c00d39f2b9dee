"""Currencies and exchange rates."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import DEFAULT_CURRENCY
from cms.settings.env import env
from core.currencies import CURRENCIES

__all__ = [
    "DISPLAY_CURRENCIES",
    "EXCHANGE_RATES_URL",
    "EXCHANGE_RATE_JUMP_PERCENT",
    "EXCHANGE_RATE_MAX_AGE_DAYS",
]

_asked: list[str] = env.list(
    "DISPLAY_CURRENCIES", default=["XAF", "XOF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR"]
)
#: What visitors may have prices shown in; what is charged stays the currency that a price is in.
DISPLAY_CURRENCIES: list[str] = list(dict.fromkeys(code.strip().upper() for code in _asked if code.strip()))
_unknown = sorted({*DISPLAY_CURRENCIES, DEFAULT_CURRENCY} - CURRENCIES)
if _unknown:
    raise ImproperlyConfigured(
        f"'{', '.join(_unknown)}' is no currency; DISPLAY_CURRENCIES and DEFAULT_CURRENCY take ISO 4217 codes like XAF."
    )
#: A feed in the form of the European Central Bank's, ``https://`` or ``file://``; empty: rates are entered by hand.
EXCHANGE_RATES_URL: str = env.str("EXCHANGE_RATES_URL", default="")
#: A rate older than so many days is not shown any more: the price then stands in its own currency alone.
EXCHANGE_RATE_MAX_AGE_DAYS: int = env.int("EXCHANGE_RATE_MAX_AGE_DAYS", default=30)
#: A rate that differs by more from the one before is only taken when a person says that it is right.
EXCHANGE_RATE_JUMP_PERCENT: int = env.int("EXCHANGE_RATE_JUMP_PERCENT", default=20)
