"""What is sold, for how much: offers of courses, learning paths, bundles and plans, their prices and discounts."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["BundleItem", "Offer", "OfferDiscount", "OfferPrice", "Plan", "RoundingRule", "TaxRate"]


class Offer(PublicIdModel):
    """Something that can be bought. A course or path without an offer on sale, or without a price, costs nothing.

    ``key`` is the translation key of the course or path; of bundles and plans it is the offer's own ``public_id``.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _lazy("Course")
        PATH = "path", _lazy("Learning path")
        BUNDLE = "bundle", _lazy("Bundle")
        PLAN = "plan", _lazy("Subscription plan")

    class Pricing(models.TextChoices):
        FIXED = "fixed", _lazy("Fixed price")
        CHOICE = "choice", _lazy("Pay what you can")

    kind = models.CharField(_lazy("kind"), max_length=8, choices=Kind.choices)
    key = models.UUIDField(_lazy("what is sold"))
    #: Of bundles and plans, and a fallback for pages that are gone; in the school's first language.
    title = models.CharField(_lazy("title"), max_length=255)
    #: Titles in other languages, by language code.
    titles = models.JSONField(_lazy("titles in other languages"), default=dict, blank=True)
    pricing = models.CharField(_lazy("pricing"), max_length=8, choices=Pricing.choices, default=Pricing.FIXED)
    #: Where set, prices in currencies without one of their own are converted from the price in this one.
    base_currency = models.CharField(_lazy("convert other currencies from"), max_length=3, blank=True)
    is_on_sale = models.BooleanField(_lazy("on sale"), default=True)
    #: How often it can be sold; null for any number. Not for plans.
    places = models.PositiveIntegerField(_lazy("places"), null=True, blank=True)
    #: Held by lines of orders (``OrderLine.holds_place``), unpaid ones too.
    places_taken = models.PositiveIntegerField(_lazy("places taken"), default=0, editable=False)
    created_at = models.DateTimeField(_lazy("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _lazy("offer")
        verbose_name_plural = _lazy("offers")
        ordering: ClassVar = ["kind", "title", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "key"], name="commerce_offer_once"),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places_taken__lte=F("places")), name="commerce_offer_not_oversold"
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | ~Q(kind="plan"), name="commerce_offer_plan_without_places"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def places_left(self) -> int:
        """How often a limited one can still be sold.

        Raises:
            ValueError: it isn't limited.
        """
        if self.places is None:
            raise ValueError("An offer without a limit has any number of places left.")
        return max(self.places - self.places_taken, 0)

    @property
    def is_sold_out(self) -> bool:
        """Whether all places are taken."""
        return self.places is not None and not self.places_left


class OfferPrice(models.Model):
    """The price in one currency, everywhere or (``country``, ISO 3166) in one country only.

    Where the customer chooses what to pay, ``amount_minor`` is what is suggested and ``minimum_minor`` the least.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="prices", verbose_name=_lazy("offer"))
    country = models.CharField(_lazy("country"), max_length=2, blank=True)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    minimum_minor = models.BigIntegerField(_lazy("least amount in minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("price")
        verbose_name_plural = _lazy("prices")
        ordering: ClassVar = ["offer", "country", "currency"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["offer", "country", "currency"], name="commerce_offer_price_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_offer_price_positive"),
            models.CheckConstraint(
                condition=Q(minimum_minor__isnull=True) | Q(minimum_minor__gte=0, minimum_minor__lte=F("amount_minor")),
                name="commerce_offer_price_minimum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class OfferDiscount(models.Model):
    """A lower price for a time: so many per cent off, or an amount in one currency instead of the price."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="discounts", verbose_name=_lazy("offer"))
    label = models.CharField(_lazy("label"), max_length=80, help_text=_lazy("As buyers read it, e.g. Launch price."))
    percent = models.DecimalField(_lazy("per cent off"), max_digits=5, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_lazy("currency"), max_length=3, blank=True)
    amount_minor = models.BigIntegerField(_lazy("price in minor units"), null=True, blank=True)
    starts_at = models.DateTimeField(_lazy("from"))
    ends_at = models.DateTimeField(_lazy("until"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("discount")
        verbose_name_plural = _lazy("discounts")
        ordering: ClassVar = ["-starts_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount_minor__isnull=True, currency="")
                | Q(percent__isnull=True, amount_minor__gte=0) & ~Q(currency=""),
                name="commerce_discount_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="commerce_discount_window"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class BundleItem(models.Model):
    """A course or path in a bundle, or in a plan of chosen items."""

    class Kind(models.TextChoices):
        COURSE = "course", _lazy("Course")
        PATH = "path", _lazy("Learning path")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="items", verbose_name=_lazy("offer"))
    kind = models.CharField(_lazy("kind"), max_length=8, choices=Kind.choices, default=Kind.COURSE)
    key = models.UUIDField(_lazy("course or path"))
    title = models.CharField(_lazy("title"), max_length=255)
    position = models.PositiveSmallIntegerField(_lazy("position"), default=0)

    class Meta:
        verbose_name = _lazy("item")
        verbose_name_plural = _lazy("items")
        ordering: ClassVar = ["offer", "position", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["offer", "kind", "key"], name="commerce_bundle_item_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Plan(models.Model):
    """What a subscription offer gives, and for how long at a time."""

    class Interval(models.TextChoices):
        MONTH = "month", _lazy("monthly")
        YEAR = "year", _lazy("yearly")

    class Scope(models.TextChoices):
        CATALOGUE = "catalogue", _lazy("All courses")
        PATH = "path", _lazy("One learning path")
        ITEMS = "items", _lazy("Chosen courses and paths")

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="plan", verbose_name=_lazy("offer"))
    interval = models.CharField(_lazy("interval"), max_length=8, choices=Interval.choices, default=Interval.MONTH)
    scope = models.CharField(_lazy("gives"), max_length=10, choices=Scope.choices, default=Scope.CATALOGUE)
    #: Translation key of the path, where the scope is one.
    path_key = models.UUIDField(_lazy("learning path"), null=True, blank=True)
    trial_days = models.PositiveSmallIntegerField(_lazy("days to try for nothing"), default=0)
    #: The plan's price at Stripe by currency, where cards are billed there: made when first needed.
    stripe_prices = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _lazy("subscription plan")
        verbose_name_plural = _lazy("subscription plans")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(scope="path", path_key__isnull=False) | ~Q(scope="path"), name="commerce_plan_path"
            ),
        ]

    def __str__(self) -> str:
        return str(self.offer)


class RoundingRule(models.Model):
    """How converted prices look in one currency: a multiple of ``step_minor``, less ``minus_minor`` (x.99)."""

    class Direction(models.TextChoices):
        NEAREST = "nearest", _lazy("to the nearest")
        UP = "up", _lazy("up")

    currency = models.CharField(_lazy("currency"), max_length=3, unique=True)
    step_minor = models.PositiveIntegerField(_lazy("multiple of, in minor units"), default=1)
    minus_minor = models.PositiveIntegerField(_lazy("less, in minor units"), default=0)
    direction = models.CharField(_lazy("round"), max_length=8, choices=Direction.choices, default=Direction.NEAREST)

    class Meta:
        verbose_name = _lazy("rounding rule")
        verbose_name_plural = _lazy("rounding rules")
        ordering: ClassVar = ["currency"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(step_minor__gte=1, minus_minor__lt=F("step_minor")), name="commerce_rounding_step"
            ),
        ]

    def __str__(self) -> str:
        return self.currency


class TaxRate(models.Model):
    """The tax on what people of a country buy, from a day on. A country without one pays none."""

    country = models.CharField(_lazy("country"), max_length=2)
    name = models.CharField(_lazy("name"), max_length=40, help_text=_lazy("As on the invoice, e.g. VAT or TVA."))
    percent = models.DecimalField(_lazy("per cent"), max_digits=6, decimal_places=3)
    #: Prices contain the tax; otherwise it comes on top.
    is_inclusive = models.BooleanField(_lazy("prices contain it"), default=True)
    valid_from = models.DateField(_lazy("from"))
    valid_until = models.DateField(_lazy("until, with this day"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("tax rate")
        verbose_name_plural = _lazy("tax rates")
        ordering: ClassVar = ["country", "-valid_from"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="commerce_tax_rate_once"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="commerce_tax_rate_percent"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="commerce_tax_rate_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent.normalize():f} % ({self.country})"
