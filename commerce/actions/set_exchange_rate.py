"""Say what one currency costs in another, from a day on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from commerce import policies
from commerce.errors import InvalidRate, RateIsFixed, RateJump
from commerce.models import ExchangeRate
from commerce.models.exchange_rate import FIXED_AMONG_THEMSELVES
from commerce.rates import forget_rates
from core import audit
from core.currencies import CURRENCIES
from core.policies import require

__all__ = ["set_exchange_rate", "write_rate"]

_STEP = Decimal(1).scaleb(-ExchangeRate.DECIMAL_PLACES)
_TOO_LARGE = Decimal(10) ** (ExchangeRate.MAX_DIGITS - ExchangeRate.DECIMAL_PLACES)


def set_exchange_rate(
    *, actor: Any, base: str, quote: str, rate: Decimal, valid_from: date, is_confirmed: bool = False
) -> ExchangeRate:
    """Add a rate: one ``base`` costs so many ``quote`` from ``valid_from`` on; the former ones stay as history.

    Args:
        is_confirmed: the actor says that a rate is right although it jumps.

    Raises:
        NotAllowed: the actor may not enter rates.
        InvalidRate: not positive, more than 8 digits after the point, twice the same currency, an unknown one.
        RateIsFixed: euro and CFA francs among themselves.
        RateJump: it differs by more than ``EXCHANGE_RATE_JUMP_PERCENT`` from the one before, unless confirmed.
    """
    require(policies.can_enter_rates(actor))
    return write_rate(
        actor=actor,
        base=base,
        quote=quote,
        rate=rate,
        valid_from=valid_from,
        source=ExchangeRate.Source.MANUAL,
        is_confirmed=is_confirmed,
    )


def write_rate(
    *, actor: Any, base: str, quote: str, rate: Decimal, valid_from: date, source: str, is_confirmed: bool = False
) -> ExchangeRate:
    """Check and add a rate of any source; see :func:`set_exchange_rate`. Asks nobody for rights."""
    _check(base, quote, rate)
    with transaction.atomic():
        before = _in_use_before(base, quote, valid_from)
        if before is not None and not is_confirmed and _jumps(before, rate):
            raise RateJump
        stored = ExchangeRate.objects.create(
            base=base,
            quote=quote,
            rate=rate.quantize(_STEP),
            valid_from=valid_from,
            source=source,
            entered_by=actor if getattr(actor, "is_authenticated", False) else None,
        )
        audit.record(
            actor=actor,
            verb="commerce.rate_entered",
            target=stored,
            facts={"rate": str(rate), "from": valid_from.isoformat(), "source": str(source), "sure": is_confirmed},
        )
        forget_rates()
    return stored


def _check(base: str, quote: str, rate: Decimal) -> None:
    for field, code in (("base", base), ("quote", quote)):
        if code not in CURRENCIES:
            raise InvalidRate(field=field)
    if base == quote:
        raise InvalidRate(field="quote")
    if base in FIXED_AMONG_THEMSELVES and quote in FIXED_AMONG_THEMSELVES:
        raise RateIsFixed
    if not isinstance(rate, Decimal):
        raise TypeError(f"A rate is a Decimal, not {type(rate).__name__}.")
    if not rate.is_finite() or not _STEP <= rate < _TOO_LARGE or rate != rate.quantize(_STEP):
        raise InvalidRate


def _in_use_before(base: str, quote: str, day: date) -> Decimal | None:
    """The pair's rate that holds on ``day`` so far, either way round; None when there is none, or a stale one."""
    since = day - timedelta(days=settings.EXCHANGE_RATE_MAX_AGE_DAYS)
    rows = ExchangeRate.objects.filter(
        base__in=(base, quote), quote__in=(base, quote), valid_from__gte=since, valid_from__lte=day
    )
    found = rows.order_by("-valid_from", "-pk").first()
    if found is None:
        return None
    return found.rate if found.base == base else 1 / found.rate


def _jumps(before: Decimal, after: Decimal) -> bool:
    allowed = Decimal(settings.EXCHANGE_RATE_JUMP_PERCENT) / 100
    return abs(after - before) > allowed * before
