"""Take something out of a cart."""

import uuid
from typing import Any

from django.db import transaction

from commerce.carts import locked_cart, require_cart
from commerce.errors import CartItemNotFound
from commerce.models import Cart
from core import clock

__all__ = ["remove_from_cart"]


def remove_from_cart(*, actor: Any, cart: Cart, item_id: uuid.UUID) -> None:
    """Remove the item of that ``public_id``.

    Raises:
        CartNotFound: somebody else's cart.
        CartItemNotFound: it is not in this cart.
    """
    require_cart(actor, cart)
    with transaction.atomic():
        locked = locked_cart(cart)
        if not locked.items.filter(public_id=item_id).delete()[0]:
            raise CartItemNotFound
        locked.changed_at = clock.now()
        locked.save(update_fields=["changed_at"])
