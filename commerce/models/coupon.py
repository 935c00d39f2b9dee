"""Coupons: a code that makes an order cheaper, so many times and no more."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["Coupon", "CouponTarget", "CouponUse"]


class Coupon(PublicIdModel):
    """``code`` is kept as :func:`core.ids.normalize_code` makes it. ``uses`` counts reserved and used ones."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _lazy("Per cent")
        AMOUNT = "amount", _lazy("Amount")

    code = models.CharField(_lazy("code"), max_length=32, unique=True)
    kind = models.CharField(_lazy("kind"), max_length=8, choices=Kind.choices, default=Kind.PERCENT)
    percent = models.DecimalField(_lazy("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"), null=True, blank=True)
    currency = models.CharField(_lazy("currency"), max_length=3, blank=True)
    note = models.CharField(_lazy("note"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_lazy("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_lazy("until"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_lazy("uses in all"), null=True, blank=True)
    max_uses_per_person = models.PositiveIntegerField(_lazy("uses per person"), null=True, blank=True, default=1)
    only_first_purchase = models.BooleanField(_lazy("first purchase only"), default=False)
    is_active = models.BooleanField(_lazy("active"), default=True)
    uses = models.PositiveIntegerField(_lazy("used"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_lazy("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _lazy("coupon")
        verbose_name_plural = _lazy("coupons")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gt=0, percent__lte=100, amount_minor__isnull=True)
                | Q(kind="amount", amount_minor__gt=0, percent__isnull=True) & ~Q(currency=""),
                name="commerce_coupon_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")), name="commerce_coupon_not_oversold"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="commerce_coupon_window",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CouponTarget(models.Model):
    """What or whom a coupon is for; without any it is for everything and everybody.

    Of several targets of things (offers, categories) one must fit a line; of several organisations one must fit the
    learner.
    """

    class Kind(models.TextChoices):
        OFFER = "offer", _lazy("Offer")
        CATEGORY = "category", _lazy("Category")
        ORGANIZATION = "organization", _lazy("Organisation (domain of the e-mail address)")

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(_lazy("kind"), max_length=14, choices=Kind.choices)
    offer = models.ForeignKey("commerce.Offer", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    #: Slug of the category, or domain of the organisation's addresses in lower case.
    value = models.CharField(_lazy("category or domain"), max_length=255, blank=True)

    class Meta:
        verbose_name = _lazy("restriction")
        verbose_name_plural = _lazy("restrictions")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["coupon", "kind", "offer", "value"], name="commerce_coupon_target_once"),
            models.CheckConstraint(
                condition=Q(kind="offer", offer__isnull=False, value="")
                | ~Q(kind="offer") & Q(offer__isnull=True) & ~Q(value=""),
                name="commerce_coupon_target_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.value or str(self.offer)


class CouponUse(models.Model):
    """One use: reserved when the order is placed, used when it is paid, released when it is cancelled."""

    class State(models.TextChoices):
        RESERVED = "reserved", _lazy("Reserved")
        USED = "used", _lazy("Used")
        RELEASED = "released", _lazy("Released")

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="all_uses")
    order = models.OneToOneField("commerce.Order", on_delete=models.PROTECT, related_name="coupon_use")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_lazy("state"), max_length=10, choices=State.choices, default=State.RESERVED)
    #: 1, 2 … of this person among reserved and used ones; null once released. What keeps rivals within the limit.
    number = models.PositiveIntegerField(null=True)
    discount_minor = models.BigIntegerField(_lazy("discount in minor units"))
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("use of a coupon")
        verbose_name_plural = _lazy("uses of coupons")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["coupon", "learner", "number"], name="commerce_coupon_use_number"),
            models.CheckConstraint(
                condition=Q(state="released", number__isnull=True) | ~Q(state="released") & Q(number__isnull=False),
                name="commerce_coupon_use_released",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon} – {self.order}"
