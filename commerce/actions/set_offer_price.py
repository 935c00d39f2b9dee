"""Say what an offer costs in one currency."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import InvalidOffer, InvalidPrice
from commerce.models import Offer, OfferPrice
from commerce.orders import checked_country
from core import audit
from core.money import Money
from core.policies import require

__all__ = ["set_offer_price"]

#: In minor units; keeps sums of a cart within a BigInteger.
_LARGEST = 10**12
_ONLY_CHOICE = _lazy("Only offers whose buyers choose what to pay have a least amount.")
_MINIMUM = _lazy("The least amount is at most the price, in the same currency.")


def set_offer_price(
    *, actor: Any, offer: Offer, price: Money, country: str = "", minimum: Money | None = None
) -> OfferPrice:
    """Set the price of an offer in the currency of ``price``; the one before, in that country, is replaced.

    Orders keep what they were placed for.

    Args:
        actor: who changes it; None is the platform itself.
        country: ISO 3166 code of the one country that it is for; everywhere when left out.
        minimum: of offers whose buyers choose: the least; ``price`` is then what is suggested.

    Raises:
        NotAllowed: the actor may not change prices.
        InvalidPrice: nothing, or less, or more than anybody means.
        InvalidOffer: a minimum in another currency or above the price, or one for an offer with a fixed price.
        InvalidCountry: no such country.
    """
    require(actor is None or policies.can_change_prices(actor))
    if not 0 < price.minor <= _LARGEST:
        raise InvalidPrice
    checked_country(country)
    if minimum is not None:
        if offer.pricing != Offer.Pricing.CHOICE:
            raise InvalidOffer(message=_ONLY_CHOICE, field="minimum")
        if minimum.currency != price.currency or not 0 <= minimum.minor <= price.minor:
            raise InvalidOffer(message=_MINIMUM, field="minimum")
    with transaction.atomic():
        stored, _created = OfferPrice.objects.update_or_create(
            offer=offer,
            country=country,
            currency=price.currency,
            defaults={"amount_minor": price.minor, "minimum_minor": minimum.minor if minimum else None},
        )
        audit.record(
            actor=actor,
            verb="commerce.price_set",
            target=offer,
            facts={
                "minor": price.minor,
                "currency": price.currency,
                "country": country,
                "minimum": minimum.minor if minimum else None,
            },
        )
    return stored
