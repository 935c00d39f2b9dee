"""Orange Money's Web Payment, imitated: tokens, the page, status and notifications.

``reference`` in the control API: Orange's ``pay_token`` or our ``order_id``.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import choices, shown_amount

__all__ = ["OrangeWebSimulator"]


@dataclass
class _Payment:
    order_id: str
    amount: int
    currency: str
    pay_token: str
    notif_token: str
    return_url: str
    cancel_url: str
    notif_url: str
    label: str
    segment: str
    opened: datetime
    status: str = "INITIATED"
    txnid: str = ""


def _error(status: int, code: int, message: str, description: str) -> Response:
    return answer_json({"code": code, "message": message, "description": description}, status)


class OrangeWebSimulator(Simulator):
    """Orange's ``api.orange.com`` as far as Web Payment goes."""

    code: ClassVar[str] = "orange_web"
    client_id = "sim-client"
    client_secret = "sim-client-secret"  # noqa: S105 (opens nothing but this simulator)
    merchant_key = "sim-merchant-key"
    token_seconds = 7_776_000
    page_minutes = 10

    def clear(self) -> None:
        """Forget payments and tokens."""
        self.tokens: dict[str, datetime] = {}
        self.payments: dict[str, _Payment] = {}

    # What people do

    def _find(self, reference: str) -> _Payment:
        for payment in self.payments.values():
            if reference in (payment.order_id, payment.pay_token):
                return payment
        raise KeyError(reference)

    def _finish(self, reference: str, status: str) -> None:
        with self.lock:
            payment = self._find(reference)
            payment.status = status
            if status == "SUCCESS":
                payment.txnid = f"MP{self.now():%y%m%d.%H%M}.C{secrets.randbelow(100_000):05d}"
                if self.faults.wrong_amount:
                    payment.amount += 5
            token = secrets.token_hex(16) if self.faults.bad_signature else payment.notif_token
            body = answer_json({"status": status, "notif_token": token, "txnid": payment.txnid}).get_data()
        self.send_webhook(payment.notif_url, body, {"Content-Type": "application/json"})

    def approve(self, reference: str) -> None:
        """The customer types the one-time code."""
        self._finish(reference, "SUCCESS")

    def reject(self, reference: str) -> None:
        """The customer's code or balance doesn't do."""
        self._finish(reference, "FAILED")

    def expire(self, reference: str) -> None:
        """The page was left alone."""
        self._finish(reference, "EXPIRED")

    def confirm(self, reference: str) -> None:
        """The customer confirmed, and Orange is still at work."""
        with self.lock:
            self._find(reference).status = "PENDING"

    def waiting(self) -> list[dict[str, Any]]:
        """Open pages."""
        return [
            {
                "reference": payment.pay_token,
                "phone": "",
                "amount": payment.amount,
                "currency": payment.currency,
                "text": payment.label,
            }
            for payment in self.payments.values()
            if payment.status in ("INITIATED", "PENDING")
        ]

    # Orange's addresses

    @route("/oauth/v3/token", "POST")
    def token(self, request: Request) -> Response:
        """Client credentials for a token."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return answer_json({"error": "invalid_client", "error_description": "Invalid client credentials"}, 401)
        if request.form.get("grant_type") != "client_credentials":
            return answer_json({"error": "unsupported_grant_type"}, 400)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = self.now() + timedelta(seconds=self.token_seconds)
        return answer_json({"token_type": "Bearer", "access_token": token, "expires_in": str(self.token_seconds)})

    def _unauthorized(self, request: Request) -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return _error(401, 41, "Invalid credentials", "The token is not valid")
        if self.tokens[token] <= self.now():
            return _error(401, 42, "Expired credentials", "The token has expired")
        return None

    @route("/orange-money-webpay/<segment>/v1/webpayment", "POST")
    def webpayment(self, request: Request, segment: str) -> Response:
        """Open a page."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        given = request.get_json(silent=True) or {}
        names = "merchant_key currency order_id amount return_url cancel_url notif_url lang reference".split()
        for name in names:
            if given.get(name) in (None, ""):
                return _error(400, 23, "Missing body field", f"{name} is missing")
        lengths = {"order_id": 30, "reference": 30, "return_url": 120, "cancel_url": 120, "notif_url": 120}
        if (
            type(given["amount"]) is not int
            or given["amount"] <= 0
            or given["currency"] != ("OUV" if segment == "dev" else "XAF")
            or given["lang"] not in ("fr", "en")
            or any(len(given[name]) > length for name, length in lengths.items())
        ):
            return _error(400, 24, "Invalid body field", "A field has a wrong value")
        if given["merchant_key"] != self.merchant_key:
            return _error(403, 50, "Access denied", "Unknown merchant_key")
        if given["order_id"] in self.payments:
            return _error(400, 24, "Invalid body field", "order_id was used before")
        payment = _Payment(
            order_id=given["order_id"],
            amount=given["amount"],
            currency=given["currency"],
            pay_token=secrets.token_hex(32),
            notif_token=secrets.token_hex(16),
            return_url=given["return_url"],
            cancel_url=given["cancel_url"],
            notif_url=given["notif_url"],
            label=given["reference"],
            segment=segment,
            opened=self.now(),
        )
        self.payments[payment.order_id] = payment
        return answer_json(
            {
                "status": 201,
                "message": "OK",
                "pay_token": payment.pay_token,
                "payment_url": f"{request.host_url}{self.code}/page/{payment.pay_token}",
                "notif_token": payment.notif_token,
            },
            201,
        )

    @route("/orange-money-webpay/<segment>/v1/transactionstatus", "POST")
    def transactionstatus(self, request: Request, segment: str) -> Response:
        """Say where a payment stands, to who knows its amount."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        given = request.get_json(silent=True) or {}
        payment = self.payments.get(str(given.get("order_id")))
        if (
            payment is None
            or payment.segment != segment
            or given.get("pay_token") != payment.pay_token
            or given.get("amount") != payment.amount
        ):
            return _error(404, 60, "Resource not found", "No such transaction")
        if payment.status == "INITIATED" and self.now() > payment.opened + timedelta(minutes=self.page_minutes):
            payment.status = "EXPIRED"
        return answer_json({"status": payment.status, "order_id": payment.order_id, "txnid": payment.txnid})

    # The page

    @route("/page/<pay_token>", "GET", "POST")
    def page(self, request: Request, pay_token: str) -> Response:
        """The page that the customer sees; the way back is a plain GET that proves nothing."""
        try:
            payment = self._find(pay_token)
        except KeyError:
            return Response("No such payment.", 404)
        if request.method == "POST":
            if request.form.get("do") == "approve":
                self.approve(pay_token)
                return redirect(payment.return_url, 303)
            self.reject(pay_token)
            return redirect(payment.cancel_url, 303)
        return choices(self.code, shown_amount(payment.amount, payment.currency), f"{payment.label}, {payment.status}")
