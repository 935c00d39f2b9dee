"""Say what a course costs."""

import uuid
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import InvalidPrice
from commerce.models import CoursePrice
from core import audit
from core.money import Money
from core.policies import require

__all__ = ["set_course_price"]


def set_course_price(*, actor: Any, course_key: uuid.UUID, price: Money) -> CoursePrice:
    """Set the price of a course in the currency of ``price``; the price before in that currency is replaced.

    Enrolments that exist keep their access.

    Raises:
        NotAllowed: the actor may not change prices.
        InvalidPrice: nothing, or less.
    """
    require(policies.can_change_prices(actor))
    if price.minor <= 0:
        raise InvalidPrice
    with transaction.atomic():
        stored, _created = CoursePrice.objects.update_or_create(
            course_key=course_key, currency=price.currency, defaults={"amount_minor": price.minor}
        )
        audit.record(
            actor=actor,
            verb="commerce.price_set",
            target=stored,
            facts={"course": str(course_key), "minor": price.minor, "currency": price.currency},
        )
    return stored
