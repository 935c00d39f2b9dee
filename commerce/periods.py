"""Periods of subscriptions: months and years that begin on one day of the month, and what is left of one in money.

All in UTC, where a day has 24 hours. A period is the time from its start on, before its end; the next one starts where
it ends, so there is neither gap nor overlap.

What a part of a period that wasn't used is worth: ``paid × seconds left ÷ seconds in all``, rounded down to the minor
unit. Rounding down, and counting only what was paid, makes it impossible to gain money by changing plans up and down.
"""

import calendar
from datetime import datetime, timedelta

from commerce.models import Plan

__all__ = ["cost_of_a_year", "next_start", "period_from", "seconds_between", "unused_credit"]

_MONTHS = {Plan.Interval.MONTH: 1, Plan.Interval.YEAR: 12}
_SECOND = timedelta(seconds=1)


def next_start(start: datetime, interval: str, anchor_day: int) -> datetime:
    """Return when the period that begins at ``start`` ends and the next one begins: same time of day, UTC.

    Args:
        start: aware, in UTC.
        interval: of ``Plan.Interval``.
        anchor_day: day of the month, 1 to 31. A month that has no such day gives its last one; the month after it has
            the anchor again: 31 January, 28 February, 31 March.

    Raises:
        ValueError: no such day in any month, or ``start`` is naive.
    """
    if not 1 <= anchor_day <= 31:
        raise ValueError("A month has the days 1 to 31.")
    if start.tzinfo is None or start.utcoffset():
        raise ValueError("Periods are counted in UTC.")
    months = start.year * 12 + start.month - 1 + _MONTHS[Plan.Interval(interval)]
    year, month = divmod(months, 12)
    day = min(anchor_day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)


def period_from(start: datetime, interval: str, anchor_day: int | None = None) -> tuple[datetime, datetime]:
    """Return start and end of the period that begins at ``start``; its own day is the anchor where none is given."""
    return start, next_start(start, interval, anchor_day or start.day)


def seconds_between(start: datetime, end: datetime) -> int:
    """Whole seconds from ``start`` to ``end``, 0 where that lies before; parts of a second are dropped."""
    return max(0, (end - start) // _SECOND)


def unused_credit(
    paid_minor: int, *, starts_at: datetime, ends_at: datetime, at: datetime, paused_seconds: int = 0
) -> int:
    """Return in minor units what is left of a period at ``at``: all of it before it began, nothing after its end.

    Args:
        paid_minor: what the period cost, without tax on top; not negative.
        paused_seconds: time within it that doesn't count, all of it before ``at``.

    Raises:
        ValueError: ``paid_minor`` is negative, or the window is empty.
    """
    if paid_minor < 0:
        raise ValueError("What was paid is not negative.")
    whole = seconds_between(starts_at, ends_at) - paused_seconds
    if whole <= 0:
        raise ValueError("A period lasts longer than its pauses.")
    left = min(seconds_between(max(at, starts_at), ends_at), whole)
    return paid_minor * left // whole


def cost_of_a_year(amount_minor: int, interval: str) -> int:
    """What twelve months cost at ``amount_minor`` a period: tells which of two plans is the dearer one."""
    return amount_minor * (12 // _MONTHS[Plan.Interval(interval)])
