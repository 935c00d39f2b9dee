"""An order: what a learner asked for, with the amounts frozen."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class Order(models.Model):
    """Lines with frozen amounts. A free enrolment is an order of nothing owed, fulfilled at once."""

    class State(models.TextChoices):
        PLACED = "placed", _lazy("Placed")
        FULFILLED = "fulfilled", _lazy("Fulfilled")
        CANCELLED = "cancelled", _lazy("Cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", verbose_name=_lazy("learner")
    )
    state = models.CharField(_lazy("state"), max_length=12, choices=State.choices, default=State.PLACED)
    currency = models.CharField(_lazy("currency"), max_length=3)
    total_minor = models.BigIntegerField(_lazy("total in minor units"))
    placed_at = models.DateTimeField(_lazy("placed"))

    class Meta:
        verbose_name = _lazy("order")
        verbose_name_plural = _lazy("orders")
        ordering = ["-placed_at", "-pk"]
        constraints = [models.CheckConstraint(condition=models.Q(total_minor__gte=0), name="commerce_order_total")]

    def __str__(self) -> str:
        return str(self.public_id)


class OrderLine(models.Model):
    """One course in an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    course_key = models.UUIDField(_lazy("course"))
    title = models.CharField(_lazy("title"), max_length=255)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))

    class Meta:
        verbose_name = _lazy("order line")
        verbose_name_plural = _lazy("order lines")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "course_key"], name="commerce_line_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="commerce_line_amount"),
        ]

    def __str__(self) -> str:
        return self.title
