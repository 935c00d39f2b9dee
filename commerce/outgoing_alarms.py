"""Refunds and payouts that somebody should look at, for the operator's health check."""

from datetime import timedelta

from commerce.models import Payout, Refund
from core import clock
from core.health import CheckResult, timed

__all__ = ["MoneyOutTrouble", "check_money_out", "look"]

#: So long nobody knows what became of a call: a provider's list may lag, and asking again takes its time.
_UNKNOWN_FOR = timedelta(minutes=30)


class MoneyOutTrouble(RuntimeError):
    """Money that left, or didn't, and nobody can say which."""


def check_money_out() -> CheckResult:
    """Ask whether refunds or payouts are stuck between sent and not sent; not vital."""
    return timed("refunds and payouts", look, is_vital=False)


def look() -> None:
    """Look for them.

    Raises:
        MoneyOutTrouble: there are some.
    """
    since = clock.now() - _UNKNOWN_FOR
    troubles = []
    for rows, name in ((Refund.objects, "refunds"), (Payout.objects, "payouts")):
        count = rows.filter(state__in=("submitting", "unknown"), state_changed_at__lt=since).count()
        if count:
            troubles.append(f"{count} {name} unknown")
    if troubles:
        raise MoneyOutTrouble("; ".join(troubles))
