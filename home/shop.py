"""The visitor as a customer: their cart, the country and the currency they buy in, sums ready for templates."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from commerce.carts import CartView, count_cart_items, find_cart, view_cart
from commerce.models import Cart, Order
from core.locales import region_of
from core.money import Money
from home.money import currency_of, price_tags

__all__ = [
    "REFERRAL_COOKIE",
    "Sums",
    "cart_of",
    "cart_token",
    "count_items",
    "country_of",
    "fresh_key",
    "keep_referral",
    "keep_token",
    "posted_key",
    "shown_cart",
    "sums_of_cart",
    "sums_of_order",
]

DAY = 24 * 3600  # seconds
#: Code of an author's link that led here, until something is bought.
REFERRAL_COOKIE = "via"
REFERRAL_DAYS = 30


def cart_token(request: HttpRequest) -> str:
    """What a visitor without an account finds their cart by; empty where they have none."""
    return request.COOKIES.get(settings.GUEST_CART_COOKIE, "")[:100]


def keep_token(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Leave the token with the visitor."""
    _keep(request, response, settings.GUEST_CART_COOKIE, token, settings.CART_DAYS)


def keep_referral(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Remember whose link (``?via=…``) led the visitor to what is sold; returns the response."""
    code = request.GET.get("via", "")
    if code and len(code) <= 32 and code.isascii() and code.isprintable():
        _keep(request, response, REFERRAL_COOKIE, code, REFERRAL_DAYS)
    return response


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str, days: int) -> None:
    """A cookie that scripts and other sites can't read."""
    response.set_cookie(
        name,
        value,
        max_age=days * DAY,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
    )


def cart_of(request: HttpRequest) -> Cart | None:
    """The visitor's cart, if there is one; asks nothing of those who have no account and no cookie."""
    token = cart_token(request)
    if not request.user.is_authenticated and not token:
        return None
    return find_cart(request.user if request.user.is_authenticated else None, token)


def posted_key(request: HttpRequest, name: str) -> uuid.UUID:
    """An id that a form sent; one that fits nothing where it is none."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return uuid.UUID(int=0)


def count_items(request: HttpRequest) -> int:
    """How many items are in the cart: a query for people and for guests with a cart, none for everybody else."""
    return count_cart_items(request.user, cart_token(request))


def country_of(request: HttpRequest) -> str:
    """The visitor's country (ISO 3166): the profile's, else what the browser's languages say; empty for neither."""
    own: str = getattr(request.user, "country", "")
    return own or region_of(request.headers.get("accept-language", ""))


def shown_cart(request: HttpRequest, cart: Cart, *, country: str | None = None, currency: str = "") -> CartView:
    """The cart as the visitor sees it, or as it would be in another country and currency."""
    return view_cart(
        cart,
        currency=currency or currency_of(request),
        country=country_of(request) if country is None else country,
        language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        person=request.user if request.user.is_authenticated else None,
    )


def fresh_key() -> str:
    """A key for one rendering of a form: sent twice, it does its work once."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Sums:
    """What stands below a list of things to pay. ``about`` is the total in the currency that the visitor thinks in."""

    subtotal: Money
    discount: Money
    tax: Money
    tax_name: str
    tax_is_inside: bool
    total: Money
    about: Money | None = None


def sums_of_cart(request: HttpRequest, view: CartView) -> Sums:
    """The sums of a cart."""
    return Sums(
        view.subtotal, view.discount, view.tax, view.tax_name, view.tax_is_inclusive, view.total, _about(request, view)
    )


def sums_of_order(order: Order) -> Sums:
    """The sums of an order, as they were frozen."""
    name = str(order.tax.get("name", ""))
    inside = bool(order.tax.get("is_inclusive", True))
    return Sums(order.subtotal, order.discount, order.tax_amount, name, inside, order.total)


def _about(request: HttpRequest, view: Any) -> Money | None:
    tag = price_tags(request).tag([view.total])
    return tag.about if tag else None
