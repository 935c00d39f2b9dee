"""An order: what somebody asked for, with the amounts frozen."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core.ids import readable_code
from core.money import RequiredMoneyProperty

__all__ = ["Fulfilment", "Order", "OrderLine", "OrderLineCourse", "new_order_number"]


def new_order_number() -> str:
    """A short number for people and statements: a letter and nine characters without look-alikes."""
    return f"B{readable_code(9)}"


class Order(models.Model):
    """Lines with frozen amounts. A free enrolment is an order of nothing owed, fulfilled at once.

    ``learner`` is who pays. ``total = subtotal - discount + tax on top``; tax inside the prices is in ``tax_minor``
    too and adds nothing.
    """

    class State(models.TextChoices):
        PLACED = "placed", _lazy("Waiting for payment")
        FULFILLED = "fulfilled", _lazy("Paid")
        CANCELLED = "cancelled", _lazy("Cancelled")
        REFUNDED = "refunded", _lazy("Refunded")

    class Purpose(models.TextChoices):
        PURCHASE = "purchase", _lazy("Purchase")
        RENEWAL = "renewal", _lazy("Renewal of a subscription")
        PLAN_CHANGE = "plan_change", _lazy("Change of plan")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_lazy("number"), max_length=12, unique=True, default=new_order_number, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", verbose_name=_lazy("learner")
    )
    purpose = models.CharField(_lazy("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.PURCHASE)
    state = models.CharField(_lazy("state"), max_length=12, choices=State.choices, default=State.PLACED)
    country = models.CharField(_lazy("country"), max_length=2, blank=True)
    language = models.CharField(_lazy("language"), max_length=12, default="en")
    currency = models.CharField(_lazy("currency"), max_length=3)
    subtotal_minor = models.BigIntegerField(_lazy("sum of the prices"), default=0)
    discount_minor = models.BigIntegerField(_lazy("discount"), default=0)
    tax_minor = models.BigIntegerField(_lazy("tax"), default=0)
    total_minor = models.BigIntegerField(_lazy("total in minor units"))
    #: Name, per cent (as text) and whether prices contain it, as frozen; empty without tax.
    tax = models.JSONField(_lazy("tax rate"), default=dict, blank=True)
    #: Where prices were converted: base currency, rate (text), source, day.
    conversion = models.JSONField(_lazy("conversion"), default=dict, blank=True)
    #: Who and where, as on the invoice: name, company, address, tax number.
    billing = models.JSONField(_lazy("invoice address"), default=dict, blank=True)
    referral = models.CharField(_lazy("referral"), max_length=32, blank=True)
    cancel_reason = models.CharField(_lazy("reason"), max_length=20, blank=True)
    placed_at = models.DateTimeField(_lazy("placed"))
    expires_at = models.DateTimeField(_lazy("to be paid until"), null=True, blank=True)
    reminded_at = models.DateTimeField(_lazy("reminded"), null=True, blank=True)
    paid_at = models.DateTimeField(_lazy("paid"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_lazy("cancelled"), null=True, blank=True)

    total = RequiredMoneyProperty("total_minor")
    subtotal = RequiredMoneyProperty("subtotal_minor")
    discount = RequiredMoneyProperty("discount_minor")
    tax_amount = RequiredMoneyProperty("tax_minor")

    class Meta:
        verbose_name = _lazy("order")
        verbose_name_plural = _lazy("orders")
        ordering: ClassVar = ["-placed_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="commerce_order_total"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0, tax_minor__gte=0, subtotal_minor__gte=F("discount_minor")),
                name="commerce_order_parts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["learner", "-placed_at"], name="commerce_order_learner"),
            models.Index(fields=["expires_at"], condition=Q(state="placed"), name="commerce_order_unpaid"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One offer in an order. ``amount_minor`` is what is owed for it, tax included."""

    class Kind(models.TextChoices):
        COURSE = "course", _lazy("Course")
        PATH = "path", _lazy("Learning path")
        BUNDLE = "bundle", _lazy("Bundle")
        PLAN = "plan", _lazy("Subscription plan")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey(
        "commerce.Offer", on_delete=models.SET_NULL, null=True, blank=True, related_name="order_lines"
    )
    kind = models.CharField(_lazy("kind"), max_length=8, choices=Kind.choices, default=Kind.COURSE)
    #: Translation key of the course or path, or ``public_id`` of the bundle or plan.
    key = models.UUIDField(_lazy("what was bought"))
    title = models.CharField(_lazy("title"), max_length=255)
    price_minor = models.BigIntegerField(_lazy("price"), default=0)
    discount_minor = models.BigIntegerField(_lazy("discount"), default=0)
    tax_minor = models.BigIntegerField(_lazy("tax"), default=0)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    recipient_email = models.EmailField(_lazy("gift for"), max_length=254, blank=True)
    recipient_message = models.CharField(_lazy("message"), max_length=500, blank=True)
    #: Who took the gift.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="gifts"
    )
    claimed_at = models.DateTimeField(_lazy("gift taken"), null=True, blank=True)
    #: One of ``Offer.places_taken`` is this line's.
    holds_place = models.BooleanField(_lazy("holds a place"), default=False, editable=False)

    class Meta:
        verbose_name = _lazy("order line")
        verbose_name_plural = _lazy("order lines")
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["order", "kind", "key", "recipient_email"], name="commerce_line_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="commerce_line_amount"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0, tax_minor__gte=0, price_minor__gte=F("discount_minor")),
                name="commerce_line_parts",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OrderLineCourse(models.Model):
    """A course that a line gives, with its share of the line's net amount, frozen: what instructors are paid from."""

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="courses")
    course_key = models.UUIDField(_lazy("course"), db_index=True)
    title = models.CharField(_lazy("title"), max_length=255)
    net_minor = models.BigIntegerField(_lazy("net share in minor units"), default=0)

    class Meta:
        verbose_name = _lazy("course of an order line")
        verbose_name_plural = _lazy("courses of order lines")
        ordering: ClassVar = ["line", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["line", "course_key"], name="commerce_line_course_once"),
            models.CheckConstraint(condition=Q(net_minor__gte=0), name="commerce_line_course_net"),
        ]

    def __str__(self) -> str:
        return self.title


class Fulfilment(models.Model):
    """That an order is to be given, written once with its payment; ``granted_at`` when everything was given."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="fulfilment")
    #: Null where nothing was owed.
    attempt = models.OneToOneField(
        "commerce.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="fulfilment"
    )
    created_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True, blank=True, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _lazy("fulfilment")
        verbose_name_plural = _lazy("fulfilments")

    def __str__(self) -> str:
        return str(self.order)
