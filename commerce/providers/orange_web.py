"""Orange Money's Web Payment: the customer goes to Orange's page, types number and one-time code, and comes back.

Facts from Orange's "Web Payment getting started" guide and clients in use. Nothing is signed: notifications carry a
token that only Orange and we know, and whatever they say is asked again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

import httpx

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
    ProviderEvent,
    ProviderState,
    ProviderStatus,
    Redirect,
    Retryable,
    Unknown,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, Answer, HttpClient, TokenCache, fetch_client_token, masked
from commerce.providers.path_tokens import read_path_token
from core.money import Money

__all__ = ["OrangeWeb", "OrangeWebConfig", "from_wire", "to_wire"]

#: Decimal digits on the wire: whole francs.
_DIGITS = {"XAF": 0, "XOF": 0}
#: The play money of Orange's ``dev`` country.
_SANDBOX_CURRENCY = "OUV"

_STATES = {
    "INITIATED": (ProviderState.AWAITING_CUSTOMER, ""),
    "PENDING": (ProviderState.PENDING, ""),
    "SUCCESS": (ProviderState.SUCCEEDED, ""),
    "FAILED": (ProviderState.FAILED, "declined"),
    "EXPIRED": (ProviderState.EXPIRED, "not_confirmed_in_time"),
}


def to_wire(amount: Money) -> int:
    """Whole francs.

    Raises:
        ValueError: Orange doesn't carry this currency, or nothing or less is asked.
    """
    if amount.currency not in _DIGITS:
        raise ValueError(f"Orange Money doesn't carry {amount.currency}.")
    if amount.minor <= 0:
        raise ValueError("A payment is more than nothing.")
    return amount.minor


def from_wire(value: Any, currency: str) -> Money:
    """Read an amount of Orange's: a whole number, or its digits.

    Raises:
        ValueError: neither, or a currency that Orange doesn't carry.
    """
    if currency not in _DIGITS:
        raise ValueError(f"Orange Money doesn't carry {currency}.")
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("An amount is a number of francs.")
    return Money.from_decimal(value, currency)


@dataclass(frozen=True)
class OrangeWebConfig:
    """A merchant's contract with Orange in one country.

    Attributes:
        webhook_key: secret that the addresses for notifications are made with; see ``path_tokens``.
        segment: of the address: ``cm``, ``ci`` …, or ``dev`` for the sandbox, whose currency is ``OUV``.
        is_sandbox: must be set for ``dev`` and for nothing else, so that play money never pays a real order.
        limits: of the contract. The default is what an aggregator publishes for XAF (500 to 500,000, steps of 5).
        largest_url, largest_order_id, largest_label: lengths, as integrators report them; not confirmed by Orange.
    """

    client_id: str
    client_secret: str = field(repr=False)
    merchant_key: str = field(repr=False)
    webhook_key: str = field(repr=False)
    base_url: str = "https://api.orange.com"
    segment: str = "cm"
    country: str = "CM"
    currency: str = "XAF"
    is_sandbox: bool = False
    limits: Limits = field(default_factory=lambda: Limits(smallest=500, largest=500_000, step=5))
    largest_url: int = 120
    largest_order_id: int = 30
    largest_label: int = 30
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        if (self.segment == "dev") != self.is_sandbox:
            raise ValueError("The segment 'dev' is the sandbox's, and the sandbox has no other.")
        if self.currency not in _DIGITS:
            raise ValueError(f"Orange Money doesn't carry {self.currency}.")
        # Shorter cuts of a random id would meet another one's some day.
        if self.largest_order_id < 20:
            raise ValueError("An order id needs 20 characters to be unique.")

    @property
    def wire_currency(self) -> str:
        """What Orange is told: the real currency, or the sandbox's."""
        return _SANDBOX_CURRENCY if self.is_sandbox else self.currency


class OrangeWeb(PaymentProvider):
    """Orange Money, Web Payment."""

    code: ClassVar[str] = "orange_web"

    def __init__(self, config: OrangeWebConfig) -> None:
        self._config = config
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        self._tokens = TokenCache()
        self._root = f"/orange-money-webpay/{config.segment}/v1"
        self.capabilities = Capabilities(
            limits={config.currency: config.limits},
            flow=Flow.REDIRECT,
            countries=frozenset({config.country}),
            webhooks=Webhooks.UNSIGNED,
        )

    def order_id(self, attempt: Attempt) -> str:
        """Orange's ``order_id``: the start of the attempt's id, as long as Orange takes."""
        return attempt.id.hex[: self._config.largest_order_id]

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Open a page for the payment; see the base class."""
        if attempt.data.get("payment_url"):
            # Opened before: the same page, for Orange refuses an order_id that it knows.
            return Initiated(attempt.provider_ref, Redirect(attempt.data["payment_url"]), data=dict(attempt.data))
        config = self._config
        self.capabilities.require(attempt.amount)
        if any(len(url) > config.largest_url for url in (return_url, notify_url)):
            raise Declined("our_configuration", f"an address is longer than {config.largest_url} characters")
        answer = self._call(
            "/webpayment",
            {
                "merchant_key": config.merchant_key,
                "currency": config.wire_currency,
                "order_id": self.order_id(attempt),
                "amount": to_wire(attempt.amount),
                "return_url": return_url,
                "cancel_url": return_url,
                "notif_url": notify_url,
                "lang": "fr" if customer.language.startswith("fr") else "en",
                "reference": attempt.order_number[: config.largest_label],
            },
        )
        data = answer.data if isinstance(answer.data, dict) else {}
        if not answer.is_ok:
            # Conclusive even where the id is known there from a call without an answer: nobody but us could have been
            # given the address of that page, and we never got it.
            raise Declined("our_configuration", _complaint(answer), masked(data))
        pay_token, url = data.get("pay_token"), data.get("payment_url")
        if not (pay_token and isinstance(url, str) and self._is_trusted(url)):
            raise Unknown("provider_trouble", "no usable page in the answer", masked(data))
        kept = {"pay_token": pay_token, "payment_url": url, "notif_token": data.get("notif_token") or ""}
        return Initiated(str(pay_token), Redirect(url), data=kept)

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Ask where the payment stands; see the base class.

        Orange answers only who asks with the amount that the page was opened with, so an answer confirms the amount.
        """
        pay_token = attempt.data.get("pay_token") or attempt.provider_ref
        if not pay_token:
            # The page's address never reached us, so it reached no customer either.
            return ProviderStatus(ProviderState.NOT_FOUND)
        question = {
            "order_id": self.order_id(attempt),
            "amount": to_wire(attempt.amount),
            "pay_token": pay_token,
        }
        try:
            answer = self._call("/transactionstatus", question, is_safe=True)
        except Declined as refusal:
            raise Retryable(refusal.reason, refusal.detail, refusal.raw) from refusal
        data = answer.data if isinstance(answer.data, dict) else {}
        if not answer.is_ok:
            raise Retryable("status_refused", _complaint(answer), masked(data))
        if data.get("order_id") != question["order_id"]:
            raise Retryable("provider_trouble", "an answer about another order", masked(data))
        state, reason = _STATES.get(str(data.get("status", "")).upper(), (None, ""))
        if state is None:
            raise Retryable("provider_trouble", "a status that nobody documents", masked(data))
        return ProviderStatus(
            state,
            provider_ref=str(pay_token),
            receipt=str(data.get("txnid") or "") if state is ProviderState.SUCCEEDED else "",
            amount=attempt.amount,
            reason=reason,
            raw=masked(data),
        )

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Read a notification. It names no order: the address says whose it is, ``proof`` whether it is genuine."""
        kind, attempt_id = read_path_token(self._config.webhook_key, self.code, path_token)
        if kind != "payment":
            raise InvalidSignature("forged", "Orange tells of payments only")
        data = json.loads(body)
        if not isinstance(data, dict):
            raise ValueError("A notification is an object.")
        token = data.get("notif_token")
        if not (isinstance(token, str) and token):
            raise InvalidSignature("forged", "no notif_token")
        status = str(data.get("status", "")).upper()
        # The key is stored in the open, the token is not.
        name = hashlib.sha256(token.encode()).hexdigest()[:32]
        hint = _STATES.get(status, (None, ""))[0]
        return [
            ProviderEvent(
                f"{name}:{status}", attempt_id=attempt_id, hint=hint, raw=masked(data), proof={"notif_token": token}
            )
        ]

    def _is_trusted(self, url: str) -> bool:
        return url.startswith("https://") or (url.startswith("http://") and self._config.base_url.startswith("http://"))

    def _call(self, path: str, question: Mapping[str, Any], *, is_safe: bool = False) -> Answer:
        for _time in range(2):
            headers = {"Authorization": f"Bearer {self._tokens.get(self._fetch_token)}"}
            answer = self._http.call("POST", self._root + path, json_body=question, headers=headers, is_safe=is_safe)
            if answer.status != 401:
                break
            # Tokens live for 90 days, unless Orange takes them back; a request without a valid one was not accepted.
            self._tokens.forget()
        if answer.status >= 500 or 300 <= answer.status < 400:
            trouble = Retryable if is_safe else Unknown
            raise trouble("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        if answer.status in (401, 403):
            raise Declined("our_configuration", _complaint(answer))
        return answer

    def _fetch_token(self) -> tuple[str, float]:
        config = self._config
        return fetch_client_token(
            self._http, "/oauth/v3/token", config.client_id, config.client_secret, complaint=_complaint
        )


def _complaint(answer: Answer) -> str:
    code = answer.data.get("code") if isinstance(answer.data, dict) else None
    return f"HTTP {answer.status}, code {code}" if code is not None else f"HTTP {answer.status}"
