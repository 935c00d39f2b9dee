"""Tables as CSV that spreadsheets open without running anything."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from core.money import Money

__all__ = ["as_csv", "plain_amount"]

#: What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: Excel takes a file without it for one in the code page of the machine.
_BOM = "\ufeff"


def as_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table (RFC 4180) with a byte order mark; text that looks like a formula gets an apostrophe before it.

    Numbers are not text: give them as int, or as :func:`plain_amount` makes them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(cell) for cell in header])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return _BOM + out.getvalue()


class _Number(str):
    """Digits of ours, which may begin with a minus."""

    __slots__ = ()


def plain_amount(amount: Money) -> str:
    """An amount for programs: ``-1234.50``, with the digits of its currency, without it."""
    return _Number(amount.to_decimal())


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, int | _Number) or not text.startswith(_FORMULA):
        return text.replace("\x00", "")
    return "'" + text.replace("\x00", "")
