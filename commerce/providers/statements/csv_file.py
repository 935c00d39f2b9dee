"""CSV statements. There is no standard: each account has a profile that says what its bank's columns mean."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError, StatementLine, numbered
from core.money import Money

__all__ = ["CsvProfile", "read_csv"]

_BLANKS = re.compile(r"[\s\u00a0\u202f']")


@dataclass(frozen=True)
class CsvProfile:
    """What the columns of one bank's files mean. Columns are named by their heading.

    Attributes:
        account: ours, which the file seldom names.
        currency: of the amounts, where there is no column for it.
        header_row: number of the row with the headings, from 1; what is above is skipped.
        footer_rows: how many rows at the end are sums.
        amount: column of signed amounts; or ``debit`` and ``credit``, both without sign.
        balance: column of the running balance; then each row must fit the one before it.
        date_format: of ``strptime``: ``%d/%m/%Y`` and ``%m/%d/%Y`` can't be told apart by a computer.
        decimal_separator: ``,`` or ``.``; the other one, blanks and apostrophes separate thousands.
        credit_is_negative: some banks write from their own side.
    """

    account: str
    currency: str
    booked_on: str
    text: str
    date_format: str
    amount: str = ""
    debit: str = ""
    credit: str = ""
    value_on: str = ""
    reference: str = ""
    bank_reference: str = ""
    payer: str = ""
    currency_column: str = ""
    balance: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ";"
    header_row: int = 1
    footer_rows: int = 0
    decimal_separator: str = ","
    credit_is_negative: bool = False
    newest_first: bool = False

    def __post_init__(self) -> None:
        if bool(self.amount) == bool(self.debit and self.credit):
            raise ValueError("A profile has a column of signed amounts, or one for debits and one for credits.")
        if self.decimal_separator not in (",", "."):
            raise ValueError("Decimals are separated by a comma or a point.")


def read_csv(content: bytes, profile: CsvProfile) -> Statement:
    """Read a file by ``profile``; a file with one mistake is refused whole.

    Raises:
        StatementError: ``too_large``, ``bad_encoding``, ``not_csv``, ``missing_column``, ``bad_amount``, ``bad_date``,
            ``balance_does_not_fit``; ``place`` is the file's row.
    """
    if len(content) > MAX_FILE:
        raise StatementError("too_large")
    try:
        # A byte that can't be read might stand in a reference: nothing is replaced or dropped.
        text = content.decode(profile.encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise StatementError("bad_encoding", profile.encoding) from None
    if "\x00" in text:
        raise StatementError("not_csv", "zero bytes")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True))
    except csv.Error as error:
        raise StatementError("not_csv", str(error)) from None
    headings = [cell.strip() for cell in rows[profile.header_row - 1]] if len(rows) >= profile.header_row else []
    wanted = [getattr(profile, name) for name in _COLUMNS if getattr(profile, name)]
    if missing := [name for name in wanted if headings.count(name) != 1]:
        raise StatementError("missing_column", ", ".join(missing), profile.header_row)
    last = len(rows) - profile.footer_rows
    lines, balances = [], []
    for place, cells in enumerate(rows[profile.header_row : last], profile.header_row + 1):
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(headings, (" ".join(cell.split()) for cell in cells), strict=False))
        line = _line(row, profile, place)
        lines.append(line)
        if profile.balance:
            balances.append((place, _amount(row.get(profile.balance, ""), profile, line.amount.currency, place)))
    if profile.newest_first:
        lines.reverse()
        balances.reverse()
    opening = closing = None
    if balances:
        opening, closing = balances[0][1] - lines[0].amount, balances[-1][1]
        before = opening
        for line, (place, balance) in zip(lines, balances, strict=True):
            if line.amount.currency != balance.currency or before + line.amount != balance:
                raise StatementError("balance_does_not_fit", f"{before} and {line.amount} are not {balance}", place)
            before = balance
    return Statement(profile.account, numbered(lines), opening=opening, closing=closing)


_COLUMNS = (
    "booked_on",
    "text",
    "amount",
    "debit",
    "credit",
    "value_on",
    "reference",
    "bank_reference",
    "payer",
    "currency_column",
    "balance",
)


def _line(row: Mapping[str, str], profile: CsvProfile, place: int) -> StatementLine:
    currency = row.get(profile.currency_column, "") if profile.currency_column else profile.currency
    if profile.amount:
        amount = _amount(row.get(profile.amount, ""), profile, currency, place)
        if profile.credit_is_negative:
            amount = -amount
    else:
        out, into = row.get(profile.debit, ""), row.get(profile.credit, "")
        parts = [_amount(cell or "0", profile, currency, place) for cell in (into, out)]
        if bool(parts[0].minor) == bool(parts[1].minor):
            raise StatementError("bad_amount", "a debit or a credit, not both or none", place)
        # Some banks put a minus before debits in their own column.
        amount = parts[0] if parts[0].minor else -abs(parts[1])
    booked_on = _date(row.get(profile.booked_on, ""), profile, place)
    value_on = _date(row[profile.value_on], profile, place) if row.get(profile.value_on) else None
    return StatementLine(
        account=profile.account,
        booked_on=booked_on,
        amount=amount,
        text=row.get(profile.text, ""),
        reference=row.get(profile.reference, "") if profile.reference else "",
        bank_reference=row.get(profile.bank_reference, "") if profile.bank_reference else "",
        payer=row.get(profile.payer, "") if profile.payer else "",
        value_on=value_on,
    )


def _amount(text: str, profile: CsvProfile, currency: str, place: int) -> Money:
    decimal, thousands = (",", ".") if profile.decimal_separator == "," else (".", ",")
    bare = _BLANKS.sub("", text).replace("−", "-")
    whole, _mark, digits = bare.partition(decimal)
    groups = whole.lstrip("+-").split(thousands)
    # 25.000 is 25 thousand where points group thousands, but 25.00 is a wrong profile; 1,00E+12 is a spoilt number.
    fits = all(group.isascii() and group.isdigit() for group in groups) and (not digits or digits.isdigit())
    grouped = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    if not fits or not grouped or not digits.isascii() or len(bare) > 25 or bare[1:].count("-"):
        raise StatementError("bad_amount", text[:40], place)
    sign = "-" if bare.startswith("-") else ""
    number = Decimal(f"{sign}{''.join(groups)}" + (f".{digits.rstrip('0')}" if digits.strip("0") else ""))
    try:
        return Money.from_decimal(number, currency)
    except ValueError as error:
        raise StatementError("bad_amount", str(error)[:80], place) from None


def _date(text: str, profile: CsvProfile, place: int) -> date:
    try:
        return datetime.strptime(text, profile.date_format).date()  # noqa: DTZ007 (a bank's day, without a time)
    except ValueError:
        raise StatementError("bad_date", text[:40], place) from None
