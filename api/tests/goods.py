"""Things that cost something, and how a program gets them into an order."""

from typing import Any

from django.test import Client

from api.tests.calls import data
from api.tests.shop_calls import ADD_TO_CART, CHECKOUT, PAY_ORDER
from commerce.models import BundleItem, Offer, OfferPrice
from commerce.tests.factories import make_offer, make_price
from courses.models import CoursePage
from courses.tests.factories import make_course

__all__ = ["PHONE", "add", "bundle_of", "codes", "offer_id", "paid_course", "pay", "place"]

PHONE = "+237670000001"


def paid_course(title: str = "Loops", minor: int = 25_000, currency: str = "XAF", **fields: Any) -> CoursePage:
    """A course with a lesson, and a price."""
    course = make_course(title, modules=1, lessons=1, **fields)
    make_price(course.translation_key, minor, currency)
    return course


def bundle_of(*courses: CoursePage, minor: int = 40_000) -> Offer:
    """A bundle of courses."""
    offer = make_offer(Offer.Kind.BUNDLE, title="Everything")
    OfferPrice.objects.create(offer=offer, amount_minor=minor, currency="XAF")
    for position, course in enumerate(courses):
        BundleItem.objects.create(offer=offer, key=course.translation_key, title=course.title, position=position)
    return offer


def offer_id(sold: Any) -> str:
    """The outward id of what sells a course or path, of a plan's offer, or of an offer itself."""
    if isinstance(sold, Offer):
        return str(sold.public_id)
    key = getattr(sold, "translation_key", None)
    return str((Offer.objects.get(key=key) if key else sold.offer).public_id)


def add(client: Client, sold: Any, **fields: Any) -> dict[str, Any]:
    """Put something into the cart."""
    return data(client, ADD_TO_CART, input={"offerId": offer_id(sold), **fields})["addToCart"]


def place(client: Client, key: str = "once", **fields: Any) -> dict[str, Any]:
    """Order what is in the cart."""
    return data(client, CHECKOUT, input={"idempotencyKey": key, "country": "CM", **fields})["checkout"]


def pay(client: Client, order: str, key: str = "first try", provider: str = "mtn", **fields: Any) -> dict[str, Any]:
    """Start to pay an order."""
    sent = {"orderId": order, "provider": provider, "idempotencyKey": key, "phone": PHONE, **fields}
    return data(client, PAY_ORDER, input=sent)["payOrder"]


def codes(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """What was refused: codes with fields."""
    return [(error["code"], error["field"]) for error in answer["errors"]]
