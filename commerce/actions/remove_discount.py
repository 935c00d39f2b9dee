"""Take a discount back."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.models import OfferDiscount
from core import audit
from core.policies import require

__all__ = ["remove_discount"]


def remove_discount(*, actor: Any, discount: OfferDiscount) -> None:
    """Remove a discount; one that is gone already is fine. Orders keep what they were placed for.

    Raises:
        NotAllowed: the actor may not change prices.
    """
    require(policies.can_change_prices(actor))
    with transaction.atomic():
        rows = OfferDiscount.objects.select_for_update(of=("self",)).select_related("offer")
        stored = rows.filter(pk=discount.pk).first()
        if stored is None:
            return
        audit.record(actor=actor, verb="commerce.discount_removed", target=stored.offer, facts={"label": stored.label})
        stored.delete()
