"""The shop's pages in ``make bench``: CPU as for the other pages, and bytes as a first visit loads them, compressed."""

import gzip
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.place_order import place_order
from commerce.actions.set_course_price import set_course_price
from commerce.carts import cart_for
from commerce.models import Offer
from core.money import Money
from courses.models import CoursePage

__all__ = ["measure_shop"]


def measure_shop(measure: Callable[[str, Callable[[], Any]], float]) -> None:
    """Print a line for the cart, both screens of the checkout and the list of orders, and what they weigh."""
    boss = get_user_model().objects.create_superuser("boss@example.com", "a-long-password")
    buyer = get_user_model().objects.create_user("buyer@example.com", name="Buyer", country="CM")
    client = Client()
    client.force_login(buyer, backend="allauth.account.auth_backends.AuthenticationBackend")
    for number, course in enumerate(CoursePage.objects.live()[:4]):
        set_course_price(actor=boss, course_key=course.translation_key, price=Money(25_000, "XAF"))
        cart, _token = cart_for(buyer)
        add_to_cart(actor=buyer, cart=cart, offer=Offer.objects.get(key=course.translation_key), country="CM")
        if number == 1:
            order = place_order(actor=buyer, cart=cart, currency="XAF", country="CM", idempotency_key="bench")
    paths = {
        "cart of two": "/en/cart/",
        "checkout, what is ordered": "/en/checkout/",
        "checkout, how it is paid": f"/en/orders/{order.public_id}/pay/",
        "orders": "/en/orders/",
    }
    for name, path in paths.items():
        measure(f"website: {name}", _page(client, path))
    for name, path in paths.items():
        html, files = _weight(client, path)
        print(f"website: {name:35} {html:6} + {files:6} bytes (HTML + styles and scripts, compressed)")


def _page(client: Client, path: str) -> Callable[[], Any]:
    def request() -> Any:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return response

    return request


def _weight(client: Client, path: str) -> tuple[int, int]:
    html = client.get(path).content
    named = re.findall(rb'(?:href|src)="/static/([^"?]+\.(?:css|js))', html)
    files = {name.decode() for name in named}
    return len(gzip.compress(html)), sum(len(gzip.compress(_static(name))) for name in sorted(files))


def _static(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / name).read_bytes()
