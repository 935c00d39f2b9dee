"""MTN MoMo, imitated: provisioning, tokens, request to pay, refund, transfer, one unsigned callback each.

Payers with the numbers of the portal's test table behave as the table says. Everybody else waits for a hand on the
control page, unlike the real sandbox, where all others pay at once and nobody ever sees a prompt.
"""

import base64
import json
import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route

__all__ = ["MtnSimulator", "MtnSubscription", "Operation"]

#: Last three digits of 46733123xxx, by operation. Names of states stay as they are, others are reasons of a failure.
_PAYERS = {
    "450": "FAILED",
    "451": "APPROVAL_REJECTED",
    "452": "EXPIRED",
    "453": "PENDING",
    "454": "DELAYED",
    "455": "PAYER_NOT_FOUND",
    "456": "PAYEE_NOT_ALLOWED_TO_RECEIVE",
    "457": "NOT_ALLOWED",
    "458": "NOT_ALLOWED_TARGET_ENVIRONMENT",
    "459": "INVALID_CALLBACK_URL_HOST",
    "460": "INVALID_CURRENCY",
    "461": "INTERNAL_PROCESSING_ERROR",
    "462": "SERVICE_UNAVAILABLE",
    "463": "COULD_NOT_PERFORM_TRANSACTION",
    "464": "TRANSFER_TYPE_UNKNOWN",
}
_PAYEES = {
    "450": "FAILED",
    "451": "APPROVAL_REJECTED",
    "452": "EXPIRED",
    "453": "PENDING",
    "454": "DELAYED",
    "455": "NOT_ENOUGH_FUNDS",
    "456": "PAYER_LIMIT_REACHED",
    "457": "PAYEE_NOT_FOUND",
    "458": "NOT_ALLOWED",
    "459": "NOT_ALLOWED_TARGET_ENVIRONMENT",
    "460": "INVALID_CALLBACK_URL_HOST",
    "461": "INVALID_CURRENCY",
    "462": "INTERNAL_PROCESSING_ERROR",
    "463": "SERVICE_UNAVAILABLE",
}
_MAGIC = re.compile(r"46733123(4[56]\d)")
#: How long the payer "DELAYED" of the test table takes.
_DELAY = timedelta(seconds=25)
_TOKEN_LIFE = timedelta(seconds=3600)


@dataclass(frozen=True)
class MtnSubscription:
    """What opens one product."""

    api_user: str
    api_key: str
    subscription_key: str


@dataclass
class Operation:
    """A payment, refund or transfer."""

    reference: str
    product: str
    kind: str
    body: dict[str, Any]
    created_at: datetime
    callback_url: str = ""
    status: str = "PENDING"
    reason: str = ""
    receipt: str = ""
    amount: str = ""
    calls_back: bool = field(default=True)


class MtnSimulator(Simulator):
    """MTN's ``sandbox`` in EUR unless told otherwise. References of the control page are ``X-Reference-Id``."""

    code: ClassVar[str] = "mtn"

    def __init__(
        self, target_environment: str = "sandbox", currency: str = "EUR", callback_host: str = "127.0.0.1"
    ) -> None:
        self.target_environment = target_environment
        self.currency = currency
        #: Currency by target environment; one in most tests, several where one process stands for all countries.
        self.markets = {target_environment: currency}
        self.callback_host = callback_host
        self.subscriptions = {
            product: MtnSubscription(
                str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{product}.example")),
                f"{product}-api-key",
                f"{product}-subscription-key",
            )
            for product in ("collection", "disbursement")
        }
        super().__init__()

    def clear(self) -> None:
        self.operations: dict[str, Operation] = {}
        self.tokens: dict[str, tuple[str, datetime]] = {}
        self.users: dict[str, dict[str, str]] = {}
        #: Transfers and refunds wait for a hand as payments do, instead of succeeding at once.
        self.holds_payouts = False

    # What people do

    def approve(self, reference: str) -> None:
        operation = self.operations[reference]
        if self.faults.wrong_amount:
            operation.amount = str(max(1, int(Decimal(operation.amount)) // 2))
        operation.receipt = str(secrets.randbelow(9 * 10**9) + 10**9)
        self._finish(operation, "SUCCESSFUL")

    def reject(self, reference: str) -> None:
        self._finish(self.operations[reference], "FAILED", "APPROVAL_REJECTED")

    def expire(self, reference: str) -> None:
        self._finish(self.operations[reference], "FAILED", "EXPIRED")

    def waiting(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    "reference": operation.reference,
                    "phone": "+" + operation.body["payer"]["partyId"],
                    "amount": operation.amount,
                    "currency": operation.body["currency"],
                    "text": operation.body.get("payerMessage", ""),
                }
                for operation in self.operations.values()
                if operation.kind == "requesttopay" and operation.status in ("PENDING", "CREATED")
            ]

    def _finish(self, operation: Operation, status: str, reason: str = "") -> None:
        with self.lock:
            operation.status, operation.reason = status, reason
            # Once, whatever happens to it, and never again.
            calls_back, operation.calls_back = operation.calls_back, False
            if operation.callback_url and calls_back:
                url = operation.callback_url + ("-forged" if self.faults.bad_signature else "")
                body = json.dumps(self._told(operation)).encode()
                self.send_webhook(url, body, {"Content-Type": "application/json"}, method="PUT")

    # Provisioning, which exists in the sandbox only

    @route("/v1_0/apiuser", "POST")
    def create_user(self, request: Request) -> Response:
        reference = request.headers.get("X-Reference-Id", "")
        if (refused := self._refused_key(request, *self.subscriptions)) is not None:
            return refused
        if not _is_uuid4(reference):
            return _error(400, "INVALID_REFERENCE_ID", "Reference id is not a UUID of version 4.")
        if reference in self.users:
            return _error(409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id. Creation of resource failed.")
        host = (request.get_json(silent=True) or {}).get("providerCallbackHost", "")
        self.users[reference] = {"providerCallbackHost": host, "targetEnvironment": self.target_environment}
        return Response(status=201)

    @route("/v1_0/apiuser/<user>/apikey", "POST")
    def create_key(self, request: Request, user: str) -> Response:
        if (refused := self._refused_key(request, *self.subscriptions)) is not None:
            return refused
        if user not in self.users:
            return _not_found()
        key = secrets.token_hex(16)
        self.users[user]["apiKey"] = key
        return answer_json({"apiKey": key}, 201)

    @route("/v1_0/apiuser/<user>")
    def show_user(self, request: Request, user: str) -> Response:
        if user not in self.users:
            return _not_found()
        return answer_json({key: value for key, value in self.users[user].items() if key != "apiKey"})

    # Tokens

    @route("/<product>/token/", "POST")
    def token(self, request: Request, product: str) -> Response:
        subscription = self.subscriptions.get(product)
        if subscription is None:
            return _not_found()
        if (refused := self._refused_key(request, product)) is not None:
            return refused
        if request.get_data():
            return _error(400, "BAD_REQUEST", "A token is asked for without a body.")
        known = {f"{subscription.api_user}:{subscription.api_key}"}
        known |= {f"{user}:{row['apiKey']}" for user, row in self.users.items() if "apiKey" in row}
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        if given not in {base64.b64encode(pair.encode()).decode() for pair in known}:
            return answer_json({"error": "login_failed"}, 401)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = (product, self.now() + _TOKEN_LIFE)
        return answer_json({"access_token": token, "token_type": "access_token", "expires_in": 3600})

    # Operations

    @route("/collection/v1_0/requesttopay", "POST")
    def request_to_pay(self, request: Request) -> Response:
        return self._create(request, "collection", "requesttopay")

    @route("/disbursement/v1_0/transfer", "POST")
    @route("/disbursement/v2_0/deposit", "POST")
    def transfer(self, request: Request) -> Response:
        return self._create(request, "disbursement", "transfer")

    @route("/disbursement/v1_0/refund", "POST")
    @route("/disbursement/v2_0/refund", "POST")
    def refund(self, request: Request) -> Response:
        return self._create(request, "disbursement", "refund")

    @route("/collection/v1_0/requesttopay/<reference>")
    def show_request_to_pay(self, request: Request, reference: str) -> Response:
        return self._show(request, "collection", "requesttopay", reference)

    @route("/disbursement/v1_0/transfer/<reference>")
    @route("/disbursement/v1_0/deposit/<reference>")
    def show_transfer(self, request: Request, reference: str) -> Response:
        return self._show(request, "disbursement", "transfer", reference)

    @route("/disbursement/v1_0/refund/<reference>")
    def show_refund(self, request: Request, reference: str) -> Response:
        return self._show(request, "disbursement", "refund", reference)

    @route("/<product>/v1_0/account/balance")
    def balance(self, request: Request, product: str) -> Response:
        if (refused := self._refused(request, product)) is not None:
            return refused
        return answer_json({"availableBalance": "1000000", "currency": self.currency})

    @route("/<product>/v1_0/accountholder/msisdn/<number>/active")
    def is_active(self, request: Request, product: str, number: str) -> Response:
        if (refused := self._refused(request, product)) is not None:
            return refused
        return answer_json({"result": number != "46733123455"})

    # How they are checked and shown

    def _create(self, request: Request, product: str, kind: str) -> Response:
        if (refused := self._refused(request, product)) is not None:
            return refused
        reference = request.headers.get("X-Reference-Id", "")
        if not _is_uuid4(reference):
            return _error(400, "INVALID_REFERENCE_ID", "Reference id is not a UUID of version 4.")
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or _complaint(body, kind):
            return _error(400, "BAD_REQUEST", _complaint(body, kind) if isinstance(body, dict) else "No JSON.")
        if reference in self.operations:
            return _error(409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id. Creation of resource failed.")
        if body["currency"] != self.markets[request.headers["X-Target-Environment"]]:
            return _error(500, "INVALID_CURRENCY", "Currency not supported.")
        callback_url = request.headers.get("X-Callback-Url")
        if callback_url is not None and not callback_url:
            return _error(400, "BAD_REQUEST", "Empty X-Callback-Url.")
        if callback_url and urlsplit(callback_url).hostname != self.callback_host:
            return _error(500, "INVALID_CALLBACK_URL_HOST", "Callback URL host doesn't match the registered one.")
        if kind == "refund" and (complaint := self._refund_complaint(body)):
            return _error(404, "RESOURCE_NOT_FOUND", complaint)
        operation = Operation(
            reference, product, kind, body, self.now(), callback_url or "", amount=str(body["amount"])
        )
        self.operations[reference] = operation
        self._play(operation)
        return Response(status=202)

    def _play(self, operation: Operation) -> None:
        """Do at once what the test table says of a number; money that goes out needs no confirmation."""
        party = operation.body.get("payer") or operation.body.get("payee") or {}
        magic = _MAGIC.fullmatch(str(party.get("partyId", "")))
        table = _PAYERS if operation.kind == "requesttopay" else _PAYEES
        word = table.get(magic[1], "") if magic else ""
        if word == "DELAYED":
            operation.status = "CREATED"
        elif word == "FAILED":
            self._finish(operation, "FAILED", "INTERNAL_PROCESSING_ERROR")
        elif word and word != "PENDING":
            self._finish(operation, "FAILED", word)
        elif not word and operation.kind != "requesttopay" and not self.holds_payouts:
            self.approve(operation.reference)

    def _show(self, request: Request, product: str, kind: str, reference: str) -> Response:
        if (refused := self._refused(request, product)) is not None:
            return refused
        operation = self.operations.get(reference)
        if operation is None or operation.kind != kind:
            return _not_found()
        if operation.status == "CREATED" and self.now() >= operation.created_at + _DELAY:
            self.approve(reference)
        return answer_json(self._told(operation))

    def _told(self, operation: Operation) -> dict[str, Any]:
        names = ("currency", "externalId", "payer", "payee", "payerMessage", "payeeNote")
        told = {"amount": operation.amount, **{name: operation.body[name] for name in names if name in operation.body}}
        told["status"] = operation.status
        if operation.receipt:
            told["financialTransactionId"] = operation.receipt
        if operation.reason:
            # Seen both as an object and as a bare word: refusals by the customer come as the latter.
            is_bare = operation.reason == "APPROVAL_REJECTED"
            told["reason"] = operation.reason if is_bare else {"code": operation.reason, "message": "Not performed."}
        return told

    def _refund_complaint(self, body: dict[str, Any]) -> str:
        paid = self.operations.get(str(body.get("referenceIdToRefund", "")))
        if paid is None or paid.kind != "requesttopay" or paid.status != "SUCCESSFUL":
            return "No successful payment of that reference."
        return ""

    def _refused_key(self, request: Request, *products: str) -> Response | None:
        given = request.headers.get("Ocp-Apim-Subscription-Key", "")
        if given in {self.subscriptions[product].subscription_key for product in products}:
            return None
        text = "Access denied due to invalid subscription key."
        return answer_json({"statusCode": 401, "message": text}, 401)

    def _refused(self, request: Request, product: str) -> Response | None:
        if product not in self.subscriptions:
            return _not_found()
        if (refused := self._refused_key(request, product)) is not None:
            return refused
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        owner, until = self.tokens.get(token, ("", self.now()))
        if owner != product or self.now() >= until:
            return answer_json({"message": "Unauthorized. Access token is missing or expired.", "statusCode": 401}, 401)
        if request.headers.get("X-Target-Environment") not in self.markets:
            return _error(500, "NOT_ALLOWED_TARGET_ENVIRONMENT", "Access to target environment is forbidden.")
        return None


def _error(status: int, code: str, message: str) -> Response:
    return answer_json({"code": code, "message": message}, status)


def _not_found() -> Response:
    return _error(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")


def _is_uuid4(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower() and uuid.UUID(text).version == 4
    except ValueError:
        return False


def _complaint(body: dict[str, Any], kind: str) -> str:
    """What is malformed in the body; empty when nothing is."""
    amount = body.get("amount")
    if not isinstance(amount, str) or not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", amount) or not Decimal(amount):
        return "amount: a string with a number above zero."
    for name in ("payerMessage", "payeeNote"):
        if not re.fullmatch(r"[A-Za-z0-9 ]{0,160}", str(body.get(name, ""))):
            return f"{name}: letters, digits and spaces, 160 at most."
    if not isinstance(body.get("currency"), str) or not isinstance(body.get("externalId"), str):
        return "currency and externalId: strings."
    if kind != "refund":
        name = "payer" if kind == "requesttopay" else "payee"
        party = body.get(name)
        if not isinstance(party, dict) or party.get("partyIdType") not in ("MSISDN", "EMAIL", "PARTY_CODE"):
            return f"{name}: partyIdType and partyId."
        if party["partyIdType"] == "MSISDN" and not re.fullmatch(r"[1-9]\d{7,14}", str(party.get("partyId", ""))):
            return f"{name}.partyId: digits with the country code."
    return ""
