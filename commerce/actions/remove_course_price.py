"""Make a course free in one currency; without any price it is free."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.models import CoursePrice
from core import audit
from core.policies import require

__all__ = ["remove_course_price"]


def remove_course_price(*, actor: Any, price: CoursePrice) -> None:
    """Remove a price; one that is gone already is fine.

    Raises:
        NotAllowed: the actor may not change prices.
    """
    require(policies.can_change_prices(actor))
    with transaction.atomic():
        stored = CoursePrice.objects.select_for_update().filter(pk=price.pk).first()
        if stored is None:
            return
        audit.record(
            actor=actor,
            verb="commerce.price_removed",
            target=stored,
            facts={"course": str(stored.course_key), "minor": stored.amount_minor, "currency": stored.currency},
        )
        stored.delete()
