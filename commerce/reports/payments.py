"""What was paid and given back in a time: by day, provider, country, course; how often and how fast payments succeed.

Everything is in one currency: sums over several mean nothing. *Gross* is what accepted payments brought, *refunded*
what went back in the time (whenever it was paid), *net* the difference. A payment counts on the day when it was paid, a
refund on the day when it succeeded, in the school's time zone. The number of questions to the database doesn't depend
on how much there is.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from commerce.models import OrderLineCourse, Payment, PaymentAttempt, Refund
from commerce.payments.states import NOT_PAID, PAID
from core.money import Money

__all__ = ["CourseRow", "DayRow", "PaymentsReport", "ProviderRow", "Row", "currencies_paid", "payments_report"]

State = PaymentAttempt.State
#: Courses that are shown; the rest is one row.
MOST_COURSES = 50


@dataclass(frozen=True)
class Row:
    """Sums of one day, country or provider."""

    key: str
    count: int
    gross: Money
    refunded: Money

    @property
    def net(self) -> Money:
        """What is left."""
        return self.gross - self.refunded


@dataclass(frozen=True)
class DayRow(Row):
    """One day, also one on which nothing happened."""

    day: date


@dataclass(frozen=True)
class ProviderRow(Row):
    """A provider, with how well it works.

    Attributes:
        tried: attempts begun in the time that have ended, with money or without.
        succeeded: those of them that brought money.
        median_seconds: from the beginning of an attempt to its money; None where none succeeded.
        fees: what the provider kept, as far as it says so.
    """

    tried: int
    succeeded: int
    median_seconds: int | None
    fees: Money


@dataclass(frozen=True)
class CourseRow:
    """A course by its net price: a share of what its order lines brought, without tax; refunds are not taken off."""

    key: uuid.UUID | None
    title: str
    count: int
    net_price: Money


@dataclass(frozen=True)
class PaymentsReport:
    """All of it."""

    currency: str
    since: date
    until: date
    total: Row
    fees: Money
    days: tuple[DayRow, ...]
    providers: tuple[ProviderRow, ...]
    countries: tuple[Row, ...]
    courses: tuple[CourseRow, ...]


def currencies_paid() -> list[str]:
    """Currencies in which anything was ever paid, most used first."""
    rows = Payment.objects.filter(captured_minor__gt=0).order_by().values("currency").annotate(count=Count("pk"))
    return [row["currency"] for row in rows.order_by("-count", "currency")]


def payments_report(*, currency: str, since: date, until: date) -> PaymentsReport:
    """Count everything in ``currency`` from ``since`` to ``until``, both included."""
    begins, ends = _instants(since, until)
    zone = ZoneInfo(settings.TIME_ZONE)
    paid = Payment.objects.filter(
        currency=currency, captured_minor__gt=0, paid_at__gte=begins, paid_at__lt=ends
    ).order_by()
    # Surplus was never anybody's revenue, so its refunds take nothing off.
    back = Refund.objects.filter(
        currency=currency,
        state=Refund.State.SUCCEEDED,
        is_surplus=False,
        state_changed_at__gte=begins,
        state_changed_at__lt=ends,
    ).order_by()
    by_day = _joined(
        currency,
        paid.annotate(key=TruncDate("paid_at", tzinfo=zone)),
        back.annotate(key=TruncDate("state_changed_at", tzinfo=zone)),
    )
    by_provider = _joined(
        currency,
        paid.annotate(key=F("accepted_attempt__provider")),
        back.annotate(key=F("attempt__provider")),
    )
    by_country = _joined(currency, paid.annotate(key=F("order__country")), back.annotate(key=F("order__country")))
    quality = _quality(currency, begins, ends)
    nothing = Money.zero(currency)
    none, bad = (0, nothing, nothing), (0, 0, None, nothing)
    codes = sorted({*by_provider, *quality}, key=lambda code: (-by_provider.get(code, none)[0], code))
    providers = tuple(_provider(code, by_provider.get(code, none), quality.get(code, bad)) for code in codes)
    all_rows = by_country.values()
    total = Row(
        "",
        sum(row[0] for row in all_rows),
        Money.sum((row[1] for row in all_rows), currency),
        Money.sum((row[2] for row in all_rows), currency),
    )
    return PaymentsReport(
        currency=currency,
        since=since,
        until=until,
        total=total,
        fees=Money.sum((row.fees for row in providers), currency),
        days=tuple(
            DayRow(day.isoformat(), *by_day.get(day, (0, nothing, nothing)), day) for day in _days(since, until)
        ),
        providers=providers,
        countries=tuple(
            Row(key, *values) for key, values in sorted(by_country.items(), key=lambda row: (-row[1][1].minor, row[0]))
        ),
        courses=_courses(currency, begins, ends),
    )


def _provider(code: str, sums: tuple[int, Money, Money], quality: tuple[int, int, int | None, Money]) -> ProviderRow:
    (count, gross, refunded), (tried, succeeded, median_seconds, fees) = sums, quality
    return ProviderRow(code, count, gross, refunded, tried, succeeded, median_seconds, fees)


def _instants(since: date, until: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(since, time.min, zone), datetime.combine(until + timedelta(days=1), time.min, zone)


def _days(since: date, until: date) -> Iterable[date]:
    return (since + timedelta(days=number) for number in range((until - since).days + 1))


def _joined(currency: str, paid: "QuerySet[Any]", back: "QuerySet[Any]") -> dict[Any, tuple[int, Money, Money]]:
    """Number and sum of payments and sum of refunds by their annotated key: two questions."""
    counts: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in paid.values("key").annotate(count=Count("pk"), sum=Sum("captured_minor")):
        counts[row["key"]][0:2] = row["count"], int(row["sum"])
    for row in back.values("key").annotate(sum=Sum("amount_minor")):
        counts[row["key"]][2] = int(row["sum"])
    return {
        key: (count, Money(gross, currency), Money(refunded, currency))
        for key, (count, gross, refunded) in counts.items()
    }


def _quality(currency: str, begins: datetime, ends: datetime) -> dict[str, tuple[int, int, int | None, Money]]:
    """Of attempts begun in the time, by provider: how many ended and with money, the median time, the fees."""
    begun = PaymentAttempt.objects.filter(currency=currency, created_at__gte=begins, created_at__lt=ends).order_by()
    good = Q(state__in=PAID)
    ended = begun.filter(good | Q(state__in=NOT_PAID)).values("provider")
    tried = ended.annotate(tried=Count("pk"), good=Count("pk", filter=good))
    counts: dict[str, tuple[int, int]] = {row["provider"]: (row["tried"], row["good"]) for row in tried}
    # A median is no aggregate that both databases know, so the times themselves are read: two numbers a payment.
    seconds: dict[str, list[int]] = defaultdict(list)
    times = begun.filter(good, succeeded_at__isnull=False).values_list("provider", "created_at", "succeeded_at")
    for code, created, succeeded in times.iterator(chunk_size=5000):
        if succeeded is not None:
            seconds[code].append(max(int((succeeded - created).total_seconds()), 0))
    # Fees belong to the day of the payment, like the gross they are taken from.
    paid = PaymentAttempt.objects.filter(
        currency=currency, fee_minor__isnull=False, succeeded_at__gte=begins, succeeded_at__lt=ends, state__in=PAID
    )
    fees = {
        row["provider"]: int(row["sum"]) for row in paid.order_by().values("provider").annotate(sum=Sum("fee_minor"))
    }
    return {
        code: (
            *counts.get(code, (0, 0)),
            median_low(seconds[code]) if seconds.get(code) else None,
            Money(fees.get(code, 0), currency),
        )
        for code in {*counts, *fees}
    }


def _courses(currency: str, begins: datetime, ends: datetime) -> tuple[CourseRow, ...]:
    """Courses by what their lines were sold for; the title is the one of the newest sale."""
    sold = OrderLineCourse.objects.filter(
        line__order__payment__captured_minor__gt=0,
        line__order__payment__paid_at__gte=begins,
        line__order__payment__paid_at__lt=ends,
        line__order__currency=currency,
    ).order_by()
    sums = sold.values("course_key").annotate(count=Count("pk"), sum=Sum("net_minor")).order_by("-sum", "course_key")
    rows = list(sums)
    shown, rest = rows[:MOST_COURSES], rows[MOST_COURSES:]
    titles = dict(
        sold.filter(course_key__in=[row["course_key"] for row in shown])
        .order_by("pk")
        .values_list("course_key", "title")
    )
    found = [
        CourseRow(row["course_key"], titles[row["course_key"]], row["count"], Money(int(row["sum"]), currency))
        for row in shown
    ]
    if rest:
        total = Money(sum(int(row["sum"]) for row in rest), currency)
        found.append(CourseRow(None, "", sum(row["count"] for row in rest), total))
    return tuple(found)
