"""Say what tax people of a country pay, from a day on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from accounts.validators import validate_country
from commerce import policies
from commerce.errors import InvalidCountry, InvalidTaxRate
from commerce.models import TaxRate
from core import audit, clock
from core.policies import require

__all__ = ["set_tax_rate"]

_NAME = _lazy("Give the tax its name on the invoice, at most 40 characters.")
_PERCENT = _lazy("A rate is between 0 and 100 per cent, with at most three digits after the point.")
_WINDOW = _lazy("The last day is not before the first.")


def set_tax_rate(
    *,
    actor: Any,
    country: str,
    name: str,
    percent: Decimal,
    is_inclusive: bool = True,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> TaxRate:
    """Enter the tax rate of a country; of two the one that began last holds. One that begins the same day is replaced.

    Orders keep the tax that they were placed with.

    Args:
        actor: who does it; None is the platform itself.
        country: ISO 3166 code.
        is_inclusive: whether prices contain it; otherwise it comes on top.
        valid_from: its first day, in UTC; today, when left out.
        valid_until: its last day; none, when left out.

    Raises:
        NotAllowed: the actor may not change taxes.
        InvalidCountry: no such country.
        InvalidTaxRate: no name, or a rate or days that can't be.
    """
    require(actor is None or policies.can_change_taxes(actor))
    try:
        validate_country(country)
    except ValidationError:
        raise InvalidCountry from None
    if not 0 < len(name.strip()) <= 40:
        raise InvalidTaxRate(message=_NAME, field="name")
    if not (0 <= percent <= 100 and percent == percent.quantize(Decimal("0.001"))):
        raise InvalidTaxRate(message=_PERCENT, field="percent")
    first = valid_from or clock.now().date()
    if valid_until and valid_until < first:
        raise InvalidTaxRate(message=_WINDOW, field="valid_until")
    with transaction.atomic():
        rate, _created = TaxRate.objects.update_or_create(
            country=country,
            valid_from=first,
            defaults={
                "name": name.strip(),
                "percent": percent,
                "is_inclusive": is_inclusive,
                "valid_until": valid_until,
            },
        )
        audit.record(
            actor=actor,
            verb="commerce.tax_rate_set",
            target=rate,
            facts={"percent": str(percent), "inclusive": is_inclusive, "from": first.isoformat()},
        )
    return rate
