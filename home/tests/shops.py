"""Things that cost something, for tests of the shop's pages."""

import re
from html import unescape
from typing import Any

from commerce.models import BundleItem, Coupon, Offer, OfferPrice, Plan
from commerce.tests.factories import make_offer, make_price
from courses.models import CoursePage
from courses.tests.factories import make_course

__all__ = ["bundle_of", "coupon", "offer_of", "paid_course", "plan", "words"]


def paid_course(title: str = "Loops", minor: int = 25_000, currency: str = "XAF", **fields: Any) -> CoursePage:
    """A course with a lesson, and a price."""
    course = make_course(title, modules=1, lessons=1, **fields)
    make_price(course.translation_key, minor, currency)
    offer = offer_of(course)
    offer.title = title
    offer.save()
    return course


def offer_of(course: CoursePage) -> Offer:
    """What sells a course."""
    return Offer.objects.get(key=course.translation_key)


def bundle_of(*courses: CoursePage, minor: int = 40_000, title: str = "Everything") -> Offer:
    """A bundle of courses."""
    offer = make_offer(Offer.Kind.BUNDLE, title=title)
    OfferPrice.objects.create(offer=offer, amount_minor=minor, currency="XAF")
    for position, course in enumerate(courses):
        BundleItem.objects.create(offer=offer, key=course.translation_key, title=course.title, position=position)
    return offer


def plan(title: str = "All courses", minor: int = 5_000, **fields: Any) -> Plan:
    """A monthly plan for the catalogue."""
    offer = make_offer(Offer.Kind.PLAN, title=title)
    OfferPrice.objects.create(offer=offer, amount_minor=minor, currency="XAF")
    return Plan.objects.create(offer=offer, **fields)


def coupon(code: str = "HARVEST", **fields: Any) -> Coupon:
    """A coupon of ten per cent."""
    return Coupon.objects.create(code=code, **{"kind": Coupon.Kind.PERCENT, "percent": 10, **fields})


def words(response: Any) -> str:
    """What a page says, without tags; no-break spaces are blanks."""
    text = re.sub(r"<head>.*?</head>", "", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
