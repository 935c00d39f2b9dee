"""Tax on orders: one rate for each country and day, calculated once for the whole order.

The rounding rule of the house: the tax of an order is calculated from the sum of what its lines cost after all
discounts, rounded half up to a minor unit, once. The lines' taxes are shares of it by the largest remainder, so they
always add up to the order's, as the invoice shows it. With prices that contain the tax, of a price ``p`` at ``r`` per
cent the tax is ``p × r ÷ (100 + r)``; on top it is ``p × r ÷ 100``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q

from commerce.models import TaxRate
from core import clock
from core.money import Money, allocate

__all__ = ["Taxed", "share_tax", "tax_facts", "tax_on", "tax_rate", "taxed"]


@dataclass(frozen=True)
class Taxed:
    """Amounts of lines with their tax. ``amounts`` is what is owed for each, tax included."""

    tax: Money
    taxes: tuple[Money, ...]
    amounts: tuple[Money, ...]
    total: Money

    @property
    def nets(self) -> tuple[Money, ...]:
        """What is left of each line's amount without its tax."""
        return tuple(amount - tax for amount, tax in zip(self.amounts, self.taxes, strict=True))


def tax_rate(country: str, on: date | None = None) -> TaxRate | None:
    """Return the rate for buyers of ``country`` on a day (today in UTC, when left out); None where there is none."""
    if not country:
        return None
    day = on or clock.now().date()
    rates = TaxRate.objects.filter(country=country, valid_from__lte=day)
    return rates.filter(Q(valid_until=None) | Q(valid_until__gte=day)).order_by("-valid_from").first()


def tax_on(amount: Money, percent: Decimal, *, is_inclusive: bool) -> Money:
    """Return the tax within, or on top of, a price; half up to the minor unit.

    Args:
        amount: what is charged before tax on top; not negative.
        percent: e.g. ``Decimal("19.25")``.
    """
    share = Fraction(percent)
    exact = amount.minor * share / (100 + share if is_inclusive else 100)
    return Money((exact.numerator * 2 + exact.denominator) // (exact.denominator * 2), amount.currency)


def share_tax(tax: Money, amounts: Sequence[Money]) -> list[Money]:
    """Return each line's part of an order's tax, in proportion to what the lines cost; the parts add up to it."""
    weights = [amount.minor for amount in amounts]
    return allocate(tax, weights) if any(weights) else [Money.zero(tax.currency) for _ in amounts]


def taxed(amounts: Sequence[Money], currency: str, rate: TaxRate | None) -> Taxed:
    """Return the lines of an order, given what each costs after discounts, with the tax of ``rate``."""
    net = Money.sum(amounts, currency)
    if rate is None:
        zero = Money.zero(currency)
        return Taxed(zero, tuple(zero for _ in amounts), tuple(amounts), net)
    tax = tax_on(net, rate.percent, is_inclusive=rate.is_inclusive)
    taxes = share_tax(tax, amounts)
    if rate.is_inclusive:
        return Taxed(tax, tuple(taxes), tuple(amounts), net)
    owed = tuple(amount + part for amount, part in zip(amounts, taxes, strict=True))
    return Taxed(tax, tuple(taxes), owed, net + tax)


def tax_facts(rate: TaxRate | None) -> dict[str, Any]:
    """Return a rate as an order freezes it; nothing without one."""
    if rate is None:
        return {}
    return {
        "name": rate.name,
        "percent": f"{rate.percent.normalize():f}",
        "is_inclusive": rate.is_inclusive,
        "country": rate.country,
    }
