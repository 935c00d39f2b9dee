"""What a course costs; a course without a price is free."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class CoursePrice(models.Model):
    """The price of a course in one currency."""

    course_key = models.UUIDField(_lazy("course"))
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))

    class Meta:
        verbose_name = _lazy("price of a course")
        verbose_name_plural = _lazy("prices of courses")
        ordering = ["course_key", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["course_key", "currency"], name="commerce_price_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="commerce_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
