"""CAMT.053 (ISO 20022), the bank-to-customer statement.

Elements are found by local name: banks use half a dozen versions of the namespace, and the versions differ little
(``Sts`` became a wrapper, ``Pty`` came between a party and its name). DTDs and entities are refused; only booked
entries count; the opening balance and the entries must give the closing balance, and the parts of a batch the whole.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element  # the type only: files are parsed by defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError, StatementLine, numbered
from core.money import Money

__all__ = ["read_camt053"]

#: Levels of elements; real statements have about a dozen.
_DEEPEST = 40


def read_camt053(content: bytes) -> list[Statement]:
    """Read all statements of a file; a file with one mistake is refused whole.

    Raises:
        StatementError: ``too_large``, ``not_xml``, ``not_camt053``, ``no_account``, ``bad_amount``, ``bad_date``,
            ``balance_does_not_fit``, ``batch_does_not_fit``.
    """
    if len(content) > MAX_FILE:
        raise StatementError("too_large")
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise StatementError("not_xml", type(error).__name__) from None
    _check_depth(root)
    found = [element for element in root.iter() if _name(element) == "Stmt"]
    if _name(root) != "Document" or not found:
        raise StatementError("not_camt053")
    return [_statement(element) for element in found]


def _check_depth(root: Element) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise StatementError("not_camt053", "too deep")
        level = [child for element in level for child in element]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element | None, path: str) -> Iterator[Element]:
    """Elements below ``element`` by a path of local names."""
    if element is None:
        return
    first, _slash, rest = path.partition("/")
    for child in element:
        if _name(child) == first:
            if rest:
                yield from _all(child, rest)
            else:
                yield child


def _one(element: Element | None, path: str) -> Element | None:
    return next(_all(element, path), None)


def _text(element: Element | None, *paths: str) -> str:
    """The first of ``paths`` that holds text."""
    for path in paths:
        for found in _all(element, path):
            if found.text and found.text.strip():
                return " ".join(found.text.split())
    return ""


def _statement(statement: Element) -> Statement:
    account = _text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "")
    if not account:
        raise StatementError("no_account")
    balances: dict[str, Money] = {}
    for balance in _all(statement, "Bal"):
        balances.setdefault(_text(balance, "Tp/CdOrPrtry/Cd"), _signed(balance, None))
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    lines: list[StatementLine] = []
    total = Money.zero(opening.currency) if opening else None
    for place, entry in enumerate(_all(statement, "Ntry"), 1):
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) != "BOOK":
            continue
        amount = _signed(entry, place)
        if total is not None:
            if amount.currency != total.currency:
                raise StatementError("balance_does_not_fit", "another currency", place)
            total += amount
        lines += _entry(entry, amount, account, place)
    if (
        opening
        and closing
        and total is not None
        and (opening.currency != closing.currency or opening + total != closing)
    ):
        raise StatementError("balance_does_not_fit", f"{opening} and {total} are not {closing}")
    return Statement(account, numbered(lines), _text(statement, "Id"), opening, closing)


def _signed(element: Element, place: int | None) -> Money:
    """Positive for what came in. ``CdtDbtInd`` of a reversal says what the reversal itself does."""
    amount = _amount(_one(element, "Amt"), place)
    mark = _text(element, "CdtDbtInd")
    if mark not in ("CRDT", "DBIT"):
        raise StatementError("bad_amount", "neither credit nor debit", place)
    return amount if mark == "CRDT" else -amount


def _amount(element: Element | None, place: int | None) -> Money:
    if element is None or not element.text:
        raise StatementError("bad_amount", "none", place)
    text = element.text.strip()
    # Decimal reads "1e5" and Arabic digits too; amounts in XML are plain.
    if not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit() or len(text) > 20:
        raise StatementError("bad_amount", text[:40], place)
    currency = element.get("Ccy", "")
    try:
        return Money.from_decimal(_trimmed(text), currency)
    except ValueError as error:
        raise StatementError("bad_amount", str(error)[:80], place) from None


def _trimmed(text: str) -> str:
    """Banks write francs as ``25000.00``."""
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def _date(element: Element, name: str, place: int) -> date | None:
    text = _text(element, f"{name}/Dt", f"{name}/DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise StatementError("bad_date", text[:40], place) from None


def _entry(entry: Element, amount: Money, account: str, place: int) -> list[StatementLine]:
    booked_on = _date(entry, "BookgDt", place) or _date(entry, "ValDt", place)
    if booked_on is None:
        raise StatementError("bad_date", "none", place)
    common: dict[str, Any] = {
        "account": account,
        "booked_on": booked_on,
        "value_on": _date(entry, "ValDt", place),
        "is_reversal": _text(entry, "RvslInd").lower() in ("true", "1"),
    }
    bank_reference = _text(entry, "AcctSvcrRef", "NtryRef")
    details = list(_all(entry, "NtryDtls/TxDtls"))
    if len(details) < 2:
        # One payment: the entry's amount is what arrived.
        detail = details[0] if details else entry
        return [_line(detail, entry, amount, bank_reference, common)]
    lines = []
    for detail in details:
        element = _one(detail, "Amt")
        if element is None:
            element = _one(detail, "AmtDtls/TxAmt/Amt")
        part = _amount(element, place)
        mark = _text(detail, "CdtDbtInd")
        is_out = mark == "DBIT" if mark else amount.is_negative
        # A part's own reference tells it from the others; the batch's is all that some banks give.
        own = _text(detail, "Refs/AcctSvcrRef", "Refs/TxId", "Refs/UETR") or bank_reference
        lines.append(_line(detail, entry, -part if is_out else part, own, common))
    if any(line.amount.currency != amount.currency for line in lines):
        raise StatementError("batch_does_not_fit", "another currency", place)
    if Money.sum((line.amount for line in lines), amount.currency) != amount:
        raise StatementError("batch_does_not_fit", "the parts are not the whole", place)
    return lines


def _line(detail: Element, entry: Element, amount: Money, bank_reference: str, common: dict[str, Any]) -> StatementLine:
    end_to_end = _text(detail, "Refs/EndToEndId")
    texts = [" ".join((found.text or "").split()) for found in _all(detail, "RmtInf/Ustrd")]
    structured = _text(detail, "RmtInf/Strd/CdtrRefInf/Ref")
    side = "Cdtr" if amount.is_negative else "Dbtr"
    fees = Money.zero(amount.currency)
    for charge in (*_all(detail, "Chrgs/Rcrd/Amt"), *_all(detail, "Chrgs/Amt")):
        if charge.get("Ccy") == amount.currency:
            fees += _amount(charge, None)
    return StatementLine(
        amount=amount,
        text=" ".join(text for text in (*texts, structured) if text) or _text(entry, "AddtlNtryInf"),
        reference="" if end_to_end == "NOTPROVIDED" else end_to_end,
        bank_reference=bank_reference,
        payer=_text(detail, f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm"),
        payer_account=_text(detail, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id"),
        fees=None if fees.is_zero else fees,
        **common,
    )
