"""Say what a course costs."""

import uuid
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.set_offer_price import set_offer_price
from commerce.errors import InvalidPrice
from commerce.models import Offer, OfferPrice
from core.money import Money
from core.policies import require
from courses.models import CoursePage

__all__ = ["set_course_price"]


def set_course_price(*, actor: Any, course_key: uuid.UUID, price: Money) -> OfferPrice:
    """Set the price of a course, everywhere, in the currency of ``price``; the one before in it is replaced.

    A course that has no offer gets one, on sale. Enrolments that exist keep their access.

    Args:
        actor: who changes it; None is the platform itself.

    Raises:
        NotAllowed: the actor may not change prices.
        InvalidPrice: nothing, or less.
    """
    require(actor is None or policies.can_change_prices(actor))
    if price.minor <= 0:
        raise InvalidPrice
    with transaction.atomic():
        titles = CoursePage.objects.filter(translation_key=course_key).order_by("pk").values_list("title", flat=True)
        offer, _created = Offer.objects.get_or_create(
            kind=Offer.Kind.COURSE, key=course_key, defaults={"title": titles.first() or str(course_key)}
        )
        return set_offer_price(actor=actor, offer=offer, price=price)
