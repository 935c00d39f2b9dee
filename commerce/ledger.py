"""Writing and reading the books: one function writes, and it refuses what doesn't sum to nothing.

Signs: a debit is above zero (we have more, or owe less), a credit below. So what we owe an instructor is *minus* the
sum of their entries; :func:`owed` turns the sign. Nothing is ever changed: what is wrong is put right by another
transaction. The database refuses it too, whoever writes: triggers on both tables, and on PostgreSQL one at the end of
each transaction that adds up its entries (``migrations``: ledger guards).

Of entries that an order brought, ``detail`` is the primary key of its line, so that a refund of one line is taken from
those who got its money; of ``clearing`` it is the provider's code.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum

from commerce.models import LedgerEntry, LedgerTransaction, Order
from core import clock
from core.money import Money

__all__ = ["Entry", "Unbalanced", "balance", "entries_of", "is_written", "owed", "post", "reverse"]

Account = LedgerEntry.Account
Kind = LedgerTransaction.Kind


class Unbalanced(ValueError):
    """Entries that don't sum to nothing, or not in one currency. A fault of the caller's, never of a person's."""


@dataclass(frozen=True)
class Entry:
    """One side of a transaction.

    Attributes:
        account: see :class:`LedgerEntry.Account`.
        amount: above zero a debit, below a credit; entries of nothing are left out when written.
        party: the instructor, of what is owed to instructors; an id or a user.
        course_key: what it was earned with.
        detail: at most 20 characters; see above.
        available_at: from when on an instructor may be paid it; None for at once.
    """

    account: str
    amount: Money
    party: Any = None
    course_key: uuid.UUID | None = None
    detail: str = ""
    available_at: datetime | None = None

    @property
    def party_id(self) -> int | None:
        """Primary key of the party."""
        return getattr(self.party, "pk", self.party)


def post(
    *,
    kind: str,
    reference: uuid.UUID,
    currency: str,
    entries: Sequence[Entry],
    order: Order | None = None,
    memo: str = "",
    actor: Any = None,
) -> LedgerTransaction | None:
    """Write one transaction; None when it was written before, or when all its entries are nothing.

    Args:
        kind: of :class:`LedgerTransaction.Kind`; with ``reference`` it makes writing twice impossible.
        reference: public id of what it is about.
        order: whose money it is, where it is an order's.
        memo: at most 200 characters are kept.

    Raises:
        Unbalanced: the entries don't sum to nothing, or one is in another currency.
    """
    if any(entry.amount.currency != currency for entry in entries):
        raise Unbalanced(f"{kind} {reference}: an entry is not in {currency}.")
    total = sum(entry.amount.minor for entry in entries)
    if total:
        raise Unbalanced(f"{kind} {reference}: debits and credits differ by {total} {currency}.")
    rows = [entry for entry in entries if entry.amount.minor]
    if not rows or is_written(kind, reference):
        return None
    try:
        with transaction.atomic():
            written = LedgerTransaction.objects.create(
                kind=kind,
                reference=reference,
                order=order,
                currency=currency,
                memo=memo[:200],
                actor=actor if getattr(actor, "pk", None) else None,
                happened_at=clock.now(),
            )
            LedgerEntry.objects.bulk_create(
                LedgerEntry(
                    transaction=written,
                    account=entry.account,
                    detail=entry.detail,
                    party_id=entry.party_id,
                    course_key=entry.course_key,
                    currency=currency,
                    amount_minor=entry.amount.minor,
                    available_at=entry.available_at,
                )
                for entry in rows
            )
    except IntegrityError:
        # A rival wrote it between the look and the insert; anything else is a fault and stays one.
        if not is_written(kind, reference):
            raise
        return None
    return written


def reverse(*, kind: str, of: LedgerTransaction, memo: str = "", actor: Any = None) -> LedgerTransaction | None:
    """Write the opposite of a transaction, entry by entry, under its reference; None when that was done before."""
    return post(
        kind=kind,
        reference=of.reference,
        currency=of.currency,
        order=of.order,
        memo=memo,
        actor=actor,
        entries=[
            Entry(
                row.account, Money(-row.amount_minor, row.currency), row.party_id, row.course_key, row.detail,
                row.available_at,
            )
            for row in of.entries.order_by("pk")
        ],
    )  # fmt: skip


def is_written(kind: str, reference: uuid.UUID) -> bool:
    """Whether a transaction of that kind about that thing is in the books."""
    return LedgerTransaction.objects.filter(kind=kind, reference=reference).exists()


def entries_of(*kinds: str, **lookup: Any) -> "QuerySet[LedgerEntry]":
    """Entries that fit ``lookup``, of transactions of some kinds or of all."""
    rows: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(**lookup)
    return rows.filter(transaction__kind__in=kinds) if kinds else rows


def balance(account: str, currency: str, **lookup: Any) -> Money:
    """Sum of an account's entries in a currency; ``lookup`` narrows them (``party``, ``detail``, ``course_key``)."""
    rows = LedgerEntry.objects.filter(account=account, currency=currency, **lookup)
    return Money(total(rows), currency)


def owed(account: str, currency: str, **lookup: Any) -> Money:
    """What an account of debts says that we owe: minus its balance."""
    return -balance(account, currency, **lookup)


def total(rows: "QuerySet[LedgerEntry] | Iterable[LedgerEntry]") -> int:
    """Sum of entries in minor units; the caller sees to it that they are in one currency."""
    if isinstance(rows, QuerySet):
        return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    return sum(row.amount_minor for row in rows)
