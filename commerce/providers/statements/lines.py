"""What every statement is turned into: lines with an amount, texts and an identity.

A line's identity (:attr:`StatementLine.hash`) is made of what the bank says about it, so that importing an overlapping
file again creates nothing new; equal lines of one day are told apart by their number among themselves.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from core.money import Money

__all__ = ["MAX_FILE", "Statement", "StatementError", "StatementLine", "numbered"]

#: Bytes of a file that are read.
MAX_FILE = 10_000_000


class StatementError(ValueError):
    """A file that can't be taken, none of it. ``code`` is stable; ``place`` a row's or entry's number, from 1."""

    def __init__(self, code: str, detail: str = "", place: int | None = None) -> None:
        super().__init__(": ".join(part for part in (code, f"at {place}" if place else "", detail) if part))
        self.code = code
        self.detail = detail
        self.place = place


@dataclass(frozen=True)
class StatementLine:
    """One movement of money on our account.

    Attributes:
        amount: signed: what came in is positive.
        reference: of the payer (end-to-end reference), if they gave one.
        bank_reference: of the bank.
        ordinal: number among lines that are otherwise equal, from 0.
        is_reversal: takes back an earlier line.
        fees: what banks on the way kept, if the statement says so.
    """

    account: str
    booked_on: date
    amount: Money
    text: str = ""
    reference: str = ""
    bank_reference: str = ""
    payer: str = ""
    payer_account: str = field(default="", repr=False)
    value_on: date | None = None
    is_reversal: bool = False
    fees: Money | None = None
    ordinal: int = 0

    @property
    def hash(self) -> str:
        """Identity: SHA-256 in hexadecimal digits."""
        return hashlib.sha256("\x1f".join((*self._facts(), str(self.ordinal))).encode()).hexdigest()

    def _facts(self) -> tuple[str, ...]:
        return (
            normal(self.account),
            self.booked_on.isoformat(),
            str(self.amount.minor),
            self.amount.currency,
            normal(self.bank_reference),
            normal(self.reference),
            normal(self.text),
        )


@dataclass(frozen=True)
class Statement:
    """One statement of one account. Balances are there where the format has them, and then they fit the lines."""

    account: str
    lines: tuple[StatementLine, ...]
    number: str = ""
    opening: Money | None = None
    closing: Money | None = None


def normal(text: str) -> str:
    """Letters and digits in capitals: banks cut lines, change case and insert blanks."""
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", text)).upper()


def numbered(lines: Iterable[StatementLine]) -> tuple[StatementLine, ...]:
    """``lines``, with equal ones told apart by their ordinal."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for line in lines:
        facts = line._facts()
        found.append(replace(line, ordinal=seen[facts]))
        seen[facts] += 1
    return tuple(found)
