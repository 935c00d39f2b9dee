"""Lists of payments that a provider's portal gives as a file, for rails whose API has no list (MTN, Orange, Airtel).

Each portal has columns of its own, and they change; so the file is brought into one form first, CSV in UTF-8 with a
heading row, separated by commas or semicolons. Columns, in any order, others are passed over:

- ``reference``: the provider's name for the payment (MTN's financial transaction id, Orange's ``txnid``, Airtel's id),
  or the one that we gave it;
- ``amount``: major units with a point, ``25000`` or ``10.50``;
- ``currency``: ISO 4217;
- ``date``: ``2026-11-02``, or with a time in UTC, ``2026-11-02T14:05:00``;
- ``our_reference`` (may be missing): our id of the try to pay, where the portal shows it;
- ``fee`` (may be missing): what the provider kept, in the same currency;
- ``status`` (may be missing): ``succeeded`` (the default), or ``failed``, ``pending``, ``refunded``, ``reversed``.
"""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal

from commerce.providers.base import ProviderState, ProviderTransaction
from commerce.providers.statements.lines import StatementError
from core.money import Money

__all__ = ["COLUMNS", "MAX_EXPORT", "read_export"]

#: Bytes of a file that are read.
MAX_EXPORT = 5_000_000
COLUMNS = ("reference", "amount", "currency", "date", "our_reference", "fee", "status")
_REQUIRED = COLUMNS[:4]
_STATES = {
    "": ProviderState.SUCCEEDED,
    "succeeded": ProviderState.SUCCEEDED,
    "successful": ProviderState.SUCCEEDED,
    "failed": ProviderState.FAILED,
    "pending": ProviderState.PENDING,
    "refunded": ProviderState.REFUNDED,
    "reversed": ProviderState.REVERSED,
}


def read_export(content: bytes) -> list[ProviderTransaction]:
    """Read a file; one with a mistake is refused whole.

    Raises:
        StatementError: ``too_large``, ``bad_encoding``, ``not_csv``, ``missing_column``, ``bad_amount``, ``bad_date``,
            ``bad_status``; ``place`` is the file's row.
    """
    if len(content) > MAX_EXPORT:
        raise StatementError("too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StatementError("bad_encoding", "utf-8") from None
    if "\x00" in text:
        raise StatementError("not_csv", "zero bytes")
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise StatementError("not_csv", str(error)) from None
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if missing := [name for name in _REQUIRED if name not in names] + twice:
        raise StatementError("missing_column", ", ".join(missing), 1)
    return [
        _transaction(dict(zip(names, (cell.strip() for cell in cells), strict=False)), place)
        for place, cells in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in cells)
    ]


def _transaction(row: dict[str, str], place: int) -> ProviderTransaction:
    reference, currency = row.get("reference", "")[:255], row.get("currency", "").upper()
    if not reference:
        raise StatementError("missing_column", "reference", place)
    status = row.get("status", "").lower()
    if status not in _STATES:
        raise StatementError("bad_status", status[:40], place)
    return ProviderTransaction(
        provider_ref=reference,
        amount=_amount(row.get("amount", ""), currency, place),
        state=_STATES[status],
        happened_at=_moment(row.get("date", ""), place),
        our_id=row.get("our_reference", "")[:255],
        fee=_amount(row["fee"], currency, place) if row.get("fee") else None,
    )


def _amount(text: str, currency: str, place: int) -> Money:
    if not re.fullmatch(r"\d{1,15}(\.\d{1,8})?", text, re.ASCII):
        raise StatementError("bad_amount", text[:40], place)
    number = Decimal(text).normalize() if "." in text else Decimal(text)
    try:
        return Money.from_decimal(number, currency)
    except ValueError as error:
        raise StatementError("bad_amount", str(error)[:80], place) from None


def _moment(text: str, place: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise StatementError("bad_date", text[:40], place) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
