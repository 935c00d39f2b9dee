"""Reads that other rooms use."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from commerce.models import Certificate, Enrollment, Offer, OfferPrice, Order, PaymentAttempt, WishlistItem
from commerce.pricing import current_prices
from core.ids import normalize_code
from core.money import Money
from core.policies import is_person

__all__ = [
    "certificate_by_number",
    "certificates_of",
    "enrollments_by_course",
    "enrollments_of",
    "held_enrollments",
    "is_paid",
    "latest_enrollment",
    "offer_by_id",
    "offer_for",
    "offers_for",
    "one_for_each_course",
    "open_enrollment",
    "orders_of",
    "paid_course_keys",
    "paid_wallets",
    "price_of",
    "prices_of",
    "wishes_of",
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


def paid_course_keys() -> "QuerySet[OfferPrice, uuid.UUID]":
    """Keys of the courses that cost something, for ``__in`` subqueries; those with several prices several times."""
    priced = OfferPrice.objects.filter(offer__kind=Offer.Kind.COURSE, offer__is_on_sale=True)
    return priced.order_by().values_list("offer__key", flat=True)


def is_paid(course_key: uuid.UUID) -> bool:
    """Whether a course costs something, anywhere; where it is reduced to nothing it is still bought."""
    return paid_course_keys().filter(offer__key=course_key).exists()


def price_of(course_key: uuid.UUID, currency: str | None = None) -> Money | None:
    """What a course costs, in ``currency`` or else in the first one that it has a price in; None when it is free.

    A course with prices in other currencies only has no price in ``currency`` (None), yet is not free:
    :func:`is_paid` tells.
    """
    prices = prices_of([course_key]).get(course_key, [])
    return next((price for price in prices if currency in (None, "", price.currency)), None)


def prices_of(
    course_keys: Iterable[uuid.UUID], *, country: str = "", currency: str = ""
) -> dict[uuid.UUID, list[Money]]:
    """Prices of some courses by key, by currency, as they are now: a discount in force is in them.

    A free course is absent. Three queries; one when all are free.

    Args:
        country: of the visitor, whose own prices go before those for everywhere.
        currency: what the visitor would pay with: offers that are converted have a price in it too.
    """
    offers = offers_for(Offer.Kind.COURSE, course_keys)
    return {key: found for key, offer in offers.items() if (found := current_prices(offer, country, currency))}


def offers_for(kind: str, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Offer]:
    """Offers on sale by what they sell (key of the course or path), with prices and discounts loaded; three queries."""
    on_sale = Offer.objects.filter(kind=kind, key__in=list(keys), is_on_sale=True)
    return {offer.key: offer for offer in on_sale.prefetch_related("prices", "discounts")}


def offer_for(kind: str, key: uuid.UUID) -> Offer | None:
    """The offer on sale of one course or path, with prices and discounts loaded."""
    return offers_for(kind, [key]).get(key)


def offer_by_id(public_id: uuid.UUID) -> Offer | None:
    """The offer on sale of that outward id, with prices and discounts loaded."""
    on_sale = Offer.objects.filter(public_id=public_id, is_on_sale=True)
    return on_sale.prefetch_related("prices", "discounts").first()


def orders_of(user: Any) -> "QuerySet[Order]":
    """What somebody has ordered, newest first, with its lines; enrolments that never cost anything are left out."""
    if not is_person(user):
        return Order.objects.none()
    orders = Order.objects.filter(Q(subtotal_minor__gt=0) | Q(total_minor__gt=0) | Q(expires_at__isnull=False))
    return orders.filter(learner=user).prefetch_related("lines")


def wishes_of(user: Any) -> "QuerySet[WishlistItem]":
    """What somebody wishes for, newest first."""
    if not is_person(user):
        return WishlistItem.objects.none()
    return WishlistItem.objects.filter(learner=user)


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


def paid_wallets(person: Any, countries: Iterable[str]) -> dict[str, str]:
    """The wallet (E.164) that ``person`` last paid with, by provider, of those in ``countries``; for them alone."""
    wanted = {country for country in countries if country}
    if not is_person(person) or not wanted:
        return {}
    paid = PaymentAttempt.objects.filter(order__learner=person, succeeded_at__isnull=False, country__in=wanted)
    latest = paid.exclude(phone="").order_by("-succeeded_at", "-pk").values_list("provider", "phone")[:50]
    return dict(reversed(list(latest)))
