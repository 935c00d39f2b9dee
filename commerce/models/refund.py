"""Money that goes back: refunds that we give, chargebacks that banks take."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.money import RequiredMoneyProperty

__all__ = ["Chargeback", "Refund"]


class Refund(models.Model):
    """Money to give back for an attempt. ``public_id`` is stored before anything is sent: the idempotency handle.

    While one is not ``refused`` or ``failed``, its amount counts in ``Payment.refunded_minor`` (surplus refunds
    excepted: their money never counted as the order's).
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _lazy("Requested")
        APPROVED = "approved", _lazy("Approved")
        SUBMITTING = "submitting", _lazy("Being sent")
        UNKNOWN = "unknown", _lazy("Unknown")
        PENDING = "pending", _lazy("Being processed")
        SUCCEEDED = "succeeded", _lazy("Given back")
        FAILED = "failed", _lazy("Failed")
        REFUSED = "refused", _lazy("Refused")

    class Reason(models.TextChoices):
        CHANGED_MIND = "changed_mind", _lazy("I changed my mind")
        NOT_AS_EXPECTED = "not_as_expected", _lazy("The course is not what I expected")
        BOUGHT_BY_MISTAKE = "bought_by_mistake", _lazy("Bought by mistake")
        TECHNICAL = "technical", _lazy("It does not work for me")
        PAID_TWICE = "paid_twice", _lazy("Paid twice")
        MISMATCH = "mismatch", _lazy("Another amount was paid")
        OTHER = "other", _lazy("Another reason")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey("commerce.Payment", on_delete=models.PROTECT, related_name="refunds")
    attempt = models.ForeignKey("commerce.PaymentAttempt", on_delete=models.PROTECT, related_name="refunds")
    state = models.CharField(_lazy("state"), max_length=12, choices=State.choices, default=State.REQUESTED)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    reason = models.CharField(_lazy("reason"), max_length=20, choices=Reason.choices, default=Reason.OTHER)
    note = models.CharField(_lazy("note"), max_length=500, blank=True)
    answer = models.CharField(_lazy("answer to the learner"), max_length=500, blank=True)
    #: Lines whose access ends with it; empty for an amount only.
    lines = models.ManyToManyField("commerce.OrderLine", blank=True, related_name="refunds")
    is_surplus = models.BooleanField(_lazy("of what was paid twice or too much"), default=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: Staff gave the money back by other means (bank, cash): no provider is asked.
    is_by_hand = models.BooleanField(_lazy("given back by hand"), default=False)
    idempotency_key = models.CharField(max_length=255)
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255, blank=True)
    receipt = models.CharField(_lazy("receipt"), max_length=255, blank=True)
    failure = models.CharField(_lazy("why it failed"), max_length=60, blank=True)
    data = models.JSONField(default=dict, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_lazy("requested"), default=clock.now)
    state_changed_at = models.DateTimeField(_lazy("state since"), default=clock.now)

    amount = RequiredMoneyProperty("amount_minor")

    class Meta:
        verbose_name = _lazy("refund")
        verbose_name_plural = _lazy("refunds")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_refund_amount"),
            models.UniqueConstraint(fields=["payment", "idempotency_key"], name="commerce_refund_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="commerce_refund_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Chargeback(models.Model):
    """A payment that the buyer's bank disputes."""

    class State(models.TextChoices):
        OPEN = "open", _lazy("Open")
        WON = "won", _lazy("Won")
        LOST = "lost", _lazy("Lost")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="chargebacks")
    attempt = models.ForeignKey("commerce.PaymentAttempt", on_delete=models.PROTECT, related_name="chargebacks")
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.OPEN)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255)
    #: Keys of the enrolments that it suspended, so that winning gives back no more than it took.
    suspended = models.JSONField(default=list, blank=True)
    opened_at = models.DateTimeField(_lazy("opened"), default=clock.now)
    closed_at = models.DateTimeField(_lazy("closed"), null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")

    class Meta:
        verbose_name = _lazy("chargeback")
        verbose_name_plural = _lazy("chargebacks")
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["attempt", "provider_ref"], name="commerce_chargeback_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_chargeback_amount"),
        ]

    def __str__(self) -> str:
        return self.provider_ref
