"""Reads that other rooms use."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from commerce.models import Certificate, CoursePrice, Enrollment
from core.ids import normalize_code
from core.money import Money
from core.policies import is_person

__all__ = [
    "certificate_by_number",
    "certificates_of",
    "enrollments_by_course",
    "enrollments_of",
    "held_enrollments",
    "latest_enrollment",
    "one_for_each_course",
    "open_enrollment",
    "paid_course_keys",
    "price_of",
    "prices_of",
]


def enrollments_of(user: Any) -> "QuerySet[Enrollment]":
    """The learner's open enrolments (waiting, active, suspended), newest first: at most one for each course."""
    if not is_person(user):
        return Enrollment.objects.none()
    return Enrollment.objects.filter(learner=user, state__in=Enrollment.OPEN_STATES)


def open_enrollment(user: Any, course_key: uuid.UUID) -> Enrollment | None:
    """The learner's open enrolment in a course; whether it gives access is ``commerce.access``'s answer."""
    if not is_person(user):
        return None
    return enrollments_of(user).filter(course_key=course_key).first()


def latest_enrollment(user: Any, course_key: uuid.UUID) -> Enrollment | None:
    """The learner's newest enrolment in a course in any state."""
    if not is_person(user):
        return None
    return Enrollment.objects.filter(learner=user, course_key=course_key).first()


def enrollments_by_course(user: Any, course_keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Enrollment]:
    """The learner's open enrolments in some courses, by course; one query, none for an anonymous visitor."""
    if not is_person(user):
        return {}
    return {found.course_key: found for found in enrollments_of(user).filter(course_key__in=list(course_keys))}


def held_enrollments(user: Any) -> "QuerySet[Enrollment]":
    """The learner's open and expired enrolments, newest first: what was learnt in a time that is over still shows.

    There may be several of a course; :func:`one_for_each_course` chooses.
    """
    if not is_person(user):
        return Enrollment.objects.none()
    return Enrollment.objects.filter(learner=user, state__in=(*Enrollment.OPEN_STATES, Enrollment.State.EXPIRED))


def one_for_each_course(enrollments: Iterable[Enrollment]) -> dict[uuid.UUID, Enrollment]:
    """Of a learner's enrolments, newest first, the open one in each course, else the one that expired last."""
    found: dict[uuid.UUID, Enrollment] = {}
    for enrollment in enrollments:
        kept = found.setdefault(enrollment.course_key, enrollment)
        if kept.state == Enrollment.State.EXPIRED and enrollment.state != Enrollment.State.EXPIRED:
            found[enrollment.course_key] = enrollment
    return found


def paid_course_keys() -> "QuerySet[CoursePrice, uuid.UUID]":
    """Keys of the courses that cost something, for ``__in`` subqueries."""
    return CoursePrice.objects.order_by().values_list("course_key", flat=True)


def price_of(course_key: uuid.UUID, currency: str | None = None) -> Money | None:
    """What a course costs, in ``currency`` or else in the first one that it has a price in; None when it is free.

    A course with prices in other currencies only has no price in ``currency`` (None), yet is not free:
    :func:`paid_course_keys` tells.
    """
    prices = CoursePrice.objects.filter(course_key=course_key)
    if currency:
        prices = prices.filter(currency=currency)
    price = prices.first()
    return Money(price.amount_minor, price.currency) if price else None


def prices_of(course_keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Money]]:
    """Prices of some courses by key, by currency; a free course is absent. One query."""
    prices: dict[uuid.UUID, list[Money]] = {}
    for price in CoursePrice.objects.filter(course_key__in=list(course_keys)):
        prices.setdefault(price.course_key, []).append(Money(price.amount_minor, price.currency))
    return prices


def certificates_of(user: Any) -> "QuerySet[Certificate]":
    """The learner's valid certificates, newest first, with their enrolments loaded."""
    if not is_person(user):
        return Certificate.objects.none()
    return Certificate.objects.filter(enrollment__learner=user, revoked_at=None).select_related("enrollment")


def certificate_by_number(text: str) -> Certificate | None:
    """The certificate of a number as people type it (any case, with spaces or dashes), revoked ones too."""
    number = normalize_code(str(text)[:100])
    if not number or not number.isascii() or not number.isalnum():
        return None
    return (
        Certificate.objects.filter(number=number)
        .select_related("enrollment__learner", "replaces", "replaced_by")
        .first()
    )
