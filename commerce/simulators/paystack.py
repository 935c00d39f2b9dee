"""Paystack, imitated: pages, verification, lists, refunds, transfers, signed webhooks.

``reference`` in the control API: of a transaction or a transfer. Webhooks go to :attr:`PaystackSimulator.webhook_url`,
as they go to the address in the dashboard. The page takes Paystack's test cards.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.providers.paystack import signature
from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import choices, shown_amount

__all__ = ["PaystackSimulator"]

_FIELDS = Markup(
    '<label>Test card <input name="card" inputmode="numeric" autocomplete="off" placeholder="4084084084084081"></label>'
)

#: Paystack's test cards that don't just pay: what the bank says.
_REFUSED_CARDS = {
    "4084080000005408": "Declined",
    "4084080000670037": "Insufficient Funds",
    "507850785078507853": "Token Not Generated. Customer Not Registered on Token Platform",
}
_REFUND_CARDS = {"4084080000671803": "failed", "4084080000671902": "needs-attention"}
_CURRENCIES = ("NGN", "GHS", "KES", "ZAR", "USD", "XOF")


@dataclass
class _Transaction:
    id: int
    reference: str
    email: str
    amount: int
    currency: str
    callback_url: str
    access_code: str
    metadata: Any
    created: datetime
    requested: int
    status: str = "abandoned"
    gateway_response: str = "The transaction was not completed"
    paid: datetime | None = None
    fees: int | None = None
    card: str = ""
    refunded: int = 0


@dataclass
class _Transfer:
    id: int
    code: str
    given: dict[str, Any]
    created: datetime
    status: str = "success"


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def _ok(message: str, data: Any, status: int = 200, **more: Any) -> Response:
    return answer_json({"status": True, "message": message, "data": data, **more}, status)


def _refused(status: int, message: str, hint: str = "Check the request and try again") -> Response:
    body = {"status": False, "message": message, "meta": {"nextStep": hint}, "type": "validation_error"}
    return answer_json(body, status)


class PaystackSimulator(Simulator):
    """``api.paystack.co`` in test mode."""

    code: ClassVar[str] = "paystack"
    secret_key = "sk_test_simulator"  # noqa: S105 (opens nothing but this simulator)
    webhook_url = ""

    def clear(self) -> None:
        """Forget everything but the address for webhooks."""
        self.transactions: dict[str, _Transaction] = {}
        self.refunds: dict[int, dict[str, Any]] = {}
        self.recipients: dict[str, dict[str, Any]] = {}
        self.transfers: dict[str, _Transfer] = {}
        #: Hundredths that transfers can be made from.
        self.balance = 10**12
        #: Transfers stay pending until the control API says; in Paystack's test mode they succeed at once.
        self.transfers_wait = False
        self._last_id = 4_099_260_000

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    # What people do

    def _webhook(self, event: str, data: Any) -> None:
        body = answer_json({"event": event, "data": data}).get_data()
        key = "sk_test_somebody_else" if self.faults.bad_signature else self.secret_key
        headers = {"Content-Type": "application/json", "x-paystack-signature": signature(key, body)}
        self.send_webhook(self.webhook_url, body, headers)

    def approve(self, reference: str) -> None:
        """The customer pays; or a waiting transfer arrives."""
        if reference in self.transfers:
            self._finish_transfer(reference, "success")
            return
        with self.lock:
            payment = self.transactions[reference]
            payment.status, payment.gateway_response, payment.paid = "success", "Successful", self.now()
            payment.amount = payment.requested - 100 if self.faults.wrong_amount else payment.requested
            payment.fees = payment.amount * 15 // 1000
            data = self._show(payment)
        self._webhook("charge.success", data)

    def reject(self, reference: str, gateway_response: str = "Declined") -> None:
        """The bank says no, of which Paystack sends no webhook; or a waiting transfer fails, of which it does."""
        if reference in self.transfers:
            self._finish_transfer(reference, "failed")
            return
        with self.lock:
            payment = self.transactions[reference]
            payment.status, payment.gateway_response = "failed", gateway_response

    def expire(self, reference: str) -> None:
        """The customer goes away: Paystack says abandoned, and nothing else ever."""
        with self.lock:
            self.transactions[reference].status = "abandoned"

    def process(self, reference: str) -> None:
        """The customer did their part, the bank has not answered."""
        with self.lock:
            self.transactions[reference].status = "pending"

    def reverse_transfer(self, reference: str) -> None:
        """A transfer comes back after it had succeeded."""
        self._finish_transfer(reference, "reversed")

    def _finish_transfer(self, reference: str, status: str) -> None:
        with self.lock:
            transfer = self.transfers[reference]
            transfer.status = status
            data = self._show_transfer(transfer)
        self._webhook(f"transfer.{status}", data)

    def finish_refund(self, refund_id: int, status: str) -> None:
        """A refund moves on: ``processing``, ``processed``, ``failed``, ``needs-attention``."""
        with self.lock:
            refund = self.refunds[refund_id]
            refund["status"] = status
            # As in Paystack's own samples, the amount is a string here.
            data = {
                "status": status,
                "transaction_reference": refund["transaction_reference"],
                "refund_reference": f"TRF_{refund_id}" if status != "pending" else None,
                "amount": str(refund["amount"]),
                "currency": refund["currency"],
                "customer": {"email": refund["customer"]["email"]},
                "integration": 412829,
                "domain": "test",
            }
        self._webhook(f"refund.{status}", data)

    def waiting(self) -> list[dict[str, Any]]:
        """Open pages."""
        return [
            {
                "reference": payment.reference,
                "phone": "",
                "amount": payment.amount,
                "currency": payment.currency,
                "text": payment.email,
            }
            for payment in self.transactions.values()
            if payment.status in ("abandoned", "pending")
        ]

    # Requests

    def before(self, request: Request) -> Response | None:
        """Check the key, except on the customer's page."""
        if f"/{self.code}/page/" in request.path:
            return None
        if request.headers.get("Authorization") != f"Bearer {self.secret_key}":
            return _refused(401, "Invalid key", "Provide the correct secret key")
        return None

    def _customer(self, email: str) -> dict[str, Any]:
        return {
            "id": 181873746,
            "first_name": None,
            "last_name": None,
            "email": email,
            "customer_code": "CUS_1rkzaqsv4rrhqo6",
            "phone": None,
            "metadata": None,
            "risk_action": "default",
            "international_format_phone": None,
        }

    def _show(self, payment: _Transaction) -> dict[str, Any]:
        authorization: dict[str, Any] = {}
        if payment.paid:
            authorization = {
                "authorization_code": f"AUTH_{payment.access_code[:10]}",
                "bin": "408408",
                "last4": "4081",
                "exp_month": "12",
                "exp_year": "2030",
                "channel": "card",
                "card_type": "visa ",
                "bank": "TEST BANK",
                "country_code": "NG",
                "brand": "visa",
                "reusable": True,
                "signature": "SIG_yEXu7dLBeqG0kU7g95Ke",
                "account_name": None,
            }
        return {
            "id": payment.id,
            "domain": "test",
            "status": payment.status,
            "reference": payment.reference,
            "receipt_number": None,
            "amount": payment.amount,
            "message": None,
            "gateway_response": payment.gateway_response,
            "paid_at": _stamp(payment.paid),
            "created_at": _stamp(payment.created),
            "channel": "card",
            "currency": payment.currency,
            "ip_address": "192.0.2.1",
            "metadata": payment.metadata,
            "log": {
                "start_time": int(payment.created.timestamp()),
                "time_spent": 4,
                "attempts": 1,
                "errors": 0,
                "success": payment.paid is not None,
                "mobile": False,
                "input": [],
                "history": [{"type": "action", "message": "Attempted to pay with card", "time": 3}],
            },
            "fees": payment.fees,
            "fees_split": None,
            "authorization": authorization,
            "customer": self._customer(payment.email),
            "plan": None,
            "split": {},
            "order_id": None,
            "paidAt": _stamp(payment.paid),
            "createdAt": _stamp(payment.created),
            "requested_amount": payment.requested,
            "pos_transaction_data": None,
            "source": None,
            "fees_breakdown": None,
            "connect": None,
            "transaction_date": _stamp(payment.created),
            "plan_object": {},
            "subaccount": {},
        }

    @route("/transaction/initialize", "POST")
    def initialize(self, request: Request) -> Response:
        """Open a page."""
        given = request.get_json(silent=True) or {}
        if "@" not in str(given.get("email")):
            return _refused(400, "Invalid Email Address Passed")
        if type(given.get("amount")) is not int or given["amount"] <= 0:
            return _refused(400, "Invalid Amount Sent")
        if given.get("currency", "NGN") not in _CURRENCIES:
            return _refused(400, "Currency not supported by merchant")
        reference = str(given.get("reference") or secrets.token_hex(5))
        if not all(sign.isascii() and (sign.isalnum() or sign in "-.=") for sign in reference):
            return _refused(400, "Invalid transaction reference")
        if reference in self.transactions:
            return _refused(400, "Duplicate Transaction Reference")
        code = secrets.token_hex(8)
        self.transactions[reference] = _Transaction(
            id=self._next_id(),
            reference=reference,
            email=given["email"],
            amount=given["amount"],
            currency=given.get("currency", "NGN"),
            callback_url=str(given.get("callback_url") or ""),
            access_code=code,
            metadata=given.get("metadata") or "",
            created=self.now(),
            requested=given["amount"],
        )
        data = {
            "authorization_url": f"{request.host_url}{self.code}/page/{code}",
            "access_code": code,
            "reference": reference,
        }
        return _ok("Authorization URL created", data)

    @route("/transaction/verify/<reference>", "GET")
    def verify(self, request: Request, reference: str) -> Response:
        """Show one transaction."""
        if reference not in self.transactions:
            return _refused(404, "Transaction reference not found.")
        return _ok("Verification successful", self._show(self.transactions[reference]))

    def _page_of(self, request: Request, rows: list[Any], size_name: str) -> tuple[list[Any], dict[str, Any]]:
        size, page = int(request.args.get(size_name, 50)), int(request.args.get("page", 1))
        meta = {
            "total": len(rows),
            "skipped": (page - 1) * size,
            "perPage": str(size),
            "page": page,
            "pageCount": -(-len(rows) // size),
        }
        return rows[(page - 1) * size : page * size], meta

    @route("/transaction", "GET")
    def transaction_list(self, request: Request) -> Response:
        """List transactions, newest first."""
        since = datetime.fromisoformat(request.args.get("from", "1970-01-01T00:00:00+00:00"))
        until = datetime.fromisoformat(request.args.get("to", "9999-01-01T00:00:00+00:00"))
        found = [one for one in reversed(self.transactions.values()) if since <= one.created <= until]
        rows, meta = self._page_of(request, found, "per_page")
        volume = sum(one.amount for one in found if one.paid)
        entry = {"source": "merchant_api", "type": "api", "identifier": None, "entry_point": "transaction_initialize"}
        shown = [{**self._show(one), "plan": {}, "connect": {}, "source": entry} for one in rows]
        return _ok("Transactions retrieved", shown, meta={**meta, "total_volume": volume})

    # Refunds

    @route("/refund", "GET", "POST")
    def refund(self, request: Request) -> Response:
        """Take up a refund, or list them."""
        if request.method == "GET":
            rows, meta = self._page_of(request, list(reversed(self.refunds.values())), "perPage")
            return _ok("Refunds retrieved", rows, meta={**meta, "failedRefundCount": 0})
        given = request.get_json(silent=True) or {}
        name = str(given.get("transaction"))
        payment = next((one for one in self.transactions.values() if name in (one.reference, str(one.id))), None)
        if payment is None:
            return _refused(404, "Transaction not found")
        if payment.paid is None:
            return _refused(400, "Transaction has not been paid for")
        amount = given.get("amount", payment.amount)
        if payment.refunded == payment.amount:
            return _refused(400, "Transaction has been fully reversed")
        if type(amount) is not int or not 0 < amount <= payment.amount - payment.refunded:
            return _refused(400, "Refund amount cannot be more than transaction amount")
        payment.refunded += amount
        if payment.refunded == payment.amount:
            payment.status = "reversed"
        refund_id = self._next_id()
        now = _stamp(self.now())
        customer_note = given.get("customer_note") or f"Refund for transaction {payment.reference}"
        row = {
            "integration": 412829,
            "transaction": payment.id,
            "dispute": None,
            "settlement": None,
            "id": refund_id,
            "domain": "test",
            "currency": payment.currency,
            "amount": amount,
            "status": _REFUND_CARDS.get(payment.card, "pending"),
            "refunded_at": None,
            "refunded_by": "admin@example.com",
            "customer_note": customer_note,
            "merchant_note": given.get("merchant_note") or f"Refund for transaction {payment.reference}",
            "deducted_amount": 0,
            "fully_deducted": 0,
            "createdAt": now,
            "bank_reference": None,
            "transaction_reference": payment.reference,
            "reason": "",
            "customer": {
                **self._customer(payment.email),
                **dict.fromkeys(("first_name", "last_name", "phone", "metadata", "international_format_phone"), ""),
            },
            "refund_type": "full" if amount == payment.amount else "partial",
            "transaction_amount": payment.amount,
            "initiated_by": "admin@example.com",
            "refund_channel": "card",
            "session_id": None,
            "collect_account_number": False,
        }
        self.refunds[refund_id] = row
        shown = self._show(payment)
        data = {
            "transaction": {
                **shown,
                "authorization": {"exp_month": None, "exp_year": None, "account_name": None},
                "customer": {"international_format_phone": None},
                "plan": {},
                "subaccount": {"currency": None},
            },
            "integration": 412829,
            "deducted_amount": 0,
            "channel": None,
            "merchant_note": row["merchant_note"],
            "customer_note": customer_note,
            "status": row["status"],
            "refunded_by": "admin@example.com",
            "expected_at": now,
            "currency": payment.currency,
            "domain": "test",
            "amount": amount,
            "fully_deducted": False,
            "id": refund_id,
            "createdAt": now,
            "updatedAt": now,
        }
        return _ok("Refund has been queued for processing", data)

    @route("/refund/<int:refund_id>", "GET")
    def refund_fetch(self, request: Request, refund_id: int) -> Response:
        """Show one refund."""
        if refund_id not in self.refunds:
            return _refused(404, "Refund not found")
        return _ok("Refund retrieved", self.refunds[refund_id])

    # Transfers

    @route("/transferrecipient", "POST")
    def transferrecipient(self, request: Request) -> Response:
        """Note whom to pay; the same account gives the same recipient."""
        given = request.get_json(silent=True) or {}
        for name in ("type", "name", "account_number", "bank_code"):
            if not given.get(name):
                return _refused(400, f"{name} is required")
        if not str(given["account_number"]).isdigit():
            return _refused(400, "Account number is invalid")
        key = (given["type"], given["account_number"], given["bank_code"])
        code = next((code for code, one in self.recipients.items() if one["key"] == key), "")
        if not code:
            code = f"RCP_{secrets.token_hex(8)}"
            self.recipients[code] = {"key": key, "data": self._recipient(code, given)}
        return _ok("Transfer recipient created successfully", self.recipients[code]["data"], 201)

    def _recipient(self, code: str, given: dict[str, Any]) -> dict[str, Any]:
        now = _stamp(self.now())
        return {
            "active": True,
            "createdAt": now,
            "currency": given.get("currency", "NGN"),
            "description": "",
            "domain": "test",
            "email": "",
            "id": self._next_id(),
            "integration": 412829,
            "name": given["name"],
            "recipient_code": code,
            "type": given["type"],
            "updatedAt": now,
            "is_deleted": False,
            "isDeleted": False,
            "details": {
                "authorization_code": None,
                "account_number": given["account_number"],
                "account_name": given["name"],
                "bank_code": given["bank_code"],
                "bank_name": "Test Bank",
            },
        }

    def _show_transfer(self, transfer: _Transfer) -> dict[str, Any]:
        now = _stamp(transfer.created)
        given = transfer.given
        return {
            "amount": given["amount"],
            "createdAt": now,
            "currency": given.get("currency", "NGN"),
            "domain": "test",
            "failures": None,
            "id": transfer.id,
            "integration": 412829,
            "reason": given.get("reason") or "",
            "reference": given["reference"],
            "source": "balance",
            "source_details": None,
            "status": transfer.status,
            "titan_code": None,
            "transfer_code": transfer.code,
            "transferred_at": None,
            "updatedAt": now,
            "recipient": self.recipients[given["recipient"]]["data"],
            "session": {"provider": None, "id": None},
            "gateway_response": None,
        }

    @route("/transfer", "POST")
    def transfer(self, request: Request) -> Response:
        """Send money from the balance."""
        given = request.get_json(silent=True) or {}
        reference = str(given.get("reference") or "")
        if given.get("recipient") not in self.recipients:
            return _refused(400, "Recipient specified is invalid")
        if not 16 <= len(reference) <= 50 or reference != reference.lower():
            return _refused(400, "Transfer reference is invalid")
        if reference in self.transfers:
            return _refused(400, "Please provide a unique reference. Customer has been paid with this one before")
        if type(given.get("amount")) is not int or given["amount"] <= 0:
            return _refused(400, "Amount is invalid")
        if given["amount"] > self.balance:
            return _refused(400, "Your balance is not enough to fulfil this request")
        self.balance -= given["amount"]
        transfer = _Transfer(self._next_id(), f"TRF_{secrets.token_hex(8)}", given, self.now())
        self.transfers[reference] = transfer
        shown = self._show_transfer(transfer)
        more = {"transfersessionid": [], "transfertrials": [], "recipient": shown["recipient"]["id"], "request": 1}
        if self.transfers_wait:
            transfer.status = "pending"
        else:
            self._webhook("transfer.success", shown)
        answer = {**shown, **more, "status": transfer.status}
        answer = {name: value for name, value in answer.items() if name not in ("session", "gateway_response")}
        return _ok("Transfer has been queued", answer)

    @route("/transfer/verify/<reference>", "GET")
    def transfer_verify(self, request: Request, reference: str) -> Response:
        """Show one transfer."""
        if reference not in self.transfers:
            return _refused(404, "Transfer not found")
        return _ok("Transfer retrieved", self._show_transfer(self.transfers[reference]))

    # The page

    @route("/page/<access_code>", "GET", "POST")
    def page(self, request: Request, access_code: str) -> Response:
        """The page that the customer sees; it leads back whatever happened."""
        payment = next((one for one in self.transactions.values() if one.access_code == access_code), None)
        if payment is None:
            return Response("No such payment.", 404)
        if request.method == "GET":
            amount = shown_amount(Decimal(payment.requested) / 100, payment.currency)
            return choices(self.code, amount, f"{payment.reference}, {payment.status}", fields=_FIELDS)
        payment.card = request.form.get("card", "").replace(" ", "")
        if request.form.get("do") != "approve":
            self.reject(payment.reference)
        elif payment.card in _REFUSED_CARDS:
            self.reject(payment.reference, _REFUSED_CARDS[payment.card])
        else:
            self.approve(payment.reference)
        mark = "&" if "?" in payment.callback_url else "?"
        query = f"trxref={payment.reference}&reference={payment.reference}"
        return redirect(f"{payment.callback_url}{mark}{query}", 303)
