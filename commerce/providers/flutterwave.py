"""Flutterwave v3: the customer goes to Flutterwave's page (mobile money, card, bank …) and comes back.

Facts from Flutterwave's pages "Flutterwave Standard", "Transaction Verification", "Webhooks", "Handling timeouts" and
"Refunds". Version 4 is another product with other signatures. Webhooks carry a shared secret that protects nothing of
their contents: whatever they say is asked again.
"""

import hmac
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
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

__all__ = ["Flutterwave", "FlutterwaveConfig", "from_wire", "to_wire"]

#: Decimal digits on the wire, which carries major units.
_DIGITS = {
    **dict.fromkeys(("XAF", "XOF", "UGX", "RWF"), 0),
    **dict.fromkeys(("NGN", "GHS", "KES", "ZMW", "TZS", "ZAR", "USD", "EUR", "GBP"), 2),
}
#: What the page offers, by currency.
_OPTIONS = {
    "XAF": "card, mobilemoneyfranco",
    "XOF": "card, mobilemoneyfranco",
    "NGN": "card, account, banktransfer, ussd",
    "GHS": "card, mobilemoneyghana",
    "KES": "card, mpesa",
    "UGX": "card, mobilemoneyuganda",
    "ZMW": "card, mobilemoneyzambia",
}
#: ``account_bank`` of wallets where one code serves all operators; elsewhere (Ghana) the payout's account names it.
_WALLETS = {"XAF": "FMM", **dict.fromkeys(("KES", "UGX", "ZMW", "TZS", "RWF"), "MPS")}
_MAX_PAGES = 500

#: Charges are written in small letters, transfers in capitals, old messages as it comes.
_CHARGE_STATES = {
    "successful": ProviderState.SUCCEEDED,
    "failed": ProviderState.FAILED,
    "pending": ProviderState.PENDING,
}
_TRANSFER_STATES = {
    "successful": ProviderState.SUCCEEDED,
    "failed": ProviderState.FAILED,
    "new": ProviderState.PENDING,
    "pending": ProviderState.PENDING,
}


def to_wire(amount: Money) -> str:
    """Major units with exactly the currency's digits: ``25000`` (XAF), ``10.50`` (USD).

    Raises:
        ValueError: Flutterwave doesn't carry the currency, or nothing or less is asked.
    """
    if amount.currency not in _DIGITS:
        raise ValueError(f"Flutterwave doesn't carry {amount.currency}.")
    if amount.minor <= 0:
        raise ValueError("A payment is more than nothing.")
    return str(amount.to_decimal())


def from_wire(value: Any, currency: str) -> Money:
    """Read major units, as a number or as digits.

    Raises:
        ValueError: no number, more digits than the currency has, or a currency that Flutterwave doesn't carry.
    """
    if currency not in _DIGITS:
        raise ValueError(f"Flutterwave doesn't carry {currency}.")
    if isinstance(value, bool | float) or not isinstance(value, int | str | Decimal):
        raise ValueError("An amount is a number or its digits.")
    return Money.from_decimal(value, currency)


@dataclass(frozen=True)
class FlutterwaveConfig:
    """An account with Flutterwave.

    Attributes:
        secret_key: ``FLWSECK_TEST-…`` or ``FLWSECK-…``.
        webhook_hash: the secret hash of the dashboard; without one every webhook is refused.
        is_live: must fit the key: both kinds are served at the same address.
        limits: by currency; which ones, the account's activation decides.
        session: how long the page can be paid; a failed try may be followed by a good one until then.
        reference_suffix: for tests of transfers only (``_PMCK`` makes them succeed, ``_PMCK_ST_F`` fail).
    """

    secret_key: str = field(repr=False)
    webhook_hash: str = field(repr=False)
    is_live: bool = False
    base_url: str = "https://api.flutterwave.com/v3"
    limits: Mapping[str, Limits] = field(
        default_factory=lambda: {
            currency: Limits() for currency in ("XAF", "NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR")
        }
    )
    countries: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=lambda: _OPTIONS)
    wallets: Mapping[str, str] = field(default_factory=lambda: _WALLETS)
    title: str = ""
    session: timedelta = timedelta(minutes=60)
    reference_suffix: str = ""
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)

    def __post_init__(self) -> None:
        is_test_key = self.secret_key.startswith("FLWSECK_TEST-")
        if not (self.secret_key.startswith("FLWSECK-") if self.is_live else is_test_key):
            raise ValueError("The key is not of the mode that is configured.")
        if self.is_live and self.reference_suffix:
            raise ValueError("Suffixes are for tests.")
        if not timedelta(minutes=1) <= self.session <= timedelta(minutes=1440):
            raise ValueError("A page lives from one minute to a day.")
        for currency in self.limits:
            if currency not in _DIGITS:
                raise ValueError(f"Flutterwave doesn't carry {currency}.")


class Flutterwave(PaymentProvider):
    """Flutterwave v3, by its own page; refunds and transfers.

    Args:
        clock: says whether a page can still be paid.
    """

    code: ClassVar[str] = "flutterwave"

    def __init__(self, config: FlutterwaveConfig, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._config = config
        self._clock = clock
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        self.capabilities = Capabilities(
            limits=config.limits,
            flow=Flow.REDIRECT,
            countries=config.countries,
            refunds=RefundKind.PARTIAL,
            payouts=True,
            # Not over the contents, but every message shows that Flutterwave sent it.
            webhooks=Webhooks.SIGNED,
        )

    # Payments

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Open a page; see the base class. Webhooks go where the dashboard says, not to ``notify_url``."""
        tx_ref = str(attempt.id)
        if attempt.data.get("link"):
            return Initiated(tx_ref, Redirect(attempt.data["link"]), data=dict(attempt.data))
        self.capabilities.require(attempt.amount)
        if not customer.email:
            raise Declined("our_configuration", "Flutterwave demands an e-mail address")
        currency = attempt.amount.currency
        question: dict[str, Any] = {
            "tx_ref": tx_ref,
            "amount": to_wire(attempt.amount),
            # Left out, it would be naira.
            "currency": currency,
            "redirect_url": return_url,
            "customer": {
                "email": customer.email,
                "name": customer.name,
                "phonenumber": (attempt.phone or customer.phone).removeprefix("+"),
            },
            "meta": {"order_number": attempt.order_number},
            "configurations": {"session_duration": int(self._config.session.total_seconds() // 60)},
            "customizations": {"title": self._config.title or attempt.order_number, "description": attempt.description},
        }
        if currency in self._config.options:
            question["payment_options"] = self._config.options[currency]
        answer = self._call("POST", "/payments", question)
        if not answer.is_ok:
            if _is_duplicate(answer):
                raise Unknown("duplicate_reference", f"HTTP {answer.status}", masked(answer.data))
            raise _declined(answer, "our_configuration")
        link = _inner(answer).get("link")
        if not (isinstance(link, str) and self._is_trusted(link)):
            raise Unknown("provider_trouble", "no usable page in the answer", masked(answer.data or {}))
        return Initiated(tx_ref, Redirect(link), data={"link": link})

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Verify the transaction; see the base class."""
        tx_ref = str(attempt.id)
        answer = self._ask("/transactions/verify_by_reference", {"tx_ref": tx_ref})
        if not answer.is_ok:
            # There is a transaction only once the customer has tried to pay.
            known = ProviderState.AWAITING_CUSTOMER if attempt.provider_ref else ProviderState.NOT_FOUND
            return ProviderStatus(known, provider_ref=attempt.provider_ref)
        data = _inner(answer)
        if data.get("tx_ref") != tx_ref:
            raise Retryable("provider_trouble", "an answer about another payment", masked(data))
        state = _CHARGE_STATES.get(str(data.get("status")).lower())
        if state is None:
            raise Retryable("provider_trouble", "a status that nobody documents", masked(data))
        reason = _reason(data.get("processor_response")) if state is ProviderState.FAILED else ""
        if state is ProviderState.FAILED and self._clock() < attempt.created_at + self._config.session:
            # The page offers another try. Called failed too early, the order would be paid twice by a new page.
            state = ProviderState.AWAITING_CUSTOMER
        currency = str(data.get("currency"))
        return ProviderStatus(
            state,
            provider_ref=tx_ref,
            receipt=str(data.get("flw_ref") or "") if state is ProviderState.SUCCEEDED else "",
            # What was asked for and arrived; charged_amount may have fees on top.
            amount=_amount(data.get("amount"), currency, data),
            fee=_fee(data.get("app_fee"), currency),
            reason=reason,
            raw=masked(data),
            data={**attempt.data, "transaction_id": data.get("id")},
        )

    def list_transactions(self, since: datetime, until: datetime) -> Iterator[ProviderTransaction]:
        """Everything between two times; Flutterwave itself is asked by days."""
        days = {"from": since.astimezone(UTC).date().isoformat(), "to": until.astimezone(UTC).date().isoformat()}
        for page in range(1, _MAX_PAGES + 1):
            answer = self._ask("/transactions", {**days, "page": page})
            rows = answer.data.get("data") if answer.is_ok else None
            if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
                raise Retryable("provider_trouble", "no list in the answer")
            for row in rows:
                moment = _moment(row.get("created_at"))
                if since <= moment <= until:
                    currency = str(row.get("currency"))
                    yield ProviderTransaction(
                        provider_ref=str(row.get("tx_ref")),
                        amount=_amount(row.get("amount"), currency, row),
                        state=_CHARGE_STATES.get(str(row.get("status")).lower(), ProviderState.PENDING),
                        happened_at=moment,
                        our_id=str(row.get("tx_ref")),
                        fee=_fee(row.get("app_fee"), currency),
                    )
            meta = answer.data.get("meta") or {}
            if page >= int((meta.get("page_info") or {}).get("total_pages") or 1):
                return
        raise Retryable("provider_trouble", "the list has no end")

    # Webhooks

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Compare the shared secret, and read the event; see the base class."""
        expected, given = self._config.webhook_hash, headers.get("verif-hash", "")
        if not (expected and hmac.compare_digest(expected.encode(), given.encode())):
            raise InvalidSignature("forged", "verif-hash doesn't fit")
        message = json.loads(body, parse_float=Decimal)
        if not isinstance(message, dict):
            raise ValueError("An event is an object.")
        # Some accounts still get the old shape: no event, everything at the top.
        name = str(message.get("event") or "charge.completed")
        data = message.get("data") if "event" in message else message
        if not isinstance(data, dict):
            raise ValueError("An event has data.")
        status = str(data.get("status") or "").lower()
        # The status is in the key: one transaction may fail first and succeed later.
        key, raw = f"{name}:{data.get('id')}:{status}", masked(data)
        if name == "charge.completed":
            ref = str(data.get("tx_ref") or data.get("txRef") or "")
            return [ProviderEvent(key, ref, _uuid(ref), _CHARGE_STATES.get(status), raw=raw)]
        if name == "transfer.completed":
            ref = str(data.get("reference") or "")
            payout_id = _uuid(ref.removesuffix(self._config.reference_suffix))
            return [ProviderEvent(key, ref, payout_id, _TRANSFER_STATES.get(status), "payout", raw)]
        if "refund" in name:
            # These names are not documented; a hint does no harm.
            return [ProviderEvent(key, str(data.get("id") or ""), kind="refund", raw=raw)]
        return []

    # Refunds

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give money back; see the base class. Flutterwave has no handle for refunds: send each once only."""
        if refund.amount.currency != refund.attempt.amount.currency:
            raise Declined("unsupported_currency", str(refund.amount))
        if refund.provider_ref:
            return self.fetch_refund(refund)
        transaction_id = refund.attempt.data.get("transaction_id")
        if not transaction_id:
            transaction_id = self.fetch_status(refund.attempt).data.get("transaction_id")
        if not transaction_id:
            raise Declined("no_such_payment", "Flutterwave knows no payment to give back")
        question = {"amount": to_wire(refund.amount), "comments": f"{refund.id} {refund.reason}".strip()}
        answer = self._call("POST", f"/transactions/{transaction_id}/refund", question)
        if not answer.is_ok:
            raise _declined(answer, "declined")
        data = _inner(answer)
        if not data.get("id"):
            raise Unknown("provider_trouble", "no refund in the answer", masked(answer.data or {}))
        try:
            return _refund_status(data, refund)
        except Retryable as trouble:
            raise Unknown(trouble.reason, trouble.detail, trouble.raw) from trouble

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Ask where a refund stands; one whose answer was lost has no name to ask by and waits for a person."""
        if not refund.provider_ref:
            raise Retryable("no_status_call", "Flutterwave can't be asked about a refund without its id")
        answer = self._ask(f"/refunds/{refund.provider_ref}")
        if not answer.is_ok:
            raise Retryable("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        return _refund_status(_inner(answer), refund)

    # Payouts

    def payout(self, payout: Payout) -> ProviderStatus:
        """Transfer money from the balance; see the base class."""
        currency = payout.amount.currency
        if currency not in self.capabilities.limits or payout.amount.minor <= 0:
            raise Declined("unsupported_currency", str(payout.amount))
        number = payout.account.get("account_number") or payout.phone.removeprefix("+")
        bank = payout.account.get("account_bank") or (self._config.wallets.get(currency, "") if payout.phone else "")
        if not (number and bank):
            raise Declined("no_such_account", "account_bank and a number are needed")
        question = {
            "account_bank": bank,
            "account_number": number,
            "amount": to_wire(payout.amount),
            "currency": currency,
            "debit_currency": currency,
            "narration": payout.description,
            "reference": self._reference(payout),
            "beneficiary_name": payout.name,
        }
        answer = self._call("POST", "/transfers", question)
        if not answer.is_ok and _is_duplicate(answer):
            try:
                return self.fetch_payout(payout)
            except Retryable as trouble:
                raise Unknown(trouble.reason, trouble.detail, trouble.raw) from trouble
        if not answer.is_ok:
            raise _declined(answer, "declined")
        status = self._transfer_status(_inner(answer), payout)
        if status is None:
            raise Unknown("provider_trouble", "no transfer in the answer", masked(answer.data or {}))
        return status

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """Look a transfer up by our reference. One that is not found may be sent again: a reference is taken once."""
        answer = self._ask("/transfers", {"reference": self._reference(payout)})
        rows = answer.data.get("data") if answer.is_ok else []
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise Retryable("provider_trouble", "no list in the answer")
        if not rows:
            return ProviderStatus(ProviderState.NOT_FOUND)
        status = self._transfer_status(rows[0], payout)
        if status is None:
            raise Retryable("provider_trouble", "another transfer in the answer", masked(rows[0]))
        return status

    def _reference(self, payout: Payout) -> str:
        return f"{payout.id}{self._config.reference_suffix}"

    def _transfer_status(self, data: Mapping[str, Any], payout: Payout) -> ProviderStatus | None:
        state = _TRANSFER_STATES.get(str(data.get("status")).lower())
        if state is None or data.get("reference") != self._reference(payout):
            return None
        currency = str(data.get("currency"))
        return ProviderStatus(
            state,
            provider_ref=self._reference(payout),
            receipt=str(data.get("id") or ""),
            amount=_amount(data.get("amount"), currency, data),
            fee=_fee(data.get("fee"), currency),
            reason=_reason(data.get("complete_message")) if state is ProviderState.FAILED else "",
            raw=masked(data),
        )

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
        # 503 after some 28 seconds means that Flutterwave's gateway gave up, not that the work stopped.
        is_odd = answer.status >= 500 or 300 <= answer.status < 400
        if is_odd or (answer.is_ok and not (isinstance(answer.data, dict) and answer.data.get("status") == "success")):
            trouble = Retryable if is_safe else Unknown
            raise trouble("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        return answer

    def _ask(self, path: str, params: Mapping[str, Any] | None = None) -> Answer:
        """GET; a 400 or 404 comes back only when it says that there is nothing of that name."""
        try:
            answer = self._call("GET", path, params=params, is_safe=True)
        except Declined as refusal:
            raise Retryable(refusal.reason, refusal.detail) from refusal
        text = _message(answer)
        is_missing = answer.status == 404 or (answer.status == 400 and ("not found" in text or "no trans" in text))
        if not (answer.is_ok or is_missing):
            raise Retryable("provider_trouble", f"HTTP {answer.status}", masked(answer.data or {}))
        return answer


def _inner(answer: Answer) -> dict[str, Any]:
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    return data if isinstance(data, dict) else {}


def _message(answer: Answer) -> str:
    return str(answer.data.get("message") or "").lower() if isinstance(answer.data, dict) else ""


def _is_duplicate(answer: Answer) -> bool:
    text = _message(answer)
    return answer.status == 409 or ("ref" in text and any(word in text for word in ("duplicate", "exist", "unique")))


def _declined(answer: Answer, reason: str) -> Declined:
    text = _message(answer)
    if "insufficient" in text or "balance" in text:
        reason = "insufficient_funds"
    elif "whitelist" in text or "not enabled" in text:
        reason = "our_configuration"
    return Declined(reason, f"HTTP {answer.status}", masked(answer.data or {}))


def _reason(text: Any) -> str:
    """Our code for the words of a bank or an operator."""
    words = str(text or "").lower()
    for reason, signs in {
        "insufficient_funds": ("insufficient", "balance"),
        "limit_reached": ("limit",),
        "not_confirmed_in_time": ("timeout", "timed out", "expired"),
        "refused_by_customer": ("cancel", "rejected by"),
        "no_such_account": ("not found", "invalid account", "could not be resolved"),
    }.items():
        if any(sign in words for sign in signs):
            return reason
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


def _fee(value: Any, currency: str) -> Money | None:
    """Flutterwave reckons fees in smaller parts than the currency has; they are rounded half up."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Money.from_decimal(value, currency, rounding=ROUND_HALF_UP)


def _refund_status(data: Mapping[str, Any], refund: Refund) -> ProviderStatus:
    word = str(data.get("status") or "").lower()
    # Seen with the way it took behind it: completed-momo, completed-bank-transfer.
    if word.startswith("completed"):
        state = ProviderState.SUCCEEDED
    elif word.startswith("failed"):
        state = ProviderState.FAILED
    else:
        state = ProviderState.PENDING
    return ProviderStatus(
        state,
        provider_ref=str(data.get("id") or refund.provider_ref),
        receipt=str(data.get("flw_ref") or ""),
        amount=_amount(data.get("amount_refunded"), refund.amount.currency, data),
        reason="declined" if state is ProviderState.FAILED else "",
        raw=masked(data),
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
