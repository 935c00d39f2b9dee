"""What money that goes back means for the books: refunds and chargebacks.

A refund is taken from those who hold the order's money now, in proportion to what they hold: the tax office, the
school, the authors, the pool of subscriptions. What they hold is what the books say of this order, so it doesn't matter
what was refunded, disputed or shared out in between; nobody ever gives back more than they got, and an order that is
refunded in full leaves exactly nothing. A refund of some lines is taken from those who hold these lines' money first.

The odd unit: largest remainder; among equal ones whoever was credited first (tax, authors, the school). Should ever
more go back than all of them hold, the school bears it. An author who was paid already owes it: the balance may fall
below nothing and is netted with the next earnings. Fees of the provider stay the school's.

A chargeback takes the money from the provider at once and holds it on ``disputed``, with the authors' parts; tax and
the school's part are touched only if it is lost::

    chargeback       disputed +10,000   clearing −10,000
                     instructor_payable +5,652   disputed −5,652
    chargeback_won   the opposite of all of it
    chargeback_lost  tax_payable +1,925   platform_revenue +2,423   disputed −4,348
"""

import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Sum

from commerce.bookkeeping import SHARED_ACCOUNTS, record_fee_of, surplus_of
from commerce.ledger import Account, Entry, Kind, post, reverse
from commerce.models import Chargeback, LedgerEntry, LedgerTransaction, Order, Refund
from core.money import Money, allocate

__all__ = [
    "BY_HAND",
    "held_of_lines",
    "record_chargeback",
    "record_chargeback_lost",
    "record_chargeback_won",
    "record_refund",
    "reverse_refund",
    "taken_from",
]

#: Where money that staff gave back otherwise is counted, in place of a provider.
BY_HAND = "by_hand"
#: ``detail`` of the authors' parts of what is disputed.
_SHARES = "shares"


@dataclass(frozen=True)
class _Holding:
    """What somebody holds of an order's money."""

    account: str
    party: int | None
    course_key: uuid.UUID | None
    detail: str
    available_at: datetime | None
    minor: int


def _holdings(order: Order) -> list[_Holding]:
    """Who holds what of an order's money, in the order in which they were credited; only what is above nothing."""
    rows = (
        LedgerEntry.objects.filter(transaction__order=order, account__in=SHARED_ACCOUNTS, currency=order.currency)
        .order_by()
        .values("account", "party", "course_key", "detail", "available_at")
        .annotate(sum=Sum("amount_minor"), first=Min("pk"))
        .filter(sum__lt=0)
        .order_by("first")
    )
    return [
        _Holding(row["account"], row["party"], row["course_key"], row["detail"], row["available_at"], -row["sum"])
        for row in rows
    ]


def held_of_lines(order: Order, lines: Iterable[int]) -> Money:
    """What is still held of the money that some lines (by primary key) of an order brought."""
    details = {str(pk) for pk in lines}
    return Money(sum(held.minor for held in _holdings(order) if held.detail in details), order.currency)


def taken_from(order: Order, amount: Money, lines: Iterable[int] = (), *, spares: Container[str] = ()) -> list[Entry]:
    """Debits that add up to ``amount``: whom it is taken from, those who hold the money of ``lines`` first.

    Args:
        lines: by primary key.
        spares: accounts that give nothing (any more).
    """
    details = {str(pk) for pk in lines}
    holdings = [held for held in _holdings(order) if held.account not in spares]
    entries: list[Entry] = []
    left = amount
    for group in (
        [held for held in holdings if held.detail in details],
        [held for held in holdings if held.detail not in details],
    ):
        part = Money(min(left.minor, sum(held.minor for held in group)), amount.currency)
        if not part.minor:
            continue
        left -= part
        for held, debit in zip(group, allocate(part, [held.minor for held in group]), strict=True):
            if debit.minor:
                entries.append(Entry(held.account, debit, held.party, held.course_key, held.detail, held.available_at))
    if left.minor:
        entries.append(Entry(Account.PLATFORM_REVENUE, left))
    return entries


def record_refund(refund: Refund) -> LedgerTransaction | None:
    """Book money that was given back; None when it was booked before. The order is locked by the caller."""
    source = BY_HAND if refund.is_by_hand else refund.attempt.provider
    if refund.is_surplus:
        # More than the customer was owed can't go back as surplus: the school's.
        owed = min(refund.amount_minor, max(0, surplus_of(refund.attempt).minor))
        debits = [
            Entry(Account.CUSTOMER_SURPLUS, Money(owed, refund.currency), detail=refund.attempt.provider),
            Entry(Account.PLATFORM_REVENUE, Money(refund.amount_minor - owed, refund.currency)),
        ]
    else:
        debits = taken_from(refund.order, refund.amount, refund.lines.values_list("pk", flat=True))
    return post(
        kind=Kind.REFUND,
        reference=refund.public_id,
        currency=refund.currency,
        order=refund.order,
        memo=refund.order.number,
        entries=[*debits, Entry(Account.CLEARING, -refund.amount, detail=source)],
    )


def reverse_refund(refund: Refund) -> LedgerTransaction | None:
    """Book that a refund came back: everybody has again what was taken from them."""
    booked = LedgerTransaction.objects.filter(kind=Kind.REFUND, reference=refund.public_id).first()
    return None if booked is None else reverse(kind=Kind.REFUND_REVERSED, of=booked, memo=refund.failure)


def record_chargeback(chargeback: Chargeback) -> LedgerTransaction | None:
    """Book that a bank took money back, for now; None when it was booked before."""
    amount, provider = chargeback.amount, chargeback.attempt.provider
    shares: list[Entry] = []
    if not chargeback.attempt.is_surplus:
        taken = taken_from(chargeback.order, amount)
        shares = [entry for entry in taken if entry.account == Account.INSTRUCTOR_PAYABLE]
    return post(
        kind=Kind.CHARGEBACK,
        reference=chargeback.public_id,
        currency=chargeback.currency,
        order=chargeback.order,
        memo=chargeback.order.number,
        entries=[
            Entry(Account.DISPUTED, amount, detail=provider),
            Entry(Account.CLEARING, -amount, detail=provider),
            *shares,
            Entry(Account.DISPUTED, -Money.sum((entry.amount for entry in shares), amount.currency), detail=_SHARES),
        ],
    )


def record_chargeback_won(chargeback: Chargeback) -> LedgerTransaction | None:
    """Book that the money is back, and everybody has theirs again."""
    booked = _booked(chargeback)
    return None if booked is None else reverse(kind=Kind.CHARGEBACK_WON, of=booked)


def record_chargeback_lost(chargeback: Chargeback, fee: Money | None = None) -> LedgerTransaction | None:
    """Book that the money is gone, taken from the rest of those who hold it, and what the provider asks for it."""
    booked = _booked(chargeback)
    if booked is None:
        return None
    order, provider = chargeback.order, chargeback.attempt.provider
    shares = -sum(row.amount_minor for row in booked.entries.filter(account=Account.DISPUTED, detail=_SHARES))
    rest = Money(chargeback.amount_minor - shares, chargeback.currency)
    if chargeback.attempt.is_surplus:
        owed = Money(min(rest.minor, max(0, surplus_of(chargeback.attempt).minor)), rest.currency)
        debits = [
            Entry(Account.CUSTOMER_SURPLUS, owed, detail=provider),
            Entry(Account.PLATFORM_REVENUE, rest - owed),
        ]
    else:
        # The authors' parts were taken when it was opened.
        debits = taken_from(order, rest, spares={Account.INSTRUCTOR_PAYABLE})
    if fee is not None:
        record_fee_of(chargeback.public_id, provider, fee, order=order)
    return post(
        kind=Kind.CHARGEBACK_LOST,
        reference=chargeback.public_id,
        currency=chargeback.currency,
        order=order,
        memo=order.number,
        entries=[
            *debits,
            Entry(Account.DISPUTED, -chargeback.amount, detail=provider),
            Entry(Account.DISPUTED, Money(shares, chargeback.currency), detail=_SHARES),
        ],
    )


def _booked(chargeback: Chargeback) -> LedgerTransaction | None:
    return LedgerTransaction.objects.filter(kind=Kind.CHARGEBACK, reference=chargeback.public_id).first()
