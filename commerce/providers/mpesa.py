"""M-Pesa (Safaricom's Daraja): a prompt on the phone (STK push), payouts (B2C) and reversals.

A prompt has no idempotency handle: one whose answer was lost has no name until its callback comes, so it is never sent
again. The query tells the outcome but neither amount nor receipt; those come in the callback only, which is unsigned
and proves itself by its address (see ``path_tokens``). Payouts and reversals are asynchronous altogether: even the
question where one stands is answered by a message. Sources: Daraja's "M-Pesa Express", "M-Pesa Express Query", "B2C",
"Transaction Status" and "Reversals".
"""

import base64
import json
import logging
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, ClassVar

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from commerce.providers.base import (
    Attempt,
    Capabilities,
    Customer,
    Declined,
    Flow,
    Initiated,
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
from commerce.providers.path_tokens import make_path_token, read_path_token
from core.money import Money

__all__ = [
    "MpesaConfig",
    "MpesaInitiator",
    "MpesaProvider",
    "from_wire",
    "security_credential",
    "stk_password",
    "to_wire",
]

logger = logging.getLogger(__name__)

#: Kenya's clock all year, which Daraja's timestamps are in.
NAIROBI = timezone(timedelta(hours=3))
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_PHONE = re.compile(r"\+(254[17]\d{8})", re.ASCII)
#: Longer ones are refused, or cut off on the customer's phone.
_REFERENCE_LENGTH, _DESCRIPTION_LENGTH = 12, 13
_IN_PROCESS = "500.001.1001"
_BAD_TOKEN = frozenset({"401.002.01", "404.001.03"})

#: ResultCode of a prompt: state and reason.
_RESULTS = {
    "0": (ProviderState.SUCCEEDED, ""),
    "1": (ProviderState.FAILED, "insufficient_funds"),
    "17": (ProviderState.FAILED, "our_configuration"),
    "1001": (ProviderState.FAILED, "another_prompt"),
    "1019": (ProviderState.EXPIRED, "not_confirmed_in_time"),
    "1025": (ProviderState.FAILED, "provider_trouble"),
    "9999": (ProviderState.FAILED, "provider_trouble"),
    "1032": (ProviderState.FAILED, "refused_by_customer"),
    "1037": (ProviderState.EXPIRED, "not_confirmed_in_time"),
    "2001": (ProviderState.FAILED, "wrong_pin"),
}
_PAYOUT_REASONS = {"1": "insufficient_funds", "17": "limit_reached", "2001": "our_configuration"}


@dataclass(frozen=True)
class MpesaInitiator:
    """Who may send money and reverse payments.

    Attributes:
        password: in clear; travels encrypted only.
        certificate: Safaricom's, PEM; those of sandbox and production differ.
        shortcode: that payouts are made from.
        command: ``BusinessPayment``, ``SalaryPayment`` or ``PromotionPayment``.
    """

    name: str
    password: str = field(repr=False)
    certificate: str = field(repr=False)
    shortcode: str
    command: str = "BusinessPayment"


@dataclass(frozen=True)
class MpesaConfig:
    """One shortcode.

    Attributes:
        webhook_key: secret that the addresses for messages are made with; see ``path_tokens``.
        notify_base: address below which results of payouts and reversals are taken; ``/<token>`` is put behind it.
            Without words like "mpesa" in it, which some say are refused (unverified).
        limits: 150,000 shillings was the ceiling of a payment in August 2023; later ones are unverified.
        party_b: the till, for ``CustomerBuyGoodsOnline``; the shortcode otherwise.
        identifier_type, reversal_receiver_type: of a shortcode, as common samples have them (unverified).
        partial_reversals: said to work (unverified).
        unreachable_grace: how long "phone unreachable" (1037) isn't believed.
    """

    base_url: str
    shortcode: str
    passkey: str = field(repr=False)
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    webhook_key: str = field(repr=False)
    notify_base: str = ""
    initiator: MpesaInitiator | None = None
    limits: Limits = field(default_factory=lambda: Limits(100, 150_000_00, 100))
    transaction_type: str = "CustomerPayBillOnline"
    party_b: str = ""
    identifier_type: str = "4"
    reversal_receiver_type: str = "11"
    partial_reversals: bool = False
    unreachable_grace: timedelta = timedelta(minutes=5)
    push_window: timedelta = timedelta(minutes=2)
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        if self.limits.step % 100:
            raise ValueError("M-Pesa takes whole shillings.")
        if self.transaction_type not in ("CustomerPayBillOnline", "CustomerBuyGoodsOnline"):
            raise ValueError(f"Unknown transaction type {self.transaction_type!r}.")


def to_wire(amount: Money) -> int:
    """Return ``amount`` as whole shillings, which is all that Daraja takes, though ISO gives KES two decimals.

    Raises:
        ValueError: another currency, cents, or less than nothing.
    """
    if amount.currency != "KES" or amount.is_negative or amount.minor % 100:
        raise ValueError("M-Pesa takes whole Kenyan shillings.")
    return amount.minor // 100


def from_wire(value: object, currency: str) -> Money:
    """Read an amount of Daraja's: a number, or text, at times with two zeros behind the point.

    Raises:
        ValueError: not a plain number, or another currency.
    """
    text = str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    if currency != "KES" or not _NUMBER.fullmatch(text):
        raise ValueError("Not an amount.")
    return Money.from_decimal(text, currency)


def stk_password(shortcode: str, passkey: str, timestamp: str) -> str:
    """Return ``Password``: base64 of shortcode, passkey and timestamp (``YYYYMMDDHHmmss``, Nairobi)."""
    return base64.b64encode(f"{shortcode}{passkey}{timestamp}".encode()).decode()


def security_credential(password: str, certificate: str) -> str:
    """Return ``SecurityCredential``: the initiator's password under Safaricom's certificate, RSA PKCS#1 v1.5, base64.

    Raises:
        Declined: the certificate can't be used; nothing was sent.
    """
    try:
        key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError:
        raise Declined("our_configuration", "not a certificate") from None
    if not isinstance(key, RSAPublicKey):
        raise Declined("our_configuration", "not a certificate of an RSA key")
    return base64.b64encode(key.encrypt(password.encode(), rsa_padding.PKCS1v15())).decode()


class MpesaProvider(PaymentProvider):
    """Adapter for :class:`MpesaConfig`.

    Args:
        now: the clock.
    """

    code: ClassVar[str] = "mpesa"

    def __init__(self, config: MpesaConfig, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._config = config
        self._now = now
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        self._token_cache = TokenCache(margin=180)
        can_send = config.initiator is not None and bool(config.notify_base)
        refunds = RefundKind.PARTIAL if config.partial_reversals else RefundKind.FULL
        self.capabilities = Capabilities(
            limits={"KES": config.limits},
            flow=Flow.PUSH,
            countries=frozenset({"KE"}),
            refunds=refunds if can_send else RefundKind.NONE,
            payouts=can_send,
            webhooks=Webhooks.UNSIGNED,
            needs_phone=True,
        )

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Send a prompt. ``notify_url`` ends in ``make_path_token(webhook_key, "mpesa", "payment", attempt.id)``."""
        if attempt.provider_ref:
            # Sent before; a second one would be a second prompt.
            return self._initiated(attempt.provider_ref, ProviderState.PENDING)
        self._check(attempt.amount)
        phone = _msisdn(attempt.phone or customer.phone)
        body = {
            **self._signed(),
            "TransactionType": self._config.transaction_type,
            "Amount": to_wire(attempt.amount),
            "PartyA": phone,
            "PartyB": self._config.party_b or self._config.shortcode,
            "PhoneNumber": phone,
            "CallBackURL": notify_url,
            "AccountReference": _plain(attempt.order_number)[-_REFERENCE_LENGTH:],
            "TransactionDesc": _plain(attempt.description or attempt.order_number)[:_DESCRIPTION_LENGTH].strip(),
        }
        told = self._send("/mpesa/stkpush/v1/processrequest", body)
        checkout = str(told.get("CheckoutRequestID") or "")
        if not checkout:
            raise Unknown("provider_trouble", "taken without a name", _raw(told))
        return self._initiated(checkout, ProviderState.AWAITING_CUSTOMER)

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Ask for the outcome; amount and receipt are those of the callback, if it came (``attempt.data``)."""
        callback = attempt.data.get("callback") or {}
        checkout = attempt.provider_ref or str(callback.get("checkout_request_id", ""))
        if not checkout:
            raise Retryable("no_reference", "the prompt has no name before its callback comes")
        answer = self._authorized(
            "/mpesa/stkpushquery/v1/query", {**self._signed(), "CheckoutRequestID": checkout}, is_safe=True
        )
        told = answer.data if isinstance(answer.data, dict) else {}
        if told.get("errorCode") == _IN_PROCESS and "process" in str(told.get("errorMessage", "")).lower():
            # Its way to say "wait": no reason to stop asking.
            self._http.breaker.note(ok=True)
            return ProviderStatus(ProviderState.PENDING, provider_ref=checkout, raw=_raw(told))
        code = _result_code(told)
        if not answer.is_ok or not code:
            raise Retryable("provider_trouble", _detail(answer), _raw(told))
        state, reason = self._outcome(code, attempt.created_at)
        fits = callback.get("checkout_request_id") == checkout and callback.get("code") == "0"
        amount, receipt = None, ""
        if state == ProviderState.SUCCEEDED and fits:
            receipt = str(callback.get("receipt", ""))
            amount = _told_amount(callback.get("amount"))
        return ProviderStatus(
            state, provider_ref=checkout, receipt=receipt, amount=amount, reason=reason, raw=_raw(told)
        )

    def refund(self, refund: Refund) -> ProviderStatus:
        """Reverse a payment. Daraja takes no id of ours here; its result comes to an address that has it."""
        initiator = self._initiator("no_refunds")
        if refund.amount != refund.attempt.amount and not self._config.partial_reversals:
            raise Declined("partial_refund", "only whole payments are given back")
        if not refund.receipt:
            raise Declined("no_receipt", "a reversal names the payment by M-Pesa's receipt")
        if refund.provider_ref:
            return ProviderStatus(ProviderState.PENDING, provider_ref=refund.provider_ref)
        body = {
            **self._credentials("Initiator", initiator),
            "CommandID": "TransactionReversal",
            "TransactionID": refund.receipt,
            "Amount": self._whole(refund.amount),
            "ReceiverParty": self._config.shortcode,
            "RecieverIdentifierType": self._config.reversal_receiver_type,  # Daraja's spelling
            **self._addresses("refund", refund.id),
            "Remarks": _plain(refund.reason or refund.attempt.order_number)[:100],
            "Occasion": "",
        }
        told = self._send("/mpesa/reversal/v1/request", body)
        return self._taken(told)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """The result, if its message came (``refund.data``); otherwise have M-Pesa send it."""
        self._initiator("no_refunds")
        return self._result(refund.data, "refund", refund.id, refund.provider_ref)

    def payout(self, payout: Payout) -> ProviderStatus:
        initiator = self._initiator("no_payouts")
        self._check(payout.amount)
        body = {
            "OriginatorConversationID": str(payout.id),
            **self._credentials("InitiatorName", initiator),
            "CommandID": initiator.command,
            "Amount": to_wire(payout.amount),
            "PartyA": initiator.shortcode,
            "PartyB": _msisdn(payout.phone),
            "Remarks": _plain(payout.description or "Payout")[:100],
            **self._addresses("payout", payout.id),
            # Left empty and spelt as here; some samples have "Occassion" (unverified).
            "Occasion": "",
        }
        told = self._send("/mpesa/b2c/v3/paymentrequest", body)
        return self._taken(told)

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """The result, if its message came (``payout.data``); otherwise have M-Pesa send it."""
        self._initiator("no_payouts")
        return self._result(payout.data, "payout", payout.id, payout.provider_ref or str(payout.id))

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Nothing is signed: the address proves the sender and names what it is about. Answered by 200 in any case."""
        kind, operation_id = read_path_token(self._config.webhook_key, self.code, path_token)
        if kind.endswith("_timeout"):
            # "Nobody knows", whatever it says: the question is asked again.
            subject = kind.removesuffix("_timeout")
            return [ProviderEvent(key=f"{operation_id}:timeout", attempt_id=operation_id, kind=subject)]
        try:
            told = json.loads(body, parse_float=Decimal)
        except (ValueError, ArithmeticError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise ValueError("A message of M-Pesa's is a JSON object.")
        if kind == "payment":
            return [self._payment_event(told, operation_id)]
        return [self._result_event(told, kind, operation_id)]

    def _payment_event(self, told: Mapping[str, Any], attempt_id: uuid.UUID) -> ProviderEvent:
        outer = told.get("Body")
        inner = outer.get("stkCallback") if isinstance(outer, dict) else None
        if not isinstance(inner, dict) or not inner.get("CheckoutRequestID"):
            raise ValueError("No stkCallback with a CheckoutRequestID.")
        checkout, code = str(inner["CheckoutRequestID"])[:100], _result_code(inner)
        metadata = inner.get("CallbackMetadata")
        items = _pairs(metadata.get("Item") if isinstance(metadata, dict) else None, "Name")
        facts = {"checkout_request_id": checkout, "code": code}
        if code == "0":
            facts["receipt"] = str(items.get("MpesaReceiptNumber", ""))[:40]
            facts["amount"] = str(items.get("Amount", ""))[:20]
        flat = {**{key: value for key, value in inner.items() if key != "CallbackMetadata"}, **items}
        return ProviderEvent(
            key=f"{checkout}:{code}",
            provider_ref=checkout,
            attempt_id=attempt_id,
            hint=_RESULTS[code][0] if code in _RESULTS else None,
            raw=_public(flat),
            data={"callback": facts},
        )

    def _result_event(self, told: Mapping[str, Any], kind: str, operation_id: uuid.UUID) -> ProviderEvent:
        inner = told.get("Result")
        if not isinstance(inner, dict) or not _result_code(inner):
            raise ValueError("No Result with a ResultCode.")
        code = _result_code(inner)
        parameters = inner.get("ResultParameters")
        items = _pairs(parameters.get("ResultParameter") if isinstance(parameters, dict) else None, "Key")
        facts: dict[str, str] = {}
        hint = None
        if kind.endswith("_status"):
            # The answer to a question of ours; a code above zero says that the question failed, nothing else. Words
            # other than "Completed" are unverified and settle nothing.
            word = str(items.get("TransactionStatus", ""))[:20]
            if code == "0" and word == "Completed":
                receipt = items.get("ReceiptNo") or inner.get("TransactionID")
                facts = {"code": "0", "receipt": str(receipt or "")[:40], "amount": str(items.get("Amount", ""))[:20]}
            key = f"{operation_id}:status:{code}:{word}"
        else:
            amount = items.get("TransactionAmount", items.get("Amount", ""))
            facts = {"code": code, "receipt": str(inner.get("TransactionID") or "")[:40], "amount": str(amount)[:20]}
            key = f"{operation_id}:{code}"
        if facts:
            hint = ProviderState.SUCCEEDED if facts["code"] == "0" else ProviderState.FAILED
        flat = {**{name: value for name, value in inner.items() if name != "ResultParameters"}, **items}
        return ProviderEvent(
            key=key,
            provider_ref=str(inner.get("ConversationID") or "")[:100],
            attempt_id=operation_id,
            hint=hint,
            kind=kind.removesuffix("_status"),
            raw=_public(flat),
            data={"result": facts} if facts else {},
        )

    def _initiated(self, checkout: str, state: ProviderState) -> Initiated:
        return Initiated(provider_ref=checkout, next=PushSent(self._now() + self._config.push_window), state=state)

    def _outcome(self, code: str, created_at: datetime) -> tuple[ProviderState, str]:
        if code not in _RESULTS:
            logger.warning("M-Pesa answered a result code that its documentation doesn't have: %.32r", code)
            return ProviderState.PENDING, ""
        if code == "1037" and self._now() < created_at + self._config.unreachable_grace:
            return ProviderState.PENDING, ""
        return _RESULTS[code]

    def _check(self, amount: Money) -> None:
        self.capabilities.require(amount)

    def _whole(self, amount: Money) -> int:
        try:
            return to_wire(amount)
        except ValueError:
            raise Declined("not_a_step", str(amount)) from None

    def _initiator(self, reason: str) -> MpesaInitiator:
        if self._config.initiator is None or not self._config.notify_base:
            raise Unsupported(reason, self.code)
        return self._config.initiator

    def _credentials(self, name: str, initiator: MpesaInitiator) -> dict[str, str]:
        return {
            name: initiator.name,
            "SecurityCredential": security_credential(initiator.password, initiator.certificate),
        }

    def _addresses(self, kind: str, operation_id: uuid.UUID, suffix: str = "") -> dict[str, str]:
        def address(word: str) -> str:
            token = make_path_token(self._config.webhook_key, self.code, word, operation_id)
            return f"{self._config.notify_base.rstrip('/')}/{token}"

        return {"QueueTimeOutURL": address(f"{kind}_timeout"), "ResultURL": address(kind + suffix)}

    def _signed(self) -> dict[str, str]:
        timestamp = self._now().astimezone(NAIROBI).strftime("%Y%m%d%H%M%S")
        return {
            "BusinessShortCode": self._config.shortcode,
            "Password": stk_password(self._config.shortcode, self._config.passkey, timestamp),
            "Timestamp": timestamp,
        }

    def _taken(self, told: Mapping[str, Any]) -> ProviderStatus:
        return ProviderStatus(ProviderState.PENDING, provider_ref=str(told.get("ConversationID") or ""), raw=_raw(told))

    def _result(self, data: Mapping[str, Any], kind: str, operation_id: uuid.UUID, conversation: str) -> ProviderStatus:
        facts = data.get("result")
        if isinstance(facts, Mapping) and facts.get("code"):
            is_done = facts["code"] == "0"
            return ProviderStatus(
                ProviderState.SUCCEEDED if is_done else ProviderState.FAILED,
                provider_ref=conversation,
                receipt=str(facts.get("receipt", "")) if is_done else "",
                amount=_told_amount(facts.get("amount")) if is_done else None,
                reason="" if is_done else _PAYOUT_REASONS.get(str(facts["code"]), "declined"),
            )
        if not conversation:
            raise Retryable("no_reference", "the reversal has no name before its result comes")
        initiator = self._initiator("no_payouts")
        body = {
            **self._credentials("Initiator", initiator),
            "CommandID": "TransactionStatusQuery",
            "OriginalConversationID": conversation,
            "PartyA": initiator.shortcode if kind == "payout" else self._config.shortcode,
            "IdentifierType": self._config.identifier_type,
            **self._addresses(kind, operation_id, "_status"),
            "Remarks": "Status",
            "Occasion": "",
        }
        answer = self._authorized("/mpesa/transactionstatus/v1/query", body, is_safe=True)
        if not answer.is_ok:
            raise Retryable("provider_trouble", _detail(answer), _raw(answer.data))
        return ProviderStatus(ProviderState.PENDING, provider_ref=conversation, raw=_raw(answer.data))

    def _send(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send what may happen only once; the answer of one that was taken."""
        try:
            answer = self._authorized(path, body, is_safe=False)
        except _BadCredentials as error:
            raise Declined("our_configuration", error.detail, error.raw) from None
        told = answer.data if isinstance(answer.data, dict) else {}
        code = str(told.get("ResponseCode", ""))
        if answer.is_ok and code == "0":
            return told
        # 35 is a duplicate: one like it is under way. Any 5xx may have been taken, and so may what has no code.
        if answer.status >= 500 or (answer.is_ok and code in ("", "35")) or answer.status in (408, 409):
            raise Unknown("provider_trouble", _detail(answer), _raw(told))
        raise Declined("our_configuration" if not code else "declined", _detail(answer), _raw(told))

    def _authorized(self, path: str, body: Mapping[str, Any], *, is_safe: bool) -> Answer:
        """Call with a token, once more with a new one after it was refused, which says that nothing was taken."""
        for is_last in (False, True):
            headers = {"Authorization": f"Bearer {self._token()}"}
            answer = self._http.call("POST", path, json_body=body, headers=headers, is_safe=is_safe)
            if answer.status != 401 and _error_code(answer.data) not in _BAD_TOKEN:
                return answer
            self._token_cache.forget()
            if is_last:
                break
        raise _BadCredentials("our_configuration", "Daraja refuses our credentials", _raw(answer.data))

    def _token(self) -> str:
        def fetch() -> tuple[str, float]:
            pair = f"{self._config.consumer_key}:{self._config.consumer_secret}"
            answer = self._http.call(
                "GET",
                "/oauth/v1/generate",
                params={"grant_type": "client_credentials"},
                headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
                is_safe=True,
            )
            if answer.status in (400, 401, 403):
                raise _BadCredentials("our_configuration", f"no token: HTTP {answer.status}")
            if not answer.is_ok or not isinstance(answer.data, dict) or not answer.data.get("access_token"):
                raise Retryable("provider_trouble", f"no token: HTTP {answer.status}")
            return str(answer.data["access_token"]), _seconds(answer.data.get("expires_in"))

        return self._token_cache.get(fetch)


class _BadCredentials(Retryable):
    """A token was refused twice, or none was given: nothing was taken."""


def _seconds(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 3599.0


def _msisdn(phone: str) -> str:
    match = _PHONE.fullmatch(phone)
    if match is None:
        raise Declined("no_such_account", "not a mobile number of Kenya in international form")
    return match[1]


def _plain(text: str) -> str:
    """ASCII without control characters."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9 .,-]+", " ", bare).split())


def _result_code(told: Mapping[str, Any]) -> str:
    """``ResultCode`` as text: a number in messages, text in answers; empty where there is none."""
    code = told.get("ResultCode")
    text = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    return text if re.fullmatch(r"[A-Za-z0-9.]{1,20}", text) else ""


def _error_code(told: object) -> str:
    code = str(told.get("errorCode", "")) if isinstance(told, Mapping) else ""
    return code if re.fullmatch(r"[0-9.]{1,20}", code) else ""


def _detail(answer: Answer) -> str:
    told = answer.data if isinstance(answer.data, dict) else {}
    code = _error_code(told) or _result_code({"ResultCode": told.get("ResponseCode")})
    return f"HTTP {answer.status} {code}".strip()


def _pairs(items: object, name: str) -> dict[str, Any]:
    """``[{"Name": "Amount", "Value": 10}, …]`` as a dictionary; one pair comes without the list at times."""
    rows = items if isinstance(items, list) else [items]
    return {str(row[name]): row.get("Value") for row in rows if isinstance(row, dict) and row.get(name)}


def _told_amount(value: object) -> Money | None:
    """None where none was told; one that can't be read settles nothing."""
    if value in (None, ""):
        return None
    try:
        return from_wire(value, "KES")
    except ValueError:
        raise Retryable("provider_trouble", "no readable amount in the message") from None


def _public(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Masked, and without who sent or got the money: those are numbers and names in one."""
    return masked({name: value for name, value in facts.items() if "Party" not in name})


def _raw(told: object) -> dict[str, Any]:
    return masked(told) if isinstance(told, dict) else {}
