"""MT940 (SWIFT text), the older bank-to-customer statement.

The ``mt-940`` package reads the tags; what it takes too lightly is checked here: a line that it can't tell from the
next one must not vanish, so opening balance, lines and closing balance have to be there and to fit; information about
the whole statement (``:86:`` behind the closing balance) must not become the text of its last line; pages of one
statement are put together before equal lines are counted.
"""

import io
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mt940 import parse_statements
from mt940.options import Options

from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError, StatementLine, numbered
from core.money import Money

__all__ = ["looks_like_mt940", "read_mt940"]

# It logs lines, with names and accounts, where they can't be read.
logging.getLogger("mt940").setLevel(logging.CRITICAL)

_START = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*:20:", re.MULTILINE)
_BALANCE = re.compile(rb"^[ \t]*:60[FM]:", re.MULTILINE)
#: SWIFT's envelope round each message.
_ENVELOPE = re.compile(r"^\{[1235]:[^\n]*?(?:\{4:)?[ \t]*$|^-\}.*$", re.MULTILINE)
_LINE = re.compile(r"^:61:", re.MULTILINE)
#: What is behind the closing balance.
_BEHIND = re.compile(r"(?<=\n)(:62[FM]:[^\n]*\n)(.*)", re.DOTALL)
_FIELD_CODE = re.compile(r"\?\d\d")
_EMPTY_REFERENCES = {"NONREF", "NOTPROVIDED", ""}


def looks_like_mt940(content: bytes) -> bool:
    """Whether there is a start of a statement and an opening balance."""
    return bool(_START.search(content) and _BALANCE.search(content))


def read_mt940(content: bytes) -> list[Statement]:
    """Read all statements of a file; a file with one mistake is refused whole.

    Raises:
        StatementError: ``too_large``, ``not_mt940``, ``no_account``, ``bad_line``, ``bad_amount``,
            ``balance_missing``, ``balance_does_not_fit``; ``place`` is the statement's number in the file.
    """
    if len(content) > MAX_FILE:
        raise StatementError("too_large")
    if not looks_like_mt940(content):
        raise StatementError("not_mt940")
    text = _without_envelope(_decoded(content))
    # Split here, so that a mistake has a place.
    before, *blocks = re.split(r"(?m)^(?=:20:)", text)
    if _LINE.search(before):
        raise StatementError("bad_line", "before the first statement")
    pages = [_page(block, place) for place, block in enumerate(blocks, 1)]
    return [_statement(group) for group in _together(pages)]


@dataclass
class _Page:
    account: str
    number: str
    opening: Money
    closing: Money
    begins: bool  #: not a page that goes on where the one before ended
    ends: bool
    lines: list[StatementLine]


def _decoded(content: bytes) -> str:
    """UTF-8, or else Latin-1, which reads every byte; references are of letters that both have."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _without_envelope(text: str) -> str:
    lines = "\n".join(line.strip(" \t\x00\x0c\x1a") for line in text.splitlines())
    return _ENVELOPE.sub("", lines) + "\n"


def _page(whole: str, place: int) -> _Page:
    block = _BEHIND.sub(r"\1", whole)
    try:
        # A stream: text that is the name of a file would be opened.
        (read,) = parse_statements(io.StringIO(block), options=Options.all())
    except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
        value = str(error.args[2]) if isinstance(error, RuntimeError) and len(error.args) > 2 else str(error)
        raise StatementError("bad_line", value[:40], place) from None
    data = read.data
    account = str(data.get("account_identification") or "").replace(" ", "")
    if not account:
        raise StatementError("no_account", place=place)
    opening, begins = _balance(data, "opening", place)
    closing, ends = _balance(data, "closing", place)
    found = len(_LINE.findall(whole))
    lines = [_line(one.data, account, opening.currency, place) for one in read if one.data.get("amount") is not None]
    if len(lines) != found:
        raise StatementError("bad_line", f"{found} lines, of which {len(lines)} can be told apart", place)
    total = Money.sum((line.amount for line in lines), opening.currency)
    if closing.currency != opening.currency or opening + total != closing:
        raise StatementError("balance_does_not_fit", f"{opening} and {total} are not {closing}", place)
    number = "/".join(str(data[name]) for name in ("statement_number", "sequence_number") if data.get(name))
    return _Page(account, number, opening, closing, begins, ends, lines)


def _balance(data: Mapping[str, Any], which: str, place: int) -> tuple[Money, bool]:
    """A balance, and whether it is the statement's own, not a page's."""
    for kind in ("final", "intermediate"):
        balance = data.get(f"{kind}_{which}_balance")
        if balance is not None and balance.amount is not None:
            return _money(balance.amount.amount, str(balance.amount.currency), place), kind == "final"
    raise StatementError("balance_missing", which, place)


def _money(number: Decimal, currency: str, place: int) -> Money:
    # Banks write francs as 25000,00.
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    try:
        return Money.from_decimal(text or "0", currency.upper())
    except ValueError as error:
        raise StatementError("bad_amount", str(error)[:80], place) from None


def _line(data: Mapping[str, Any], account: str, currency: str, place: int) -> StatementLine:
    reference, *more = _words(data, "customer_reference", separator="\n").split("\n")
    value_on, booked_on = data["date"], data.get("entry_date")
    details = _FIELD_CODE.sub(" ", _words(data, "transaction_details"))
    # Banks that cut the purpose into fields put what belongs together into different ones.
    texts = [_words(data, "purpose"), _words(data, "additional_purpose"), details, _words(data, "extra_details"), *more]
    texts.append(_words(data, "end_to_end_reference"))
    return StatementLine(
        account=account,
        booked_on=_day(booked_on or value_on),
        amount=_money(data["amount"].amount, currency, place),
        text=" ".join(" ".join(texts).split()),
        reference="" if reference.strip().upper() in _EMPTY_REFERENCES else reference.strip(),
        bank_reference=_words(data, "bank_reference"),
        payer=_words(data, "applicant_name"),
        payer_account=_words(data, "applicant_iban") or _words(data, "gvc_applicant_iban"),
        value_on=_day(value_on),
        is_reversal=str(data.get("status", "")).upper().startswith("R"),
    )


def _words(data: Mapping[str, Any], name: str, separator: str = " ") -> str:
    return separator.join(str(data.get(name) or "").split("\n")).strip()


def _day(value: date) -> date:
    """A plain one."""
    return date(value.year, value.month, value.day)


def _together(pages: list[_Page]) -> list[list[_Page]]:
    """Pages of one statement belong together; each goes on with the balance that the one before ended with."""
    groups: list[list[_Page]] = []
    for place, page in enumerate(pages, 1):
        before = groups[-1][-1] if groups else None
        if page.begins:
            groups.append([page])
        elif before and not before.ends and before.account == page.account and before.closing == page.opening:
            groups[-1].append(page)
        elif before is None or before.ends or before.account != page.account:
            # A later page alone: its lines are as good as any.
            groups.append([page])
        else:
            raise StatementError("balance_does_not_fit", f"{before.closing} is not {page.opening}", place)
    return groups


def _statement(pages: list[_Page]) -> Statement:
    first, last = pages[0], pages[-1]
    lines = numbered(line for page in pages for line in page.lines)
    return Statement(first.account, lines, first.number, first.opening, last.closing)
