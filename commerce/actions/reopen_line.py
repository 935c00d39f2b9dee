"""Take back what was decided about a line of a bank statement, while nothing hangs on it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from commerce import policies
from commerce.actions.match_line import locked_line
from commerce.errors import LineSettled
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt, StatementLine
from core import audit
from core.policies import require

__all__ = ["may_be_reopened", "reopen_line"]

State = StatementLine.State


def may_be_reopened(line: StatementLine) -> bool:
    """Whether nothing hangs on what was decided about a line: it was left aside, or its payment isn't settled yet."""
    if line.state == State.IGNORED:
        return True
    return line.state == State.MATCHED and line.attempt is not None and _is_open(line.attempt)


def reopen_line(*, actor: Any, line: StatementLine) -> StatementLine:
    """Put a line back among those to be looked at.

    Raises:
        NotAllowed: the actor may not decide about lines.
        LineSettled: it waits to be looked at anyway, or its money has been counted; then it can only be given back.
    """
    require(policies.can_import_statements(actor))
    with transaction.atomic():
        attempt = None
        if line.attempt is not None:
            order = locked_order(line.attempt.order_id)
            locked_payment(order)
            attempt = locked_attempt(line.attempt.pk)
        locked = locked_line(line.pk)
        if locked.state == State.REVIEW or locked.attempt_id != line.attempt_id:
            raise LineSettled
        if locked.state == State.MATCHED:
            if attempt is None or not _is_open(attempt):
                raise LineSettled(message=_("The payment is settled with this line. What is wrong has to be refunded."))
            rows = [row for row in attempt.data.get("lines") or () if row["hash"] != locked.digest]
            attempt.data = {**attempt.data, "lines": rows}
            attempt.save(update_fields=["data"])
        before = str(locked.state)
        locked.state, locked.attempt, locked.decided_by, locked.decided_at = State.REVIEW, None, None, None
        locked.finding = str(locked.data.get("finding_before") or "reopened")
        locked.save(update_fields=["state", "attempt", "finding", "decided_by", "decided_at"])
        audit.record(
            actor=actor, verb="commerce.line_reopened", target=locked, label=locked.bank_ref, facts={"before": before}
        )
    return locked


def _is_open(attempt: PaymentAttempt) -> bool:
    return attempt.state in PaymentAttempt.OPEN_STATES
