"""Months, years and what is left of them."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.periods import cost_of_a_year, next_start, period_from, seconds_between, unused_credit

MONTH, YEAR = "month", "year"
#: Hypothesis adds the zone.
FIRST, LAST = datetime(2020, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
intervals = st.sampled_from([MONTH, YEAR])
amounts = st.integers(0, 10**12)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:30:00+00:00")


@pytest.mark.parametrize(
    ("start", "interval", "anchor", "expected"),
    [
        ("2026-01-31", MONTH, 31, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2028-01-30", MONTH, 30, ["2028-02-29", "2028-03-30"]),
        ("2026-11-15", MONTH, 15, ["2026-12-15", "2027-01-15"]),
        ("2026-12-31", MONTH, 31, ["2027-01-31", "2027-02-28"]),
        ("2028-02-29", YEAR, 29, ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        ("2026-06-30", YEAR, 30, ["2027-06-30"]),
    ],
)
def test_the_day_of_the_month_comes_back(start, interval, anchor, expected):
    found, at = [], day(start)
    for _period in expected:
        at = next_start(at, interval, anchor)
        found.append(at)
    assert found == [day(text) for text in expected]


@given(moments, intervals, st.integers(1, 40))
def test_periods_follow_each_other_without_gap_or_overlap(start, interval, count):
    anchor = start.day
    windows, at = [], start
    for _number in range(count):
        window = period_from(at, interval, anchor)
        windows.append(window)
        at = window[1]
    for (_begin, end), (begin, _end) in itertools.pairwise(windows):
        assert end == begin
    for begin, end in windows:
        longest = timedelta(days=31 if interval == MONTH else 366)
        assert timedelta(days=28 if interval == MONTH else 365) <= end - begin <= longest
        assert (end.hour, end.minute, end.second, end.microsecond) == (
            start.hour,
            start.minute,
            start.second,
            start.microsecond,
        )
        assert end.day == anchor or (end.day < anchor and (end + timedelta(days=1)).day == 1)


@given(moments, intervals)
def test_twelve_months_are_a_year(start, interval):
    at = start
    for _month in range(12):
        at = next_start(at, MONTH, start.day)
    assert at == next_start(start, YEAR, start.day)


@pytest.mark.parametrize("anchor", [0, 32, -1])
def test_no_month_has_such_a_day(anchor):
    with pytest.raises(ValueError):
        next_start(day("2026-01-01"), MONTH, anchor)


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=1))])
def test_only_utc_is_counted_in(zone):
    with pytest.raises(ValueError):
        next_start(datetime(2026, 1, 1, tzinfo=zone), MONTH, 1)


@pytest.mark.parametrize(
    ("at", "paused", "left"),
    [
        ("2026-04-01", 0, 30_000),
        ("2026-03-01", 0, 30_000),
        ("2026-04-16", 0, 15_000),
        ("2026-04-30", 0, 1_000),
        ("2026-05-01", 0, 0),
        ("2026-07-01", 0, 0),
        # Ten days of the thirty were paused, so the last ten are half of what was paid.
        ("2026-04-21", 864_000, 15_000),
    ],
)
def test_what_is_left_of_april(at, paused, left):
    window = {"starts_at": day("2026-04-01"), "ends_at": day("2026-05-01")}
    assert unused_credit(30_000, **window, at=day(at), paused_seconds=paused) == left


def test_a_part_of_a_unit_is_never_given():
    window = {"starts_at": day("2026-04-01"), "ends_at": day("2026-05-01")}
    assert unused_credit(100, **window, at=day("2026-04-02")) == 96
    assert unused_credit(1, **window, at=day("2026-04-01") + timedelta(seconds=1)) == 0


@pytest.mark.parametrize(("paid", "paused"), [(-1, 0), (5, 30 * 86_400), (5, 31 * 86_400)])
def test_no_such_period(paid, paused):
    window = {"starts_at": day("2026-04-01"), "ends_at": day("2026-05-01")}
    with pytest.raises(ValueError):
        unused_credit(paid, **window, at=day("2026-04-02"), paused_seconds=paused)


@given(amounts, moments, intervals, st.integers(-40 * 86_400, 400 * 86_400))
def test_credit_is_never_more_than_was_paid(paid, start, interval, offset):
    _start, end = period_from(start, interval)
    credit = unused_credit(paid, starts_at=start, ends_at=end, at=start + timedelta(seconds=offset))
    assert 0 <= credit <= paid
    if offset <= 0:
        assert credit == paid
    if start + timedelta(seconds=offset) >= end:
        assert credit == 0


@given(
    moments,
    st.lists(
        st.tuples(st.integers(1, 10**9), intervals, st.integers(0, 20 * 86_400)),
        min_size=1,
        max_size=8,
    ),
)
def test_changing_plans_up_and_down_creates_no_money(start, plans):
    """A chain of changes, each on the unused part of the one before: money in is at least what is left, always."""
    paid_in = credit = 0
    at = start
    for price, interval, seconds in plans:
        used = min(price, credit)
        paid_in += price - used
        credit -= used
        begin, end = period_from(at, interval)
        at = begin + timedelta(seconds=seconds)
        credit += unused_credit(price, starts_at=begin, ends_at=end, at=at)
        assert credit <= paid_in


@given(amounts, moments, intervals, st.integers(0, 366 * 86_400), st.integers(0, 366 * 86_400))
def test_less_is_left_later(paid, start, interval, one, other):
    _start, end = period_from(start, interval)
    early, late = sorted((one, other))
    left = [
        unused_credit(paid, starts_at=start, ends_at=end, at=start + timedelta(seconds=offset))
        for offset in (early, late)
    ]
    assert left[0] >= left[1]


def test_seconds_are_whole_and_not_negative():
    begin = day("2026-04-01")
    assert seconds_between(begin, begin + timedelta(seconds=2, microseconds=999_999)) == 2
    assert seconds_between(begin, begin - timedelta(seconds=1)) == 0


def test_what_a_year_costs():
    assert (cost_of_a_year(5_000, MONTH), cost_of_a_year(50_000, YEAR)) == (60_000, 50_000)
