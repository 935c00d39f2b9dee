"""What follows when a payout arrives, fails, comes back or needs a person: books, run, events.

In the caller's transaction, with run and payout locked (:func:`commerce.payouts.locked_payout`).
"""

import logging
from typing import Any

from django.utils import timezone

from commerce.errors import ProviderUnavailable
from commerce.events import PayoutFailed, PayoutSent
from commerce.ledger import Kind, is_written
from commerce.models import Payout, PayoutRun
from commerce.outgoing import Outgoing
from commerce.outgoing import move as move_thing
from commerce.payouts import (
    BANK,
    MOVES,
    locked_payout,
    masked_destination,
    payout_view,
    record_payout_back,
    record_payout_settled,
)
from commerce.providers import registry
from core import clock, outbox

__all__ = ["PAYOUTS", "close_run", "fail", "move", "succeed"]

logger = logging.getLogger(__name__)
State = Payout.State


def move(payout: Payout, after: str) -> bool:
    """Move a locked payout; False where no move leads there."""
    return move_thing(PAYOUTS, payout, after)


def succeed(payout: Payout, *, actor: Any = None) -> None:
    """The money has arrived."""
    if not move(payout, State.SUCCEEDED):
        return
    record_payout_settled(payout, actor=actor)
    outbox.publish(
        PayoutSent(
            payout_key=payout.public_id,
            instructor_key=payout.instructor.public_id,
            amount=payout.amount,
            destination=masked_destination(payout.destination),
            paid_on=timezone.localdate(clock.now()),
        )
    )
    close_run(payout.run)


def fail(payout: Payout) -> None:
    """Nothing arrived: it is owed again, for the next run."""
    _back(payout, State.FAILED)


def _came_back(payout: Payout) -> None:
    """It had arrived, and came back (Paystack reverses transfers)."""
    if is_written(Kind.PAYOUT_REVERSED, payout.public_id):
        # It had failed once, and went after all: its return is booked already, so this one a person has to book.
        logger.critical("Payout %s has come back a second time and is not booked as owed again", payout.public_id)
        return
    _back(payout, State.REVERSED)


def _back(payout: Payout, after: str) -> None:
    if not move(payout, after):
        return
    record_payout_back(payout)
    outbox.publish(
        PayoutFailed(
            payout_key=payout.public_id,
            instructor_key=payout.instructor.public_id,
            amount=payout.amount,
            reason=payout.failure,
        )
    )
    close_run(payout.run)


def _hindrance(payout: Payout) -> str:
    """Why no provider can be asked to send it; empty when one can."""
    if payout.data.get("by_hand"):
        return str(payout.data["by_hand"])
    try:
        found = registry.capabilities(payout.provider, payout.destination.get("country", ""))
    except ProviderUnavailable:
        return "bank" if payout.provider == BANK else "not_configured"
    return "" if found.payouts else "no_payouts"


def _by_hand(payout: Payout, why: str) -> None:
    """A person makes the transfer, or looks up what became of it. Transfers at our own bank are no news."""
    payout.data = {**payout.data, "by_hand": why}
    payout.failure, payout.next_check_at = "" if why == "bank" else why[:60], None
    payout.save(update_fields=["data", "failure", "next_check_at"])
    if why != "bank":
        logger.error("Payout %s needs a person: %s", payout.public_id, why)


def close_run(run: PayoutRun) -> None:
    """A run is done when none of its payouts is open any more."""
    if run.state == PayoutRun.State.APPROVED and not run.payouts.filter(state__in=Payout.OPEN_STATES).exists():
        run.state = PayoutRun.State.DONE
        run.save(update_fields=["state"])


#: How payouts travel.
PAYOUTS: Outgoing[Payout] = Outgoing(
    name="payout",
    read=lambda pk: Payout.objects.select_related("run", "instructor").get(pk=pk),
    locked=locked_payout,
    view=payout_view,
    provider=lambda payout: payout.provider,
    moves=MOVES,
    call=lambda adapter, view: adapter.payout(view),
    fetch=lambda adapter, view: adapter.fetch_payout(view),
    hindrance=_hindrance,
    by_hand=_by_hand,
    succeeded=succeed,
    failed=fail,
    came_back=_came_back,
)
