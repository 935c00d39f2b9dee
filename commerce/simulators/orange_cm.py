"""Orange Cameroun's OMAPI, imitated: pay tokens, prompts, cash-in, notifications.

``reference`` in the control API: the ``payToken`` or our ``orderId``. The customer's last digit decides what happens:
0 pays by itself, 1 is refused at once (417), 2 expires, 3 stays, 4 pays without a notification, 5 pays and notifies
twice, 7 (cash-in) is refused, 8 waits for the control API, as does every other.
"""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route

__all__ = ["OrangeCamerounSimulator"]


@dataclass
class _Payment:
    pay_token: str
    kind: str
    created: datetime
    id: int
    asked: dict[str, Any] = field(default_factory=dict)
    amount: str = ""
    status: str = ""
    txnid: str = ""
    inittxnstatus: str = ""
    inittxnmessage: str = ""
    confirmtxnstatus: str = ""
    confirmtxnmessage: str = ""

    def body(self, message: str) -> dict[str, Any]:
        """Orange's envelope."""
        data: dict[str, Any] = {"payToken": self.pay_token, "status": self.status or "INITIATED"}
        if self.asked:
            data |= {
                "id": self.id,
                "createtime": str(int(self.created.timestamp())),
                "subscriberMsisdn": self.asked["subscriberMsisdn"],
                "amount": self.amount,
                "txnid": self.txnid,
                "txnmode": self.asked["orderId"],
                "inittxnmessage": self.inittxnmessage,
                "inittxnstatus": self.inittxnstatus,
                "confirmtxnstatus": self.confirmtxnstatus or None,
                "confirmtxnmessage": self.confirmtxnmessage or None,
                "notifUrl": self.asked.get("notifUrl"),
                "description": self.asked["description"],
                "channelUserMsisdn": self.asked["channelUserMsisdn"],
            }
        return {"message": message, "data": data}


class OrangeCamerounSimulator(Simulator):
    """``api-s1.orange.cm``."""

    code: ClassVar[str] = "orange_cm"
    consumer_key = "sim-consumer"
    consumer_secret = "sim-consumer-secret"  # noqa: S105 (opens nothing but this simulator)
    api_user = "sim-user"
    api_password = "sim-api-password"  # noqa: S105 (as above)
    channel_msisdn = "691234567"
    pin = "4821"
    token_seconds = 3600
    expires_after = timedelta(minutes=5)
    #: Seconds before a prompt that pays by itself is paid, by the simulator's clock.
    pays_after = timedelta(seconds=3)
    #: Refuse tokens in XML, as the gateway before Orange may.
    has_xml_faults = False
    #: Shape of notifications: ``short``, ``whole`` or ``flat``; all have been seen.
    notification = "short"

    def clear(self) -> None:
        """Forget payments and tokens."""
        self.tokens: dict[str, datetime] = {}
        self.payments: dict[str, _Payment] = {}
        self.prompts: list[str] = []

    # What people do

    def _find(self, reference: str) -> _Payment:
        for payment in self.payments.values():
            if reference == payment.pay_token or (payment.asked and reference == payment.asked["orderId"]):
                return payment
        raise KeyError(reference)

    def _finish(self, reference: str, status: str, message: str = "") -> None:
        with self.lock:
            payment = self._find(reference)
            payment.status = status
            payment.confirmtxnmessage = message
            payment.confirmtxnstatus = "200" if status == "SUCCESSFULL" else "600"
            if status == "SUCCESSFULL":
                payment.txnid = f"MP{self.now():%y%m%d.%H%M}.A{secrets.randbelow(100_000):05d}"
                if self.faults.wrong_amount:
                    payment.amount = str(int(payment.amount) - 5)
            digit = payment.asked["subscriberMsisdn"][-1]
            whole = payment.body("Transaction retrieved successfully")
            if self.faults.bad_signature:
                # There is no signature; a forger can at best guess a token.
                whole["data"]["payToken"] = "MP" + secrets.token_hex(10).upper()
            shapes = {
                "short": {"type": "payment_notification", "data": {"payToken": whole["data"]["payToken"]}},
                "whole": whole,
                "flat": whole["data"],
            }
            body = answer_json(shapes[self.notification]).get_data()
            url = payment.asked.get("notifUrl") or ""
        if digit != "4":
            for _time in range(2 if digit == "5" else 1):
                self.send_webhook(url, body, {"Content-Type": "application/json"})

    def approve(self, reference: str) -> None:
        """The customer types the PIN."""
        self._finish(reference, "SUCCESSFULL", "Paiement e la clientele done")

    def reject(self, reference: str) -> None:
        """The customer says no."""
        self._finish(reference, "CANCELLED", "Transaction annulee")

    def fail(self, reference: str) -> None:
        """The balance doesn't do."""
        self._finish(reference, "FAILED", "Le solde du compte est insuffisant")

    def expire(self, reference: str) -> None:
        """Nobody confirmed."""
        self._finish(reference, "EXPIRED")

    def waiting(self) -> list[dict[str, Any]]:
        """Prompts on phones."""
        return [
            {
                "reference": payment.pay_token,
                "phone": f"+237{payment.asked['subscriberMsisdn']}",
                "amount": payment.amount,
                "currency": "XAF",
                "text": payment.asked["description"],
            }
            for payment in self.payments.values()
            if payment.kind == "mp" and payment.status == "PENDING"
        ]

    # Orange's addresses

    @route("/token", "POST")
    def token(self, request: Request) -> Response:
        """Client credentials for a token."""
        pair = base64.b64encode(f"{self.consumer_key}:{self.consumer_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return answer_json({"error": "invalid_client", "error_description": "Client Authentication failed."}, 401)
        if request.form.get("grant_type") != "client_credentials":
            return answer_json({"error": "unsupported_grant_type"}, 400)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = self.now() + timedelta(seconds=self.token_seconds)
        return answer_json(
            {
                "access_token": token,
                "scope": "am_application_scope default",
                "token_type": "Bearer",
                "expires_in": self.token_seconds,
            }
        )

    def _unauthorized(self, request: Request) -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or self.tokens[token] <= self.now():
            fault = {"code": 900901, "message": "Invalid Credentials", "description": "Access failure"}
            if self.has_xml_faults:
                xml = "<ams:fault><ams:code>900901</ams:code><ams:message>Invalid Credentials</ams:message></ams:fault>"
                return Response(xml, 401, content_type="application/xml")
            return answer_json({"fault": fault}, 401)
        user = base64.b64encode(f"{self.api_user}:{self.api_password}".encode()).decode()
        if request.headers.get("X-AUTH-TOKEN") != user:
            return answer_json({"message": "Unauthorized access", "data": None}, 403)
        return None

    def _refused(self, message: str, status: int = 400) -> Response:
        return answer_json({"message": message, "data": None}, status)

    @route("/omcoreapis/1.0.2/<any(mp,cashin):kind>/init", "POST")
    def init(self, request: Request, kind: str) -> Response:
        """Hand out a pay token."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        token = f"{'MP' if kind == 'mp' else 'CI'}{self.now():%y%m%d}{secrets.token_hex(10).upper()}"
        self.payments[token] = _Payment(token, kind, self.now(), len(self.payments) + 1)
        return answer_json({"message": "Payment request successfully initiated", "data": {"payToken": token}})

    @route("/omcoreapis/1.0.2/<any(mp,cashin):kind>/pay", "POST")
    def pay(self, request: Request, kind: str) -> Response:
        """Send the prompt, or the money."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        given = request.get_json(silent=True) or {}
        names = "payToken subscriberMsisdn channelUserMsisdn amount orderId description pin".split()
        for name in [*names, "notifUrl"] if kind == "mp" else names:
            if not isinstance(given.get(name), str) or not given[name]:
                return self._refused(f"{name} is required")
        if not given["amount"].isdigit() or len(given["orderId"]) > 20 or len(given["description"]) > 125:
            return self._refused("Invalid parameters")
        if not (given["subscriberMsisdn"].isdigit() and len(given["subscriberMsisdn"]) == 9):
            return self._refused("Invalid subscriberMsisdn")
        payment = self.payments.get(given["payToken"])
        if payment is None or payment.kind != kind:
            return self._refused("Invalid payToken")
        if payment.asked:
            return self._refused("payToken was used before")
        payment.asked, payment.amount = given, given["amount"]
        digit = given["subscriberMsisdn"][-1]
        if given["pin"] != self.pin or given["channelUserMsisdn"] != self.channel_msisdn:
            return self._fail_at_once(payment, "60011", "Invalid channel user or PIN")
        if digit == "1":
            return self._fail_at_once(payment, "60019", "Le solde du compte du payeur est insuffisant")
        payment.inittxnstatus, payment.status = "200", "PENDING"
        if kind == "cashin":
            if digit == "7":
                return self._fail_at_once(payment, "60021", "Beneficiaire inexistant")
            if digit != "8":
                payment.status = "SUCCESSFULL"
                payment.txnid = f"CI{self.now():%y%m%d.%H%M}.B{secrets.randbelow(100_000):05d}"
            return answer_json(payment.body("Cash in performed successfully"))
        payment.inittxnmessage = "Paiement e la clientele done.Le devoir de confirmer le paiement incombe au client"
        self.prompts.append(payment.pay_token)
        return answer_json(payment.body("Merchant payment successfully initiated"))

    def _fail_at_once(self, payment: _Payment, code: str, text: str) -> Response:
        payment.inittxnstatus, payment.inittxnmessage, payment.status = code, text, "FAILED"
        return answer_json(payment.body(f"{code} :: {text}"), 417)

    @route("/omcoreapis/1.0.2/<any(mp,cashin):kind>/paymentstatus/<pay_token>", "GET")
    def paymentstatus(self, request: Request, kind: str, pay_token: str) -> Response:
        """Say where a payment stands."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        payment = self.payments.get(pay_token)
        if payment is None or payment.kind != kind:
            return self._refused("Payment not found", 404)
        self._pass_time(payment)
        return answer_json(payment.body("Transaction retrieved successfully"))

    def _pass_time(self, payment: _Payment) -> None:
        if payment.kind != "mp" or payment.status != "PENDING":
            return
        digit = payment.asked["subscriberMsisdn"][-1]
        age = self.now() - payment.created
        if digit in "045" and age >= self.pays_after:
            self.approve(payment.pay_token)
        elif (digit == "2" and age >= self.pays_after) or (digit != "3" and age >= self.expires_after):
            self.expire(payment.pay_token)

    @route("/omcoreapis/1.0.2/mp/push/<pay_token>", "GET")
    def push(self, request: Request, pay_token: str) -> Response:
        """Send the prompt again."""
        refusal = self._unauthorized(request)
        if refusal:
            return refusal
        payment = self.payments.get(pay_token)
        if payment is None or payment.status != "PENDING":
            return self._refused("Payment not found", 404)
        self.prompts.append(pay_token)
        return answer_json(payment.body("Push sent to customer"))
