"""Comparing our books with what providers and banks say."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel
from core.money import RequiredMoneyProperty

__all__ = ["Discrepancy", "ReconciliationRun", "StatementImport", "StatementLine"]


class StatementImport(PublicIdModel):
    """A statement of our bank that somebody uploaded; the same file twice adds nothing."""

    name = models.CharField(_lazy("file"), max_length=255)
    digest = models.CharField(max_length=64, unique=True)
    format = models.CharField(_lazy("format"), max_length=12)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_lazy("uploaded"), default=clock.now)
    lines_read = models.PositiveIntegerField(_lazy("lines"), default=0)
    lines_new = models.PositiveIntegerField(_lazy("new lines"), default=0)

    class Meta:
        verbose_name = _lazy("bank statement")
        verbose_name_plural = _lazy("bank statements")
        ordering: ClassVar = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class StatementLine(PublicIdModel):
    """One line of a statement. ``digest`` is the line's own, so overlapping statements add it once."""

    class State(models.TextChoices):
        MATCHED = "matched", _lazy("Matched")
        REVIEW = "review", _lazy("To be looked at")
        IGNORED = "ignored", _lazy("Not ours")

    statement = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="lines")
    digest = models.CharField(max_length=64, unique=True)
    booked_on = models.DateField(_lazy("booked"))
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    text = models.CharField(_lazy("text"), max_length=1000, blank=True)
    counterparty = models.CharField(_lazy("from"), max_length=200, blank=True)
    bank_ref = models.CharField(_lazy("bank's reference"), max_length=255, blank=True)
    #: What the adapter reads again when it is matched; see ``commerce.providers.bank.received``.
    data = models.JSONField(default=dict)
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.REVIEW)
    attempt = models.ForeignKey(
        "commerce.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="statement_lines"
    )
    #: How sure the match is, or why there is none; a stable code.
    finding = models.CharField(_lazy("finding"), max_length=40, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")

    class Meta:
        verbose_name = _lazy("line of a statement")
        verbose_name_plural = _lazy("lines of statements")
        ordering: ClassVar = ["-booked_on", "-pk"]

    def __str__(self) -> str:
        return self.text or self.bank_ref


class ReconciliationRun(models.Model):
    """One comparison of a provider's books with ours, for a day."""

    provider = models.CharField(_lazy("provider"), max_length=20)
    day = models.DateField(_lazy("day"))
    run_at = models.DateTimeField(_lazy("compared"), default=clock.now)
    theirs = models.PositiveIntegerField(_lazy("with the provider"), default=0)
    ours = models.PositiveIntegerField(_lazy("with us"), default=0)
    error = models.CharField(_lazy("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _lazy("reconciliation")
        verbose_name_plural = _lazy("reconciliations")
        ordering: ClassVar = ["-day", "provider"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["provider", "day"], name="commerce_reconciliation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class Discrepancy(models.Model):
    """A difference that somebody has to explain; it is found once however often the day is compared."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _lazy("Missing here")
        MISSING_THERE = "missing_there", _lazy("Missing with the provider")
        AMOUNT = "amount", _lazy("Another amount")
        FEE = "fee", _lazy("Another fee")

    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="discrepancies")
    kind = models.CharField(_lazy("kind"), max_length=14, choices=Kind.choices)
    provider_ref = models.CharField(_lazy("provider's reference"), max_length=255)
    attempt = models.ForeignKey(
        "commerce.PaymentAttempt", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(_lazy("currency"), max_length=3)
    ours_minor = models.BigIntegerField(_lazy("with us"), null=True, blank=True)
    theirs_minor = models.BigIntegerField(_lazy("with the provider"), null=True, blank=True)
    explanation = models.CharField(_lazy("explanation"), max_length=300, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_lazy("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("difference")
        verbose_name_plural = _lazy("differences")
        ordering: ClassVar = ["resolved_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "kind", "provider_ref"], name="commerce_discrepancy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_ref}"
