"""Let a payout run go."""

from functools import partial
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.send_payout import send_soon
from commerce.errors import FourEyesNeeded, PayoutNotOpen
from commerce.models import Payout, PayoutAccount, PayoutRun
from commerce.payout_outcomes import close_run, move
from commerce.payouts import destination_of, payable, record_payout
from core import audit, clock
from core.policies import require

__all__ = ["approve_payout_run"]

State = Payout.State


def approve_payout_run(*, actor: Any, run: PayoutRun) -> PayoutRun:
    """Approve a draft that somebody else put together; its payouts are sent.

    From here on the amounts count as paid out. A payout whose amount isn't owed in full any more (a refund), or whose
    account was changed since, is left out and waits for the next run.

    Raises:
        NotAllowed: the actor may not change payouts.
        FourEyesNeeded: the actor put it together.
        PayoutNotOpen: it is no draft any more.
    """
    require(policies.can_change_payouts(actor))
    with transaction.atomic():
        run = PayoutRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
        if run.created_by_id == actor.pk:
            raise FourEyesNeeded
        if run.state != PayoutRun.State.DRAFT:
            raise PayoutNotOpen
        run.state, run.approved_by, run.approved_at = PayoutRun.State.APPROVED, actor, clock.now()
        run.save(update_fields=["state", "approved_by", "approved_at"])
        payouts = list(
            run.payouts.select_for_update(of=("self",), no_key=True)
            .select_related("instructor")
            .filter(state=State.REQUESTED)
            .order_by("pk")
        )
        owners = [payout.instructor_id for payout in payouts]
        rows = PayoutAccount.objects.select_for_update(of=("self",)).filter(currency=run.currency, owner__in=owners)
        accounts = {account.owner_id: account for account in rows.order_by("pk")}
        owed = payable(run.currency, party__in=owners)
        for payout in payouts:
            payout.run = run
            why = _left_out(payout, accounts.get(payout.instructor_id), owed.get(payout.instructor_id, 0))
            if why:
                move(payout, State.CANCELLED)
                payout.failure = why
                payout.save(update_fields=["failure"])
                continue
            record_payout(payout, actor=actor)
            move(payout, State.APPROVED)
            payout.next_check_at = clock.now()
            payout.save(update_fields=["next_check_at"])
            transaction.on_commit(partial(send_soon, payout.pk), robust=True)
        close_run(run)
        audit.record(
            actor=actor,
            verb="commerce.payout_run_approved",
            target=run,
            label=run.currency,
            facts={
                "payouts": [str(payout.public_id) for payout in payouts if payout.state == State.APPROVED],
                "left_out": {str(one.public_id): one.failure for one in payouts if one.state == State.CANCELLED},
            },
        )
    return run


def _left_out(payout: Payout, account: PayoutAccount | None, owed: int) -> str:
    if not payout.instructor.is_active:
        return "account_closed"
    if account is None or account.provider != payout.provider or destination_of(account) != payout.destination:
        return "account_changed"
    return "not_owed" if owed < payout.amount_minor else ""
