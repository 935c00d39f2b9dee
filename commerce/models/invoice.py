"""Invoices and credit notes, numbered without gaps."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel
from core.models.append_only import AppendOnly
from core.money import RequiredMoneyProperty

__all__ = ["Invoice", "NumberSeries"]


class NumberSeries(models.Model):
    """The last number given in a series of a year; its row is locked while the next one is."""

    code = models.CharField(max_length=20, unique=True)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _lazy("series of numbers")
        verbose_name_plural = _lazy("series of numbers")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.last_number}"


class Invoice(PublicIdModel, AppendOnly):
    """A document with all its facts frozen; the PDF is drawn from them whenever it is asked for."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _lazy("Invoice")
        CREDIT_NOTE = "credit_note", _lazy("Credit note")

    kind = models.CharField(_lazy("kind"), max_length=12, choices=Kind.choices)
    series = models.CharField(max_length=20)
    serial = models.PositiveBigIntegerField()
    number = models.CharField(_lazy("number"), max_length=32, unique=True)
    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(
        "commerce.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_note"
    )
    language = models.CharField(_lazy("language"), max_length=12)
    currency = models.CharField(_lazy("currency"), max_length=3)
    total_minor = models.BigIntegerField(_lazy("total in minor units"))
    tax_minor = models.BigIntegerField(_lazy("tax"), default=0)
    #: Seller, buyer, lines, tax, discount, how it was paid: as printed.
    facts = models.JSONField(default=dict)
    issued_at = models.DateTimeField(_lazy("issued"), default=clock.now)

    total = RequiredMoneyProperty("total_minor")

    class Meta:
        verbose_name = _lazy("invoice")
        verbose_name_plural = _lazy("invoices")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["series", "serial"], name="commerce_invoice_serial"),
            models.UniqueConstraint(fields=["order"], condition=Q(kind="invoice"), name="commerce_invoice_once"),
            models.CheckConstraint(
                condition=Q(kind="invoice", refund__isnull=True) | Q(kind="credit_note", refund__isnull=False),
                name="commerce_invoice_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.number
