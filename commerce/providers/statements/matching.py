"""Which line of a statement pays what: a pure function, that says of everything it doesn't decide why a person must.

Only one case is decided: a reference of ours, an amount and currency that are equal, and something that still waits for
it. A proof that a customer sent, a similar name or a nearly right amount are never enough.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from commerce.providers.statements.lines import StatementLine, normal
from commerce.providers.statements.references import find_references
from core.money import Money

__all__ = ["Expected", "ExpectedState", "Match", "Tolerance", "Verdict", "match_lines"]


class ExpectedState(StrEnum):
    """Whether something still waits for money."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Expected:
    """A payment that should come in, or a refund or payout that should go out (``amount`` is negative)."""

    id: uuid.UUID
    reference: str
    amount: Money
    state: ExpectedState = ExpectedState.OPEN
    payer: str = ""


class Verdict(StrEnum):
    """What to do with a line."""

    CONFIRM = "confirm"  #: without a person
    PROPOSE = "propose"  #: a person confirms or refuses
    UNMATCHED = "unmatched"  #: a person finds out
    RETURNED = "returned"  #: money went back that had come: a case of its own
    IGNORE = "ignore"  #: not about us, or known


@dataclass(frozen=True)
class Match:
    """What a line is about. ``reason`` is a stable code; ``expected`` are the candidates, one where it is certain."""

    line: StatementLine
    verdict: Verdict
    reason: str
    expected: tuple[Expected, ...] = ()
    #: What is too much (positive) or too little (negative).
    difference: Money | None = None


@dataclass(frozen=True)
class Tolerance:
    """How much may be missing because banks on the way kept something: both limits count."""

    percent: Decimal = Decimal(1)
    largest: int = 0  #: minor units

    def allows(self, missing: Money, whole: Money) -> bool:
        """Whether ``missing`` of ``whole`` is little."""
        return missing.minor <= self.largest and Decimal(missing.minor) * 100 <= self.percent * whole.minor


@dataclass
class _Book:
    by_reference: dict[str, list[Expected]] = field(default_factory=dict)
    #: Settled by an earlier line of the same file.
    settled: set[uuid.UUID] = field(default_factory=set)

    def state(self, thing: Expected) -> ExpectedState:
        return ExpectedState.PAID if thing.id in self.settled else thing.state


def match_lines(
    lines: Iterable[StatementLine],
    expected: Iterable[Expected],
    *,
    prefix: str = "PAY",
    known: Collection[str] = frozenset(),
    tolerances: Mapping[str, Tolerance] | None = None,
) -> list[Match]:
    """Match every line, in order.

    Args:
        known: hashes of lines that were imported before.
        tolerances: by currency.
    """
    waiting = list(expected)
    book = _Book()
    for thing in waiting:
        book.by_reference.setdefault(thing.reference, []).append(thing)
    seen, found = set(known), []
    for line in lines:
        if line.hash in seen:
            found.append(Match(line, Verdict.IGNORE, "already_imported"))
            continue
        seen.add(line.hash)
        result = _match(line, waiting, book, prefix, tolerances or {})
        if result.verdict is Verdict.CONFIRM:
            book.settled.add(result.expected[0].id)
        found.append(result)
    return found


def _match(
    line: StatementLine,
    waiting: list[Expected],
    book: _Book,
    prefix: str,
    tolerances: Mapping[str, Tolerance],
) -> Match:
    # Each field by itself: the end of one and the start of the next make no reference.
    references = list(
        dict.fromkeys(one for text in (line.reference, line.text) for one in find_references(text, prefix))
    )
    named = [thing for reference in references for thing in book.by_reference.get(reference, ())]
    if line.amount.is_zero:
        return Match(line, Verdict.IGNORE, "nothing_moved")
    if line.amount.is_negative or line.is_reversal:
        return _match_outgoing(line, named, book)
    incoming = tuple(thing for thing in named if not thing.amount.is_negative)
    if len(incoming) > 1:
        return Match(line, Verdict.PROPOSE, "several_candidates", incoming)
    if incoming:
        return _match_one(line, incoming[0], book, tolerances)
    by_payer = _match_by_payer(line, waiting, book)
    if references and not by_payer.expected:
        return Match(line, Verdict.UNMATCHED, "unknown_reference", tuple(named))
    return by_payer


def _match_one(line: StatementLine, thing: Expected, book: _Book, tolerances: Mapping[str, Tolerance]) -> Match:
    if line.amount.currency != thing.amount.currency:
        return Match(line, Verdict.PROPOSE, "currency_differs", (thing,))
    difference = line.amount - thing.amount
    state = book.state(thing)
    if state is not ExpectedState.OPEN:
        reason = "already_paid" if state is ExpectedState.PAID else "expired"
        return Match(line, Verdict.UNMATCHED, reason, (thing,), difference)
    if difference.is_zero:
        return Match(line, Verdict.CONFIRM, "exact", (thing,), difference)
    if not difference.is_negative:
        return Match(line, Verdict.PROPOSE, "overpaid", (thing,), difference)
    tolerance = tolerances.get(line.amount.currency)
    if tolerance is not None and tolerance.allows(-difference, thing.amount):
        return Match(line, Verdict.PROPOSE, "underpaid_by_charges", (thing,), difference)
    return Match(line, Verdict.PROPOSE, "underpaid", (thing,), difference)


def _match_by_payer(line: StatementLine, waiting: list[Expected], book: _Book) -> Match:
    payer = normal(line.payer)
    candidates = tuple(
        thing
        for thing in waiting
        if thing.amount == line.amount
        and book.state(thing) is ExpectedState.OPEN
        and payer
        and normal(thing.payer) == payer
    )
    if len(candidates) == 1:
        return Match(line, Verdict.PROPOSE, "amount_and_payer", candidates)
    if candidates:
        return Match(line, Verdict.PROPOSE, "several_candidates", candidates)
    return Match(line, Verdict.UNMATCHED, "no_reference")


def _match_outgoing(line: StatementLine, named: list[Expected], book: _Book) -> Match:
    incoming = tuple(thing for thing in named if not thing.amount.is_negative)
    outgoing = tuple(thing for thing in named if thing.amount.is_negative)
    if line.is_reversal and line.amount.is_negative:
        # A credit is taken back; without a reference somebody must find out which.
        return Match(line, Verdict.RETURNED, "reversed", incoming)
    if line.is_reversal:
        return Match(line, Verdict.UNMATCHED, "sending_reversed", outgoing)
    if len(outgoing) > 1 or (outgoing and incoming):
        return Match(line, Verdict.PROPOSE, "several_candidates", outgoing + incoming)
    if incoming:
        return Match(line, Verdict.RETURNED, "sent_back", incoming)
    if not outgoing:
        return Match(line, Verdict.IGNORE, "outgoing")
    thing = outgoing[0]
    if thing.amount.currency != line.amount.currency:
        return Match(line, Verdict.PROPOSE, "currency_differs", outgoing)
    difference = thing.amount - line.amount
    if book.state(thing) is not ExpectedState.OPEN:
        return Match(line, Verdict.UNMATCHED, "already_paid", outgoing, difference)
    if difference.is_zero:
        return Match(line, Verdict.CONFIRM, "sent", outgoing, difference)
    return Match(line, Verdict.PROPOSE, "overpaid" if difference.minor > 0 else "underpaid", outgoing, difference)
