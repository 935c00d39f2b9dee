"""What money that comes in means for the books.

A payment for an order of 10,000 with 1,925 of tax inside, of a course whose author gets 70 per cent::

    capture   clearing (provider)        +10,000
              tax_payable                 −1,925
              platform_revenue            −2,423
              instructor_payable (author) −5,652   available after EARNINGS_HOLD_DAYS
    fee       provider_fees                 +300
              clearing (provider)           −300

The platform bears the providers' fees: authors' parts are of the net price, before fees. A plan's net price waits in
``subscription_pool`` until the period is over (``commerce.actions.share_pool``). What was paid too much, twice or too
late is the customer's (``surplus``) and never counts as the order's.

All of it is idempotent, and to be called in the transaction that settles the payment, with the order locked.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from commerce.ledger import Account, Entry, Kind, entries_of, post
from commerce.models import LedgerTransaction, Order, OrderLine, PaymentAttempt
from commerce.splits import Terms, split, terms_of
from core import clock
from core.money import Money, allocate

__all__ = [
    "SHARED_ACCOUNTS",
    "captured_of",
    "course_credits",
    "record_capture",
    "record_fee",
    "record_fee_of",
    "record_surplus",
    "surplus_of",
]

#: Accounts that an order's money is shared among: whom a refund is taken from.
SHARED_ACCOUNTS = (
    Account.TAX_PAYABLE,
    Account.PLATFORM_REVENUE,
    Account.INSTRUCTOR_PAYABLE,
    Account.SUBSCRIPTION_POOL,
)


def captured_of(order: Order, attempt: PaymentAttempt) -> Money:
    """What of an attempt's money counts for the order: never more than its total. To be ``Payment.captured_minor``.

    Raises:
        ValueError: it was paid in another currency than the order's; that can't be booked, only given back.
    """
    if attempt.paid_currency and attempt.paid_currency != order.currency:
        raise ValueError(f"{attempt.paid_currency} can't be booked for an order in {order.currency}.")
    paid = attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor
    return Money(min(paid, order.total_minor), order.currency)


def record_capture(order: Order, attempt: PaymentAttempt) -> LedgerTransaction | None:
    """Book the payment that an order was accepted with, and the provider's fee where it is known.

    Of an attempt that brought more than the order's total, the rest is booked as surplus; of one that brought less
    (and was accepted by a person), everybody's part is smaller in proportion. Returns None when it was booked before.

    Raises:
        ValueError: see :func:`captured_of`.
    """
    captured = captured_of(order, attempt)
    written = post(
        kind=Kind.CAPTURE,
        reference=attempt.public_id,
        currency=order.currency,
        order=order,
        memo=order.number,
        entries=[Entry(Account.CLEARING, captured, detail=attempt.provider), *_shares(order, captured)],
    )
    if attempt.paid_minor is not None and attempt.paid_minor > captured.minor:
        record_surplus(order, attempt, Money(attempt.paid_minor - captured.minor, order.currency))
    record_fee(order, attempt)
    return written


def record_surplus(order: Order, attempt: PaymentAttempt, amount: Money) -> LedgerTransaction | None:
    """Book what was paid beside or beyond what the order costs: the customer's, until it is given back.

    Of an attempt at most once: its whole amount where another attempt had paid the order, else what is too much.
    """
    return post(
        kind=Kind.SURPLUS,
        reference=attempt.public_id,
        currency=amount.currency,
        order=order,
        memo=order.number,
        entries=[
            Entry(Account.CLEARING, amount, detail=attempt.provider),
            Entry(Account.CUSTOMER_SURPLUS, -amount, detail=attempt.provider),
        ],
    )


def surplus_of(attempt: PaymentAttempt) -> Money:
    """What the customer has still to get back of what an attempt brought too much."""
    currency = attempt.paid_currency or attempt.currency
    references = [
        attempt.public_id,
        *attempt.refunds.filter(is_surplus=True).values_list("public_id", flat=True),
        *attempt.chargebacks.values_list("public_id", flat=True),
    ]
    rows = entries_of(account=Account.CUSTOMER_SURPLUS, currency=currency, transaction__reference__in=references)
    return Money(-sum(rows.values_list("amount_minor", flat=True)), currency)


def record_fee(order: Order, attempt: PaymentAttempt, fee: Money | None = None) -> LedgerTransaction | None:
    """Book what the provider keeps of an attempt; once, so also when it becomes known later. The platform bears it."""
    fee = fee or attempt.fee
    if fee is None or fee.minor <= 0:
        return None
    return record_fee_of(attempt.public_id, attempt.provider, fee, order=order)


def record_fee_of(
    reference: uuid.UUID, provider: str, fee: Money, *, order: Order | None = None
) -> LedgerTransaction | None:
    """Book what a provider asks for anything: an attempt, a refund, a payout, a dispute; once for each."""
    if fee.minor <= 0:
        return None
    return post(
        kind=Kind.FEE,
        reference=reference,
        currency=fee.currency,
        order=order,
        memo=order.number if order else "",
        entries=[
            Entry(Account.PROVIDER_FEES, fee, detail=provider),
            Entry(Account.CLEARING, -fee, detail=provider),
        ],
    )


@dataclass(frozen=True)
class _Part:
    """A piece of an order's total: of a line, or of none; of a course, the plan, the tax, or what is left."""

    minor: int
    account: str
    detail: str = ""
    course_key: uuid.UUID | None = None


def _parts(order: Order) -> list[_Part]:
    """An order's total in pieces. Tax that no line names and net prices that no course names have their own."""
    lines = list(order.lines.prefetch_related("courses").order_by("pk"))
    parts = [_Part(order.tax_minor - sum(line.tax_minor for line in lines), Account.TAX_PAYABLE)]
    for line in lines:
        net, detail = line.amount_minor - line.tax_minor, str(line.pk)
        parts.append(_Part(line.tax_minor, Account.TAX_PAYABLE, detail))
        if line.kind == OrderLine.Kind.PLAN:
            parts.append(_Part(net, Account.SUBSCRIPTION_POOL, detail))
            continue
        courses = list(line.courses.all())
        for course in courses:
            parts.append(_Part(course.net_minor, Account.INSTRUCTOR_PAYABLE, detail, course.course_key))
        parts.append(_Part(net - sum(course.net_minor for course in courses), Account.PLATFORM_REVENUE, detail))
    return [part for part in parts if part.minor > 0] or [_Part(1, Account.PLATFORM_REVENUE)]


def _shares(order: Order, captured: Money) -> list[Entry]:
    """Credits that add up to ``captured``."""
    parts = _parts(order)
    terms = terms_of((part.course_key for part in parts if part.course_key), order.referral)
    available_at = clock.now() + timedelta(days=settings.EARNINGS_HOLD_DAYS)
    entries: list[Entry] = []
    for part, amount in zip(parts, allocate(captured, [part.minor for part in parts]), strict=True):
        if part.course_key is None:
            entries.append(Entry(part.account, -amount, detail=part.detail))
        else:
            entries += course_credits(amount, part.course_key, terms[part.course_key], part.detail, available_at)
    return entries


def course_credits(
    amount: Money, course_key: uuid.UUID, terms: Terms, detail: str, available_at: datetime | None
) -> list[Entry]:
    """Credits to the platform and the authors of a course, of ``amount`` of its net price."""
    parts = split(amount, terms)
    entries = [
        Entry(Account.INSTRUCTOR_PAYABLE, -share, author, course_key, detail, available_at)
        for author, share in parts.authors
    ]
    return [*entries, Entry(Account.PLATFORM_REVENUE, -parts.platform, course_key=course_key, detail=detail)]
