"""Say which payment a line of a bank statement pays."""

import logging
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.settle_attempt import settle_attempt
from commerce.errors import LineFitsNothing, LineSettled
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt, Payout, Refund, StatementLine
from core import audit, clock
from core.policies import require

__all__ = ["assign", "locked_line", "match_line", "settle_assigned"]

logger = logging.getLogger(__name__)

State = StatementLine.State


def match_line(*, actor: Any, line: StatementLine, attempt: PaymentAttempt) -> StatementLine:
    """Say that ``line`` is (part of) the money of ``attempt``, and settle that.

    What it adds up to decides what happens: enough pays the order, too little or too much goes to those who resolve
    mismatches, money for an order that is paid already goes back.

    Raises:
        NotAllowed: the actor may not match lines.
        LineFitsNothing: the attempt isn't one by bank transfer.
        LineSettled: the line has been matched already.
    """
    require(policies.can_import_statements(actor))
    if attempt.provider != "bank":
        raise LineFitsNothing
    if not assign(line.pk, attempt, actor=actor, finding="by_hand"):
        raise LineSettled
    settle_assigned(attempt, actor=actor)
    line.refresh_from_db()
    return line


def assign(line_pk: int, thing: PaymentAttempt | Refund | Payout, *, actor: Any, finding: str) -> bool:
    """Keep a line with what it pays, both in one transaction; False where the line was matched before.

    The attempt is due for a check at once, so that the money is counted even if whoever assigned it dies right then.
    """
    with transaction.atomic():
        attempt = thing if isinstance(thing, PaymentAttempt) else None
        owner = _locked_owner(thing)
        line = locked_line(line_pk)
        if line.state == State.MATCHED:
            return False
        kept = {key: line.data[key] for key in ("hash", "minor", "currency", "booked_on")}
        rows = [row for row in owner.data.get("lines") or () if row["hash"] != kept["hash"]]
        owner.data = {**owner.data, "lines": [*rows, kept]}
        owner.next_check_at = clock.now()
        owner.save(update_fields=["data", "next_check_at"])
        line.state, line.attempt, line.finding = State.MATCHED, attempt, finding
        line.data = {**line.data, "pays": [thing._meta.model_name, str(thing.public_id)]}
        line.decided_by, line.decided_at = actor, clock.now()
        line.save(update_fields=["state", "attempt", "finding", "data", "decided_by", "decided_at"])
        audit.record(
            actor=actor,
            verb="commerce.line_matched",
            target=line,
            label=line.bank_ref,
            facts={"kind": thing._meta.model_name, "key": str(thing.public_id), "finding": finding},
        )
    return True


def settle_assigned(thing: PaymentAttempt | Refund | Payout, *, actor: Any) -> None:
    """Settle what a line was just assigned to."""
    if isinstance(thing, PaymentAttempt):
        settle_attempt(thing.public_id, trigger="statement", actor=actor)
    elif isinstance(thing, Refund):
        from commerce.actions.settle_refund import settle_refund

        settle_refund(thing.public_id, trigger="statement")
    else:
        from commerce.actions.settle_payout import settle_payout

        settle_payout(thing.public_id, trigger="statement")


def locked_line(pk: int) -> StatementLine:
    """Lock and return a line, as it is now; what it pays is locked before."""
    return StatementLine.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _locked_owner(thing: PaymentAttempt | Refund | Payout) -> Any:
    """Lock in the house's order: order, payment, attempt, then a refund; a payout by itself."""
    if isinstance(thing, Payout):
        return Payout.objects.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)
    order = locked_order(thing.order_id)
    locked_payment(order)
    if isinstance(thing, PaymentAttempt):
        return locked_attempt(thing.pk)
    locked_attempt(thing.attempt_id)
    return Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)
