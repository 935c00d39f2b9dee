"""Refunds and payouts that somebody should look at: for the operator's health check, and for staff."""

import logging
import uuid
from datetime import timedelta

from commerce.events import PaymentNeedsAttention
from commerce.models import Payout, Refund
from commerce.payments.telling import needs_attention
from core import clock, outbox
from core.health import CheckResult, timed

__all__ = ["SENT_AFTER_ALL", "MoneyOutTrouble", "check_money_out", "look", "tell_sent_after_all"]

logger = logging.getLogger(__name__)

#: So long nobody knows what became of a call: a provider's list may lag, and asking again takes its time.
_UNKNOWN_FOR = timedelta(minutes=30)
#: ``failure`` of what counts as not arrived while its provider says that it did, until somebody has decided.
SENT_AFTER_ALL = "sent_after_all"


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
        count = rows.filter(state__in=("failed", "reversed"), failure=SENT_AFTER_ALL).count()
        if count:
            troubles.append(f"{count} {name} sent after all")
    if troubles:
        raise MoneyOutTrouble("; ".join(troubles))


def tell_sent_after_all(thing: Refund | Payout, provider: str) -> None:
    """Tell staff, once, that ``thing``, locked, went by its provider, though here it didn't or went another way.

    Nothing is booked by it: it may have been given or paid a second time meanwhile, which a person has to find out.
    """
    if thing.data.get(SENT_AFTER_ALL):
        return
    thing.data = {**thing.data, SENT_AFTER_ALL: clock.now().isoformat()}
    thing.failure = SENT_AFTER_ALL
    thing.save(update_fields=["data", "failure"])
    name = "refund" if isinstance(thing, Refund) else "payout"
    logger.error("The %s %s counts as %s, and %s says that it went", name, thing, thing.state, provider)
    if isinstance(thing, Refund):
        needs_attention(thing.order, "reconciliation", thing.attempt)
        return
    # A payout is of no order: those who look after payments are told all the same.
    nobody = uuid.UUID(int=0)
    outbox.publish(
        PaymentNeedsAttention(
            order_key=nobody,
            learner_key=nobody,
            order_number=(thing.provider_ref or str(thing.public_id))[:40],
            amount=thing.amount,
            titles=(),
            language="en",
            kind="reconciliation",
            provider=provider,
        )
    )
