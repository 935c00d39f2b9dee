"""Paying instructors: where to, in which run, and each payout with its state."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.money import RequiredMoneyProperty

__all__ = ["Payout", "PayoutAccount", "PayoutRun"]


class PayoutAccount(models.Model):
    """Where an instructor wants money of one currency: a phone's wallet or a bank account."""

    class Method(models.TextChoices):
        MOBILE = "mobile", _lazy("Mobile money")
        BANK = "bank", _lazy("Bank transfer")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="payout_accounts")
    currency = models.CharField(_lazy("currency"), max_length=3)
    method = models.CharField(_lazy("by"), max_length=8, choices=Method.choices)
    #: Code of the provider that carries it; ``bank`` for transfers that staff make.
    provider = models.CharField(_lazy("provider"), max_length=20)
    phone = models.CharField(_lazy("phone"), max_length=16, blank=True)
    country = models.CharField(_lazy("country"), max_length=2)
    holder = models.CharField(_lazy("name of the holder"), max_length=120)
    bank = models.CharField(_lazy("bank"), max_length=120, blank=True)
    account_number = models.CharField(_lazy("account number or IBAN"), max_length=40, blank=True)
    bank_code = models.CharField(_lazy("bank code or BIC"), max_length=20, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("account for payouts")
        verbose_name_plural = _lazy("accounts for payouts")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["owner", "currency"], name="commerce_payout_account_once"),
            models.CheckConstraint(
                condition=Q(method="mobile") & ~Q(phone="") | Q(method="bank") & ~Q(account_number=""),
                name="commerce_payout_account_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} ({self.currency})"


class PayoutRun(models.Model):
    """Payouts of one currency that one person put together and another approves."""

    class State(models.TextChoices):
        DRAFT = "draft", _lazy("To be approved")
        APPROVED = "approved", _lazy("Approved")
        DONE = "done", _lazy("Done")
        CANCELLED = "cancelled", _lazy("Cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    currency = models.CharField(_lazy("currency"), max_length=3)
    state = models.CharField(_lazy("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_lazy("made"), default=clock.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_lazy("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("payout run")
        verbose_name_plural = _lazy("payout runs")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="commerce_payout_run_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(approved_by__isnull=False),
                name="commerce_payout_run_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.pk}"


class Payout(models.Model):
    """Money for one instructor. ``public_id`` is stored before anything is sent: the idempotency handle.

    One open payout an instructor and currency: while one is unknown, no other can be begun.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _lazy("To be approved")
        APPROVED = "approved", _lazy("Approved")
        SUBMITTING = "submitting", _lazy("Being sent")
        UNKNOWN = "unknown", _lazy("Unknown")
        PENDING = "pending", _lazy("Being processed")
        SUCCEEDED = "succeeded", _lazy("Paid")
        FAILED = "failed", _lazy("Failed")
        REVERSED = "reversed", _lazy("Came back")
        CANCELLED = "cancelled", _lazy("Cancelled")

    OPEN_STATES = (State.REQUESTED, State.APPROVED, State.SUBMITTING, State.UNKNOWN, State.PENDING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    instructor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts")
    state = models.CharField(_lazy("state"), max_length=10, choices=State.choices, default=State.REQUESTED)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    provider = models.CharField(_lazy("provider"), max_length=20)
    #: Frozen from the account: phone, country, holder, bank, account_number, bank_code.
    destination = models.JSONField(_lazy("destination"))
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255, blank=True)
    receipt = models.CharField(_lazy("receipt"), max_length=255, blank=True)
    failure = models.CharField(_lazy("why it failed"), max_length=60, blank=True)
    data = models.JSONField(default=dict, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_lazy("made"), default=clock.now)
    state_changed_at = models.DateTimeField(_lazy("state since"), default=clock.now)

    amount = RequiredMoneyProperty("amount_minor")

    class Meta:
        verbose_name = _lazy("payout")
        verbose_name_plural = _lazy("payouts")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_payout_amount"),
            models.UniqueConstraint(
                fields=["instructor", "currency"],
                condition=Q(state__in=["requested", "approved", "submitting", "unknown", "pending"]),
                name="commerce_payout_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="commerce_payout_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
