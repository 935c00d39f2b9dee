"""Lower an offer's price for a time."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import InvalidOffer
from commerce.models import Offer, OfferDiscount
from core import audit, clock
from core.money import Money
from core.policies import require

__all__ = ["add_discount"]

_ONE_OF_TWO = _lazy(
    "Give either per cent, above 0 and at most 100, with at most two decimals, or a price of at least nothing."
)
_WINDOW = _lazy("The discount has to end after it begins.")
_LABEL = _lazy("Give the discount a label of at most 80 characters, as buyers read it.")
_CHOICE = _lazy("Where buyers choose what to pay there are no discounts.")


def add_discount(
    *,
    actor: Any,
    offer: Offer,
    label: str,
    percent: Decimal | None = None,
    price: Money | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> OfferDiscount:
    """Take so many per cent off an offer's price, or ask another price in one currency, for a time.

    Args:
        actor: who does it; None is the platform itself.
        starts_at: at once, when left out.
        ends_at: never, when left out.

    Raises:
        NotAllowed: the actor may not change prices.
        InvalidOffer: not one of the two, no label, or it would end before it begins.
    """
    require(actor is None or policies.can_change_prices(actor))
    text = label.strip()
    if not 0 < len(text) <= 80:
        raise InvalidOffer(message=_LABEL, field="label")
    if offer.pricing == Offer.Pricing.CHOICE:
        raise InvalidOffer(message=_CHOICE)
    if (percent is None) == (price is None):
        raise InvalidOffer(message=_ONE_OF_TWO, field="percent")
    if percent is not None and not (0 < percent <= 100 and percent == percent.quantize(Decimal("0.01"))):
        raise InvalidOffer(message=_ONE_OF_TWO, field="percent")
    if price is not None and not 0 <= price.minor < 10**12:
        raise InvalidOffer(message=_ONE_OF_TWO, field="amount")
    begins = starts_at or clock.now()
    if ends_at and ends_at <= begins:
        raise InvalidOffer(message=_WINDOW, field="ends_at")
    with transaction.atomic():
        discount = OfferDiscount.objects.create(
            offer=offer,
            label=text,
            percent=percent,
            amount_minor=price.minor if price else None,
            currency=price.currency if price else "",
            starts_at=begins,
            ends_at=ends_at,
        )
        audit.record(
            actor=actor,
            verb="commerce.discount_added",
            target=offer,
            facts={
                "percent": None if percent is None else str(percent),
                "price": str(price) if price else None,
                "from": begins.isoformat(),
                "until": ends_at.isoformat() if ends_at else None,
            },
        )
    return discount
