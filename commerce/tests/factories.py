"""People, enrolments and certificates for tests."""

import itertools
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission

from accounts.models import User
from commerce.carts import cart_for
from commerce.models import BundleItem, Cart, CartItem, Certificate, Coupon, Enrollment, Offer, OfferPrice
from core.money import Money

__all__ = [
    "NOON",
    "grant",
    "make_bundle",
    "make_cart",
    "make_certificate",
    "make_coupon",
    "make_enrollment",
    "make_offer",
    "make_price",
    "make_user",
]

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


def make_bundle(*course_keys: uuid.UUID, price: Money | None = None, **fields: Any) -> Offer:
    """A bundle of courses, with a price if one is given."""
    bundle = make_offer(Offer.Kind.BUNDLE, title="Everything", **fields)
    for position, key in enumerate(course_keys):
        BundleItem.objects.create(offer=bundle, key=key, title="Farming", position=position)
    if price:
        OfferPrice.objects.create(offer=bundle, amount_minor=price.minor, currency=price.currency)
    return bundle


def make_coupon(code: str = "WELCOME10", **fields: Any) -> Coupon:
    """A coupon of ten per cent, once a person."""
    if "amount_minor" in fields:
        fields = {"kind": Coupon.Kind.AMOUNT, "currency": "XAF", **fields}
    else:
        fields = {"percent": Decimal(10), **fields}
    return Coupon.objects.create(code=code, **fields)


def make_cart(owner: User | None, *offers: Offer, token: str = "") -> Cart:
    """A person's cart, or a guest's, with these offers in it."""
    cart, _token = cart_for(owner, token)
    for offer in offers:
        CartItem.objects.create(cart=cart, offer=offer)
    return cart


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
