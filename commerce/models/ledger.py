"""The books: double entry, only ever added to, every transaction sums to nothing."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.models.append_only import AppendOnly
from core.money import RequiredMoneyProperty

__all__ = ["LedgerEntry", "LedgerTransaction"]


class LedgerTransaction(AppendOnly):
    """One happening in one currency. ``reference`` and ``kind`` make writing it twice impossible.

    ``reference`` is the public id of what it is about: an attempt, a refund, a payout, a chargeback, a period.
    """

    class Kind(models.TextChoices):
        CAPTURE = "capture", _lazy("Payment")
        SURPLUS = "surplus", _lazy("Paid twice or too much")
        FEE = "fee", _lazy("Provider's fee")
        SHARES = "shares", _lazy("Shares")
        REFUND = "refund", _lazy("Refund")
        REFUND_REVERSED = "refund_reversed", _lazy("Refund that failed")
        CHARGEBACK = "chargeback", _lazy("Chargeback")
        CHARGEBACK_WON = "chargeback_won", _lazy("Chargeback won")
        CHARGEBACK_LOST = "chargeback_lost", _lazy("Chargeback lost")
        PAYOUT = "payout", _lazy("Payout")
        PAYOUT_SETTLED = "payout_settled", _lazy("Payout that arrived")
        PAYOUT_REVERSED = "payout_reversed", _lazy("Payout that failed")
        POOL = "pool", _lazy("Subscription pool")
        CORRECTION = "correction", _lazy("Correction")

    kind = models.CharField(_lazy("kind"), max_length=16, choices=Kind.choices)
    reference = models.UUIDField(_lazy("about"))
    order = models.ForeignKey(
        "commerce.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_transactions"
    )
    currency = models.CharField(_lazy("currency"), max_length=3)
    memo = models.CharField(_lazy("memo"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    happened_at = models.DateTimeField(_lazy("when"), default=clock.now, db_index=True)

    class Meta:
        verbose_name = _lazy("transaction in the books")
        verbose_name_plural = _lazy("transactions in the books")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["-happened_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["reference", "kind"], name="commerce_ledger_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class LedgerEntry(AppendOnly):
    """One side: above zero is a debit (we have more, or owe less), below zero a credit."""

    class Account(models.TextChoices):
        #: Money at a provider or bank; ``detail`` is the provider's code, ``by_hand`` for what staff gave otherwise.
        CLEARING = "clearing", _lazy("Money at providers")
        PROVIDER_FEES = "provider_fees", _lazy("Fees of providers")
        TAX_PAYABLE = "tax_payable", _lazy("Tax owed")
        PLATFORM_REVENUE = "platform_revenue", _lazy("Revenue of the school")
        #: ``party`` is the instructor.
        INSTRUCTOR_PAYABLE = "instructor_payable", _lazy("Owed to instructors")
        #: Subscriptions' money until it is shared out.
        SUBSCRIPTION_POOL = "subscription_pool", _lazy("Subscriptions, to be shared out")
        #: Paid too much or twice: the customer's.
        CUSTOMER_SURPLUS = "customer_surplus", _lazy("Owed to customers")
        DISPUTED = "disputed", _lazy("Held for chargebacks")
        PAYOUT_CLEARING = "payout_clearing", _lazy("Payouts on their way")

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(_lazy("account"), max_length=20, choices=Account.choices)
    #: Which provider, or which line of the order it came from; see ``commerce.ledger``.
    detail = models.CharField(_lazy("detail"), max_length=20, blank=True)
    party = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    course_key = models.UUIDField(_lazy("course"), null=True, blank=True)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("amount in minor units"))
    #: From when on an instructor may be paid it.
    available_at = models.DateTimeField(_lazy("available"), null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")

    class Meta:
        verbose_name = _lazy("entry in the books")
        verbose_name_plural = _lazy("entries in the books")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["transaction", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="commerce_ledger_entry_amount"),
            models.CheckConstraint(
                condition=Q(account="instructor_payable", party__isnull=False) | ~Q(account="instructor_payable"),
                name="commerce_ledger_entry_party",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["party", "currency", "account"], name="commerce_ledger_party"),
            models.Index(fields=["account", "currency"], name="commerce_ledger_account"),
            models.Index(fields=["course_key"], name="commerce_ledger_course"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} {self.currency}"
