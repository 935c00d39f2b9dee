"""Payments: what an order owes, every try to pay it, what was said to and by providers."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.models.append_only import AppendOnly
from core.money import MoneyProperty, RequiredMoneyProperty

__all__ = ["AttemptMove", "Payment", "PaymentAttempt", "ProviderEventRecord", "ProviderExchange", "TransferProof"]


class Payment(models.Model):
    """What is owed for an order, and what became of it. One an order.

    ``captured_minor`` is what the accepted attempt brought; ``refunded_minor`` counts refunds that are under way or
    done, so that the constraint holds against rivals.
    """

    class State(models.TextChoices):
        OPEN = "open", _lazy("Open")
        PAID = "paid", _lazy("Paid")
        PARTIALLY_REFUNDED = "partially_refunded", _lazy("Partly refunded")
        REFUNDED = "refunded", _lazy("Refunded")
        CANCELED = "canceled", _lazy("Cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.OneToOneField("commerce.Order", on_delete=models.PROTECT, related_name="payment")
    state = models.CharField(_lazy("state"), max_length=20, choices=State.choices, default=State.OPEN)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    captured_minor = models.BigIntegerField(_lazy("paid, in minor units"), default=0)
    refunded_minor = models.BigIntegerField(_lazy("given back, in minor units"), default=0)
    accepted_attempt = models.OneToOneField(
        "commerce.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="accepted_for"
    )
    created_at = models.DateTimeField(_lazy("made"), default=clock.now)
    paid_at = models.DateTimeField(_lazy("paid on"), null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")
    captured = RequiredMoneyProperty("captured_minor")
    refunded = RequiredMoneyProperty("refunded_minor")

    class Meta:
        verbose_name = _lazy("payment")
        verbose_name_plural = _lazy("payments")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_payment_amount"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
                name="commerce_payment_refunded_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(accepted_attempt__isnull=True, captured_minor=0)
                | Q(accepted_attempt__isnull=False, captured_minor__gt=0),
                name="commerce_payment_accepted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PaymentAttempt(models.Model):
    """One try to pay. ``public_id`` is stored before anything is sent and is the provider's idempotency handle."""

    class State(models.TextChoices):
        CREATED = "created", _lazy("Made")
        SUBMITTING = "submitting", _lazy("Being sent")
        UNKNOWN = "unknown", _lazy("Unknown")
        AWAITING_CUSTOMER = "awaiting_customer", _lazy("Waiting for the customer")
        PENDING = "pending", _lazy("Being processed")
        AUTHORIZED = "authorized", _lazy("Authorised")
        SUCCEEDED = "succeeded", _lazy("Paid")
        MISMATCH = "mismatch", _lazy("Another amount")
        FAILED = "failed", _lazy("Failed")
        CANCELED = "canceled", _lazy("Cancelled")
        EXPIRED = "expired", _lazy("Expired")
        PARTIALLY_REFUNDED = "partially_refunded", _lazy("Partly refunded")
        REFUNDED = "refunded", _lazy("Refunded")
        DISPUTED = "disputed", _lazy("Disputed")
        REVERSED = "reversed", _lazy("Reversed")

    #: States from which money may still come.
    OPEN_STATES = (
        State.CREATED,
        State.SUBMITTING,
        State.UNKNOWN,
        State.AWAITING_CUSTOMER,
        State.PENDING,
        State.AUTHORIZED,
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="attempts")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(_lazy("provider"), max_length=20)
    #: What the client sent with its request, so that a repeated one starts nothing new.
    idempotency_key = models.CharField(max_length=255)
    state = models.CharField(_lazy("state"), max_length=20, choices=State.choices, default=State.CREATED)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    #: What the provider says was paid, and what it kept.
    paid_minor = models.BigIntegerField(_lazy("paid, in minor units"), null=True, blank=True)
    paid_currency = models.CharField(max_length=3, blank=True)
    fee_minor = models.BigIntegerField(_lazy("fee in minor units"), null=True, blank=True)
    phone = models.CharField(_lazy("phone"), max_length=16, blank=True)
    country = models.CharField(_lazy("country"), max_length=2, blank=True)
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255, null=True, blank=True)  # noqa: DJ001
    receipt = models.CharField(_lazy("receipt"), max_length=255, blank=True)
    reason = models.CharField(_lazy("reason"), max_length=60, blank=True)
    #: What the adapter wants remembered: tokens among it, so it is never shown.
    data = models.JSONField(default=dict, blank=True)
    #: What the customer does next, as ``commerce.payments.next_step`` writes and reads it.
    next_step = models.JSONField(default=dict, blank=True)
    #: Paid though another attempt had paid the order already: the money goes back.
    is_surplus = models.BooleanField(_lazy("paid twice"), default=False)
    created_at = models.DateTimeField(_lazy("begun"), default=clock.now)
    state_changed_at = models.DateTimeField(_lazy("state since"), default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(_lazy("paid on"), null=True, blank=True)
    #: How long the customer has, when it counts as expired, until when it is asked about.
    window_ends_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    watch_until = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")
    fee = MoneyProperty("fee_minor")

    class Meta:
        verbose_name = _lazy("attempt to pay")
        verbose_name_plural = _lazy("attempts to pay")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="commerce_attempt_provider_ref"),
            # One transfer pays one order: who shows it for a second one has paid that with nothing.
            models.UniqueConstraint(
                fields=["provider", "receipt"], condition=~Q(receipt=""), name="commerce_attempt_receipt_once"
            ),
            models.UniqueConstraint(fields=["payment", "idempotency_key"], name="commerce_attempt_idempotency_key"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_attempt_amount"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="commerce_attempt_due"
            ),
            models.Index(fields=["state", "state_changed_at"], name="commerce_attempt_state"),
            models.Index(fields=["phone", "created_at"], condition=~Q(phone=""), name="commerce_attempt_phone"),
            models.Index(
                fields=["succeeded_at"], condition=Q(succeeded_at__isnull=False), name="commerce_attempt_succeeded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.public_id}"


class AttemptMove(AppendOnly):
    """The timeline of an attempt: what moved it, and moves that were refused."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    #: ``initiate``, ``webhook``, ``poll``, ``return``, ``staff``, ``statement``, ``refund``, ``deadline``.
    trigger = models.CharField(max_length=12)
    is_refused = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("move of an attempt")
        verbose_name_plural = _lazy("moves of attempts")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["attempt", "pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class ProviderExchange(AppendOnly):
    """One question to a provider and its answer, masked; about an attempt, a refund or a payout.

    Never changed; only ``sweep_provider_log`` deletes what is old and settled.
    """

    operation = models.UUIDField(_lazy("about"), db_index=True)
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=8)
    url = models.CharField(max_length=500)
    request = models.JSONField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("exchange with a provider")
        verbose_name_plural = _lazy("exchanges with providers")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


class ProviderEventRecord(models.Model):
    """A webhook as it came in, stored before anything else is done; ``key`` makes a repeated one the same row."""

    class State(models.TextChoices):
        STORED = "stored", _lazy("Stored")
        DONE = "done", _lazy("Done")
        IGNORED = "ignored", _lazy("Nothing to do")
        FAILED = "failed", _lazy("Failed")

    provider = models.CharField(_lazy("provider"), max_length=20)
    key = models.CharField(_lazy("key"), max_length=255)
    kind = models.CharField(_lazy("kind"), max_length=10, default="payment")
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255, blank=True)
    operation = models.UUIDField(_lazy("about"), null=True, blank=True)
    hint = models.CharField(_lazy("says"), max_length=20, blank=True)
    #: Masked, for people; proofs and data as the adapter needs them, never shown.
    raw = models.JSONField(_lazy("content"), default=dict)
    proof = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.STORED)
    tries = models.PositiveIntegerField(_lazy("tries"), default=0)
    due_at = models.DateTimeField(default=clock.now)
    error = models.CharField(_lazy("error"), max_length=500, blank=True)
    received_at = models.DateTimeField(_lazy("received"), default=clock.now)
    processed_at = models.DateTimeField(_lazy("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("message of a provider")
        verbose_name_plural = _lazy("messages of providers")
        default_permissions: ClassVar = ("view", "change")
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["provider", "key"], name="commerce_provider_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="stored"), name="commerce_provider_event_due"),
            models.Index(fields=["operation"], name="commerce_provider_event_about"),
            models.Index(fields=["kind", "received_at"], name="commerce_provider_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"


class TransferProof(models.Model):
    """A picture or document with which a customer shows that they transferred; it proves nothing by itself."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="proofs")
    file = models.FileField(_lazy("file"), upload_to="proofs/%Y/%m/")
    name = models.CharField(_lazy("name"), max_length=200)
    note = models.CharField(_lazy("note"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_lazy("uploaded"), default=clock.now)

    class Meta:
        verbose_name = _lazy("proof of a transfer")
        verbose_name_plural = _lazy("proofs of transfers")
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name
