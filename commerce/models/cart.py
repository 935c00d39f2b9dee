"""What somebody is about to buy, and what they wish for. Carts hold no amounts: prices are read when they are shown."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["Cart", "CartItem", "WishlistItem"]


class Cart(PublicIdModel):
    """One a person; a guest's is found by the hash of a random token that only their browser or app has."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="cart"
    )
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    coupon = models.ForeignKey("commerce.Coupon", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: Code of an instructor's link that led here; see ``ReferralLink``.
    referral = models.CharField(max_length=32, blank=True)
    changed_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _lazy("cart")
        verbose_name_plural = _lazy("carts")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, token_hash__isnull=True)
                | Q(owner__isnull=True, token_hash__isnull=False),
                name="commerce_cart_owner_or_guest",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CartItem(PublicIdModel):
    """One offer in a cart, for the buyer or as a gift."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    offer = models.ForeignKey("commerce.Offer", on_delete=models.CASCADE, related_name="+")
    #: What the buyer wants to pay where they choose, with its currency.
    chosen_minor = models.BigIntegerField(null=True, blank=True)
    chosen_currency = models.CharField(max_length=3, blank=True)
    recipient_email = models.EmailField(_lazy("gift for"), max_length=254, blank=True)
    recipient_message = models.CharField(_lazy("message"), max_length=500, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("item in a cart")
        verbose_name_plural = _lazy("items in carts")
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["cart", "offer", "recipient_email"], name="commerce_cart_item_once"),
        ]

    def __str__(self) -> str:
        return str(self.offer)


class WishlistItem(models.Model):
    """A course or path that a learner may buy later."""

    class Kind(models.TextChoices):
        COURSE = "course", _lazy("Course")
        PATH = "path", _lazy("Learning path")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishlist")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.COURSE)
    key = models.UUIDField()
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("wish")
        verbose_name_plural = _lazy("wishes")
        ordering: ClassVar = ["-added_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["learner", "kind", "key"], name="commerce_wish_once"),
        ]

    def __str__(self) -> str:
        return str(self.key)
