"""A bank, imitated: transfers arrive when somebody says so, and stand on statements to download.

References for the control API are what the customer would write and send: ``PAY-7F3K2QXA5 25000 XAF``.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import band, page, shown_amount

__all__ = ["BankSimulator", "Transfer", "camt053"]


@dataclass(frozen=True)
class Transfer:
    """A movement on the account: signed ``amount``, as text ``25000`` or ``-10.50``."""

    text: str
    amount: str
    currency: str = "XAF"
    payer: str = ""
    booked_on: date = date(2026, 11, 2)
    reference: str = "NOTPROVIDED"
    bank_reference: str = ""
    is_reversal: bool = False


def camt053(account: str, transfers: Iterable[Transfer], *, currency: str = "XAF", opening: str = "1500000") -> bytes:
    """A statement of ``transfers``, all in ``currency``."""
    entries, total = [], Decimal(opening)
    for one in transfers:
        amount = Decimal(one.amount)
        total += amount
        side = "Dbtr" if amount > 0 else "Cdtr"
        party = f"<RltdPties><{side}><Pty><Nm>{escape(one.payer)}</Nm></Pty></{side}></RltdPties>" if one.payer else ""
        entries.append(
            f'<Ntry><Amt Ccy="{one.currency}">{abs(amount)}</Amt>{_mark(amount)}'
            f"{'<RvslInd>true</RvslInd>' if one.is_reversal else ''}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{one.booked_on}</Dt></BookgDt><ValDt><Dt>{one.booked_on}</Dt></ValDt>"
            f"<AcctSvcrRef>{escape(one.bank_reference)}</AcctSvcrRef>"
            f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(one.reference)}</EndToEndId></Refs>{party}"
            f"<RmtInf><Ustrd>{escape(one.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(amount)}</Amt>{_mark(amount)}'
        "<Dt><Dt>2026-11-02</Dt></Dt></Bal>"
        for code, amount in (("OPBD", Decimal(opening)), ("CLBD", total))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        "<BkToCstmrStmt><GrpHdr><MsgId>SIMULATED</MsgId><CreDtTm>2026-11-03T06:00:00+01:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>SIMULATED-1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _mark(amount: Decimal) -> str:
    return f"<CdtDbtInd>{'DBIT' if amount < 0 else 'CRDT'}</CdtDbtInd>"


_PAGE = Markup("""<h1>The bank</h1>
<p class="soft">Simulator: no real money moves here. <a href="/phone/">The phone</a></p>{notice}
<section class="card">{band}<div><h2>Transfer money</h2><form method="post" action="/bank/">
<label>Reference that the school gave
<input name="text" required autocomplete="off" placeholder="PAY-7F3K2QXA5"></label>
<div class="pair"><label>Amount <input name="amount" required inputmode="decimal" autocomplete="off"></label>
<label>Currency <input name="currency" required value="XAF" maxlength="3" autocomplete="off"></label></div>
<button>The transfer arrives</button></form></div></section>
<section class="card"><div><h2>On the account</h2><ul>{rows}</ul><ul>{links}</ul></div></section>""")


class BankSimulator(Simulator):
    """A bank that holds one account."""

    code = "bank"
    account = "CM2110003001000500000605306"

    def clear(self) -> None:
        self.transfers: list[Transfer] = []

    def approve(self, reference: str) -> None:
        """A transfer arrives: text, amount and currency, the last two being the last two words."""
        self._arrive(reference, 1)

    def reject(self, reference: str) -> None:
        """The bank sends a transfer back that arrived."""
        self._arrive(reference, -1)

    def expire(self, reference: str) -> None:
        """Nothing arrives."""

    def _arrive(self, reference: str, sign: int) -> None:
        try:
            text, amount, currency = reference.rsplit(" ", 2)
            number = Decimal(amount) * sign
        except (ValueError, ArithmeticError):
            raise KeyError(reference) from None
        if self.faults.wrong_amount:
            number = number / 2
        bank_reference = f"SIM{secrets.token_hex(5).upper()}"
        with self.lock:
            today = self.now().date()
            self.transfers.append(
                Transfer(text, format(number, "f"), currency, booked_on=today, bank_reference=bank_reference)
            )

    @route("/transfers", "POST")
    def transfer(self, request: Request) -> Response:
        """Send money: ``text``, ``amount``, ``currency``."""
        given = request.get_json(silent=True) or {}
        try:
            self.approve(f"{given.get('text', '')} {given.get('amount', '')} {given.get('currency', 'XAF')}")
        except KeyError:
            return answer_json({"error": "amount"}, 400)
        return answer_json({"accepted": True}, 201)

    @route("/statement.xml")
    def statement(self, request: Request) -> Response:
        """CAMT.053 of everything in one currency (``?currency=``, XAF where left out)."""
        currency = request.args.get("currency", "XAF")
        rows = [one for one in self.transfers if one.currency == currency]
        return Response(camt053(self.account, rows, currency=currency), content_type="application/xml")

    @route("/", "GET", "POST")
    def account_page(self, request: Request) -> Response:
        """What arrived, and a form that lets a transfer arrive."""
        notice = ""
        if request.method == "POST":
            try:
                self.approve(" ".join(request.form.get(name, "") for name in ("text", "amount", "currency")))
                notice = "The transfer arrived. Now give the statement to the school."
            except KeyError:
                notice = "An amount is digits, with a point before decimals."
        rows = [
            Markup("<li>{}: {}</li>").format(shown_amount(one.amount, one.currency), one.text)
            for one in reversed(self.transfers)
        ]
        currencies = sorted({one.currency for one in self.transfers} | {"XAF"})
        links = [
            Markup('<li><a href="/bank/statement.xml?currency={0}">Statement in {0} (CAMT.053)</a></li>').format(
                currency
            )
            for currency in currencies
        ]
        body = _PAGE.format(
            band=band(self.code),
            notice=Markup('<p class="notice" role="status">{}</p>').format(notice) if notice else Markup(),
            rows=Markup().join(rows) or Markup("<li>Nothing arrived yet.</li>"),
            links=Markup().join(links),
        )
        return page("The bank (simulator)", body)
