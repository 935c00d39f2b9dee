"""Take over a statement of our bank: store its lines, settle what is certain, leave the rest to a person."""

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from commerce import policies
from commerce.actions.match_line import assign, settle_assigned
from commerce.errors import StatementKnown, StatementUnreadable
from commerce.models import PaymentAttempt, Payout, Refund, StatementImport, StatementLine
from commerce.providers.bank import received
from commerce.providers.statements import lines as statement_lines
from commerce.providers.statements.lines import Statement, StatementError
from commerce.providers.statements.matching import Expected, ExpectedState, Match, Verdict, match_lines
from commerce.providers.statements.read import format_of, read_statement
from commerce.providers.statements.references import find_references, make_reference
from commerce.statement_mistakes import explained
from core import audit, clock
from core.money import Money
from core.policies import require

__all__ = ["BANK", "LONGEST_WAIT", "MAX_BYTES", "import_statement"]

logger = logging.getLogger(__name__)

BANK = "bank"
#: Of a file, in bytes.
MAX_BYTES = 5_000_000
#: So long after it was asked for, a transfer is still looked for among those that wait.
LONGEST_WAIT = timedelta(days=90)


def import_statement(*, actor: Any, name: str, content: bytes) -> StatementImport:
    """Import a file; lines that came in an overlapping one are not added again.

    A line is settled without a person only where its reference, amount and currency are those of a transfer that is
    still waited for. Everything else stays to be looked at.

    Args:
        name: of the file, as it was uploaded.

    Raises:
        NotAllowed: the actor may not import statements.
        StatementKnown: the same file was imported before.
        StatementUnreadable: no statement, or one with a mistake; nothing of it was taken.
    """
    require(policies.can_import_statements(actor))
    name = name.replace("\\", "/").rpartition("/")[2].strip()[:255] or "statement"
    digest = hashlib.sha256(content).hexdigest()
    known = StatementImport.objects.filter(digest=digest).first()
    if known is not None:
        raise StatementKnown
    statements = _read(name, content)
    try:
        with transaction.atomic():
            stored, matched = _store(actor, name, digest, format_of(content), statements)
    except IntegrityError:
        # A rival imported the file, or one that overlaps, between the look and the insert.
        if StatementImport.objects.filter(digest=digest).exists():
            raise StatementKnown from None
        raise
    for line, thing in matched:
        # Each in a transaction of its own: a payment that can't be settled now keeps no other one back.
        try:
            if assign(line.pk, thing, actor=actor, finding=line.finding):
                settle_assigned(thing, actor=None)
        except Exception:
            logger.exception("A line of statement %s was not settled; it can be matched by hand.", stored.public_id)
    return stored


def _read(name: str, content: bytes) -> list[Statement]:
    if len(content) > MAX_BYTES:
        raise StatementUnreadable("statement_too_large", _("The file is too large: 5 MB at most."))
    try:
        return list(read_statement(name, content))
    except StatementError as error:
        raise StatementUnreadable(message=explained(error, StatementUnreadable.message)) from error


def _store(
    actor: Any, name: str, digest: str, form: str, statements: list[Statement]
) -> tuple[StatementImport, list[tuple[StatementLine, Any]]]:
    """Write the import and its new lines, all to be looked at; return those that are certain, and what they pay."""
    lines = [line for statement in statements for line in statement.lines]
    hashes = [line.hash for line in lines]
    known = set(StatementLine.objects.filter(digest__in=hashes).values_list("digest", flat=True))
    things = _waited_for(lines)
    matches = match_lines(lines, [expected for expected, _thing in things.values()], known=known)
    new = [match for match in matches if match.reason != "already_imported"]
    stored = StatementImport.objects.create(
        name=name,
        digest=digest,
        format=form,
        uploaded_by=actor,
        lines_read=len(lines),
        lines_new=len(new),
    )
    rows = StatementLine.objects.bulk_create([_row(stored, match) for match in new])
    audit.record(
        actor=actor,
        verb="commerce.statement_imported",
        target=stored,
        facts={"lines": len(lines), "new": len(new)},
    )
    certain = [
        (row, things[str(match.expected[0].id)][1])
        for row, match in zip(rows, new, strict=True)
        if match.verdict is Verdict.CONFIRM
    ]
    return stored, certain


def _row(stored: StatementImport, match: Match) -> StatementLine:
    line = match.line
    is_ignored = match.verdict is Verdict.IGNORE
    return StatementLine(
        statement=stored,
        digest=line.hash,
        booked_on=line.booked_on,
        currency=line.amount.currency,
        amount_minor=line.amount.minor,
        text=" ".join(part for part in (line.reference, line.text) if part)[:1000],
        counterparty=line.payer[:200],
        bank_ref=line.bank_reference[:255],
        data={
            **received(line),
            "account": line.account,
            "payer_account": line.payer_account,
            "is_reversal": line.is_reversal,
            "candidates": [str(expected.id) for expected in match.expected],
            "difference": match.difference.minor if match.difference else 0,
        },
        state=StatementLine.State.IGNORED if is_ignored else StatementLine.State.REVIEW,
        finding=match.reason[:40],
        decided_at=clock.now() if is_ignored else None,
    )


def _waited_for(lines: Iterable[statement_lines.StatementLine]) -> dict[str, tuple[Expected, Any]]:
    """Transfers that ``lines`` may be about, by public id: named in them, or still waited for."""
    named = {ref for line in lines for text in (line.reference, line.text) for ref in find_references(text)}
    found: dict[str, tuple[Expected, Any]] = {}
    attempts = PaymentAttempt.objects.filter(provider=BANK).select_related("order__learner")
    waiting = attempts.filter(state__in=PaymentAttempt.OPEN_STATES, created_at__gte=clock.now() - LONGEST_WAIT)
    # In two questions: "or" would keep the database from using either index.
    for attempt in [*waiting, *attempts.filter(provider_ref__in=named)]:
        reference = attempt.provider_ref or make_reference(attempt.public_id)
        payer = str(attempt.order.billing.get("name") or attempt.order.learner.get_full_name())
        amount = Money(attempt.amount_minor, attempt.currency)
        found[str(attempt.public_id)] = (
            Expected(attempt.public_id, reference, amount, _state_of(attempt), payer),
            attempt,
        )
    leaving: list[Refund | Payout] = [
        *Refund.objects.filter(attempt__provider=BANK, state__in=_SENDING, is_by_hand=False),
        *Payout.objects.filter(provider=BANK, state__in=_SENDING),
    ]
    for outgoing in leaving:
        amount = Money(-outgoing.amount_minor, outgoing.currency)
        expected = Expected(outgoing.public_id, make_reference(outgoing.public_id), amount)
        found[str(outgoing.public_id)] = (expected, outgoing)
    return found


#: States of refunds and payouts whose transfer may be on a statement.
_SENDING = ("submitting", "pending", "unknown")


def _state_of(attempt: PaymentAttempt) -> ExpectedState:
    if attempt.state in PaymentAttempt.OPEN_STATES:
        return ExpectedState.OPEN
    ended = (PaymentAttempt.State.EXPIRED, PaymentAttempt.State.FAILED, PaymentAttempt.State.CANCELED)
    return ExpectedState.EXPIRED if attempt.state in ended else ExpectedState.PAID
