"""Agree on the school's part of what a course earns."""

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import TermsRefused
from commerce.models import CourseTerms
from core import audit
from core.policies import require

__all__ = ["set_course_terms"]


def set_course_terms(
    *,
    actor: Any,
    course_key: uuid.UUID,
    platform_percent: Decimal | int | str | None,
    referred_percent: Decimal | int | str | None = None,
) -> CourseTerms | None:
    """Set the school's part of a course in per cent of its net price; None goes back to the usual part.

    It holds for payments from now on.

    Args:
        referred_percent: of buyers whom an author brought; the usual part of these where it is left out.

    Raises:
        NotAllowed: the actor may not change terms.
        TermsRefused: no number from 0 to 100 with at most two digits after the point; ``field`` says which.
    """
    require(policies.can_set_terms(actor))
    values = {
        "platform_percent": _percent(platform_percent, "platform_percent"),
        "referred_percent": _percent(referred_percent, "referred_percent"),
    }
    with transaction.atomic():
        if values["platform_percent"] is None:
            CourseTerms.objects.filter(course_key=course_key).delete()
            terms = None
        else:
            terms, _is_new = CourseTerms.objects.update_or_create(course_key=course_key, defaults=values)
        audit.record(
            actor=actor,
            verb="commerce.course_terms_set",
            label=str(course_key),
            facts={name: None if value is None else str(value) for name, value in values.items()}
            | {"course": str(course_key)},
        )
    return terms


def _percent(value: Decimal | int | str | None, field: str) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        percent = Decimal(str(value))
    except InvalidOperation:
        raise TermsRefused(field=field) from None
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != percent.quantize(Decimal("0.01")):
        raise TermsRefused(field=field)
    return percent
