"""Paystack: the customer goes to Paystack's page (card, mobile money, bank …) and comes back.

Facts from Paystack's OpenAPI document and its pages "Webhooks", "Verify Payments", "Refunds" and "How Transfers Work".
There is no idempotency header: a ``reference`` is used once, and Paystack refuses it the second time.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    ProviderTransaction,
    Redirect,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, Answer, HttpClient, masked
from core.money import Money

__all__ = ["Paystack", "PaystackConfig", "from_wire", "signature", "to_wire"]

#: Paystack counts hundredths of every currency. XOF has none, so it is multiplied (to be confirmed for new accounts).
_FACTORS = {"NGN": 1, "GHS": 1, "KES": 1, "ZAR": 1, "USD": 1, "XOF": 100}
#: Where mobile-money payouts go, and what their numbers begin with.
_DIAL_CODES = {"GH": "+233", "KE": "+254", "CI": "+225"}
#: Rows of a list that are asked for at once, and pages that are read at most when something is looked for.
_PAGE, _MAX_PAGES = 100, 50

_PAYMENT_STATES = {
    "success": ProviderState.SUCCEEDED,
    "failed": ProviderState.FAILED,
    "reversed": ProviderState.REVERSED,
    # Opened and not completed, or never opened: it may still be paid.
    "abandoned": ProviderState.AWAITING_CUSTOMER,
    "ongoing": ProviderState.PENDING,
    "pending": ProviderState.PENDING,
    "processing": ProviderState.PENDING,
    "queued": ProviderState.PENDING,
}
_REFUND_STATES = {
    "pending": (ProviderState.PENDING, ""),
    "processing": (ProviderState.PENDING, ""),
    "processed": (ProviderState.SUCCEEDED, ""),
    "failed": (ProviderState.FAILED, "declined"),
    # Paystack asks for the customer's bank account: a person has to see to it.
    "needs-attention": (ProviderState.PENDING, "needs_attention"),
}
_TRANSFER_STATES = {
    "success": (ProviderState.SUCCEEDED, ""),
    "failed": (ProviderState.FAILED, "declined"),
    "rejected": (ProviderState.FAILED, "declined"),
    "blocked": (ProviderState.FAILED, "declined"),
    "abandoned": (ProviderState.FAILED, "not_confirmed_in_time"),
    "reversed": (ProviderState.REVERSED, "declined"),
    "pending": (ProviderState.PENDING, ""),
    "received": (ProviderState.PENDING, ""),
    # One-time codes for transfers are to be switched off in Paystack's dashboard.
    "otp": (ProviderState.PENDING, "our_configuration"),
}


def to_wire(amount: Money) -> int:
    """Hundredths, whatever the currency.

    Raises:
        ValueError: Paystack doesn't carry the currency, or nothing or less is asked.
    """
    if amount.currency not in _FACTORS:
        raise ValueError(f"Paystack doesn't carry {amount.currency}.")
    if amount.minor <= 0:
        raise ValueError("A payment is more than nothing.")
    return amount.minor * _FACTORS[amount.currency]


def from_wire(value: Any, currency: str) -> Money:
    """Read hundredths, as a number or as digits (refunds in webhooks have them so).

    Raises:
        ValueError: no whole number, a currency that Paystack doesn't carry, or a fraction of what can't be divided.
    """
    if currency not in _FACTORS:
        raise ValueError(f"Paystack doesn't carry {currency}.")
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("An amount is a number of hundredths.")
    try:
        number = Decimal(value)
        whole, rest = divmod(int(number), _FACTORS[currency])
    except ArithmeticError:
        raise ValueError("An amount is a number of hundredths.") from None
    if rest or number != int(number):
        raise ValueError(f"{value} hundredths are no amount of {currency}.")
    return Money(whole, currency)


def signature(key: str, body: bytes) -> str:
    """What ``x-paystack-signature`` has to be: hex of HMAC-SHA512 over the raw body."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


@dataclass(frozen=True)
class PaystackConfig:
    """An account with Paystack.

    Attributes:
        secret_key: ``sk_test_…`` or ``sk_live_…``; signs webhooks too.
        is_live: must fit the key: both kinds are served at the same address.
        retired_keys: still accepted on webhooks that were on their way when the key was changed.
        limits: by currency; which ones, the account's country decides. The smallest amounts are not confirmed.
        channels: offered on the page; empty for all of the account.
        fallback_email_domain: Paystack demands an address of every customer; who has none gets one there.
    """

    secret_key: str = field(repr=False)
    is_live: bool = False
    base_url: str = "https://api.paystack.co"
    retired_keys: tuple[str, ...] = field(default=(), repr=False)
    limits: Mapping[str, Limits] = field(
        default_factory=lambda: {
            "NGN": Limits(smallest=50_00),
            "GHS": Limits(smallest=10),
            "KES": Limits(smallest=3_00),
            "USD": Limits(smallest=2_00),
        }
    )
    countries: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ()
    fallback_email_domain: str = ""
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        if not self.secret_key.startswith("sk_live_" if self.is_live else "sk_test_"):
            raise ValueError("The key is not of the mode that is configured.")
        for currency in self.limits:
            if currency not in _FACTORS:
                raise ValueError(f"Paystack doesn't carry {currency}.")


class Paystack(PaymentProvider):
    """Paystack, by its own page; refunds and transfers."""

    code: ClassVar[str] = "paystack"

    def __init__(self, config: PaystackConfig) -> None:
        self._config = config
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        self.capabilities = Capabilities(
            limits=config.limits,
            flow=Flow.REDIRECT,
            countries=config.countries,
            refunds=RefundKind.PARTIAL,
            payouts=True,
            webhooks=Webhooks.SIGNED,
        )

    # Payments

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Open a page; see the base class. Webhooks go where the dashboard says, not to ``notify_url``."""
        reference = str(attempt.id)
        if attempt.data.get("authorization_url"):
            return Initiated(reference, Redirect(attempt.data["authorization_url"]), data=dict(attempt.data))
        self.capabilities.require(attempt.amount)
        domain = self._config.fallback_email_domain
        email = customer.email or (f"customer-{attempt.id.hex[:12]}@{domain}" if domain else "")
        if not email:
            raise Declined("our_configuration", "Paystack demands an e-mail address")
        question: dict[str, Any] = {
            "email": email,
            "amount": to_wire(attempt.amount),
            "currency": attempt.amount.currency,
            "reference": reference,
            "callback_url": return_url,
            "metadata": {"order_number": attempt.order_number},
        }
        if self._config.channels:
            question["channels"] = list(self._config.channels)
        answer = self._call("POST", "/transaction/initialize", question)
        data = _inner(answer)
        if not answer.is_ok:
            if _is_duplicate(answer):
                # Taken up by a call whose answer was lost.
                raise Unknown("duplicate_reference", f"HTTP {answer.status}", masked(answer.data))
            raise _declined(answer, "our_configuration")
        url = data.get("authorization_url")
        if data.get("reference") != reference or not (isinstance(url, str) and self._is_trusted(url)):
            raise Unknown("provider_trouble", "no usable page in the answer", masked(data))
        return Initiated(reference, Redirect(url), data={"authorization_url": url})

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Verify the transaction; see the base class."""
        reference = str(attempt.id)
        answer = self._ask(f"/transaction/verify/{reference}")
        if not answer.is_ok:
            # Also said of pages that were handed out and never opened.
            known = ProviderState.AWAITING_CUSTOMER if attempt.provider_ref else ProviderState.NOT_FOUND
            return ProviderStatus(known, provider_ref=attempt.provider_ref)
        data = _inner(answer)
        if data.get("reference") != reference:
            raise Retryable("provider_trouble", "an answer about another payment", masked(data))
        state = _PAYMENT_STATES.get(str(data.get("status")))
        if state is None:
            raise Retryable("provider_trouble", "a status that nobody documents", masked(data))
        currency = str(data.get("currency"))
        return ProviderStatus(
            state,
            provider_ref=reference,
            receipt=str(data.get("id") or "") if state is ProviderState.SUCCEEDED else "",
            amount=_amount(data.get("amount"), currency, data),
            fee=_amount(data["fees"], currency, data) if data.get("fees") is not None else None,
            reason=_reason(data.get("gateway_response")) if state is ProviderState.FAILED else "",
            raw=masked(data),
        )

    def list_transactions(self, since: datetime, until: datetime) -> Iterator[ProviderTransaction]:
        """Everything between two times, as Paystack has it, newest first."""
        for row in self._rows(
            "/transaction", {"from": since.isoformat(), "to": until.isoformat()}, page_name="per_page"
        ):
            currency = str(row.get("currency"))
            yield ProviderTransaction(
                provider_ref=str(row.get("reference")),
                amount=_amount(row.get("amount"), currency, row),
                state=_PAYMENT_STATES.get(str(row.get("status")), ProviderState.PENDING),
                happened_at=_moment(row.get("paid_at") or row.get("created_at")),
                our_id=str(row.get("reference")),
                fee=_amount(row["fees"], currency, row) if row.get("fees") is not None else None,
            )

    # Webhooks

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Check HMAC-SHA512 over the raw body, and read the event; see the base class."""
        given = headers.get("x-paystack-signature", "").encode()
        keys = (self._config.secret_key, *self._config.retired_keys)
        if not any(hmac.compare_digest(signature(key, body).encode(), given) for key in keys if key):
            raise InvalidSignature("forged", "x-paystack-signature doesn't fit")
        message = json.loads(body, parse_float=Decimal)
        if not isinstance(message, dict):
            raise ValueError("An event is an object.")
        name, data = str(message.get("event")), message.get("data")
        if not isinstance(data, dict):
            return []  # subscription.expiring_cards has a list
        event = _read_event(name, data)
        return [event] if event else []

    # Refunds

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give money back; see the base class. Our id travels in the note, for Paystack has no handle for refunds."""
        amount, paid = refund.amount, refund.attempt.amount
        if amount.currency != paid.currency or amount.currency not in _FACTORS:
            raise Declined("unsupported_currency", str(amount))
        found = self._find_refund(refund)
        if found is not None:
            return found
        question = {
            "transaction": str(refund.attempt.id),
            "amount": to_wire(amount),
            "currency": amount.currency,
            "merchant_note": str(refund.id),
            "customer_note": refund.reason or refund.attempt.order_number,
        }
        answer = self._call("POST", "/refund", question)
        if not answer.is_ok:
            raise _declined(answer, "declined")
        status = _refund_status(_inner(answer))
        if status is None:
            raise Unknown("provider_trouble", "no refund in the answer", masked(answer.data or {}))
        return status

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Ask where a refund stands, by its id or, where the answer with it was lost, by our note on it."""
        if not refund.provider_ref:
            found = self._find_refund(refund)
            if found is not None:
                return found
            if refund.amount != refund.attempt.amount:
                # Perhaps not listed yet; a second partial refund would be paid as well.
                raise Retryable("not_listed", "no such refund in Paystack's list")
            # A second whole one would be refused.
            return ProviderStatus(ProviderState.NOT_FOUND)
        answer = self._ask(f"/refund/{refund.provider_ref}")
        status = _refund_status(_inner(answer)) if answer.is_ok else None
        if status is None:
            raise Retryable("provider_trouble", f"no refund in the answer, HTTP {answer.status}")
        return status

    def _find_refund(self, refund: Refund) -> ProviderStatus | None:
        for row in self._rows("/refund", {"from": refund.attempt.created_at.isoformat()}, page_name="perPage"):
            if str(refund.id) in str(row.get("merchant_note")):
                return _refund_status(row)
        return None

    # Payouts

    def payout(self, payout: Payout) -> ProviderStatus:
        """Transfer money from the balance; see the base class."""
        if payout.amount.currency not in self.capabilities.limits or payout.amount.minor <= 0:
            raise Declined("unsupported_currency", str(payout.amount))
        recipient = payout.data.get("recipient_code") or self._recipient(payout)
        question = {
            "source": "balance",
            "amount": to_wire(payout.amount),
            "currency": payout.amount.currency,
            "recipient": recipient,
            "reference": str(payout.id),
            "reason": payout.description,
        }
        answer = self._call("POST", "/transfer", question)
        if not answer.is_ok and _is_duplicate(answer):
            try:
                return self.fetch_payout(payout)
            except Retryable as trouble:
                raise Unknown(trouble.reason, trouble.detail, trouble.raw) from trouble
        if not answer.is_ok:
            raise _declined(answer, "declined")
        status = _transfer_status(_inner(answer), payout)
        if status is None:
            raise Unknown("provider_trouble", "no transfer in the answer", masked(answer.data or {}))
        return status

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """Verify a transfer by our reference. One that is not found may be sent again under the same reference."""
        answer = self._ask(f"/transfer/verify/{payout.id}")
        if not answer.is_ok:
            return ProviderStatus(ProviderState.NOT_FOUND)
        status = _transfer_status(_inner(answer), payout)
        if status is None:
            raise Retryable("provider_trouble", "no such transfer in the answer", masked(answer.data or {}))
        return status

    def _recipient(self, payout: Payout) -> str:
        account = payout.account
        number, kind = account.get("account_number", ""), account.get("type", "")
        if not number and payout.phone:
            dial = _DIAL_CODES.get(payout.country, "")
            if not dial or not payout.phone.startswith(dial):
                raise Declined("no_such_account", "not a wallet that Paystack pays")
            number, kind = "0" + payout.phone.removeprefix(dial), "mobile_money"
        if not (number and kind and account.get("bank_code")):
            raise Declined("no_such_account", "type, account_number and bank_code are needed")
        question = {
            "type": kind,
            "name": payout.name,
            "account_number": number,
            "bank_code": account["bank_code"],
            "currency": payout.amount.currency,
        }
        # Asked twice, Paystack gives the same recipient.
        answer = self._call("POST", "/transferrecipient", question, is_safe=True)
        if not answer.is_ok:
            raise _declined(answer, "no_such_account")
        code = _inner(answer).get("recipient_code")
        if not code:
            raise Retryable("provider_trouble", "no recipient in the answer")
        return str(code)

    # Calls

    def _is_trusted(self, url: str) -> bool:
        return url.startswith("https://") or (url.startswith("http://") and self._config.base_url.startswith("http://"))

    def _call(
        self,
        method: str,
        path: str,
        question: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        is_safe: bool = False,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._config.secret_key}"}
        answer = self._http.call(method, path, json_body=question, params=params, headers=headers, is_safe=is_safe)
        if answer.status in (401, 403):
            raise Declined("our_configuration", f"HTTP {answer.status}")
        is_odd = answer.status >= 500 or 300 <= answer.status < 400
        # The outer status only says that the call worked.
        if is_odd or (answer.is_ok and not (isinstance(answer.data, dict) and answer.data.get("status") is True)):
            trouble = Retryable if is_safe else Unknown
            raise trouble("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        return answer

    def _ask(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """GET; a 400 or 404 comes back only when it says that there is nothing of that name."""
        try:
            answer = self._call("GET", path, params=params, is_safe=True)
        except Declined as refusal:
            raise Retryable(refusal.reason, refusal.detail) from refusal
        is_missing = answer.status == 404 or (answer.status == 400 and "not found" in _message(answer).lower())
        if not (answer.is_ok or is_missing):
            raise Retryable("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        return answer

    def _rows(self, path: str, params: Mapping[str, Any], *, page_name: str) -> Iterator[dict[str, Any]]:
        for page in range(1, _MAX_PAGES + 1):
            answer = self._ask(path, {**params, page_name: _PAGE, "page": page})
            rows = answer.data.get("data") if answer.is_ok else None
            if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
                raise Retryable("provider_trouble", "no list in the answer")
            yield from rows
            if len(rows) < _PAGE:
                return
        raise Retryable("provider_trouble", "the list has no end")


def _inner(answer: Answer) -> dict[str, Any]:
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    return data if isinstance(data, dict) else {}


def _message(answer: Answer) -> str:
    return str(answer.data.get("message") or "") if isinstance(answer.data, dict) else ""


def _is_duplicate(answer: Answer) -> bool:
    text = _message(answer).lower()
    # "Duplicate Transaction Reference"; of transfers, "Please provide a unique reference".
    return answer.status == 409 or (
        "reference" in text and any(word in text for word in ("duplicate", "unique", "exist"))
    )


def _declined(answer: Answer, reason: str) -> Declined:
    text = _message(answer).lower()
    if "currency" in text:
        reason = "unsupported_currency"
    elif "balance" in text or "insufficient" in text:
        reason = "insufficient_funds"
    return Declined(reason, f"HTTP {answer.status}", masked(answer.data or {}))


def _reason(text: Any) -> str:
    """Our code for the bank's words."""
    words = str(text or "").lower()
    if "insufficient" in words:
        return "insufficient_funds"
    if "limit" in words:
        return "limit_reached"
    if "time" in words or "expire" in words:
        return "not_confirmed_in_time"
    if "cancel" in words:
        return "refused_by_customer"
    return "declined"


def _amount(value: Any, currency: str, data: Mapping[str, Any]) -> Money:
    try:
        return from_wire(value, currency)
    except ValueError as error:
        raise Retryable("provider_trouble", "an amount that can't be read", masked(data)) from error


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Retryable("provider_trouble", "a time that can't be read") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refund_status(data: Mapping[str, Any]) -> ProviderStatus | None:
    known = _REFUND_STATES.get(str(data.get("status")))
    if known is None or not data.get("id"):
        return None
    state, reason = known
    ref = str(data["id"])
    amount = _amount(data.get("amount"), str(data.get("currency")), data)
    return ProviderStatus(state, provider_ref=ref, amount=amount, reason=reason, raw=masked(data))


def _transfer_status(data: Mapping[str, Any], payout: Payout) -> ProviderStatus | None:
    known = _TRANSFER_STATES.get(str(data.get("status")))
    if known is None or data.get("reference") != str(payout.id):
        return None
    state, reason = known
    return ProviderStatus(
        state,
        provider_ref=str(payout.id),
        receipt=str(data.get("transfer_code") or ""),
        amount=_amount(data.get("amount"), str(data.get("currency")), data),
        reason=reason,
        raw=masked(data),
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _read_event(name: str, data: Mapping[str, Any]) -> ProviderEvent | None:
    """Paystack gives events no id; each kind has what tells one from another."""
    raw = masked(data)
    if name == "charge.success":
        reference = str(data.get("reference"))
        key = f"{name}:{data.get('id')}"
        return ProviderEvent(key, reference, _uuid(reference), ProviderState.SUCCEEDED, raw=raw)
    if name.startswith("charge.dispute."):
        transaction = data.get("transaction")
        reference = str(transaction.get("reference") if isinstance(transaction, dict) else "")
        key = f"{name}:{data.get('id')}:{data.get('status')}"
        hint = None if name.endswith(".resolve") else ProviderState.DISPUTED
        return ProviderEvent(key, reference, _uuid(reference), hint, "dispute", raw)
    if name.startswith("refund."):
        # Neither our note nor, in early ones, Paystack's own reference is in the message: the payment's then names it.
        reference = str(data.get("id") or data.get("transaction_reference"))
        status = str(data.get("status") or name.removeprefix("refund."))
        mark = data.get("refund_reference") or f"{reference}:{data.get('amount')}"
        hint = _REFUND_STATES.get(status, (None, ""))[0]
        return ProviderEvent(f"{name}:{mark}:{status}", reference, None, hint, "refund", raw)
    if name.startswith("transfer."):
        reference = str(data.get("reference"))
        hint = _TRANSFER_STATES.get(name.removeprefix("transfer."), (None, ""))[0]
        key = f"{name}:{data.get('transfer_code') or reference}"
        return ProviderEvent(key, reference, _uuid(reference), hint, "payout", raw)
    return None
