"""How long a customer has, how often the provider is asked, when a try to pay expires, how long it is watched.

From the reference (``payments/README.md`` §4); ``PAYMENT_TIMERS`` overrides a provider's values in seconds.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from commerce.models import PaymentAttempt
from core import clock

__all__ = ["RESEND_FOR", "SUBMITTING_LEASE", "Rail", "next_check", "rail"]

#: Steps of a poll schedule: seconds between two questions, and how many times.
Steps = tuple[tuple[int, int], ...]

#: A call that began this long ago has ended or its process has died: somebody else may ask what became of it.
SUBMITTING_LEASE = timedelta(seconds=75)
#: So long after it was made, a request that was certainly not taken is sent again; later its customer is gone.
RESEND_FOR = timedelta(minutes=2)

#: After the first day, while something may still come.
_LATE = 6 * 3600


@dataclass(frozen=True)
class Rail:
    """Times of one kind of provider.

    Attributes:
        window: how long the customer has, where the provider doesn't say.
        steps: the first questions; then every ``hourly`` seconds to a day, then every six hours.
        expires: after the beginning, or None for what the provider's own deadline says.
        waits_for_pending: money that the provider has seen doesn't expire by our clock.
        watch: after the beginning, as long as late money is looked for.
        polls: there is something to ask between the deadline and now (not so for banks: statements come by import).
    """

    window: timedelta
    steps: Steps
    expires: timedelta | None
    watch: timedelta
    waits_for_pending: bool = False
    polls: bool = True


_PUSH = Rail(
    window=timedelta(minutes=5),
    steps=((5, 6), (10, 6), (30, 8), (300, 11)),
    expires=timedelta(minutes=15),
    watch=timedelta(hours=72),
)
_HOSTED = Rail(
    window=timedelta(minutes=60),
    steps=((60, 10), (600, 17)),
    expires=timedelta(hours=24),
    watch=timedelta(days=7),
)
_RAILS: dict[str, Rail] = {
    "stripe": Rail(
        window=timedelta(minutes=60),
        steps=((600, 6),),
        # Sessions live for an hour; Stripe itself says when one is over.
        expires=timedelta(minutes=75),
        watch=timedelta(days=7),
        waits_for_pending=True,
    ),
    "btcpay": Rail(
        window=timedelta(minutes=30),
        steps=((60, 24 * 60),),
        expires=None,
        watch=timedelta(hours=25),
        waits_for_pending=True,
    ),
    "bank": Rail(
        window=timedelta(days=7),
        steps=(),
        expires=None,
        watch=timedelta(days=90),
        waits_for_pending=True,
        polls=False,
    ),
    "orange_web": _HOSTED,
    "paystack": _HOSTED,
    "flutterwave": _HOSTED,
}
_NAMES = ("window", "expires", "watch")


def rail(provider: str) -> Rail:
    """The times of a provider, as this school has them."""
    found = _RAILS.get(provider, _PUSH)
    given = settings.PAYMENT_TIMERS.get(provider, {})
    times: dict[str, Any] = {name: timedelta(seconds=given[name]) for name in _NAMES if name in given}
    return replace(found, **times)


def next_check(attempt: PaymentAttempt, *, is_open: bool, now: datetime | None = None) -> datetime | None:
    """When to ask about ``attempt`` again; None when never.

    Intervals are spread by a tenth to both sides, so that attempts which began together don't stay together. The
    deadline itself is a time to ask, as is the end of watching.
    """
    now = now or clock.now()
    times = rail(attempt.provider)
    if attempt.watch_until is not None and now >= attempt.watch_until:
        return None
    deadlines = [attempt.expires_at] if is_open else []
    ends = [moment for moment in (*deadlines, attempt.watch_until) if moment is not None and moment > now]
    if not times.polls:
        return min(ends, default=None) if is_open else None
    seconds = _interval(times.steps, attempt.checks)
    if seconds is None or not is_open:
        seconds = 3600 if now - attempt.created_at < timedelta(days=1) else _LATE
    due = now + timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 (no secret)
    return min([due, *ends])


def _interval(steps: Steps, checks: int) -> int | None:
    for seconds, times in steps:
        if checks < times:
            return seconds
        checks -= times
    return None
