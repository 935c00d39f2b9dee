"""Airtel Money (Airtel Africa Open API): a prompt on the phone, whole refunds, payouts with an encrypted PIN.

``transaction.id`` is ours and the idempotency handle. HTTP 200 with ``status.success`` false is an ordinary error; a
payment is decided by ``data.transaction.status`` of the enquiry alone, since result codes differ between countries:
they give reasons. The enquiry names no amount; the customer can only confirm what was asked for. Sources: the
"Collection", "Disbursement", "Encryption" and "Callback" documents of Airtel's developer portal, by country.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, ClassVar

import httpx
import phonenumbers
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_der_public_key

from commerce.providers.base import (
    Attempt,
    Capabilities,
    Customer,
    Declined,
    Flow,
    Initiated,
    InvalidSignature,
    Limits,
    PaymentProvider,
    Payout,
    ProviderEvent,
    ProviderState,
    ProviderStatus,
    PushSent,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Unsupported,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, Answer, HttpClient, TokenCache, masked
from core.money import Money

__all__ = [
    "AirtelConfig",
    "AirtelProvider",
    "callback_hashes",
    "encode_body",
    "encrypt_pin",
    "from_wire",
    "sign",
    "to_wire",
]

#: Decimal digits that Airtel takes, by currency of the countries where it works.
_DIGITS = {
    **dict.fromkeys("UGX RWF XAF XOF".split(), 0),
    **dict.fromkeys("ZMW KES TZS MWK CDF MGA SCR NGN".split(), 2),
}
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,4})?", re.ASCII)

_STATES = {
    "TS": ProviderState.SUCCEEDED,
    "TF": ProviderState.FAILED,
    "TE": ProviderState.EXPIRED,
    "TIP": ProviderState.PENDING,
    "TP": ProviderState.PENDING,
    # Ambiguous: never failed, never sent again.
    "TA": ProviderState.PENDING,
}
#: Reasons by the last digits of DP008…, collection.
_COLLECTION_REASONS = {
    "1002": "wrong_pin",
    "1003": "limit_reached",
    "1004": "limit_reached",
    "1005": "not_confirmed_in_time",
    "1007": "insufficient_funds",
    "1008": "refused_by_customer",
    "1009": "declined",
    "1010": "declined",
    "1026": "our_configuration",
    "1024": "not_confirmed_in_time",
    "1029": "not_confirmed_in_time",
}
#: The same of DP009…, disbursement.
_PAYOUT_REASONS = {
    "1003": "limit_reached",
    "1004": "limit_reached",
    "1005": "declined",
    "1007": "insufficient_funds",
    "1009": "our_configuration",
    "1010": "our_configuration",
    "1011": "our_configuration",
    "1012": "no_such_account",
    "1013": "declined",
    "1014": "provider_trouble",
    "1016": "our_configuration",
}
#: Said of a request, these refuse it for good. Everything else is asked about: tables differ between countries.
_FINAL_COLLECTION = frozenset("1002 1003 1004 1007 1008 1009 1010 1026".split())
_FINAL_PAYOUT = frozenset("1003 1004 1007 1009 1010 1011 1012 1013 1016".split())
_FINAL_ESB = frozenset("08 14 33 34 35 36 39".split())
_FINAL_ROUTER = frozenset("001 002 003 004 005 006 007 110 111 112 113 114 115 116 119".split())


@dataclass(frozen=True)
class AirtelConfig:
    """One country's Airtel. Countries differ and change: confirm every field in its acceptance tests.

    Attributes:
        base_url: the old common host or the country's own (``https://openapi.airtel.ug`` …).
        country: ISO 3166; one per configuration.
        currency: the country's.
        limits: of this currency.
        collection_version: ``v1`` or ``v2`` of the payments path.
        signs_messages: encrypt a signature along with every body (some countries demand it, with ``v2``).
        disbursement_pin: in clear; travels encrypted only. Without it there are no payouts.
        disbursement_version: ``v1``, ``v2`` or ``v3``.
        pin_key: base64 of the DER public key from the portal; without it the key of messages is asked for.
        pin_padding: ``oaep-sha256`` or ``pkcs1v15``: documents disagree for ``v1`` (unverified).
        callback_key: private key of "callback authentication", if that is on.
        callback_hash_header: where a country sends the hash in a header (unverified).
        callback_path_token: end of the one address that is typed in on the portal.
        grace: how long an enquiry may not know a transaction that was sent.
    """

    base_url: str
    country: str
    currency: str
    limits: Limits
    client_id: str
    client_secret: str = field(repr=False)
    collection_version: str = "v1"
    signs_messages: bool = False
    disbursement_pin: str = field(default="", repr=False)
    disbursement_version: str = "v1"
    pin_key: str = field(default="", repr=False)
    pin_padding: str = "oaep-sha256"
    callback_key: str = field(default="", repr=False)
    callback_hash_header: str = ""
    callback_path_token: str = field(default="", repr=False)
    grace: timedelta = timedelta(minutes=5)
    push_window: timedelta = timedelta(minutes=3)
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        if self.currency not in _DIGITS:
            raise ValueError(f"Airtel has no {self.currency}.")
        if self.pin_padding not in ("oaep-sha256", "pkcs1v15"):
            raise ValueError(f"Unknown padding {self.pin_padding!r}.")


def to_wire(amount: Money) -> int | Decimal:
    """Return ``amount`` as a JSON number of major units: ``25000``, ``10.50``.

    Raises:
        ValueError: not a currency of Airtel's, or less than nothing.
    """
    if amount.currency not in _DIGITS:
        raise ValueError(f"Airtel has no {amount.currency}.")
    if amount.is_negative:
        raise ValueError("Amounts are not negative.")
    number = amount.to_decimal()
    return int(number) if number == int(number) else number


def from_wire(value: object, currency: str) -> Money:
    """Read an amount of Airtel's: a number, or text as in some answers.

    Raises:
        ValueError: not a plain number, or finer than the currency.
    """
    text = str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise ValueError("Not an amount.")
    return Money.from_decimal(text, currency)


def encode_body(value: Any) -> bytes:
    """JSON with exact decimals as numbers, which ``json`` can't write; the bytes that are signed are those sent."""
    return _json_text(value).encode(errors="replace")  # half a surrogate pair can't be sent, nor may it raise


class _Literal(str):
    """A number as it was written. Nobody has proved anything yet when it is read: ``1e999999999`` must stay short."""


def _read_callback(body: bytes) -> Any:
    """JSON with its numbers left alone; None where it is none."""
    try:
        return json.loads(body, parse_float=_Literal, parse_int=_Literal)
    except (ValueError, RecursionError):
        return None


def _json_text(value: Any) -> str:
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def sign(body: bytes, public_key: str) -> dict[str, str]:
    """Return the headers of message signing: the body under a fresh AES key, and that key under Airtel's RSA key.

    ``x-signature`` is base64 of AES-256-CBC with PKCS#7; ``x-key`` is base64 of RSA PKCS#1 v1.5 over
    ``base64(key):base64(iv)``.

    Args:
        public_key: base64 of DER, as ``/v1/rsa/encryption-keys`` gives it.
    """
    key, iv = secrets.token_bytes(32), secrets.token_bytes(16)
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(body) + padder.finalize()) + encryptor.finalize()
    pair = base64.b64encode(key) + b":" + base64.b64encode(iv)
    wrapped = _rsa_key(public_key).encrypt(pair, rsa_padding.PKCS1v15())
    return {"x-signature": base64.b64encode(sealed).decode(), "x-key": base64.b64encode(wrapped).decode()}


def encrypt_pin(pin: str, public_key: str, padding: str) -> str:
    """Return the disbursement PIN as base64 under Airtel's RSA key; ``padding`` as in :class:`AirtelConfig`."""
    scheme: rsa_padding.AsymmetricPadding = rsa_padding.PKCS1v15()
    if padding == "oaep-sha256":
        scheme = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return base64.b64encode(_rsa_key(public_key).encrypt(pin.encode(), scheme)).decode()


def _rsa_key(public_key: str) -> RSAPublicKey:
    try:
        key = load_der_public_key(base64.b64decode(public_key))
    except (ValueError, binascii.Error):
        raise Retryable("our_configuration", "not a public key") from None
    if not isinstance(key, RSAPublicKey):
        raise Retryable("our_configuration", "not an RSA key")
    return key


def callback_hashes(key: str, body: bytes) -> list[str]:
    """What ``hash`` may be: base64 of HMAC-SHA256 over candidates for "the payload", on which documents disagree.

    The whole body as it came (hash in a header), the body without ``hash``, the inner ``transaction``; the latter two
    as written without spaces.
    """
    candidates = [body]
    told = _read_callback(body)
    if isinstance(told, dict):
        rest = {name: value for name, value in told.items() if name != "hash"}
        candidates += [encode_body(rest), encode_body(told.get("transaction"))]
    return [base64.b64encode(hmac.new(key.encode(), text, sha256).digest()).decode() for text in candidates]


class AirtelProvider(PaymentProvider):
    """Adapter for :class:`AirtelConfig`.

    Args:
        now: the clock.
    """

    code: ClassVar[str] = "airtel"

    def __init__(self, config: AirtelConfig, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._config = config
        self._now = now
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        # They live for three minutes in most countries.
        self._token_cache = TokenCache(margin=30)
        self._key_cache = TokenCache(margin=60)
        self.capabilities = Capabilities(
            limits={config.currency: config.limits},
            flow=Flow.PUSH,
            countries=frozenset({config.country}),
            refunds=RefundKind.FULL,
            payouts=bool(config.disbursement_pin),
            webhooks=Webhooks.SIGNED if config.callback_key else Webhooks.UNSIGNED,
            needs_phone=True,
        )

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Airtel's callbacks go to the one address on its portal: ``notify_url`` isn't sent."""
        place = {"country": self._config.country, "currency": self._config.currency}
        self._check(attempt.amount)
        body = {
            "reference": _reference(attempt.order_number),
            "subscriber": {**place, "msisdn": self._msisdn(attempt.phone or customer.phone)},
            "transaction": {"amount": to_wire(attempt.amount), **place, "id": attempt.id.hex},
        }
        answer = self._send(f"/merchant/{self._config.collection_version}/payments/", body)
        is_new = self._accepted(answer, _COLLECTION_REASONS, _FINAL_COLLECTION)
        return Initiated(
            provider_ref=attempt.id.hex,
            next=PushSent(self._now() + self._config.push_window),
            state=ProviderState.AWAITING_CUSTOMER if is_new else ProviderState.PENDING,
        )

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        answer = self._ask(f"/standard/v1/payments/{attempt.id.hex}")
        return self._status(answer, attempt.id, attempt.created_at, _COLLECTION_REASONS)

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give a whole payment back. Airtel takes no id of ours here: an unknown outcome needs a person."""
        if refund.amount != refund.attempt.amount:
            raise Declined("partial_refund", "only whole payments are given back")
        if not refund.receipt:
            raise Declined("no_receipt", "a refund names the payment by Airtel's id")
        answer = self._send("/standard/v1/payments/refund", {"transaction": {"airtel_money_id": refund.receipt}})
        told = _transaction(answer)
        word = str(told.get("status", ""))
        if word in ("TF", "TE"):
            raise Declined(_reason(answer, _COLLECTION_REASONS), word, _raw(answer))
        if word == "TA":
            raise Unknown("provider_trouble", "ambiguous", _raw(answer))
        self._accepted(answer, _COLLECTION_REASONS, _FINAL_COLLECTION)
        # SUCCESS of a request is "taken" elsewhere; only with the code of success is it "done".
        is_done = word == "TS" or (word.startswith(("SUCCESS", "Success")) and _code(answer).endswith("1001"))
        return ProviderStatus(
            ProviderState.SUCCEEDED if is_done else ProviderState.PENDING,
            provider_ref=str(told.get("airtel_money_id") or refund.receipt),
            receipt=str(told.get("airtel_money_id") or ""),
            raw=_raw(answer),
        )

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Airtel documents no enquiry for refunds: somebody looks it up on the portal."""
        raise Unsupported("no_refund_enquiry", self.code)

    def payout(self, payout: Payout) -> ProviderStatus:
        if not self._config.disbursement_pin:
            raise Unsupported("no_payouts", self.code)
        self._check(payout.amount)
        version = self._config.disbursement_version
        msisdn = self._msisdn(payout.phone)
        key = self._config.pin_key or self._message_key()
        is_newer = version != "v1"
        body = {
            "payee": {"msisdn": msisdn, **({"wallet_type": "NORMAL"} if is_newer else {})},
            "reference": _reference(payout.description or payout.id.hex),
            "pin": encrypt_pin(self._config.disbursement_pin, key, self._config.pin_padding),
            "transaction": {
                "amount": to_wire(payout.amount),
                "id": payout.id.hex,
                **({"type": "B2C"} if is_newer else {}),
            },
        }
        answer = self._send(f"/standard/{version}/disbursements/", body)
        word = str(_transaction(answer).get("status", ""))
        if word == "TA":
            raise Unknown("provider_trouble", "ambiguous", _raw(answer))
        if answer.is_ok and word in ("TS", "TF", "TE"):
            try:
                return self._status(answer, payout.id, payout.created_at, _PAYOUT_REASONS)
            except Retryable as error:  # it was sent all the same
                raise Unknown(error.reason, error.detail, error.raw) from None
        self._accepted(answer, _PAYOUT_REASONS, _FINAL_PAYOUT)
        return ProviderStatus(ProviderState.PENDING, provider_ref=payout.id.hex, raw=_raw(answer))

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        if not self._config.disbursement_pin:
            raise Unsupported("no_payouts", self.code)
        is_first = self._config.disbursement_version == "v1"
        version, params = ("v1", None) if is_first else ("v2", {"transactionType": "B2C"})
        answer = self._ask(f"/standard/{version}/disbursements/{payout.id.hex}", params)
        return self._status(answer, payout.id, payout.created_at, _PAYOUT_REASONS)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Callbacks are often left out, and never more than a hint. Without a key or a token none is believed."""
        config = self._config
        if not config.callback_key and not config.callback_path_token:
            raise InvalidSignature("our_configuration", "neither a key nor an address for callbacks")
        if config.callback_path_token and not hmac.compare_digest(
            path_token.encode(errors="replace"), config.callback_path_token.encode()
        ):
            raise InvalidSignature("forged", "not the address of ours")
        told = _read_callback(body)
        if config.callback_key:
            given = headers.get(config.callback_hash_header.lower(), "") if config.callback_hash_header else ""
            given = given or (str(told.get("hash", "")) if isinstance(told, dict) else "")
            # A list, not a generator: all are compared, so that time tells nothing.
            fits = [
                hmac.compare_digest(one.encode(), given.encode(errors="replace"))
                for one in callback_hashes(config.callback_key, body)
            ]
            if not any(fits):
                raise InvalidSignature("forged", "the hash doesn't fit")
        transaction = told.get("transaction") if isinstance(told, dict) else None
        if not isinstance(transaction, dict) or not transaction.get("id"):
            raise ValueError("A callback of Airtel's has a transaction with an id.")
        ours, word = str(transaction["id"])[:64], str(transaction.get("status_code", ""))[:16]
        try:
            attempt_id = uuid.UUID(ours)
        except ValueError:
            attempt_id = None
        return [
            ProviderEvent(
                key=f"{ours}:{word}",
                provider_ref=ours,
                attempt_id=attempt_id,
                hint=_STATES.get(word),
                raw=masked({**told, "transaction": _without_text(transaction)}),
            )
        ]

    def _check(self, amount: Money) -> None:
        self.capabilities.require(amount)

    def _msisdn(self, phone: str) -> str:
        """The national number without a leading zero; Airtel refuses it with the country code."""
        try:
            number = phonenumbers.parse(phone)
        except phonenumbers.NumberParseException:
            raise Declined("no_such_account", "not a phone number in international form") from None
        if number.country_code != phonenumbers.country_code_for_region(self._config.country):
            raise Declined("no_such_account", f"not a phone number of {self._config.country}")
        return phonenumbers.national_significant_number(number)

    def _accepted(self, answer: Answer, reasons: Mapping[str, str], final: frozenset[str]) -> bool:
        """Whether a request was taken just now; False when it had been before.

        Raises:
            Declined: refused for good.
            Unknown: ask.
        """
        code, result = _code(answer), _result_code(answer)
        status = answer.data.get("status") if isinstance(answer.data, dict) else None
        if answer.is_ok and isinstance(status, dict) and status.get("success") is True:
            if code.endswith("1000") or result == "ESB000004":
                raise Unknown("provider_trouble", f"ambiguous {code}".strip(), _raw(answer))
            return True
        if result == "ESB000041" or code.endswith(("DP00900001017", "1006")):
            return False
        router = _router_code(answer)
        detail = f"HTTP {answer.status} {code or result or router}".strip()
        is_final = (
            (code.startswith(("DP008", "DP009")) and code[-4:] in final)
            or (result.startswith("ESB0000") and result[-2:] in _FINAL_ESB)
            or router in _FINAL_ROUTER
        )
        # A refusal at the door (malformed, forbidden) comes without any code; ROUTER117 and its like are time-outs.
        is_at_the_door = answer.status in (400, 401, 403, 404, 405, 413, 415, 422) and not (code or result or router)
        if answer.status < 500 and (is_final or is_at_the_door):
            raise Declined(_reason(answer, reasons, "our_configuration"), detail, _raw(answer))
        raise Unknown("provider_trouble", detail, _raw(answer))

    def _status(
        self, answer: Answer, our_id: uuid.UUID, sent_at: datetime, reasons: Mapping[str, str]
    ) -> ProviderStatus:
        told = _transaction(answer)
        word = str(told.get("status", ""))
        if answer.status < 500 and word not in _STATES and _is_not_found(answer):
            # In the first minutes an enquiry may not know yet what was taken.
            is_early = self._now() < sent_at + self._config.grace
            state = ProviderState.PENDING if is_early else ProviderState.NOT_FOUND
            return ProviderStatus(state, provider_ref=our_id.hex, raw=_raw(answer))
        if not answer.is_ok or word not in _STATES:
            raise Retryable("provider_trouble", f"HTTP {answer.status} {_code(answer)}".strip(), _raw(answer))
        state = _STATES[word]
        amount = None
        if told.get("amount") not in (None, ""):
            try:
                amount = from_wire(told["amount"], str(told.get("currency") or self._config.currency))
            except ValueError:
                raise Retryable("provider_trouble", "no readable amount in the answer", _raw(answer)) from None
        failed = state in (ProviderState.FAILED, ProviderState.EXPIRED)
        default = "not_confirmed_in_time" if state == ProviderState.EXPIRED else "declined"
        return ProviderStatus(
            state,
            provider_ref=our_id.hex,
            receipt=str(told.get("airtel_money_id") or ""),
            amount=amount,
            reason=_reason(answer, reasons, default) if failed else "",
            raw=_raw(answer),
        )

    def _ask(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        try:
            return self._authorized("GET", path, params=params)
        except Declined as error:
            raise Retryable(error.reason, error.detail, error.raw) from None

    def _send(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._authorized("POST", path, body=body)

    def _authorized(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        may_sign: bool = True,
    ) -> Answer:
        """Call with a token, once more with a new one after a 401, which says that nothing was taken."""
        content = encode_body(body) if body is not None else None
        signature = {}
        if content is not None and self._config.signs_messages and may_sign:
            signature = sign(content, self._message_key())
        for is_last in (False, True):
            headers = {
                "Authorization": f"Bearer {self._token()}",
                "Accept": "*/*",
                "X-Country": self._config.country,
                "X-Currency": self._config.currency,
                **signature,
            }
            answer = self._http.call(
                method, path, content=content, json_body=body, headers=headers, params=params, is_safe=method == "GET"
            )
            if answer.status != 401:
                return answer
            self._token_cache.forget()
            if is_last:
                break
        raise Declined("our_configuration", "Airtel refuses our credentials", _raw(answer))

    def _token(self) -> str:
        def fetch() -> tuple[str, float]:
            answer = self._http.call(
                "POST",
                "/auth/oauth2/token",
                json_body={
                    "client_id": self._config.client_id,
                    "client_secret": self._config.client_secret,
                    "grant_type": "client_credentials",
                },
                headers={"Accept": "*/*"},
                is_safe=True,
            )
            if answer.status in (400, 401, 403):
                raise Declined("our_configuration", f"no token: HTTP {answer.status}")
            if not answer.is_ok or not isinstance(answer.data, dict) or not answer.data.get("access_token"):
                raise Retryable("provider_trouble", f"no token: HTTP {answer.status}")
            return str(answer.data["access_token"]), _seconds(answer.data.get("expires_in"), 180.0)

        return self._token_cache.get(fetch)

    def _message_key(self) -> str:
        """The RSA key of messages, kept until ``valid_upto``; some hosts give the fields without ``data``."""

        def fetch() -> tuple[str, float]:
            answer = self._ask("/v1/rsa/encryption-keys")
            told = answer.data if isinstance(answer.data, dict) else {}
            fields = told["data"] if isinstance(told.get("data"), dict) else told
            if not answer.is_ok or not fields.get("key"):
                raise Retryable("provider_trouble", f"no encryption key: HTTP {answer.status}")
            return str(fields["key"]), self._seconds_until(fields.get("valid_upto"))

        return self._key_cache.get(fetch)

    def _seconds_until(self, value: object) -> float:
        """``valid_upto`` as milliseconds since 1970 or ISO 8601 (its form is unverified); an hour if neither."""
        text = str(value or "")
        try:
            until = datetime.fromisoformat(text) if "-" in text else datetime.fromtimestamp(int(text) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return 3600.0
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - self._now()).total_seconds())


def _seconds(value: object, default: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return default


def _reference(text: str) -> str:
    """Airtel takes 4 to 64 letters and digits, and shows them to the customer."""
    return re.sub(r"[^A-Za-z0-9]", "", text)[:64].rjust(4, "0")


def _transaction(answer: Answer) -> Mapping[str, Any]:
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    transaction = data.get("transaction") if isinstance(data, dict) else None
    return transaction if isinstance(transaction, dict) else {}


def _status_field(answer: Answer, name: str) -> str:
    status = answer.data.get("status") if isinstance(answer.data, dict) else None
    value = status.get(name, "") if isinstance(status, dict) else ""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9]{1,24}", value) else ""


def _code(answer: Answer) -> str:
    return _status_field(answer, "response_code")


def _result_code(answer: Answer) -> str:
    return _status_field(answer, "result_code")


def _router_code(answer: Answer) -> str:
    """The three digits of ``ROUTER117``, wherever they are."""
    told = answer.data if isinstance(answer.data, dict) else {}
    for text in (_code(answer), _result_code(answer), str(told.get("code", ""))):
        if text.startswith("ROUTER"):
            return text.removeprefix("ROUTER")
    return ""


def _is_not_found(answer: Answer) -> bool:
    code = _code(answer)
    return (
        answer.status == 404
        or (code.startswith("DP008") and code.endswith("1025"))
        or (code.startswith("DP009") and code.endswith("1015"))
        or _result_code(answer) == "ESB000045"
    )


def _reason(answer: Answer, reasons: Mapping[str, str], default: str = "declined") -> str:
    return reasons.get(_code(answer)[-4:], default)


def _without_text(told: Mapping[str, Any]) -> dict[str, Any]:
    """Sentences for people name the customer and the number."""
    return {name: value for name, value in told.items() if name != "message"}


def _raw(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.data, dict):
        return {}
    data = answer.data.get("data")
    if isinstance(data, dict) and isinstance(data.get("transaction"), dict):
        return masked({**answer.data, "data": {**data, "transaction": _without_text(data["transaction"])}})
    return masked(answer.data)
