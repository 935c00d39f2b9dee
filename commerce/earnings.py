"""What instructors have earned: held back, to be paid out, on its way, paid; by month and by course; as a table.

All of it is read from the books, so it can't differ from them. Everybody sees their own; who may see the books sees
others' too (``actor``). Each function asks a fixed number of questions, however much somebody has sold.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce import policies
from commerce.csv_tables import as_csv, plain_amount
from commerce.ledger import Account, Kind
from commerce.models import LedgerEntry, OrderLineCourse, Payout, PayoutRun
from commerce.payouts import minimum
from core import clock
from core.formats import local_date
from core.money import Money
from courses.queries.pages import courses_by_keys

__all__ = [
    "CourseEarnings",
    "Earnings",
    "MonthEarnings",
    "bank_transfers_csv",
    "earnings_by_course",
    "earnings_by_month",
    "earnings_csv",
    "earnings_of",
]

_PAYOUTS = (Kind.PAYOUT, Kind.PAYOUT_REVERSED)


@dataclass(frozen=True)
class Earnings:
    """Somebody's money of one currency.

    Attributes:
        pending: held back, since it may still be refunded.
        available: to be paid out; below nothing after refunds of what was paid out already.
        on_the_way: sent, but not known to have arrived.
        paid: has arrived.
        earned: all of it, refunds taken off.
        least: what is paid out at least.
    """

    currency: str
    pending: Money
    available: Money
    on_the_way: Money
    paid: Money
    earned: Money
    least: Money


@dataclass(frozen=True)
class MonthEarnings:
    """What was earned in a month (``month`` is its first day, in the active time zone), refunds of that month off."""

    month: date
    currency: str
    amount: Money


@dataclass(frozen=True)
class CourseEarnings:
    """What a course brought somebody; ``sales`` counts payments that had it in them."""

    course_key: uuid.UUID
    title: str
    currency: str
    amount: Money
    sales: int


def earnings_of(person: Any, currency: str | None = None, *, actor: Any = None) -> list[Earnings]:
    """What ``person`` has earned, by currency; none where nothing was ever sold. Two queries."""
    rows = (
        _entries(person, currency, actor)
        .order_by()
        .values("currency")
        .annotate(
            all=Sum("amount_minor"),
            held=Sum("amount_minor", filter=Q(available_at__gt=clock.now())),
            out=Sum("amount_minor", filter=Q(transaction__kind__in=_PAYOUTS)),
        )
        .order_by("currency")
    )
    on_the_way = _on_the_way(person)
    found = []
    for row in rows:
        code = row["currency"]
        owed, held, out = (Money(int(row[name] or 0), code) for name in ("all", "held", "out"))
        under_way = Money(on_the_way.get(code, 0), code)
        found.append(
            Earnings(
                currency=code,
                pending=-held,
                available=held - owed,
                on_the_way=under_way,
                paid=out - under_way,
                earned=out - owed,
                least=minimum(code),
            )
        )
    return found


def earnings_by_month(person: Any, currency: str | None = None, *, actor: Any = None) -> list[MonthEarnings]:
    """What ``person`` earned month by month, the latest first. One query."""
    rows = (
        _entries(person, currency, actor)
        .exclude(transaction__kind__in=_PAYOUTS)
        .order_by()
        .annotate(month=TruncMonth("transaction__happened_at"))
        .values("month", "currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("-month", "currency")
    )
    return [
        MonthEarnings(local_date(row["month"]), row["currency"], Money(-int(row["sum"]), row["currency"]))
        for row in rows
    ]


def earnings_by_course(person: Any, currency: str | None = None, *, actor: Any = None) -> list[CourseEarnings]:
    """What each course brought ``person``, most first in each currency."""
    rows = list(
        _entries(person, currency, actor)
        .exclude(transaction__kind__in=_PAYOUTS)
        .exclude(course_key=None)
        .order_by()
        .values("course_key", "currency")
        .annotate(
            sum=Sum("amount_minor"),
            sales=Count("transaction", distinct=True, filter=Q(transaction__kind=Kind.CAPTURE)),
        )
    )
    titles = _titles({row["course_key"] for row in rows if row["course_key"]})
    found = [
        CourseEarnings(
            row["course_key"],
            titles.get(row["course_key"], ""),
            row["currency"],
            Money(-int(row["sum"]), row["currency"]),
            row["sales"],
        )
        for row in rows
        if row["course_key"]
    ]
    return sorted(found, key=lambda one: (one.currency, -one.amount.minor, one.title))


def earnings_csv(person: Any, currency: str | None = None, *, actor: Any = None) -> str:
    """Every entry of ``person``'s account, oldest first, as CSV; few queries.

    Days are ISO 8601 in the active time zone, amounts plain numbers: what was earned above zero, what was refunded or
    paid out below. Buyers are not named.
    """
    entries = (
        _entries(person, currency, actor)
        .select_related("transaction__order")
        .order_by("transaction__happened_at", "pk")
    )
    rows = list(entries)
    titles = _titles({row.course_key for row in rows if row.course_key})
    header = (_("Day"), _("What"), _("Course"), _("Order"), _("Amount"), _("Currency"), _("To be paid out from"))
    return as_csv(header, _csv_rows(rows, titles))


def _csv_rows(rows: list[LedgerEntry], titles: dict[uuid.UUID, str]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        booked = row.transaction
        yield (
            local_date(booked.happened_at).isoformat(),
            booked.get_kind_display(),
            titles.get(row.course_key, "") if row.course_key else "",
            booked.order.number if booked.order else "",
            plain_amount(Money(-row.amount_minor, row.currency)),
            row.currency,
            local_date(row.available_at).isoformat() if row.available_at else "",
        )


def bank_transfers_csv(run: PayoutRun) -> str:
    """The transfers of a run that staff make at our bank, for the bank's upload or for typing in.

    The caller has checked that whoever asks may change payouts: account numbers are in it, in full.
    """
    header = ("reference", "holder", "bank", "bank_code", "account_number", "country", "amount", "currency")
    return as_csv(
        header,
        (
            (
                payout.provider_ref or payout.public_id.hex[:20].upper(),
                payout.destination.get("holder", ""),
                payout.destination.get("bank", ""),
                payout.destination.get("bank_code", ""),
                payout.destination.get("account_number", ""),
                payout.destination.get("country", ""),
                plain_amount(payout.amount),
                payout.currency,
            )
            for payout in run.payouts.filter(provider="bank", state__in=("approved", "pending")).order_by("pk")
        ),
    )


def _entries(person: Any, currency: str | None, actor: Any) -> "QuerySet[LedgerEntry]":
    rows = LedgerEntry.objects.filter(account=Account.INSTRUCTOR_PAYABLE, party=person)
    if currency:
        rows = rows.filter(currency=currency)
    return policies.view_earnings.filter(person if actor is None else actor, rows)


def _on_the_way(person: Any) -> dict[str, int]:
    """Payouts that left what is owed and have not arrived, in minor units by currency."""
    open_states = (Payout.State.APPROVED, Payout.State.SUBMITTING, Payout.State.UNKNOWN, Payout.State.PENDING)
    rows = Payout.objects.filter(instructor=person, state__in=open_states).order_by().values("currency")
    return {row["currency"]: int(row["sum"]) for row in rows.annotate(sum=Sum("amount_minor"))}


def _titles(keys: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Titles of courses as they were last sold; of those that only subscriptions brought, as they are."""
    rows = OrderLineCourse.objects.filter(course_key__in=keys)
    last = rows.order_by().values("course_key").annotate(last=Max("pk")).values("last")
    titles = dict(rows.filter(pk__in=last).values_list("course_key", "title"))
    if missing := keys - titles.keys():
        pages = courses_by_keys(missing, get_language() or "en")
        titles |= {key: page.title for key, page in pages.items()}
    return titles
