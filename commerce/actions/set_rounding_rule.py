"""Say how converted prices look in a currency."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import InvalidTaxRate
from commerce.models import RoundingRule
from commerce.orders import checked_currency
from core import audit
from core.money import Money
from core.policies import require

__all__ = ["set_rounding_rule"]

_STEP = _lazy("Prices are rounded to a multiple of at least one minor unit.")
_MINUS = _lazy("What is taken off is less than the multiple.")


def set_rounding_rule(
    *, actor: Any, step: Money, minus: Money | None = None, direction: str = RoundingRule.Direction.NEAREST
) -> RoundingRule:
    """Have converted prices in the currency of ``step`` rounded to its multiples, less ``minus``.

    1.00 and 0.01 make prices that end in .99. The rule before is replaced.

    Args:
        actor: who does it; None is the platform itself.

    Raises:
        NotAllowed: the actor may not change taxes and rounding.
        InvalidCurrency, InvalidTaxRate: no such rule can be.
    """
    require(actor is None or policies.can_change_taxes(actor))
    checked_currency(step.currency)
    less = minus or Money.zero(step.currency)
    if not 0 < step.minor < 2**31:
        raise InvalidTaxRate(message=_STEP, field="step")
    if less.currency != step.currency or not 0 <= less.minor < step.minor:
        raise InvalidTaxRate(message=_MINUS, field="minus")
    if direction not in RoundingRule.Direction.values:
        raise InvalidTaxRate(field="direction")
    with transaction.atomic():
        rule, _created = RoundingRule.objects.update_or_create(
            currency=step.currency,
            defaults={"step_minor": step.minor, "minus_minor": less.minor, "direction": direction},
        )
        audit.record(
            actor=actor,
            verb="commerce.rounding_rule_set",
            target=rule,
            facts={"step": str(step), "minus": str(less), "direction": direction},
        )
    return rule
