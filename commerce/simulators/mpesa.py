"""M-Pesa's Daraja, imitated: tokens, prompts and their query, unsigned callbacks, payouts, status queries, reversals.

References of the control page are ``CheckoutRequestID`` for prompts, our ``OriginatorConversationID`` for payouts and
``ConversationID`` for reversals. Everybody's prompt waits for a hand.
"""

import base64
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.keys import certificate, private_key

__all__ = ["MpesaSimulator", "Operation", "Prompt"]

_NAIROBI = timezone(timedelta(hours=3))
_TOKEN_LIFE = timedelta(seconds=3599)
#: A prompt like another one is taken for a duplicate for this long.
_DUPLICATE_TIME = timedelta(seconds=30)
_DESCRIPTIONS = {
    0: "The service request is processed successfully.",
    1: "The balance is insufficient for the transaction.",
    1019: "Transaction has expired.",
    1032: "Request cancelled by user",
    1037: "DS timeout user cannot be reached",
    2001: "The initiator information is invalid.",
}


@dataclass
class Prompt:
    """A question on a customer's phone."""

    checkout: str
    merchant: str
    phone: str
    amount: int
    reference: str
    callback_url: str
    created_at: datetime
    code: int | None = None
    receipt: str = ""


@dataclass
class Operation:
    """A payout or a reversal."""

    conversation: str
    originator: str
    kind: str
    amount: int
    result_url: str
    timeout_url: str
    code: int | None = None
    receipt: str = ""
    party: str = field(default="", repr=False)


class MpesaSimulator(Simulator):
    """The sandbox's shortcode and published passkey, keys of our own."""

    code: ClassVar[str] = "mpesa"
    shortcode = "174379"
    passkey = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"  # published by Safaricom
    consumer_key = "mpesa-consumer-key"
    consumer_secret = "mpesa-consumer-secret"  # noqa: S105 (imitated)
    initiator = "testapi"
    initiator_password = "mpesa-initiator-password"  # noqa: S105 (imitated)
    payout_shortcode = "600996"

    def clear(self) -> None:
        self.prompts: dict[str, Prompt] = {}
        self.operations: dict[str, Operation] = {}
        self.tokens: dict[str, datetime] = {}
        #: Payouts and reversals wait for a hand, instead of succeeding at once.
        self.holds_payouts = False

    @property
    def certificate(self) -> str:
        """PEM, for ``SecurityCredential``."""
        return certificate()

    # What people do

    def approve(self, reference: str) -> None:
        prompt = self.prompts.get(reference)
        if prompt is None:
            self._finish_operation(self.operations[reference], 0)
            return
        if self.faults.wrong_amount:
            prompt.amount //= 2
        prompt.receipt = _receipt()
        self._finish_prompt(prompt, 0)

    def reject(self, reference: str) -> None:
        prompt = self.prompts.get(reference)
        if prompt is None:
            self._finish_operation(self.operations[reference], 1)
        else:
            self._finish_prompt(prompt, 1032)

    def expire(self, reference: str) -> None:
        """A prompt expires; of a payout nobody knows anything, and ``QueueTimeOutURL`` is told so."""
        prompt = self.prompts.get(reference)
        if prompt is None:
            operation = self.operations[reference]
            self._post(operation.timeout_url, {"Result": {"ResultType": 1, "ConversationID": operation.conversation}})
        else:
            self._finish_prompt(prompt, 1019)

    def waiting(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    "reference": prompt.checkout,
                    "phone": f"+{prompt.phone}",
                    "amount": str(prompt.amount),
                    "currency": "KES",
                    "text": prompt.reference,
                }
                for prompt in self.prompts.values()
                if prompt.code is None
            ]

    def _finish_prompt(self, prompt: Prompt, code: int) -> None:
        with self.lock:
            prompt.code = code
        told: dict[str, Any] = {
            "MerchantRequestID": prompt.merchant,
            "CheckoutRequestID": prompt.checkout,
            "ResultCode": code,
            "ResultDesc": _DESCRIPTIONS.get(code, ""),
        }
        if code == 0:
            at = int(self.now().astimezone(_NAIROBI).strftime("%Y%m%d%H%M%S"))
            told["CallbackMetadata"] = {
                "Item": [
                    {"Name": "Amount", "Value": prompt.amount},
                    {"Name": "MpesaReceiptNumber", "Value": prompt.receipt},
                    {"Name": "Balance"},
                    {"Name": "TransactionDate", "Value": at},
                    {"Name": "PhoneNumber", "Value": int(prompt.phone)},
                ]
            }
        self._post(prompt.callback_url, {"Body": {"stkCallback": told}})

    def _finish_operation(self, operation: Operation, code: int) -> None:
        with self.lock:
            operation.code = code
            operation.receipt = _receipt()
        parameters = [
            {"Key": "TransactionAmount", "Value": operation.amount},
            {"Key": "TransactionReceipt", "Value": operation.receipt},
            {"Key": "ReceiverPartyPublicName", "Value": f"{operation.party} - Customer"},
        ]
        self._post(operation.result_url, self._result(operation, code, parameters if code == 0 else []))

    def _result(self, operation: Operation, code: int, parameters: list[Any]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "ResultType": 0,
            "ResultCode": code,
            "ResultDesc": _DESCRIPTIONS.get(code, ""),
            "OriginatorConversationID": operation.originator,
            "ConversationID": operation.conversation,
            "TransactionID": operation.receipt,
        }
        if parameters:
            told["ResultParameters"] = {"ResultParameter": parameters}
        return {"Result": told}

    def _post(self, url: str, told: dict[str, Any]) -> None:
        if url and self.faults.bad_signature:
            url += "-forged"
        self.send_webhook(url, json.dumps(told).encode(), {"Content-Type": "application/json"})

    # Tokens

    @route("/oauth/v1/generate")
    def token(self, request: Request) -> Response:
        if request.args.get("grant_type") != "client_credentials":
            return _error(400, "400.008.02", "Invalid grant type passed")
        pair = base64.b64encode(f"{self.consumer_key}:{self.consumer_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            return _error(401, "401.002.01", "Error Occurred - Invalid Access Token")
        token = secrets.token_urlsafe(21)
        self.tokens[token] = self.now() + _TOKEN_LIFE
        return answer_json({"access_token": token, "expires_in": "3599"})

    # Prompts

    @route("/mpesa/stkpush/v1/processrequest", "POST")
    def push(self, request: Request) -> Response:
        body = _json(request)
        if (refused := self._refused(request) or self._bad_password(body)) is not None:
            return refused
        if complaint := self._complaint(body):
            return _error(400, "400.002.02", f"Bad Request - Invalid {complaint}")
        phone, amount = body["PhoneNumber"], body["Amount"]
        for other in self.prompts.values():
            if other.phone == phone and other.amount == amount and self.now() < other.created_at + _DUPLICATE_TIME:
                return answer_json({"ResponseCode": "35", "ResponseDescription": "Duplicate request"})
            if other.phone == phone and other.code is None:
                return _error(
                    500,
                    "500.001.1001",
                    "Unable to lock subscriber, a transaction is already in process for the subscriber",
                )
        prompt = Prompt(
            checkout=f"ws_CO_{self.now().astimezone(_NAIROBI):%d%m%Y%H%M%S}{secrets.randbelow(10**9):09}",
            merchant=f"{secrets.randbelow(10**5)}-{secrets.randbelow(10**8)}-1",
            phone=phone,
            amount=amount,
            reference=body["AccountReference"],
            callback_url=body["CallBackURL"],
            created_at=self.now(),
        )
        self.prompts[prompt.checkout] = prompt
        return answer_json(
            {
                "MerchantRequestID": prompt.merchant,
                "CheckoutRequestID": prompt.checkout,
                "ResponseCode": "0",
                "ResponseDescription": "Success. Request accepted for processing",
                "CustomerMessage": "Success. Request accepted for processing",
            }
        )

    @route("/mpesa/stkpushquery/v1/query", "POST")
    def query(self, request: Request) -> Response:
        body = _json(request)
        if (refused := self._refused(request) or self._bad_password(body)) is not None:
            return refused
        prompt = self.prompts.get(str(body.get("CheckoutRequestID", "")))
        if prompt is None:
            return _error(400, "400.002.02", "Bad Request - Invalid CheckoutRequestID")
        if prompt.code is None:
            return _error(500, "500.001.1001", "The transaction is being processed")
        return answer_json(
            {
                "ResponseCode": "0",
                "ResponseDescription": "The service request has been accepted successsfully",
                "MerchantRequestID": prompt.merchant,
                "CheckoutRequestID": prompt.checkout,
                "ResultCode": str(prompt.code),
                "ResultDesc": _DESCRIPTIONS.get(prompt.code, ""),
            }
        )

    # Payouts, reversals, questions about them

    @route("/mpesa/b2c/v1/paymentrequest", "POST")
    @route("/mpesa/b2c/v3/paymentrequest", "POST")
    def pay_out(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        body = _json(request)
        originator = str(body.get("OriginatorConversationID", ""))
        if not originator or body.get("CommandID") not in ("SalaryPayment", "BusinessPayment", "PromotionPayment"):
            return _error(400, "400.002.02", "Bad Request - Invalid CommandID")
        if not isinstance(body.get("Amount"), int) or not re.fullmatch(r"254[17]\d{8}", str(body.get("PartyB", ""))):
            return _error(400, "400.002.02", "Bad Request - Invalid PartyB")
        if originator in self.operations:
            return _error(500, "500.002.1001", "Duplicate OriginatorConversationID.")
        return self._start(body, "payout", originator, originator, str(body.get("InitiatorName", "")))

    @route("/mpesa/reversal/v1/request", "POST")
    def reverse(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        body = _json(request)
        if body.get("CommandID") != "TransactionReversal" or body.get("RecieverIdentifierType") != "11":
            return _error(400, "400.002.02", "Bad Request - Invalid RecieverIdentifierType")
        paid = [one for one in self.prompts.values() if one.receipt and one.receipt == body.get("TransactionID")]
        if not paid or body.get("Amount", 0) > paid[0].amount:
            return _error(400, "400.002.02", "Bad Request - Invalid TransactionID")
        return self._start(body, "reversal", "", secrets.token_hex(8), str(body.get("Initiator", "")))

    @route("/mpesa/transactionstatus/v1/query", "POST")
    def status(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        body = _json(request)
        asked = str(body.get("OriginalConversationID", ""))
        ack = {
            "OriginatorConversationID": secrets.token_hex(8),
            "ConversationID": _conversation(),
            "ResponseCode": "0",
            "ResponseDescription": "Accept the service request successfully.",
        }
        found = [one for one in self.operations.values() if asked and asked in (one.conversation, one.originator)]
        url = str(body.get("ResultURL", ""))
        if not found or not self._knows(body, str(body.get("Initiator", ""))):
            unknown = Operation(ack["ConversationID"], ack["OriginatorConversationID"], "status", 0, url, "")
            self._post(url, self._result(unknown, 2001 if found else 1, []))
            return answer_json(ack)
        word = {None: "Pending", 0: "Completed"}.get(found[0].code, "Failed")
        parameters = [
            {"Key": "ReceiptNo", "Value": found[0].receipt},
            {"Key": "TransactionStatus", "Value": word},
            {"Key": "Amount", "Value": found[0].amount},
            {"Key": "CreditPartyName", "Value": f"{found[0].party} - Customer"},
        ]
        self._post(url, self._result(found[0], 0, parameters))
        return answer_json(ack)

    def _start(self, body: dict[str, Any], kind: str, key: str, originator: str, initiator: str) -> Response:
        operation = Operation(
            conversation=_conversation(),
            originator=originator,
            kind=kind,
            amount=body["Amount"],
            result_url=str(body.get("ResultURL", "")),
            timeout_url=str(body.get("QueueTimeOutURL", "")),
            party=str(body.get("PartyB", "")),
        )
        self.operations[key or operation.conversation] = operation
        if not self._knows(body, initiator):
            # Taken at the door; that the initiator is nobody comes by message.
            self._finish_operation(operation, 2001)
        elif not self.holds_payouts:
            self._finish_operation(operation, 0)
        return answer_json(
            {
                "ConversationID": operation.conversation,
                "OriginatorConversationID": operation.originator,
                "ResponseCode": "0",
                "ResponseDescription": "Accept the service request successfully.",
            }
        )

    # How they are checked

    def _refused(self, request: Request) -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        until = self.tokens.get(token)
        if until is None or self.now() >= until:
            return _error(404, "404.001.03", "Invalid Access Token")
        return None

    def _bad_password(self, body: dict[str, Any]) -> Response | None:
        text = f"{self.shortcode}{self.passkey}{body.get('Timestamp', '')}"
        fits = body.get("Password") == base64.b64encode(text.encode()).decode()
        if fits and body.get("BusinessShortCode") == self.shortcode:
            return None
        return _error(500, "500.001.1001", "Wrong credentials")

    def _knows(self, body: dict[str, Any], initiator: str) -> bool:
        try:
            opened = private_key().decrypt(
                base64.b64decode(str(body.get("SecurityCredential", ""))), rsa_padding.PKCS1v15()
            )
        except ValueError:
            return False
        return initiator == self.initiator and opened == self.initiator_password.encode()

    def _complaint(self, body: dict[str, Any]) -> str:
        if not re.fullmatch(r"\d{14}", str(body.get("Timestamp", ""))):
            return "Timestamp"
        amount = body.get("Amount")
        if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= 150_000:
            return "Amount"
        if not re.fullmatch(r"254[17]\d{8}", str(body.get("PhoneNumber", ""))) or body["PhoneNumber"] != body.get(
            "PartyA"
        ):
            return "PhoneNumber"
        if not str(body.get("CallBackURL", "")).startswith("http"):
            return "CallBackURL"
        if not 1 <= len(str(body.get("AccountReference", ""))) <= 12:
            return "AccountReference"
        return "" if 1 <= len(str(body.get("TransactionDesc", ""))) <= 182 else "TransactionDesc"


def _json(request: Request) -> dict[str, Any]:
    told = request.get_json(silent=True)
    return told if isinstance(told, dict) else {}


def _receipt() -> str:
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _sign in range(10))


def _conversation() -> str:
    return f"AG_{secrets.token_hex(12)}"


def _error(status: int, code: str, message: str) -> Response:
    return answer_json({"requestId": secrets.token_hex(8), "errorCode": code, "errorMessage": message}, status)
