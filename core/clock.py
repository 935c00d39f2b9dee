"""The one clock: code asks :func:`now`, tests decide what it answers.

``datetime.now`` and ``timezone.now`` appear nowhere else in the project, so a deadline or an expiry is tested by
freezing this clock instead of sleeping.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["FrozenClock", "frozen", "now", "travel"]


class _Clock(Protocol):
    def read(self) -> datetime: ...


class FrozenClock:
    """A clock that stands still until it is moved; what :func:`frozen` yields."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("The clock needs an aware datetime, e.g. datetime(2026, 11, 2, tzinfo=UTC).")
        self._instant = instant.astimezone(UTC)

    def read(self) -> datetime:
        return self._instant

    def move(self, delta: timedelta) -> datetime:
        """Shift the standing clock by ``delta`` (backwards when negative) and return the new instant."""
        self._instant += delta
        return self._instant


class _ShiftedClock:
    def __init__(self, base: _Clock | None, delta: timedelta) -> None:
        self._base = base
        self._delta = delta

    def read(self) -> datetime:
        base = self._base.read() if self._base else datetime.now(UTC)
        return base + self._delta


_in_context: ContextVar[_Clock | None] = ContextVar("core_clock", default=None)
#: Set only by tests that ask for ``all_threads``: a live server's threads inherit no context.
_in_process: _Clock | None = None


def now() -> datetime:
    """Return the present instant as an aware datetime in UTC."""
    clock = _in_context.get() or _in_process
    return clock.read() if clock else datetime.now(UTC)


@contextmanager
def _replaced(clock: _Clock, *, all_threads: bool) -> Iterator[None]:
    global _in_process
    token = _in_context.set(clock)
    before = _in_process
    if all_threads:
        _in_process = clock
    try:
        yield
    finally:
        _in_context.reset(token)
        if all_threads:
            _in_process = before


@contextmanager
def frozen(instant: datetime, *, all_threads: bool = False) -> Iterator[FrozenClock]:
    """Stop the clock at ``instant`` for the block.

    Args:
        instant: aware datetime, any zone.
        all_threads: also for threads started elsewhere (a live server in a browser test).

    Raises:
        ValueError: ``instant`` is naive.
    """
    clock = FrozenClock(instant)
    with _replaced(clock, all_threads=all_threads):
        yield clock


@contextmanager
def travel(delta: timedelta, *, all_threads: bool = False) -> Iterator[None]:
    """Shift the clock by ``delta`` for the block; it goes on ticking unless it stood still before."""
    with _replaced(_ShiftedClock(_in_context.get() or _in_process, delta), all_threads=all_threads):
        yield
