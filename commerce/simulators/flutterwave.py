"""Flutterwave v3, imitated: pages, verification, lists, refunds, transfers, webhooks with the shared secret.

``reference`` in the control API: ``tx_ref`` of a payment or ``reference`` of a transfer. Webhooks go to
:attr:`FlutterwaveSimulator.webhook_url`, as they go to the address in the dashboard. On the page, phone numbers that
end in 121212121 or 010101011 fail; transfers obey the suffixes ``_PMCK``, ``_PMCK_ST_F`` and ``DU_<minutes>``.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import choices, shown_amount

__all__ = ["FlutterwaveSimulator"]

_FIELDS = Markup('<label>Phone <input name="phone" inputmode="tel" autocomplete="off"></label>')

_FAILING_PHONES = ("121212121", "010101011")
_BLACKLISTED = "0690000036"
_SUFFIX = re.compile(r"_PMCK(?P<fails>_ST_F)?(?:_?DU_(?P<minutes>\d+))?$")
_ROWS = 20


@dataclass
class _Payment:
    id: int
    tx_ref: str
    flw_ref: str
    asked: Decimal
    currency: str
    redirect_url: str
    customer: dict[str, Any]
    link: str
    opened: datetime
    amount: Decimal = Decimal(0)
    status: str = ""  #: empty until the customer has tried
    processor_response: str = ""
    refunded: Decimal = Decimal(0)


@dataclass
class _Transfer:
    id: int
    given: dict[str, Any]
    amount: Decimal
    created: datetime
    status: str = "NEW"
    message: str = ""


def _number(value: Decimal) -> int | float:
    """As in JavaScript, where one kind of number is all there is."""
    return int(value) if value == int(value) else float(value)


def _ok(message: str, data: Any, **more: Any) -> Response:
    return answer_json({"status": "success", "message": message, "data": data, **more})


def _refused(status: int, message: str) -> Response:
    return answer_json({"status": "error", "message": message, "data": None}, status)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


class FlutterwaveSimulator(Simulator):
    """``api.flutterwave.com/v3`` with a test key."""

    code: ClassVar[str] = "flutterwave"
    secret_key = "FLWSECK_TEST-simulator-X"  # noqa: S105 (opens nothing but this simulator)
    webhook_hash = "sim-webhook-hash"
    webhook_url = ""
    #: Webhooks in the old shape, without ``event``.
    has_old_webhooks = False

    def clear(self) -> None:
        """Forget everything but the address for webhooks."""
        self.payments: dict[str, _Payment] = {}
        self.refunds: dict[int, dict[str, Any]] = {}
        self.transfers: dict[str, _Transfer] = {}
        self.balance = Decimal(10**12)
        #: So many calls are worked off and answered by the gateway's 503.
        self.gateway_timeouts = 0
        self._last_id = 4_975_000

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    # What people do

    def _webhook(self, body: Any) -> None:
        known = "somebody-else" if self.faults.bad_signature else self.webhook_hash
        headers = {"Content-Type": "application/json", "verif-hash": known}
        self.send_webhook(self.webhook_url, answer_json(body).get_data(), headers)

    def _try(self, tx_ref: str, status: str, response: str) -> None:
        with self.lock:
            payment = self.payments[tx_ref]
            payment.status, payment.processor_response = status, response
            payment.amount = payment.asked - 1 if self.faults.wrong_amount else payment.asked
            data = self._show(payment)
            kind = "MOBILEMONEYFRANCO_TRANSACTION"
            if self.has_old_webhooks:
                renamed = {"tx_ref": "txRef", "flw_ref": "flwRef"}
                body = {renamed.get(name, name): value for name, value in data.items()} | {"event.type": kind}
            else:
                body = {"event": "charge.completed", "data": data, "event.type": kind}
        if status != "pending":
            self._webhook(body)

    def approve(self, reference: str) -> None:
        """The customer pays, or a transfer arrives."""
        if reference in self.transfers:
            self._finish_transfer(self.transfers[reference], "SUCCESSFUL", "Transaction was successful")
            return
        self._try(reference, "successful", "Approved")

    def reject(self, reference: str, response: str = "Transaction declined") -> None:
        """A try fails, or a transfer does."""
        if reference in self.transfers:
            self._finish_transfer(self.transfers[reference], "FAILED", "DISBURSE FAILED: Account could not be resolved")
            return
        self._try(reference, "failed", response)

    def process(self, reference: str) -> None:
        """The customer did their part, the operator has not answered."""
        self._try(reference, "pending", "Transaction in progress")

    def expire(self, reference: str) -> None:
        """The page is too old, and nobody tried."""
        with self.lock:
            self.payments[reference].opened -= timedelta(days=2)

    def _finish_transfer(self, transfer: _Transfer, status: str, message: str) -> None:
        with self.lock:
            transfer.status, transfer.message = status, message
            data = self._show_transfer(transfer)
        self._webhook({"event": "transfer.completed", "event.type": "Transfer", "data": data})

    def waiting(self) -> list[dict[str, Any]]:
        """Open pages."""
        return [
            {
                "reference": payment.tx_ref,
                "phone": payment.customer.get("phonenumber", ""),
                "amount": _number(payment.asked),
                "currency": payment.currency,
                "text": payment.customer["email"],
            }
            for payment in self.payments.values()
            if payment.status in ("", "pending", "failed")
        ]

    # Requests

    def before(self, request: Request) -> Response | None:
        """Check the key, except on the customer's page."""
        if f"/{self.code}/page/" in request.path:
            return None
        if request.headers.get("Authorization") != f"Bearer {self.secret_key}":
            return _refused(401, "Invalid authorization key")
        return None

    def trouble(self) -> Response | None:
        """The gateway's own way of failing, beside those of all."""
        with self.lock:
            if self.gateway_timeouts > 0:
                self.gateway_timeouts -= 1
                return _refused(503, "The request timed out")
        return super().trouble()

    def _show(self, payment: _Payment) -> dict[str, Any]:
        return {
            "id": payment.id,
            "tx_ref": payment.tx_ref,
            "flw_ref": payment.flw_ref,
            "device_fingerprint": "N/A",
            "amount": _number(payment.amount),
            "currency": payment.currency,
            "charged_amount": _number(payment.amount),
            "app_fee": _number(payment.amount * Decimal("0.0255")),
            "merchant_fee": 0,
            "processor_response": payment.processor_response,
            "auth_model": "AUTH",
            "ip": "192.0.2.1",
            "narration": "Simulator",
            "status": payment.status,
            "payment_type": "mobilemoneyfranco",
            "created_at": payment.opened.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "account_id": 17321,
            "customer": {
                "id": 370672,
                "name": payment.customer.get("name", ""),
                "phone_number": payment.customer.get("phonenumber", ""),
                "email": payment.customer["email"],
                "created_at": payment.opened.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            },
        }

    @route("/v3/payments", "POST")
    def start(self, request: Request) -> Response:
        """Open a page; the same ``tx_ref`` leads to the same."""
        given = request.get_json(silent=True) or {}
        customer = given.get("customer")
        for name in ("tx_ref", "amount", "redirect_url", "customer"):
            if not given.get(name):
                return _refused(400, f"{name} is required")
        if not (isinstance(customer, dict) and "@" in str(customer.get("email"))):
            return _refused(400, "customer.email is required")
        amount = _decimal(given["amount"])
        if amount is None:
            return _refused(400, "amount must be a number")
        payment = self.payments.get(given["tx_ref"])
        if payment is None:
            token = secrets.token_hex(10)
            payment = _Payment(
                id=self._next_id(),
                tx_ref=given["tx_ref"],
                flw_ref=f"FLW-MOCK-{secrets.token_hex(16)}",
                asked=amount,
                currency=given.get("currency", "NGN"),
                redirect_url=given["redirect_url"],
                customer=customer,
                link=token,
                opened=self.now(),
            )
            self.payments[payment.tx_ref] = payment
        return _ok("Hosted Link", {"link": f"{request.host_url}{self.code}/page/{payment.link}"})

    @route("/v3/transactions/verify_by_reference", "GET")
    def verify_by_reference(self, request: Request) -> Response:
        """Show one transaction, once there is one."""
        payment = self.payments.get(request.args.get("tx_ref", ""))
        if payment is None or not payment.status:
            return _refused(404, "No transaction was found for this id")
        return _ok("Transaction fetched successfully", self._show(payment))

    @route("/v3/transactions/<int:transaction_id>/verify", "GET")
    def verify(self, request: Request, transaction_id: int) -> Response:
        """Show one transaction by Flutterwave's id."""
        payment = next((one for one in self.payments.values() if one.id == transaction_id and one.status), None)
        if payment is None:
            return _refused(404, "No transaction was found for this id")
        return _ok("Transaction fetched successfully", self._show(payment))

    @route("/v3/transactions", "GET")
    def transactions(self, request: Request) -> Response:
        """List transactions of some days, newest first."""
        first, last = request.args.get("from", ""), request.args.get("to", "9999")
        found = [
            self._show(payment)
            for payment in reversed(self.payments.values())
            if payment.status and first <= payment.opened.astimezone(UTC).date().isoformat() <= last
        ]
        page = int(request.args.get("page", 1))
        info = {"total": len(found), "current_page": page, "total_pages": -(-len(found) // _ROWS)}
        rows = found[(page - 1) * _ROWS : page * _ROWS]
        return _ok("Transactions fetched", rows, meta={"page_info": info})

    # Refunds

    @route("/v3/transactions/<int:transaction_id>/refund", "POST")
    def refund(self, request: Request, transaction_id: int) -> Response:
        """Give money back."""
        given = request.get_json(silent=True) or {}
        payment = next((one for one in self.payments.values() if one.id == transaction_id), None)
        if payment is None or payment.status != "successful":
            return _refused(400, "Transaction cannot be refunded")
        amount = _decimal(given["amount"]) if given.get("amount") else payment.amount
        if amount is None or amount > payment.amount - payment.refunded:
            return _refused(400, "Refund amount is more than what is left of the transaction")
        payment.refunded += amount
        row = {
            "id": self._next_id(),
            "account_id": 17321,
            "tx_id": payment.id,
            "flw_ref": payment.flw_ref,
            "wallet_id": 74639,
            "amount_refunded": _number(amount),
            "status": "completed",
            "destination": "payment_source",
            "meta": {"source": "availablebalance"},
            "created_at": self.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        self.refunds[self._last_id] = row
        return _ok("Transaction refund initiated", row)

    @route("/v3/refunds/<int:refund_id>", "GET")
    def refund_fetch(self, request: Request, refund_id: int) -> Response:
        """Show one refund."""
        if refund_id not in self.refunds:
            return _refused(404, "Refund not found")
        return _ok("Refund fetched", self.refunds[refund_id])

    # Transfers

    def _show_transfer(self, transfer: _Transfer) -> dict[str, Any]:
        given = transfer.given
        return {
            "id": transfer.id,
            "account_number": given["account_number"],
            "bank_code": given["account_bank"],
            "full_name": given.get("beneficiary_name") or "N/A",
            "created_at": transfer.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "currency": given["currency"],
            "debit_currency": given.get("debit_currency") or given["currency"],
            "amount": _number(transfer.amount),
            "fee": 0,
            "status": transfer.status,
            "reference": given["reference"],
            "meta": None,
            "narration": given.get("narration") or "",
            "complete_message": transfer.message,
            "requires_approval": 0,
            "is_approved": 1,
            "bank_name": "FA-BANK",
        }

    @route("/v3/transfers", "GET", "POST")
    def transfer(self, request: Request) -> Response:
        """Send money from the balance, or find transfers by reference."""
        if request.method == "GET":
            wanted = request.args.get("reference", "")
            found = [one for reference, one in self.transfers.items() if not wanted or reference == wanted]
            for one in found:
                self._pass_time(one)
            info = {"total": len(found), "current_page": 1, "total_pages": 1}
            rows = [self._show_transfer(one) for one in found]
            return _ok("Transfers fetched", rows, meta={"page_info": info})
        given = request.get_json(silent=True) or {}
        for name in ("account_bank", "account_number", "amount", "currency", "reference"):
            if not given.get(name):
                return _refused(400, f"{name} is required")
        amount = _decimal(given["amount"])
        if amount is None or not str(given["account_number"]).isdigit():
            return _refused(400, "Invalid transfer details")
        if given["reference"] in self.transfers:
            return _refused(400, "Transfer with this reference already exists")
        if amount > self.balance:
            return _refused(400, "Insufficient funds in customer wallet")
        self.balance -= amount
        transfer = _Transfer(self._next_id(), given, amount, self.now())
        self.transfers[given["reference"]] = transfer
        answer = _ok("Transfer Queued Successfully", self._show_transfer(transfer))
        if given["account_number"] == _BLACKLISTED:
            self._finish_transfer(transfer, "FAILED", "DISBURSE FAILED: Account is blacklisted")
        return answer

    def _pass_time(self, transfer: _Transfer) -> None:
        suffix = _SUFFIX.search(transfer.given["reference"])
        if transfer.status not in ("NEW", "PENDING"):
            return
        transfer.status = "PENDING"
        if suffix and self.now() >= transfer.created + timedelta(minutes=int(suffix["minutes"] or 10)):
            (self.reject if suffix["fails"] else self.approve)(transfer.given["reference"])

    # The page

    @route("/page/<link>", "GET", "POST")
    def page(self, request: Request, link: str) -> Response:
        """The page that the customer sees; what it adds to the way back proves nothing."""
        payment = next((one for one in self.payments.values() if one.link == link), None)
        if payment is None:
            return Response("No such payment.", 404)
        if request.method == "GET":
            amount = shown_amount(payment.asked, payment.currency)
            return choices(self.code, amount, f"{payment.tx_ref}, {payment.status or 'open'}", fields=_FIELDS)
        phone = "".join(sign for sign in request.form.get("phone", "") if sign.isdigit())
        is_paid = request.form.get("do") == "approve" and not phone.endswith(_FAILING_PHONES)
        if is_paid:
            self.approve(payment.tx_ref)
        else:
            self.reject(payment.tx_ref)
        mark = "&" if "?" in payment.redirect_url else "?"
        word = "successful" if is_paid else "cancelled"
        query = f"status={word}&tx_ref={payment.tx_ref}&transaction_id={payment.id}"
        return redirect(f"{payment.redirect_url}{mark}{query}", 303)
