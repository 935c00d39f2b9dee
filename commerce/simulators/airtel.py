"""Airtel Money, imitated: short-lived tokens, signed messages, prompts, enquiries, whole refunds, payouts, callbacks.

Numbers and amounts of Uganda's acceptance tests behave as its document says. Every other customer waits for a hand on
the control page. References of that page are ``transaction.id``.
"""

import base64
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, ClassVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.keys import private_key

__all__ = ["AirtelSimulator", "Transaction"]

#: Of Uganda's acceptance tests: barred, unregistered, too small a payout.
_BARRED, _UNREGISTERED, _BELOW_MINIMUM = "752600157", "7500002240", "756255985"
_SUCCEEDS = "706218827"
_SMALLEST, _LARGEST, _EMPTY_WALLET = Decimal(500), Decimal(5_100_000), Decimal(2_000_000)


@dataclass
class Transaction:
    """A payment or a payout."""

    id: str
    kind: str
    msisdn: str
    amount: Decimal
    currency: str
    reference: str
    created_at: datetime
    status: str = "TIP"
    code: str = ""
    money_id: str = ""
    refunded: bool = False


class AirtelSimulator(Simulator):
    """One country's Airtel.

    Args:
        signs_messages: refuse bodies without a fitting ``x-signature``.
        names_amount: put the amount into answers to enquiries, which most countries leave out.
        callback_hashes: what is hashed: ``rest`` (the body without ``hash``) or ``transaction``.
    """

    code: ClassVar[str] = "airtel"
    client_id = "airtel-client"
    client_secret = "airtel-client-secret"  # noqa: S105 (imitated)
    pin = "4321"
    pin_padding = "oaep-sha256"

    def __init__(
        self,
        country: str = "UG",
        currency: str = "UGX",
        *,
        signs_messages: bool = False,
        names_amount: bool = False,
        callback_url: str = "",
        callback_key: str = "",
        callback_hashes: str = "rest",
    ) -> None:
        #: Currency by country; one in most tests, several where one process stands for all.
        self.places = {country: currency}
        self.signs_messages, self.names_amount = signs_messages, names_amount
        self.callback_url, self.callback_key, self.callback_hashes = callback_url, callback_key, callback_hashes
        super().__init__()

    def clear(self) -> None:
        self.transactions: dict[str, Transaction] = {}
        self.tokens: dict[str, datetime] = {}
        #: Payouts wait for a hand, instead of succeeding at once.
        self.holds_payouts = False
        #: Enquiries don't know anything yet.
        self.forgets = False

    @property
    def public_key(self) -> str:
        """Base64 of DER."""
        der = private_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    # What people do

    def approve(self, reference: str) -> None:
        transaction = self.transactions[reference]
        if self.faults.wrong_amount:
            transaction.amount //= 2
        transaction.money_id = f"MP{self.now():%y%m%d}.{secrets.randbelow(10**4):04}.L{secrets.randbelow(10**5):05}"
        self._finish(transaction, "TS", "1001")
        self._call_back(transaction)

    def reject(self, reference: str) -> None:
        transaction = self.transactions[reference]
        self._finish(transaction, "TF", "1008" if transaction.kind == "payment" else "1013")
        self._call_back(transaction)

    def expire(self, reference: str) -> None:
        """A prompt that nobody answered brings no callback."""
        transaction = self.transactions[reference]
        self._finish(transaction, "TE", "1029" if transaction.kind == "payment" else "1014")

    def waiting(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    "reference": one.id,
                    "phone": one.msisdn,
                    "amount": str(one.amount),
                    "currency": one.currency,
                    "text": one.reference,
                }
                for one in self.transactions.values()
                if one.kind == "payment" and one.status == "TIP"
            ]

    def _finish(self, transaction: Transaction, status: str, code: str) -> None:
        with self.lock:
            transaction.status, transaction.code = status, code

    def _call_back(self, transaction: Transaction) -> None:
        told: dict[str, Any] = {
            "transaction": {
                "id": transaction.id,
                "message": _sentence(transaction),
                "status_code": transaction.status,
                "airtel_money_id": transaction.money_id,
            }
        }
        if self.callback_key:
            text = json.dumps(
                told if self.callback_hashes == "rest" else told["transaction"],
                separators=(",", ":"),
                ensure_ascii=False,
            )
            key = self.callback_key + ("-forged" if self.faults.bad_signature else "")
            told["hash"] = base64.b64encode(hmac.new(key.encode(), text.encode(), sha256).digest()).decode()
        body = json.dumps(told, ensure_ascii=False).encode()
        self.send_webhook(self.callback_url, body, {"Content-Type": "application/json"})

    # Tokens and keys

    @route("/auth/oauth2/token", "POST")
    def token(self, request: Request) -> Response:
        given = request.get_json(silent=True) or {}
        if given.get("grant_type") != "client_credentials":
            return answer_json({"error": "unsupported_grant_type", "error_description": "Bad grant type"}, 400)
        if (given.get("client_id"), given.get("client_secret")) != (self.client_id, self.client_secret):
            return answer_json({"error": "invalid_client", "error_description": "Invalid client authentication"}, 401)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = self.now() + timedelta(seconds=180)
        return answer_json({"access_token": token, "expires_in": "180", "token_type": "bearer"})

    @route("/v1/rsa/encryption-keys")
    def encryption_keys(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        until = int((self.now() + timedelta(days=1)).timestamp() * 1000)
        fields = {"key_id": "00000000-0000-4000-8000-000000000001", "key": self.public_key, "valid_upto": str(until)}
        return answer_json({"data": fields, "status": _status("DP02100001001", "ESB000010")})

    # Payments

    @route("/merchant/v1/payments/", "POST")
    @route("/merchant/v2/payments/", "POST")
    def pay(self, request: Request) -> Response:
        if (refused := self._refused(request) or self._unsigned(request)) is not None:
            return refused
        body = _json(request)
        transaction, subscriber = body.get("transaction") or {}, body.get("subscriber") or {}
        msisdn = str(subscriber.get("msisdn", ""))
        complaint = self._complaint(request, body.get("reference"), msisdn, transaction)
        if complaint:
            return _failed("", "ESB000008", complaint)
        if transaction["id"] in self.transactions:
            return _failed("", "ESB000041", "External Transaction ID already exists.")
        amount = Decimal(transaction["amount"])
        if amount < _SMALLEST or amount > _LARGEST:
            return _failed("DP00800001004", "ESB000011", "Amount out of range.")
        if msisdn in (_UNREGISTERED, _BARRED):
            return _failed("DP00800001010", "ESB000011", "Not permitted.")
        made = self._add(request, transaction, "payment", msisdn, str(body["reference"]))
        if msisdn == _SUCCEEDS and amount != _EMPTY_WALLET:
            self.approve(made.id)
        elif amount == _EMPTY_WALLET:
            self._finish(made, "TF", "1007")
        return answer_json(
            {
                "data": {"transaction": {"id": made.id, "status": "SUCCESS"}},
                "status": _status("DP00800001006", "ESB000010"),
            }
        )

    @route("/standard/v1/payments/<transaction_id>")
    def show_payment(self, request: Request, transaction_id: str) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        return self._show(transaction_id, "payment", "DP0080000")

    @route("/standard/v1/payments/refund", "POST")
    def refund(self, request: Request) -> Response:
        if (refused := self._refused(request) or self._unsigned(request)) is not None:
            return refused
        money_id = str((_json(request).get("transaction") or {}).get("airtel_money_id", ""))
        for one in self.transactions.values():
            if money_id and one.money_id == money_id and one.status == "TS":
                if one.refunded:
                    return _failed("DP00800001008", "ESB000011", "Refunded before.")
                one.refunded = True
                return answer_json(
                    {
                        "data": {"transaction": {"airtel_money_id": f"R{money_id}", "status": "SUCCESS"}},
                        "status": _status("DP00800001001", "ESB000010"),
                    }
                )
        return _failed("DP00800001025", "ESB000045", "Transaction not found.")

    # Payouts

    @route("/standard/<version>/disbursements/", "POST")
    def pay_out(self, request: Request, version: str) -> Response:
        if (refused := self._refused(request) or self._unsigned(request)) is not None:
            return refused
        body = _json(request)
        transaction, payee = body.get("transaction") or {}, body.get("payee") or {}
        msisdn = str(payee.get("msisdn", ""))
        complaint = self._complaint(request, body.get("reference"), msisdn, transaction)
        if complaint:
            return _failed("", "ESB000008", complaint)
        if not self._opens(str(body.get("pin", ""))):
            return _failed("DP00900001009", "ESB000011", "Invalid initiatee.")
        if transaction["id"] in self.transactions:
            return _failed("DP00900001017", "ESB000011", "Duplicate transaction id.")
        if msisdn == _BELOW_MINIMUM:
            return _failed("DP00900001004", "ESB000011", "Amount below the minimum.")
        if msisdn == _UNREGISTERED:
            return _failed("DP00900001012", "ESB000011", "Invalid mobile number.")
        made = self._add(request, transaction, "payout", msisdn, str(body["reference"]))
        if not self.holds_payouts:
            self.approve(made.id)
        return answer_json(
            {
                "data": {
                    "transaction": {
                        "reference_id": secrets.token_hex(6),
                        "airtel_money_id": made.money_id,
                        "id": made.id,
                        "status": made.status,
                    }
                },
                "status": _status(f"DP0090000{made.code or '1006'}", "ESB000010"),
            }
        )

    @route("/standard/<version>/disbursements/<transaction_id>")
    def show_payout(self, request: Request, version: str, transaction_id: str) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        if version != "v1" and request.args.get("transactionType") != "B2C":
            return _failed("", "ESB000008", "transactionType is missing.")
        return self._show(transaction_id, "payout", "DP0090000")

    @route("/standard/<version>/users/balance")
    def balance(self, request: Request, version: str) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        data = {"balance": "1000000", "currency": request.headers["X-Currency"], "account_status": "Active"}
        return answer_json({"data": data, "status": _status("DP02100001001", "ESB000010")})

    # How they are checked and shown

    def _add(
        self, request: Request, transaction: dict[str, Any], kind: str, msisdn: str, reference: str
    ) -> Transaction:
        amount, currency = Decimal(transaction["amount"]), request.headers["X-Currency"]
        made = Transaction(transaction["id"], kind, msisdn, amount, currency, reference, self.now())
        self.transactions[made.id] = made
        return made

    def _show(self, transaction_id: str, kind: str, family: str) -> Response:
        one = self.transactions.get(transaction_id)
        if one is None or one.kind != kind or self.forgets:
            not_found = "1025" if kind == "payment" else "1015"
            return _failed(family + not_found, "ESB000045", "Transaction not found.")
        told: dict[str, Any] = {
            "airtel_money_id": one.money_id,
            "id": one.id,
            "message": _sentence(one),
            "status": one.status,
        }
        if self.names_amount:
            told["amount"] = str(one.amount)
        return answer_json(
            {"data": {"transaction": told}, "status": _status(family + (one.code or "1006"), "ESB000010")}
        )

    def _refused(self, request: Request) -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        until = self.tokens.get(token)
        if until is None or self.now() >= until:
            return answer_json({"error": "invalid_token", "error_description": "Invalid access token"}, 401)
        place = self.places.get(request.headers.get("X-Country", ""))
        if place is None or place != request.headers.get("X-Currency"):
            return answer_json({"code": "ROUTER003", "message": "Country or currency not supported."}, 400)
        return None

    def _unsigned(self, request: Request) -> Response | None:
        """Read the signature as Airtel does: it is the body itself, encrypted."""
        if not self.signs_messages:
            return None
        try:
            pair = private_key().decrypt(base64.b64decode(request.headers["x-key"]), rsa_padding.PKCS1v15())
            key, iv = (base64.b64decode(part) for part in pair.split(b":"))
            decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
            padded = decryptor.update(base64.b64decode(request.headers["x-signature"])) + decryptor.finalize()
            unpadder = PKCS7(128).unpadder()
            if unpadder.update(padded) + unpadder.finalize() == request.get_data():
                return None
        except (KeyError, ValueError):
            pass
        return _failed("DP00800001026", "ESB000011", "Signature mismatch.")

    def _opens(self, sealed: str) -> bool:
        scheme: rsa_padding.AsymmetricPadding = rsa_padding.PKCS1v15()
        if self.pin_padding == "oaep-sha256":
            scheme = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        try:
            return private_key().decrypt(base64.b64decode(sealed), scheme) == self.pin.encode()
        except ValueError:
            return False

    def _complaint(self, request: Request, reference: object, msisdn: str, transaction: dict[str, Any]) -> str:
        amount = transaction.get("amount")
        if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or amount <= 0:
            return "amount: a number above zero."
        if request.headers["X-Currency"] == "UGX" and amount != int(amount):
            return "amount: no decimals."
        if not re.fullmatch(r"[A-Za-z0-9]{4,64}", str(reference or "")):
            return "reference: 4 to 64 letters and digits."
        if not re.fullmatch(r"[1-9]\d{8,9}", msisdn):
            return "msisdn: without country code and leading zero."
        if not re.fullmatch(r"[A-Za-z0-9-]{4,64}", str(transaction.get("id", ""))):
            return "id: 4 to 64 letters and digits."
        return ""


def _json(request: Request) -> dict[str, Any]:
    try:
        told = json.loads(request.get_data(), parse_float=Decimal)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _sentence(transaction: Transaction) -> str:
    if transaction.status == "TS":
        return f"Paid {transaction.currency} {transaction.amount:,} by {transaction.msisdn}, {transaction.money_id}."
    return {"TF": "Transaction failed.", "TE": "Transaction expired."}.get(transaction.status, "In process.")


def _status(code: str, result: str, message: str = "SUCCESS", *, success: bool = True) -> dict[str, Any]:
    return {"code": "200", "message": message, "result_code": result, "response_code": code, "success": success}


def _failed(code: str, result: str, message: str) -> Response:
    """An ordinary error of Airtel's: HTTP 200."""
    return answer_json({"data": {}, "status": _status(code, result, message, success=False)})
