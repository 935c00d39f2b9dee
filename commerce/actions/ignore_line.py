"""Leave a line of a bank statement aside: it is nobody's payment."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.match_line import locked_line
from commerce.errors import ExplanationRequired, LineSettled
from commerce.models import StatementLine
from core import audit, clock
from core.policies import require

__all__ = ["NOTE_LENGTH", "ignore_line"]

NOTE_LENGTH = 300


def ignore_line(*, actor: Any, line: StatementLine, note: str) -> StatementLine:
    """Leave a line aside that waits to be looked at, and say why.

    Raises:
        NotAllowed: the actor may not decide about lines.
        ExplanationRequired: no note, or more than 300 characters.
        LineSettled: it was matched or left aside already.
    """
    require(policies.can_import_statements(actor))
    note = " ".join(note.split())
    if not note or len(note) > NOTE_LENGTH:
        raise ExplanationRequired(field="note")
    with transaction.atomic():
        locked = locked_line(line.pk)
        if locked.state != StatementLine.State.REVIEW:
            raise LineSettled
        locked.state, locked.decided_by, locked.decided_at = StatementLine.State.IGNORED, actor, clock.now()
        locked.data = {**locked.data, "note": note, "finding_before": locked.finding}
        locked.finding = "not_ours"
        locked.save(update_fields=["state", "finding", "data", "decided_by", "decided_at"])
        audit.record(
            actor=actor, verb="commerce.line_ignored", target=locked, label=locked.bank_ref, facts={"note": note}
        )
    return locked
