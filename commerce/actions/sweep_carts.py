"""Forget carts that guests left behind."""

from datetime import timedelta

from django.conf import settings

from commerce.models import Cart
from core import clock

__all__ = ["sweep_carts"]

_BATCH = 500


def sweep_carts() -> int:
    """Delete guests' carts that nobody has changed for ``CART_DAYS`` days; returns how many. People's carts stay."""
    over = Cart.objects.filter(owner=None, changed_at__lt=clock.now() - timedelta(days=settings.CART_DAYS))
    swept = 0
    while keys := list(over.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        # The condition again: one that is used this moment stays.
        deleted = over.filter(pk__in=keys).delete()[1].get(Cart._meta.label, 0)
        swept += deleted
        if not deleted:
            break
    return swept
