"""Take the coupon off a cart."""

from typing import Any

from django.db import transaction

from commerce.carts import locked_cart, require_cart
from commerce.models import Cart
from core import clock

__all__ = ["remove_coupon"]


def remove_coupon(*, actor: Any, cart: Cart) -> None:
    """Remove a cart's coupon; where there is none that is fine.

    Raises:
        CartNotFound: somebody else's cart.
    """
    require_cart(actor, cart)
    with transaction.atomic():
        locked = locked_cart(cart)
        locked.coupon = None
        locked.changed_at = clock.now()
        locked.save(update_fields=["coupon", "changed_at"])
