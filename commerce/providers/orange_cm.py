"""Orange Cameroun's OMAPI: a prompt on the customer's phone, confirmed there by PIN; and cash-in for money out.

Facts from clients and mock servers in use; Orange publishes no specification. ``payToken`` is handed out by Orange and
is the idempotency handle, so :meth:`OrangeCameroun.prepare` fetches it and it is stored before anything is asked of it.
The merchant's PIN travels in request bodies; it is masked wherever anything is kept.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
    Payout,
    ProviderEvent,
    ProviderState,
    ProviderStatus,
    PushSent,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, Answer, HttpClient, TokenCache, fetch_client_token, masked
from commerce.providers.path_tokens import read_path_token
from core.money import Money

__all__ = ["OrangeCameroun", "OrangeCamerounConfig", "from_wire", "to_wire"]

_ROOT = "/omcoreapis/1.0.2"
_CURRENCY = "XAF"
#: A mobile number in Cameroon: nine digits, the first a 6.
_NATIONAL = re.compile(r"6\d{8}")
#: What customers dial where the prompt doesn't show.
_DIAL = "#150*50#"


def to_wire(amount: Money) -> str:
    """Whole francs, as a string.

    Raises:
        ValueError: not XAF, or nothing or less.
    """
    if amount.currency != _CURRENCY:
        raise ValueError(f"Orange Cameroun doesn't carry {amount.currency}.")
    if amount.minor <= 0:
        raise ValueError("A payment is more than nothing.")
    return str(amount.minor)


def from_wire(value: Any, currency: str) -> Money:
    """Read an amount of Orange's: whole francs, as digits or as a number.

    Raises:
        ValueError: neither, or not XAF.
    """
    if currency != _CURRENCY:
        raise ValueError(f"Orange Cameroun doesn't carry {currency}.")
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("An amount is a number of francs.")
    return Money.from_decimal(value, currency)


@dataclass(frozen=True)
class OrangeCamerounConfig:
    """A merchant's contract with Orange Money Cameroun.

    Attributes:
        webhook_key: secret that the addresses for notifications are made with; see ``path_tokens``.
        channel_msisdn: the merchant's number, nine digits.
        limits: of the contract. The default is what an aggregator publishes (500 to 500,000, steps of 5).
        window: how long a customer may take, as shown to them; not confirmed by Orange.
        cashin_status_path: where to ask about a cash-in, with ``{pay_token}``. Orange has not confirmed the likely
            ``/omcoreapis/1.0.2/cashin/paymentstatus/{pay_token}``; empty, nobody can ask, and a cash-in without an
            answer waits for a person.
        ca_bundle: Orange's chain has lacked an intermediate certificate; give a bundle with it.
    """

    consumer_key: str
    consumer_secret: str = field(repr=False)
    api_user: str
    api_password: str = field(repr=False)
    channel_msisdn: str = field(repr=False)
    pin: str = field(repr=False)
    webhook_key: str = field(repr=False)
    base_url: str = "https://api-s1.orange.cm"
    limits: Limits = field(default_factory=lambda: Limits(smallest=500, largest=500_000, step=5))
    window: timedelta = timedelta(minutes=5)
    cashin_status_path: str = ""
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)


class OrangeCameroun(PaymentProvider):
    """Orange Money Cameroun, OMAPI.

    Args:
        clock: says when a prompt ends.
    """

    code: ClassVar[str] = "orange_cm"

    def __init__(
        self, config: OrangeCamerounConfig, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config = config
        self._clock = clock
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        self._tokens = TokenCache()
        self.capabilities = Capabilities(
            limits={_CURRENCY: config.limits},
            flow=Flow.PUSH,
            countries=frozenset({"CM"}),
            refunds=RefundKind.PARTIAL,
            payouts=True,
            webhooks=Webhooks.UNSIGNED,
            needs_phone=True,
        )

    # Payments

    def prepare(self, thing: Attempt | Refund | Payout) -> Mapping[str, Any]:
        """Fetch the pay token, unless there is one; see the base class."""
        if thing.data.get("pay_token"):
            return thing.data
        kind = "mp" if isinstance(thing, Attempt) else "cashin"
        answer = self._call("POST", f"{_ROOT}/{kind}/init", is_safe=True)
        token = _inner(answer).get("payToken")
        if not answer.is_ok or not token:
            raise Retryable("provider_trouble", f"no pay token, HTTP {answer.status}", masked(answer.data or {}))
        return {**thing.data, "pay_token": str(token)}

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Put the prompt on the customer's phone; see the base class. Needs what :meth:`prepare` gave."""
        token = self._token_of(attempt)
        self.capabilities.require(attempt.amount)
        question = {
            "payToken": token,
            "subscriberMsisdn": _national(attempt.phone or customer.phone),
            "channelUserMsisdn": self._config.channel_msisdn,
            "amount": to_wire(attempt.amount),
            "orderId": attempt.id.hex[:20],
            "description": (attempt.description or attempt.order_number)[:125],
            "pin": self._config.pin,
            "notifUrl": notify_url,
        }
        expires_at = self._clock() + self._config.window
        answer = self._call("POST", f"{_ROOT}/mp/pay", question)
        data = _inner(answer)
        if not (answer.is_ok and data.get("payToken") == token and str(data.get("inittxnstatus")) == "200"):
            status = _status(data) if data.get("payToken") == token else None
            if status is None or status.state not in (ProviderState.FAILED, ProviderState.CANCELED):
                # Not the prompt, and no word that it failed: a token used before is refused too. So ask.
                status = self._ask_after(attempt)
            if status.state in (ProviderState.FAILED, ProviderState.CANCELED, ProviderState.NOT_FOUND):
                raise Declined(_reason(data) or status.reason or "declined", f"HTTP {answer.status}", masked(data))
            state = status.state
        else:
            state = ProviderState.AWAITING_CUSTOMER
        return Initiated(token, PushSent(expires_at, _DIAL), state, data=dict(attempt.data))

    def _ask_after(self, attempt: Attempt) -> ProviderStatus:
        try:
            return self.fetch_status(attempt)
        except Retryable as trouble:
            raise Unknown(trouble.reason, trouble.detail, trouble.raw) from trouble

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Ask where the payment stands; see the base class."""
        token = attempt.data.get("pay_token") or attempt.provider_ref
        if not token:
            # Nothing is ever sent before there is a token on record.
            return ProviderStatus(ProviderState.NOT_FOUND)
        return self._fetch(f"{_ROOT}/mp/paymentstatus/{token}", token)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Find the pay token in any of the shapes that have been seen; nothing is signed, the address is the secret."""
        kind, attempt_id = read_path_token(self._config.webhook_key, self.code, path_token)
        if kind != "payment":
            raise InvalidSignature("forged", "Orange tells of payments only")
        message = json.loads(body)
        if not isinstance(message, dict):
            raise ValueError("A notification is an object.")
        data = message["data"] if isinstance(message.get("data"), dict) else message
        token = data.get("payToken")
        if not (isinstance(token, str) and token):
            raise ValueError("A notification names a payToken.")
        word = str(data.get("status") or "")
        known = _state(word)
        key = f"{token}:{word.upper() or 'UPDATE'}"
        hint = known[0] if known else None
        return [ProviderEvent(key, token, attempt_id, hint, raw=masked(message), proof={"pay_token": token})]

    # Money out: refunds have no call of their own, both are cash-ins

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give money back by cash-in to the phone that paid; needs what :meth:`prepare` gave."""
        return self._cash_in(refund, refund.attempt.phone, refund.reason or refund.attempt.order_number)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Ask where a cash-in stands, if Orange has told where to ask."""
        return self._fetch_cash_in(refund)

    def payout(self, payout: Payout) -> ProviderStatus:
        """Send money by cash-in; needs what :meth:`prepare` gave."""
        return self._cash_in(payout, payout.phone, payout.description)

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """Ask where a cash-in stands, if Orange has told where to ask."""
        return self._fetch_cash_in(payout)

    def _cash_in(self, thing: Refund | Payout, phone: str, description: str) -> ProviderStatus:
        token = self._token_of(thing)
        self.capabilities.require(thing.amount)
        question = {
            "channelUserMsisdn": self._config.channel_msisdn,
            "pin": self._config.pin,
            "amount": to_wire(thing.amount),
            "subscriberMsisdn": _national(phone),
            "orderId": thing.id.hex[:20],
            "description": description[:125],
            "payToken": token,
        }
        answer = self._call("POST", f"{_ROOT}/cashin/pay", question)
        data = _inner(answer)
        status = _status(data) if data.get("payToken") == token else None
        if status is not None and status.state is ProviderState.FAILED:
            raise Declined(status.reason, f"HTTP {answer.status}", status.raw)
        if status is None or not answer.is_ok:
            # A refusal without a word on this token may be the refusal of a second try: it says nothing of the first.
            raise Unknown("provider_trouble", f"HTTP {answer.status} without a status", masked(data))
        return status

    def _fetch_cash_in(self, thing: Refund | Payout) -> ProviderStatus:
        token = thing.data.get("pay_token") or thing.provider_ref
        if not token:
            return ProviderStatus(ProviderState.NOT_FOUND)
        if not self._config.cashin_status_path:
            raise Retryable("no_status_call", "Orange has not said where to ask about a cash-in")
        status = self._fetch(self._config.cashin_status_path.format(pay_token=token), token)
        if status.state is ProviderState.NOT_FOUND:
            # The path is not documented: its 404 doesn't prove that no money left.
            raise Retryable("no_status_call", "no answer at the configured path")
        return status

    # Both

    def _fetch(self, path: str, token: str) -> ProviderStatus:
        try:
            answer = self._call("GET", path, is_safe=True)
        except Declined as refusal:
            raise Retryable(refusal.reason, refusal.detail, refusal.raw) from refusal
        if answer.status == 404:
            return ProviderStatus(ProviderState.NOT_FOUND, provider_ref=token)
        data = _inner(answer)
        if data.get("payToken") != token:
            raise Retryable("provider_trouble", f"HTTP {answer.status} about something else", masked(data))
        status = _status(data)
        if status is None:
            raise Retryable("provider_trouble", "a status or an amount that nobody documents", masked(data))
        return status

    def _token_of(self, thing: Attempt | Refund | Payout) -> str:
        token = thing.data.get("pay_token")
        if not token:
            raise Retryable("not_prepared", "the pay token must be on record before")
        return str(token)

    def _call(self, method: str, path: str, question: Any = None, *, is_safe: bool = False) -> Answer:
        config = self._config
        user = base64.b64encode(f"{config.api_user}:{config.api_password}".encode()).decode()
        for _time in range(2):
            headers = {
                "Authorization": f"Bearer {self._tokens.get(self._fetch_token)}",
                "X-AUTH-TOKEN": user,
                "Content-Type": "application/json",
            }
            answer = self._http.call(method, path, json_body=question, headers=headers, is_safe=is_safe)
            if answer.status != 401:
                break
            # A request without a valid token was not accepted, so it may go again with a new one.
            self._tokens.forget()
        if answer.status >= 500 or 300 <= answer.status < 400:
            trouble = Retryable if is_safe else Unknown
            raise trouble("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        if answer.status in (401, 403):
            raise Declined("our_configuration", f"HTTP {answer.status}")
        return answer

    def _fetch_token(self) -> tuple[str, float]:
        config = self._config
        return fetch_client_token(self._http, "/token", config.consumer_key, config.consumer_secret)


def _national(phone: str) -> str:
    """Nine digits of a Cameroonian mobile number in E.164. Operators' prefixes are no test: numbers are portable."""
    digits = phone.removeprefix("+237")
    if not _NATIONAL.fullmatch(digits):
        raise Declined("no_such_account", "not a mobile number of Cameroon")
    return digits


def _inner(answer: Answer) -> dict[str, Any]:
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    return data if isinstance(data, dict) else {}


def _state(word: str) -> tuple[ProviderState, str] | None:
    name = word.upper()
    # Orange writes SUCCESSFULL; integrators have seen the other spellings.
    if name.startswith("SUCCESS"):
        return ProviderState.SUCCEEDED, ""
    return {
        "PENDING": (ProviderState.PENDING, ""),
        "INITIATED": (ProviderState.PENDING, ""),
        "FAILED": (ProviderState.FAILED, "declined"),
        "CANCELLED": (ProviderState.CANCELED, "refused_by_customer"),
        "CANCELED": (ProviderState.CANCELED, "refused_by_customer"),
        "EXPIRED": (ProviderState.EXPIRED, "not_confirmed_in_time"),
    }.get(name)


def _status(data: Mapping[str, Any]) -> ProviderStatus | None:
    """What an answer says; None where it says nothing that can be relied upon."""
    known = _state(str(data.get("status") or ""))
    if known is None:
        return None
    state, reason = known
    amount = None
    if data.get("amount") not in (None, ""):
        try:
            amount = from_wire(data["amount"], _CURRENCY)
        except ValueError:
            return None
    return ProviderStatus(
        state,
        provider_ref=str(data.get("payToken") or ""),
        receipt=str(data.get("txnid") or "") if state is ProviderState.SUCCEEDED else "",
        amount=amount,
        reason=_reason(data) or reason if state is ProviderState.FAILED else reason,
        raw=masked(data),
    )


def _reason(data: Mapping[str, Any]) -> str:
    """Our code for Orange's free text, French or English; empty where it tells nothing."""
    text = f"{data.get('confirmtxnmessage') or ''} {data.get('inittxnmessage') or ''}".lower()
    for reason, words in {
        "insufficient_funds": ("solde", "insuffi", "balance"),
        "limit_reached": ("plafond", "limit"),
        "no_such_account": ("inexistant", "not found", "unknown", "does not exist"),
    }.items():
        if any(word in text for word in words):
            return reason
    return ""
