"""People, enrolments and certificates for tests."""

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Permission

from accounts.models import User
from commerce.models import Certificate, Enrollment, Offer, OfferPrice

__all__ = ["NOON", "grant", "make_certificate", "make_enrollment", "make_offer", "make_price", "make_user"]

#: A moment for frozen clocks.
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_counter = itertools.count(1)


def make_user(email: str = "", *, permissions: tuple[str, ...] = (), **fields: Any) -> User:
    """A person, with Django permissions given as ``app.codename``."""
    user = User.objects.create_user(email or f"person{next(_counter)}@example.com", **fields)
    return grant(user, *permissions)


def grant(user: User, *permissions: str) -> User:
    """Give a person rights and return them without the cache of the former ones."""
    for name in permissions:
        app_label, _dot, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    return User.objects.get(pk=user.pk)


def make_enrollment(learner: User, course_key: uuid.UUID | None = None, **fields: Any) -> Enrollment:
    """An active enrolment since noon."""
    defaults = {"course_title": "Farming", "enrolled_at": NOON, "state_changed_at": NOON}
    return Enrollment.objects.create(learner=learner, course_key=course_key or uuid.uuid4(), **{**defaults, **fields})


def make_offer(kind: str = Offer.Kind.COURSE, key: uuid.UUID | None = None, **fields: Any) -> Offer:
    """An offer on sale, without a price; the one of that kind and key if it is there."""
    key = key or uuid.uuid4()
    defaults = {"title": "Farming", **fields}
    if kind in (Offer.Kind.BUNDLE, Offer.Kind.PLAN):
        defaults.setdefault("public_id", key)
    return Offer.objects.get_or_create(kind=kind, key=key, defaults=defaults)[0]


def make_price(course_key: uuid.UUID, amount_minor: int = 5000, currency: str = "XAF", **fields: Any) -> OfferPrice:
    """A price of a course, whose offer is made if need be."""
    offer = make_offer(key=course_key)
    return OfferPrice.objects.create(offer=offer, amount_minor=amount_minor, currency=currency, **fields)


def make_certificate(enrollment: Enrollment, **fields: Any) -> Certificate:
    """A certificate as if issued at noon."""
    defaults = {
        "number": f"TEST{next(_counter):012d}",
        "learner_name": "Awa Ndiaye",
        "course_title": enrollment.course_title,
        "course_key": enrollment.course_key,
        "language": "en",
        "issued_on": NOON.date(),
    }
    return Certificate.objects.create(enrollment=enrollment, **{**defaults, **fields})
