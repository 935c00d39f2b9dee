"""States of a try to pay: the moves that there are, as data, and the one function that makes them.

Every other move is refused and noted on the attempt's timeline. ``succeeded`` never goes back to waiting or failed.
"""

import logging
from typing import Any

from django.db import connection

from commerce.models import AttemptMove, PaymentAttempt
from core import clock

__all__ = [
    "CONCLUSIVE",
    "MOVES",
    "NOT_PAID",
    "ONLY_BY_STAFF",
    "PAID",
    "can_move",
    "move",
    "note_refusal",
    "way_to",
]

logger = logging.getLogger(__name__)

State = PaymentAttempt.State

#: Ended without money, as far as anybody knows; late money leads out of them.
NOT_PAID = frozenset({State.FAILED, State.CANCELED, State.EXPIRED})
#: Settled: the money was accepted, whatever became of it later.
PAID = frozenset({State.SUCCEEDED, State.PARTIALLY_REFUNDED, State.REFUNDED, State.DISPUTED, State.REVERSED})
#: No second try is kept off by them.
CONCLUSIVE = NOT_PAID | PAID

#: Where each state may lead. Beyond the reference (``payments/README.md`` §4), and why:
#:
#: - ``created`` ends without a call: it was refused before one, or nobody came back to it;
#: - ``failed`` and ``canceled`` lead to ``mismatch`` and ``canceled`` to ``succeeded``, because money that arrives
#:   late must land somewhere, by a fresh status call only, as from ``expired``;
#: - out of the refunds, because some fail after they were reported as done.
MOVES: dict[str, frozenset[str]] = {
    State.CREATED: frozenset({State.SUBMITTING, State.FAILED, State.CANCELED}),
    State.SUBMITTING: frozenset({State.AWAITING_CUSTOMER, State.PENDING, State.UNKNOWN, State.FAILED, State.SUCCEEDED}),
    State.UNKNOWN: frozenset({State.AWAITING_CUSTOMER, State.PENDING, State.SUCCEEDED, State.FAILED, State.EXPIRED}),
    State.AWAITING_CUSTOMER: frozenset(
        {
            State.PENDING,
            State.AUTHORIZED,
            State.SUCCEEDED,
            State.FAILED,
            State.CANCELED,
            State.EXPIRED,
            State.MISMATCH,
        }
    ),
    State.PENDING: frozenset({State.SUCCEEDED, State.FAILED, State.EXPIRED, State.MISMATCH}),
    State.AUTHORIZED: frozenset({State.SUCCEEDED, State.CANCELED, State.EXPIRED}),
    State.EXPIRED: frozenset({State.SUCCEEDED, State.MISMATCH}),
    State.FAILED: frozenset({State.SUCCEEDED, State.MISMATCH}),
    State.CANCELED: frozenset({State.SUCCEEDED, State.MISMATCH}),
    State.MISMATCH: frozenset({State.SUCCEEDED, State.REFUNDED}),
    State.SUCCEEDED: frozenset({State.PARTIALLY_REFUNDED, State.REFUNDED, State.DISPUTED, State.REVERSED}),
    State.PARTIALLY_REFUNDED: frozenset({State.SUCCEEDED, State.REFUNDED, State.DISPUTED, State.REVERSED}),
    State.REFUNDED: frozenset({State.SUCCEEDED, State.PARTIALLY_REFUNDED, State.DISPUTED, State.REVERSED}),
    State.DISPUTED: frozenset({State.SUCCEEDED, State.REVERSED}),
    State.REVERSED: frozenset(),
}
#: Moves that a person decides: no poll and no message makes them.
ONLY_BY_STAFF = frozenset({(State.MISMATCH, State.SUCCEEDED), (State.MISMATCH, State.REFUNDED)})
#: Moves that a refund makes whose money came back.
_ONLY_BY_REFUNDS = frozenset(
    {
        (State.PARTIALLY_REFUNDED, State.SUCCEEDED),
        (State.REFUNDED, State.SUCCEEDED),
        (State.REFUNDED, State.PARTIALLY_REFUNDED),
    }
)
#: States that are passed through where a provider's answer skips one; both moves are noted.
_STOPOVERS: dict[tuple[str, str], str] = {
    (State.SUBMITTING, State.AUTHORIZED): State.AWAITING_CUSTOMER,
    (State.SUBMITTING, State.CANCELED): State.AWAITING_CUSTOMER,
    (State.SUBMITTING, State.EXPIRED): State.UNKNOWN,
    (State.SUBMITTING, State.MISMATCH): State.PENDING,
    (State.UNKNOWN, State.AUTHORIZED): State.AWAITING_CUSTOMER,
    (State.UNKNOWN, State.CANCELED): State.AWAITING_CUSTOMER,
    (State.UNKNOWN, State.MISMATCH): State.PENDING,
}


def can_move(before: str, after: str, trigger: str) -> bool:
    """Whether ``trigger`` (as in :attr:`AttemptMove.trigger`) may make that move."""
    if after not in MOVES[before]:
        return False
    if (before, after) in ONLY_BY_STAFF:
        return trigger == "staff"
    return (before, after) not in _ONLY_BY_REFUNDS or trigger == "refund"


def way_to(before: str, after: str, trigger: str) -> list[str]:
    """The states to go through, ``after`` last; empty where no way leads there."""
    if can_move(before, after, trigger):
        return [after]
    stopover = _STOPOVERS.get((before, after))
    return [stopover, after] if stopover else []


def move(attempt: PaymentAttempt, after: str, *, trigger: str, note: str = "", actor: Any = None) -> bool:
    """Move ``attempt``, locked by the caller, and note it; False where the move is refused, which is noted too.

    The row is saved with its state only; other fields are the caller's to save.

    Raises:
        RuntimeError: no transaction is open.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Move an attempt inside transaction.atomic(), with its row locked.")
    way = way_to(attempt.state, after, trigger)
    if not way:
        note_refusal(attempt, after, trigger=trigger, note=note, actor=actor)
        return False
    now = clock.now()
    AttemptMove.objects.bulk_create(
        AttemptMove(attempt=attempt, before=before, after=there, trigger=trigger, note=note[:200], actor=actor, at=now)
        for before, there in zip([attempt.state, *way], way, strict=False)
    )
    attempt.state, attempt.state_changed_at = after, now
    attempt.save(update_fields=["state", "state_changed_at"])
    return True


def note_refusal(attempt: PaymentAttempt, after: str, *, trigger: str, note: str = "", actor: Any = None) -> None:
    """Note a move that was not made, once in a row: a provider that insists fills no table."""
    logger.warning("%s: %s does not become %s (%s)", attempt, attempt.state, after, trigger)
    last = attempt.moves.order_by("-pk").first()
    if last is not None and last.is_refused and (last.before, last.after) == (attempt.state, after):
        return
    AttemptMove.objects.create(
        attempt=attempt,
        before=attempt.state,
        after=after,
        trigger=trigger,
        is_refused=True,
        note=note[:200],
        actor=actor,
    )
