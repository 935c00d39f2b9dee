"""Take a price away from an offer; what has none costs nothing."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.models import OfferPrice
from core import audit
from core.policies import require

__all__ = ["remove_offer_price"]


def remove_offer_price(*, actor: Any, price: OfferPrice) -> None:
    """Remove a price; one that is gone already is fine. Without any price a course or path is free.

    Raises:
        NotAllowed: the actor may not change prices.
    """
    require(policies.can_change_prices(actor))
    with transaction.atomic():
        stored = OfferPrice.objects.select_for_update(of=("self",)).select_related("offer").filter(pk=price.pk).first()
        if stored is None:
            return
        audit.record(
            actor=actor,
            verb="commerce.price_removed",
            target=stored.offer,
            facts={"minor": stored.amount_minor, "currency": stored.currency, "country": stored.country},
        )
        stored.delete()
