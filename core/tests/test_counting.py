"""Counting in stretches of time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock
from core.counting import count_in

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_counts_within_a_stretch_and_begins_again_with_the_next() -> None:
    with clock.frozen(NOON):
        assert [count_in("a", 60) for _time in range(3)] == [1, 2, 3]
        assert count_in("b", 60) == 1
    with clock.frozen(NOON + timedelta(seconds=59)):
        assert count_in("a", 60) == 4
    with clock.frozen(NOON + timedelta(seconds=60)):
        assert count_in("a", 60) == 1


def test_a_cache_that_forgets_limits_nothing(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert [count_in("c", 60) for _time in range(3)] == [1, 1, 1]
