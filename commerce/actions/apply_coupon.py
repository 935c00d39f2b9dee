"""Put a coupon on a cart."""

from typing import Any

from django.conf import settings
from django.db import transaction

from commerce.carts import locked_cart, require_cart, view_cart
from commerce.coupon_tries import counted_try
from commerce.coupons import find_coupon
from commerce.errors import CartEmpty, CouponUnknown
from commerce.models import Cart, Coupon
from core import clock

__all__ = ["apply_coupon"]


def apply_coupon(
    *, actor: Any, cart: Cart, code: str, currency: str = "", country: str = "", client: str = ""
) -> Coupon:
    """Put the coupon of a code on a cart, in place of another one; its use is reserved when the order is placed.

    Args:
        actor: who does it; personal limits of a visitor are told when they order.
        code: as people type it.
        currency: what the cart is shown in; the coupon's own or the school's, when left out.
        client: the caller's network address, which guessing is limited by.

    Raises:
        CartNotFound: somebody else's cart.
        CartEmpty: nothing in it that could be cheaper.
        CouponUnknown: no such code; too many of them and it is :class:`TooManyTries`.
        CouponRefused: it does not fit; its ``code`` says why.
    """
    require_cart(actor, cart)
    with counted_try(actor, cart, client):
        coupon = find_coupon(code)
        if coupon is None:
            raise CouponUnknown
    with transaction.atomic():
        locked = locked_cart(cart)
        locked.coupon = coupon
        wanted = currency or coupon.currency or settings.DEFAULT_CURRENCY
        view = view_cart(locked, currency=wanted, country=country, person=actor)
        if view.coupon_problem:
            raise view.coupon_problem
        if view.coupon_offer is None:
            raise CartEmpty
        locked.changed_at = clock.now()
        locked.save(update_fields=["coupon", "changed_at"])
    return coupon
