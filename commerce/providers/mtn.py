"""MTN Mobile Money (MoMo Open API): the customer confirms a prompt on the phone; refunds and payouts by disbursement.

Each operation is named by a UUID of ours in ``X-Reference-Id``, which is the idempotency handle: sent twice it answers
409, which says "I have it". A 5xx says nothing; only ``GET`` of the reference does. Sources: the operation pages of
MTN's developer portal ("Request to pay", "Refund", "Transfer", "Callback").
"""

import base64
import json
import logging
import re
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

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
from commerce.providers.path_tokens import read_path_token
from core.money import Money

__all__ = ["MtnConfig", "MtnProduct", "MtnProvider", "from_wire", "to_wire"]

logger = logging.getLogger(__name__)

#: Decimal digits that MTN takes, by currency of the countries where it works (and EUR, of its sandbox).
_DIGITS = {
    **dict.fromkeys("XAF XOF UGX RWF GNF".split(), 0),
    **dict.fromkeys("GHS ZMW NGN SZL ZAR LRD SSP EUR".split(), 2),
}
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,4})?", re.ASCII)
_PHONE = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
#: MTN's limit for messages to payer and payee.
_MESSAGE_LENGTH = 160
#: A prompt that ended as TIMEOUT may still have been paid; MTN's own word is final only after this time.
_TIMEOUT_GRACE = timedelta(minutes=10)

_STATES = {
    "PENDING": ProviderState.PENDING,
    "CREATED": ProviderState.PENDING,
    "ONGOING": ProviderState.PENDING,
    "SUCCESSFUL": ProviderState.SUCCEEDED,
    "FAILED": ProviderState.FAILED,
    "REJECTED": ProviderState.FAILED,
    "EXPIRED": ProviderState.EXPIRED,
    "TIMEOUT": ProviderState.EXPIRED,
}
_REASONS = {
    **dict.fromkeys("APPROVAL_REJECTED PAYMENT_NOT_APPROVED REJECTED".split(), "refused_by_customer"),
    **dict.fromkeys("EXPIRED COULD_NOT_PERFORM_TRANSACTION PAYER_DELAYED TIMEOUT".split(), "not_confirmed_in_time"),
    "NOT_ENOUGH_FUNDS": "insufficient_funds",
    "PAYER_LIMIT_REACHED": "limit_reached",
    **dict.fromkeys("PAYER_NOT_FOUND SENDER_ACCOUNT_NOT_ACTIVE".split(), "no_such_account"),
    **dict.fromkeys("PAYEE_NOT_FOUND PAYEE_NOT_ALLOWED_TO_RECEIVE".split(), "recipient_refused"),
    "TRANSACTION_CANCELED": "canceled",
    **dict.fromkeys(
        "NOT_ALLOWED NOT_ALLOWED_TARGET_ENVIRONMENT INVALID_CALLBACK_URL_HOST INVALID_CURRENCY FORBIDDEN_IP".split(),
        "our_configuration",
    ),
    **dict.fromkeys("INTERNAL_PROCESSING_ERROR SERVICE_UNAVAILABLE TRANSFER_TYPE_UNKNOWN".split(), "provider_trouble"),
}


@dataclass(frozen=True)
class MtnProduct:
    """A subscription of MTN's: collections and disbursements each have their own user and keys."""

    api_user: str
    api_key: str = field(repr=False)
    subscription_key: str = field(repr=False)


@dataclass(frozen=True)
class MtnConfig:
    """One country's MTN.

    Attributes:
        base_url: without a path below it; some countries run hosts of their own.
        target_environment: ``mtncameroon``, ``mtnghana`` …, or ``sandbox``.
        limits: by currency. Floors, ceilings and steps differ per country and are told by MTN there (aggregators name
            500 to 500,000 in steps of 5 for Cameroon), so there are none built in.
        collection: for payments.
        disbursement: for refunds and payouts; without it there are none.
        webhook_key: secret that the addresses for callbacks are made with; see ``path_tokens``.
        callback_host: as registered with MTN; callbacks are asked for only where the address is on it.
        is_production: then the sandbox and its currency are refused.
        sandbox_currency: what the sandbox is told in place of the real currency; it knows EUR only.
        partial_refunds: MTN documents none per country (unverified); ask before switching it on.
        push_window: how long a prompt stays on the phone.
    """

    base_url: str
    target_environment: str
    limits: Mapping[str, Limits]
    collection: MtnProduct
    webhook_key: str = field(repr=False)
    disbursement: MtnProduct | None = None
    countries: frozenset[str] = frozenset()
    callback_host: str = ""
    is_production: bool = True
    sandbox_currency: str = ""
    partial_refunds: bool = False
    push_window: timedelta = timedelta(minutes=5)
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        if self.is_production and (self.sandbox_currency or self.target_environment == "sandbox"):
            raise ValueError("Production takes neither MTN's sandbox nor a currency in place of the real one.")
        if unknown := set(self.limits) - set(_DIGITS):
            raise ValueError(f"MTN has no {', '.join(sorted(unknown))}.")
        if self.sandbox_currency and (self.sandbox_currency not in _DIGITS or len(self.limits) != 1):
            raise ValueError("A sandbox currency stands for exactly one real currency.")


def to_wire(amount: Money) -> str:
    """Return ``amount`` as MTN reads it: major units as text, ``"25000"``, ``"10.50"``; whole ones without decimals.

    Raises:
        ValueError: not a currency of MTN's, or less than nothing.
    """
    if amount.currency not in _DIGITS:
        raise ValueError(f"MTN has no {amount.currency}.")
    if amount.is_negative:
        raise ValueError("Amounts are not negative.")
    number = amount.to_decimal()
    return str(int(number)) if number == int(number) else str(number)


def from_wire(value: object, currency: str) -> Money:
    """Read an amount of MTN's: text, or a number as some countries send it.

    Raises:
        ValueError: not a plain number, or finer than the currency.
    """
    text = str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise ValueError("Not an amount.")
    return Money.from_decimal(text, currency)


class MtnProvider(PaymentProvider):
    """Adapter for :class:`MtnConfig`.

    Args:
        now: the clock.
    """

    code: ClassVar[str] = "mtn"

    def __init__(self, config: MtnConfig, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._config = config
        self._now = now
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        # Tokens of one product are worth nothing for the other.
        self._tokens = {"collection": TokenCache(margin=180), "disbursement": TokenCache(margin=180)}
        refunds = RefundKind.PARTIAL if config.partial_refunds else RefundKind.FULL
        self.capabilities = Capabilities(
            limits=config.limits,
            flow=Flow.PUSH,
            countries=config.countries,
            refunds=refunds if config.disbursement else RefundKind.NONE,
            payouts=config.disbursement is not None,
            webhooks=Webhooks.UNSIGNED,
            needs_phone=True,
        )

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        body = {
            **self._amount(attempt.amount),
            "externalId": attempt.order_number,
            "payer": {"partyIdType": "MSISDN", "partyId": _msisdn(attempt.phone or customer.phone)},
            "payerMessage": _plain(attempt.description or attempt.order_number),
            "payeeNote": _plain(attempt.order_number),
        }
        headers = {}
        # An address on another host refuses the whole payment, and so does an empty one: polling works without.
        if notify_url and self._config.callback_host == urlsplit(notify_url).hostname:
            headers["X-Callback-Url"] = notify_url
        is_new = self._submit("collection", "/collection/v1_0/requesttopay", attempt.id, body, headers)
        return Initiated(
            provider_ref=str(attempt.id),
            next=PushSent(self._now() + self._config.push_window),
            # Sent before: where it stands by now, fetch_status tells.
            state=ProviderState.AWAITING_CUSTOMER if is_new else ProviderState.PENDING,
        )

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        grace_until = attempt.created_at + _TIMEOUT_GRACE
        return self._status("collection", "/collection/v1_0/requesttopay", attempt.id, grace_until)

    def refund(self, refund: Refund) -> ProviderStatus:
        self._need_disbursement("no_refunds")
        if refund.amount != refund.attempt.amount and not self._config.partial_refunds:
            raise Declined("partial_refund", "only whole payments are given back")
        body = {
            **self._amount(refund.amount, checks_limits=False),
            "externalId": refund.attempt.order_number,
            "payerMessage": _plain(refund.reason or refund.attempt.order_number),
            "payeeNote": _plain(refund.attempt.order_number),
            "referenceIdToRefund": str(refund.attempt.id),
        }
        self._submit("disbursement", "/disbursement/v1_0/refund", refund.id, body, {})
        return ProviderStatus(ProviderState.PENDING, provider_ref=str(refund.id))

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        self._need_disbursement("no_refunds")
        return self._status("disbursement", "/disbursement/v1_0/refund", refund.id)

    def payout(self, payout: Payout) -> ProviderStatus:
        self._need_disbursement("no_payouts")
        body = {
            **self._amount(payout.amount),
            "externalId": str(payout.id),
            "payee": {"partyIdType": "MSISDN", "partyId": _msisdn(payout.phone)},
            "payerMessage": _plain(payout.description),
            "payeeNote": _plain(payout.description),
        }
        self._submit("disbursement", "/disbursement/v1_0/transfer", payout.id, body, {})
        return ProviderStatus(ProviderState.PENDING, provider_ref=str(payout.id))

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        self._need_disbursement("no_payouts")
        grace_until = payout.created_at + _TIMEOUT_GRACE
        return self._status("disbursement", "/disbursement/v1_0/transfer", payout.id, grace_until)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Callbacks are neither signed nor do they name the reference: the address does both. PUT and POST are seen."""
        kind, operation_id = read_path_token(self._config.webhook_key, self.code, path_token)
        try:
            told = json.loads(body, parse_float=Decimal)
        except (ValueError, ArithmeticError, RecursionError):
            raise ValueError("A callback of MTN's is JSON.") from None
        if not isinstance(told, dict):
            raise ValueError("A callback of MTN's is an object.")
        status = str(told.get("status", ""))[:32]
        return [
            ProviderEvent(
                key=f"{operation_id}:{status}",
                provider_ref=str(operation_id),
                attempt_id=operation_id,
                hint=_STATES.get(status),
                kind=kind,
                raw=masked(told),
            )
        ]

    def _need_disbursement(self, reason: str) -> None:
        if self._config.disbursement is None:
            raise Unsupported(reason, self.code)

    def _amount(self, amount: Money, *, checks_limits: bool = True) -> dict[str, str]:
        refusal = self.capabilities.refusal(amount)
        if refusal and (checks_limits or refusal == "unsupported_currency"):
            raise Declined(refusal, str(amount))
        return {"amount": to_wire(amount), "currency": self._config.sandbox_currency or amount.currency}

    def _submit(
        self, product: str, path: str, reference: uuid.UUID, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> bool:
        """Send an operation; whether it was new to MTN."""
        if reference.version != 4:
            raise Declined("our_configuration", "MTN takes UUIDs of version 4 only")
        try:
            answer = self._authorized(product, "POST", path, json_body=body, reference=reference, headers=headers)
        except _BadCredentials as error:
            raise Declined("our_configuration", "MTN refuses our credentials", error.raw) from None
        if answer.is_ok:
            return True
        if answer.status == 409:
            return False
        code = _code(answer.data)
        if answer.status >= 500 or answer.status < 400:
            # Even a code that sounds final: whether the reference was taken, only GET tells.
            reason = _REASONS.get(code, "provider_trouble")
            raise Unknown(reason, f"HTTP {answer.status} {code}".strip(), _raw(answer.data))
        reason = _REASONS.get(code, "our_configuration")
        raise Declined(reason, f"HTTP {answer.status} {code}".strip(), _raw(answer.data))

    def _status(
        self, product: str, path: str, reference: uuid.UUID, grace_until: datetime | None = None
    ) -> ProviderStatus:
        try:
            answer = self._authorized(product, "GET", f"{path}/{reference}")
        except (_BadCredentials, Declined) as error:
            raise Retryable("our_configuration", "MTN refuses our credentials", error.raw) from None
        if answer.status == 404:
            return ProviderStatus(ProviderState.NOT_FOUND, provider_ref=str(reference), raw=_raw(answer.data))
        if not answer.is_ok or not isinstance(answer.data, dict):
            code = _code(answer.data)
            reason = _REASONS.get(code, "provider_trouble")
            raise Retryable(reason, f"HTTP {answer.status} {code}".strip(), _raw(answer.data))
        told = answer.data
        word = str(told.get("status", ""))
        state = _STATES.get(word)
        if state is None:
            logger.warning("MTN answered a status that its documentation doesn't have: %.32r", word)
            state = ProviderState.PENDING
        if word == "TIMEOUT" and grace_until is not None and self._now() < grace_until:
            state = ProviderState.PENDING
        reason = ""
        if state in (ProviderState.FAILED, ProviderState.EXPIRED):
            reason = _REASONS.get(_code(told.get("reason")) or word, "declined")
        return ProviderStatus(
            state,
            provider_ref=str(reference),
            receipt=str(told.get("financialTransactionId") or ""),
            amount=self._told_amount(told),
            reason=reason,
            raw=_raw(told),
        )

    def _told_amount(self, told: Mapping[str, Any]) -> Money:
        currency = str(told.get("currency", ""))
        if currency and currency == self._config.sandbox_currency:
            currency = next(iter(self._config.limits))
        try:
            return from_wire(told.get("amount"), currency)
        except ValueError:
            raise Retryable("provider_trouble", "no readable amount in the answer", _raw(told)) from None

    def _authorized(
        self,
        product: str,
        method: str,
        path: str,
        *,
        json_body: Mapping[str, Any] | None = None,
        reference: uuid.UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call with a token, once more with a new one after a 401, which says that nothing was taken."""
        keys = self._product(product)
        for is_last in (False, True):
            all_headers = {
                "Authorization": f"Bearer {self._token(product)}",
                "Ocp-Apim-Subscription-Key": keys.subscription_key,
                "X-Target-Environment": self._config.target_environment,
                **({"X-Reference-Id": str(reference)} if reference else {}),
                **(headers or {}),
            }
            answer = self._http.call(method, path, json_body=json_body, headers=all_headers, is_safe=method == "GET")
            if answer.status != 401:
                return answer
            self._tokens[product].forget()
            if is_last:
                break
        raise _BadCredentials("our_configuration", raw=_raw(answer.data))

    def _product(self, product: str) -> MtnProduct:
        keys = self._config.collection if product == "collection" else self._config.disbursement
        if keys is None:
            raise Unsupported("no_payouts", self.code)
        return keys

    def _token(self, product: str) -> str:
        keys = self._product(product)

        def fetch() -> tuple[str, float]:
            basic = base64.b64encode(f"{keys.api_user}:{keys.api_key}".encode()).decode()
            answer = self._http.call(
                "POST",
                f"/{product}/token/",
                headers={"Authorization": f"Basic {basic}", "Ocp-Apim-Subscription-Key": keys.subscription_key},
                is_safe=True,
            )
            if answer.status in (400, 401, 403):
                raise _BadCredentials("our_configuration", f"HTTP {answer.status}", _raw(answer.data))
            if not answer.is_ok or not isinstance(answer.data, dict) or not answer.data.get("access_token"):
                raise Retryable("provider_trouble", f"no token: HTTP {answer.status}")
            return str(answer.data["access_token"]), _seconds(answer.data.get("expires_in"))

        return self._tokens[product].get(fetch)


class _BadCredentials(Retryable):
    """A token was refused twice, or none was given: nothing was taken."""


def _seconds(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 3600.0


def _msisdn(phone: str) -> str:
    """Digits with the country code, without ``+``. Prefixes aren't looked at: numbers move between operators."""
    if not _PHONE.fullmatch(phone):
        raise Declined("no_such_account", "not a phone number in international form")
    return phone.removeprefix("+")


def _plain(text: str) -> str:
    """Letters, digits and spaces: MTN answers 400 to apostrophes and accents in messages."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9]+", " ", bare).split())[:_MESSAGE_LENGTH]


def _code(told: object) -> str:
    """MTN's code, from ``"CODE"`` or ``{"code": "CODE", "message": …}``; empty where there is none."""
    code = told.get("code", "") if isinstance(told, Mapping) else told
    return code if isinstance(code, str) and re.fullmatch(r"[A-Z_]{3,64}", code) else ""


def _raw(told: object) -> dict[str, Any]:
    return masked(told) if isinstance(told, dict) else {}
