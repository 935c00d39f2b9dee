"""An enrolment: the one thing that gives a learner access to a course."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class Enrollment(models.Model):
    """One instance of a learner taking a course; a second go later is another instance with its own progress."""

    class State(models.TextChoices):
        PENDING = "pending", _lazy("Waiting")
        ACTIVE = "active", _lazy("Active")
        SUSPENDED = "suspended", _lazy("Suspended")
        EXPIRED = "expired", _lazy("Expired")
        CANCELLED = "cancelled", _lazy("Cancelled")

    class Source(models.TextChoices):
        FREE = "free", _lazy("Free course")
        PURCHASE = "purchase", _lazy("Purchase")
        GRANT = "grant", _lazy("Granted by staff")
        SUBSCRIPTION = "subscription", _lazy("Subscription")
        GIFT = "gift", _lazy("Gift")

    #: States of which a learner may have one at a time in a course.
    OPEN_STATES = (State.PENDING, State.ACTIVE, State.SUSPENDED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments", verbose_name=_lazy("learner")
    )
    course_key = models.UUIDField(_lazy("course"), db_index=True)
    #: Frozen for lists and receipts: the course may be renamed or removed later.
    course_title = models.CharField(_lazy("title of the course"), max_length=255)
    source = models.CharField(_lazy("source"), max_length=12, choices=Source.choices, default=Source.FREE)
    state = models.CharField(_lazy("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    order_line = models.ForeignKey(
        "commerce.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrollments",
        verbose_name=_lazy("order line"),
    )
    #: The subscription that it lives by, if any: its window follows the subscription's.
    subscription = models.ForeignKey(
        "commerce.Subscription",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrollments",
        verbose_name=_lazy("subscription"),
    )
    starts_at = models.DateTimeField(_lazy("opens"), null=True, blank=True)
    ends_at = models.DateTimeField(_lazy("closes"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_lazy("enrolled"))
    state_changed_at = models.DateTimeField(_lazy("state since"))

    class Meta:
        verbose_name = _lazy("enrolment")
        verbose_name_plural = _lazy("enrolments")
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course_key"],
                condition=models.Q(state__in=["pending", "active", "suspended"]),
                name="commerce_enrollment_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(starts_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="commerce_enrollment_window",
            ),
        ]
        indexes = [models.Index(fields=["learner", "state"], name="commerce_enrollment_learner")]

    def __str__(self) -> str:
        return f"{self.learner} – {self.course_title}"
