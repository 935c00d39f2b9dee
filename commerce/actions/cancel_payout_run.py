"""Give a payout run up before it is approved."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import PayoutNotOpen
from commerce.models import Payout, PayoutRun
from core import audit, clock
from core.policies import require

__all__ = ["cancel_payout_run"]


def cancel_payout_run(*, actor: Any, run: PayoutRun) -> PayoutRun:
    """Cancel a draft; nothing has moved, and what was in it waits for the next one.

    Raises:
        NotAllowed: the actor neither put it together nor may change payouts.
        PayoutNotOpen: it is no draft any more.
    """
    is_own = policies.can_prepare_payouts(actor) and run.created_by_id == actor.pk
    require(is_own or policies.can_change_payouts(actor))
    with transaction.atomic():
        run = PayoutRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
        if run.state != PayoutRun.State.DRAFT:
            raise PayoutNotOpen
        run.state = PayoutRun.State.CANCELLED
        run.save(update_fields=["state"])
        run.payouts.filter(state=Payout.State.REQUESTED).update(
            state=Payout.State.CANCELLED, state_changed_at=clock.now()
        )
        audit.record(actor=actor, verb="commerce.payout_run_cancelled", target=run, label=run.currency)
    return run
