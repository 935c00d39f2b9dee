"""Stripe: cards through its hosted page (Checkout), saved cards through Payment Intents, refunds, disputes.

Speaks through Stripe's own SDK, with the API version that the SDK pins, but over this house's HTTP client: the same
time limits, breaker and masked records as every other provider. The SDK never repeats a call by itself; every POST
carries an idempotency key made of our id, so that a crash and a restart can't charge twice.

Sources: Stripe's API reference, "Currencies", "Idempotent requests", "Check the webhook signatures".
"""

import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import httpx
import stripe

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
    ProviderTransaction,
    Redirect,
    Refund,
    RefundKind,
    Retryable,
    Unknown,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, HttpClient, masked
from core.currencies import exponent
from core.money import Money

__all__ = [
    "BILLING_TYPES",
    "EVENT_TYPES",
    "EXPONENTS",
    "LOCALES",
    "StripeConfig",
    "StripeProvider",
    "ask_again",
    "bounded",
    "from_wire",
    "refuse",
    "to_wire",
    "verify_signature",
]

# The SDK writes whole bodies to its log at DEBUG, and an identifier of the machine into every request.
logging.getLogger("stripe").setLevel(logging.WARNING)
stripe.enable_telemetry = False

#: Decimal digits on the wire where they are not ISO's. MGA has none. ISK and UGX have two, which must be zeros; for
#: UGX that is unverified, so it is configuration (:attr:`StripeConfig.exponents`).
EXPONENTS: Mapping[str, int] = {"MGA": 0, "ISK": 2, "UGX": 2}
#: Three-decimal currencies end in 0 on the wire.
_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

#: Languages of the hosted page; others let the browser decide.
LOCALES = frozenset(
    """
    bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl
    sv th tr vi zh zh-HK zh-TW
    """.split()
)

#: Our reasons for Stripe's ``decline_code``, ``code`` and refunds' ``failure_reason``.
_REASONS = {
    "insufficient_funds": "insufficient_funds",
    "card_velocity_exceeded": "limit_reached",
    "withdrawal_count_limit_exceeded": "limit_reached",
    "amount_too_small": "too_small",
    "amount_too_large": "too_large",
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_required",
    "expired_card": "expired_card",
    "expired_or_canceled_card": "expired_card",
    "incorrect_cvc": "wrong_details",
    "invalid_cvc": "wrong_details",
    "incorrect_number": "wrong_details",
    "processing_error": "provider_trouble",
    "charge_already_refunded": "already_refunded",
    "lost_or_stolen_card": "no_such_account",
    "resource_missing": "our_configuration",
    "parameter_unknown": "our_configuration",
    "parameter_missing": "our_configuration",
    "url_invalid": "our_configuration",
}

#: What the endpoint of webhooks should be subscribed to, with :data:`BILLING_TYPES`, and what
#: :meth:`StripeProvider.catch_up` asks for: 20 at most in one question.
EVENT_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)

#: And what tells of subscriptions; the page for their card is a ``checkout.session`` too.
BILLING_TYPES = (
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
)

_HINTS = {
    "checkout.session.async_payment_succeeded": ProviderState.SUCCEEDED,
    "checkout.session.async_payment_failed": ProviderState.FAILED,
    "checkout.session.expired": ProviderState.EXPIRED,
    "payment_intent.succeeded": ProviderState.SUCCEEDED,
    "payment_intent.canceled": ProviderState.CANCELED,
    "payment_intent.processing": ProviderState.PENDING,
    "payment_intent.requires_action": ProviderState.AWAITING_CUSTOMER,
    "refund.failed": ProviderState.FAILED,
}

_REFUND_STATES = {
    "pending": ProviderState.PENDING,
    "requires_action": ProviderState.PENDING,
    "succeeded": ProviderState.SUCCEEDED,
    "failed": ProviderState.FAILED,
    "canceled": ProviderState.CANCELED,
}

#: Disputes that no longer hold the money back. ``warning_…`` are inquiries, which never took it.
_DISPUTES_OVER = frozenset({"won", "prevented", "warning_closed", "warning_needs_response", "warning_under_review"})

#: How long after an attempt was made its session may have been created; idempotency keys live at least as long.
_SEARCH_WINDOW = timedelta(hours=24)
_SEARCH_LIMIT = 5_000


@dataclass(frozen=True)
class StripeConfig:
    """How to reach one Stripe account.

    Attributes:
        webhook_secrets: of the endpoint; two while one is being replaced.
        limits: by currency; smallest and largest charges are unverified for African currencies.
        session_minutes: how long the hosted page stays open: 30 minutes to 24 hours.
        exponents: differences from ISO 4217's decimal digits.
        tolerance: seconds between a webhook's time stamp and our clock.
    """

    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    limits: Mapping[str, Limits] = field(
        default_factory=lambda: {
            "USD": Limits(smallest=50, largest=99_999_999),
            "EUR": Limits(smallest=50, largest=99_999_999),
            "XAF": Limits(smallest=300, largest=99_999_999),
        }
    )
    base_url: str = "https://api.stripe.com"
    session_minutes: int = 60
    exponents: Mapping[str, int] = field(default_factory=lambda: EXPONENTS)
    tolerance: int = 300
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)


def _digits(currency: str, exponents: Mapping[str, int]) -> int:
    return exponents.get(currency, exponent(currency))


def to_wire(amount: Money, exponents: Mapping[str, int] = EXPONENTS) -> int:
    """Stripe's whole number for ``amount``.

    Raises:
        ValueError: not positive, or more digits than Stripe takes in that currency.
    """
    if amount.minor <= 0:
        raise ValueError("Stripe charges and refunds amounts above zero.")
    if amount.currency in _TENS and amount.minor % 10:
        raise ValueError(f"Stripe takes {amount.currency} in steps of ten minor units.")
    shift = _digits(amount.currency, exponents) - exponent(amount.currency)
    if shift >= 0:
        return int(amount.minor * 10**shift)
    whole, rest = divmod(amount.minor, 10**-shift)
    if rest:
        raise ValueError(f"Stripe takes {amount.currency} without decimal digits.")
    return whole


def from_wire(value: object, currency: str, exponents: Mapping[str, int] = EXPONENTS) -> Money:
    """The amount that Stripe means by ``value``; ``currency`` as Stripe writes it (small letters).

    Raises:
        ValueError: not a whole number, or one that the currency can't have.
    """
    if type(value) is not int:
        raise ValueError("Stripe's amounts are whole numbers.")
    code = currency.upper()
    shift = _digits(code, exponents) - exponent(code)
    if shift < 0:
        return Money(value * 10**-shift, code)
    whole, rest = divmod(value, 10**shift)
    if rest:
        raise ValueError(f"{value} is no amount of {code} at Stripe.")
    return Money(whole, code)


def verify_signature(header: str, body: bytes, secrets: Iterable[str], *, now: float, tolerance: int) -> None:
    """Check ``Stripe-Signature: t=…,v1=…``: HMAC-SHA256 over ``t.body``; any ``v1`` by any secret will do.

    Raises:
        InvalidSignature: none fits, or the time stamp is further from ``now`` than ``tolerance`` seconds.
    """
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamp = next((value for name, _sign, value in pairs if name == "t"), "")
    given = [value for name, _sign, value in pairs if name == "v1"]
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or not given:
        raise InvalidSignature("forged", "no time stamp or no v1 signature")
    fits = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        for value in given:
            fits |= hmac.compare_digest(expected.encode(), value.encode())
    if not fits:
        raise InvalidSignature("forged", "signed with another secret")
    if abs(now - int(stamp)) > tolerance:
        raise InvalidSignature("forged", "too old, or from the future")


class _Transport(stripe.HTTPClient):
    """Lets the SDK speak through :class:`HttpClient`."""

    name = "httpx"
    #: The SDK's other headers describe the machine that it runs on.
    _SENT = ("Authorization", "Stripe-Version", "Idempotency-Key", "User-Agent")

    def __init__(self, client: HttpClient) -> None:
        super().__init__()
        self._http = client

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        is_safe = method.lower() == "get"
        answer = self._http.call(
            method.upper(),
            url.removeprefix(self._http.base_url),
            form=dict(parse_qsl(post_data, keep_blank_values=True)) if post_data else None,
            headers={name: value for name, value in (headers or {}).items() if name in self._SENT},
            is_safe=is_safe,
        )
        if answer.status >= 500 or answer.data is None:
            trouble = Retryable if is_safe else Unknown
            raise trouble("provider_trouble", f"HTTP {answer.status}")
        return answer.text, answer.status, answer.headers

    def close(self) -> None:
        """Nothing of its own to close."""


class StripeProvider(PaymentProvider):
    """Stripe.

    :attr:`ProviderStatus.receipt` is the Payment Intent (``pi_…``): refunds want it, and disputes name the payment
    by it.

    Args:
        now: Unix time; for tests of webhooks' age.
    """

    code = "stripe"

    def __init__(self, config: StripeConfig, *, now: Callable[[], float] = time.time) -> None:
        self.config = config
        self._now = now
        self._http = HttpClient(config.base_url, timeout=config.timeout)
        self._sdk = stripe.StripeClient(
            config.secret_key,
            base_addresses={"api": self._http.base_url},
            max_network_retries=0,
            http_client=_Transport(self._http),
        )
        self.capabilities = Capabilities(
            limits=config.limits,
            flow=Flow.REDIRECT,
            refunds=RefundKind.PARTIAL,
            recurring=True,
            webhooks=Webhooks.SIGNED,
        )

    @property
    def sdk(self) -> stripe.StripeClient:
        """The SDK over this adapter's connection, for :mod:`commerce.providers.stripe_billing`."""
        return self._sdk

    # Paying

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Open a Checkout Session. Webhooks go to the endpoint set at Stripe, not to ``notify_url``."""
        ours = _ours(attempt)
        product = {"name": attempt.description or attempt.order_number}
        params = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": attempt.amount.currency.lower(),
                        "unit_amount": self._to_wire(attempt.amount),
                        "product_data": product,
                    },
                }
            ],
            "client_reference_id": str(attempt.id),
            "metadata": ours,
            # A session's metadata is not copied to its payment.
            "payment_intent_data": {"metadata": ours, "description": product["name"]},
            "customer_email": customer.email,
            # Of the attempt's time, not of now: the same key must come with the same body.
            "expires_at": int(attempt.created_at.timestamp()) + self.config.session_minutes * 60,
            "success_url": return_url,
            "cancel_url": return_url,
            "locale": customer.language if customer.language in LOCALES else "auto",
            # The amount that was agreed on is the amount that is charged.
            "adaptive_pricing": {"enabled": False},
        }
        try:
            session = self._sdk.v1.checkout.sessions.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"attempt:{attempt.id}:create"},
            ).to_dict(for_json=True)
        except stripe.StripeError as error:
            refuse(error)
        if not session.get("id") or not session.get("url"):
            raise Unknown("provider_trouble", "a session without an address")
        return Initiated(session["id"], Redirect(session["url"]), data={"url": session["url"]})

    def charge_saved(self, attempt: Attempt, *, customer_ref: str, method_ref: str) -> ProviderStatus:
        """Charge a card that the customer let us keep (``cus_…``, ``pm_…``), without the customer.

        Raises:
            Declined, Retryable, Unknown: see there. ``authentication_required``: the customer has to come.
        """
        params = {
            "amount": self._to_wire(attempt.amount),
            "currency": attempt.amount.currency.lower(),
            "customer": customer_ref,
            "payment_method": method_ref,
            "confirm": True,
            "off_session": True,
            "description": attempt.description or attempt.order_number,
            "metadata": _ours(attempt),
            "expand": ["latest_charge.balance_transaction"],
        }
        try:
            intent = self._sdk.v1.payment_intents.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"attempt:{attempt.id}:charge"},
            ).to_dict(for_json=True)
        except stripe.StripeError as error:
            refuse(error)
        return self._intent_status(intent)

    def cancel(self, attempt: Attempt) -> ProviderStatus:
        """Close the hosted page, so that a second one can't be paid beside it; then say where the payment stands."""
        session_id = attempt.provider_ref
        if session_id.startswith("cs_"):
            try:
                self._sdk.v1.checkout.sessions.expire(
                    session_id, options={"idempotency_key": f"attempt:{attempt.id}:cancel"}
                )
            except stripe.InvalidRequestError:
                pass  # No longer open: the status tells what became of it.
            except stripe.StripeError as error:
                refuse(error)
        return self.fetch_status(attempt)

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Ask for the session or the intent; without a reference, look for one that carries our id."""
        try:
            if attempt.provider_ref.startswith("pi_"):
                return self._intent_status(self._intent(attempt.provider_ref))
            session_id = attempt.provider_ref or self._search_session(attempt)
            if session_id:
                return self._session_status(session_id)
            for intent in self._intents(attempt.created_at - timedelta(minutes=5), attempt.created_at + _SEARCH_WINDOW):
                if intent["metadata"].get("attempt_id") == str(attempt.id):
                    return self._intent_status(intent)
        except stripe.StripeError as error:
            raise ask_again(error) from None
        return ProviderStatus(ProviderState.NOT_FOUND)

    def _session_status(self, session_id: str) -> ProviderStatus:
        session = self._sdk.v1.checkout.sessions.retrieve(
            session_id, params={"expand": ["payment_intent.latest_charge.balance_transaction"]}
        ).to_dict(for_json=True)
        intent = session.get("payment_intent")
        paid = session["payment_status"] in ("paid", "no_payment_required")
        status = self._intent_status(intent) if isinstance(intent, dict) else None
        amount = self._amount(session.get("amount_total"), session.get("currency"))
        raw, data = masked(session), {"url": session.get("url") or ""}
        if status and (paid or status.state not in (ProviderState.AWAITING_CUSTOMER, ProviderState.FAILED)):
            # Money counts whatever the session says: an intent can succeed after its session expired.
            return ProviderStatus(
                status.state,
                session_id,
                status.receipt,
                status.amount,
                status.fee,
                status.reason,
                raw,
                {**data, **status.data},
            )
        if paid:
            state, reason = ProviderState.SUCCEEDED, ""
        elif session["status"] == "expired":
            state, reason = ProviderState.EXPIRED, "not_confirmed_in_time"
        elif session["status"] == "complete":
            # Delayed methods: the page is done, the money isn't there yet, or will never be.
            has_failed = status is not None and bool(status.reason)
            state = ProviderState.FAILED if has_failed else ProviderState.PENDING
            reason = status.reason if status else ""
        else:
            # A refused card is not the end: the page lets the customer try another.
            state, reason = ProviderState.AWAITING_CUSTOMER, status.reason if status else ""
        receipt = status.receipt if status else ""
        return ProviderStatus(state, session_id, receipt, amount, None, reason, raw, data)

    def _intent_status(self, intent: Mapping[str, Any]) -> ProviderStatus:
        charge = intent.get("latest_charge")
        charge = charge if isinstance(charge, dict) else {}
        status = intent["status"]
        reason, fee = "", None
        amount = self._amount(intent["amount"], intent["currency"])
        if status == "succeeded":
            amount = self._amount(intent["amount_received"], intent["currency"])
            state, reason = self._after_success(intent["id"], charge)
            balance = charge.get("balance_transaction")
            if isinstance(balance, dict):
                fee = self._amount(balance["fee"], balance["currency"])
        elif status == "processing":
            state = ProviderState.PENDING
        elif status == "requires_capture":
            state = ProviderState.AUTHORIZED
        elif status == "canceled":
            state = ProviderState.CANCELED
        else:
            failure = intent.get("last_payment_error")
            reason = _reason(failure or {}) if failure else ""
            # There is no "failed": after a refusal the intent waits for another card.
            refused = bool(failure) and status == "requires_payment_method"
            state = ProviderState.FAILED if refused else ProviderState.AWAITING_CUSTOMER
        data = {"payment_intent": intent["id"], "charge": charge.get("id", "")}
        return ProviderStatus(state, intent["id"], intent["id"], amount, fee, reason, masked(intent), data)

    def _after_success(self, intent_id: str, charge: Mapping[str, Any]) -> tuple[ProviderState, str]:
        if charge.get("disputed"):
            # The charge stays "disputed" for good, also after a dispute that was won.
            disputes = self._sdk.v1.disputes.list(params={"payment_intent": intent_id, "limit": 100})
            states = {dispute["status"] for dispute in disputes.data} - _DISPUTES_OVER
            if "lost" in states:
                return ProviderState.REVERSED, "dispute_lost"
            if states:
                return ProviderState.DISPUTED, "disputed"
        if charge.get("refunded"):
            return ProviderState.REFUNDED, ""
        if charge.get("amount_refunded"):
            return ProviderState.PARTIALLY_REFUNDED, ""
        return ProviderState.SUCCEEDED, ""

    def _intent(self, intent_id: str) -> dict[str, Any]:
        params: Any = {"expand": ["latest_charge.balance_transaction"]}
        return self._sdk.v1.payment_intents.retrieve(intent_id, params=params).to_dict(for_json=True)

    def _search_session(self, attempt: Attempt) -> str:
        since, until = attempt.created_at - timedelta(minutes=5), attempt.created_at + _SEARCH_WINDOW
        params: Any = {"created": _between(since, until), "limit": 100}
        sessions = self._sdk.v1.checkout.sessions.list(params=params).auto_paging_iter()
        for session in bounded(sessions):
            if session["client_reference_id"] == str(attempt.id):
                return str(session["id"])
        return ""

    def _intents(self, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
        params: Any = {
            "created": _between(since, until),
            "limit": 100,
            "expand": ["data.latest_charge.balance_transaction"],
        }
        for intent in bounded(self._sdk.v1.payment_intents.list(params=params).auto_paging_iter()):
            yield intent.to_dict(for_json=True)

    # Giving back

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give back all or a part. ``succeeded`` is not final: a bank can send a refund back days later."""
        try:
            wire = to_wire(refund.amount, self.config.exponents)
        except ValueError as error:
            raise Declined("not_a_step", str(error)) from error
        try:
            intent_id = self._intent_of(refund)
        except stripe.StripeError as error:
            raise ask_again(error) from None
        params = {
            "payment_intent": intent_id,
            "amount": wire,
            "reason": "requested_by_customer",
            "metadata": {"refund_id": str(refund.id), **_ours(refund.attempt)},
        }
        try:
            answer = self._sdk.v1.refunds.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"refund:{refund.id}:create"},
            ).to_dict(for_json=True)
        except stripe.StripeError as error:
            refuse(error)
        return self._refund_status(answer)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Ask for the refund; without a reference, look among the payment's refunds for our id."""
        try:
            if refund.provider_ref:
                return self._refund_status(self._sdk.v1.refunds.retrieve(refund.provider_ref).to_dict(for_json=True))
            params: Any = {"payment_intent": self._intent_of(refund), "limit": 100}
            for found in bounded(self._sdk.v1.refunds.list(params=params).auto_paging_iter()):
                row = found.to_dict(for_json=True)
                if (row.get("metadata") or {}).get("refund_id") == str(refund.id):
                    return self._refund_status(row)
        except stripe.StripeError as error:
            raise ask_again(error) from None
        return ProviderStatus(ProviderState.NOT_FOUND)

    def _intent_of(self, refund: Refund) -> str:
        attempt = refund.attempt
        for known in (refund.receipt, str(attempt.data.get("payment_intent") or ""), attempt.provider_ref):
            if known.startswith("pi_"):
                return known
        receipt = self.fetch_status(attempt).receipt
        if not receipt:
            raise Declined("not_paid", "no payment to give back")
        return receipt

    def _refund_status(self, row: Mapping[str, Any]) -> ProviderStatus:
        state = _REFUND_STATES.get(row.get("status") or "", ProviderState.PENDING)
        reason = _REASONS.get(row.get("failure_reason") or "", "declined") if state is ProviderState.FAILED else ""
        amount = self._amount(row["amount"], row["currency"])
        return ProviderStatus(state, row["id"], row.get("receipt_number") or "", amount, None, reason, masked(row))

    # Being told

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Verify and read one event; see :meth:`_event` for what its fields name."""
        header = headers.get("stripe-signature", "")
        tolerance = self.config.tolerance
        verify_signature(header, body, self.config.webhook_secrets, now=self._now(), tolerance=tolerance)
        event = json.loads(body)
        if not isinstance(event, dict) or event.get("object") != "event":
            raise ValueError("not an event")
        try:
            return self._event(event)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("an event without the fields of one") from error

    def catch_up(self, since: datetime) -> list[ProviderEvent]:
        """What happened since then, oldest first, for the time when webhooks could not arrive (30 days at most).

        Raises:
            Retryable: no conclusive answer now.
        """
        rows: list[dict[str, Any]] = []
        try:
            # Stripe takes twenty kinds in one question.
            for kinds in (EVENT_TYPES, BILLING_TYPES):
                params: Any = {"created": {"gte": int(since.timestamp())}, "types": list(kinds), "limit": 100}
                listed = self._sdk.v1.events.list(params=params).auto_paging_iter()
                rows += [event.to_dict(for_json=True) for event in bounded(listed)][::-1]
        except stripe.StripeError as error:
            raise ask_again(error) from None
        rows.sort(key=lambda row: int(row["created"]))
        return [event for row in rows for event in self._event(row)]

    def _event(self, event: Mapping[str, Any]) -> list[ProviderEvent]:
        """Of payments: our attempt's id (or Stripe's reference); of refunds: theirs, and our refund's id; of disputes:
        the payment's :attr:`ProviderStatus.receipt`.
        """
        from commerce.providers.stripe_billing import billing_event

        billing = billing_event(event)
        if billing is not None:
            return [billing]
        kind = str(event["type"])
        thing = event["data"]["object"]
        if kind not in EVENT_TYPES:
            return []
        ours = thing.get("metadata") or {}
        hint = _HINTS.get(kind)
        key, raw = str(event["id"]), masked(event)
        if kind.startswith("checkout.session."):
            if kind == "checkout.session.completed":
                paid = thing["payment_status"] in ("paid", "no_payment_required")
                hint = ProviderState.SUCCEEDED if paid else ProviderState.PENDING
            our_id = _uuid(thing.get("client_reference_id"))
            return [ProviderEvent(key, str(thing["id"]), our_id, hint, "payment", raw)]
        if kind.startswith("refund."):
            hint = hint or _REFUND_STATES.get(thing.get("status") or "")
            return [ProviderEvent(key, str(thing["id"]), _uuid(ours.get("refund_id")), hint, "refund", raw)]
        if kind.startswith("charge.dispute."):
            ref = str(thing.get("payment_intent") or thing["charge"])
            if thing["status"] == "lost":
                hint = ProviderState.REVERSED
            else:
                hint = ProviderState.SUCCEEDED if thing["status"] in _DISPUTES_OVER else ProviderState.DISPUTED
            return [ProviderEvent(key, ref, None, hint, "dispute", raw)]
        if kind == "charge.refunded":
            hint = ProviderState.REFUNDED if thing.get("refunded") else ProviderState.PARTIALLY_REFUNDED
        our_id = _uuid(ours.get("attempt_id"))
        ref = str(thing.get("payment_intent") or thing["id"])
        # Our attempt may know itself by the session, so the intent is named only where our id is not.
        return [ProviderEvent(key, "" if our_id else ref, our_id, hint, "payment", raw)]

    def list_transactions(self, since: datetime, until: datetime) -> Iterable[ProviderTransaction]:
        """Payments made in that time, newest first, with Stripe's fees."""
        try:
            for intent in self._intents(since, until):
                status = self._intent_status(intent)
                if status.amount is None:
                    continue
                when = datetime.fromtimestamp(intent["created"], UTC)
                our_id = str(intent["metadata"].get("attempt_id") or "")
                yield ProviderTransaction(intent["id"], status.amount, status.state, when, our_id, status.fee)
        except stripe.StripeError as error:
            raise ask_again(error) from None

    # Amounts

    def _to_wire(self, amount: Money) -> int:
        self.capabilities.require(amount)
        try:
            return to_wire(amount, self.config.exponents)
        except ValueError as error:
            raise Declined("not_a_step", str(error)) from error

    def _amount(self, value: Any, currency: Any) -> Money | None:
        if value is None or not currency:
            return None
        try:
            return from_wire(value, str(currency), self.config.exponents)
        except ValueError as error:
            raise Retryable("provider_trouble", str(error)) from error


def _ours(attempt: Attempt) -> dict[str, str]:
    return {"attempt_id": str(attempt.id), "order_number": attempt.order_number}


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None


def _between(since: datetime, until: datetime) -> dict[str, int]:
    return {"gte": int(since.timestamp()), "lte": int(until.timestamp())}


def bounded(rows: Iterable[Any]) -> Iterator[Any]:
    """``rows``, refusing to page for ever.

    Raises:
        Retryable: there are more than anybody expects.
    """
    for number, row in enumerate(rows):
        if number >= _SEARCH_LIMIT:
            raise Retryable("provider_trouble", f"more than {_SEARCH_LIMIT} rows")
        yield row


def _reason(failure: Mapping[str, Any]) -> str:
    for name in ("decline_code", "code"):
        if (code := failure.get(name)) in _REASONS:
            return _REASONS[str(code)]
    return "declined"


def _failure(error: stripe.StripeError) -> dict[str, Any]:
    body: Any = error.json_body
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _facts(error: stripe.StripeError) -> tuple[str, dict[str, Any]]:
    """Code and masked body. Stripe's own message stays out: it repeats what was sent, once even a part of the key."""
    facts = _failure(error)
    kept = {name: facts[name] for name in ("type", "code", "decline_code", "param") if facts.get(name)}
    code = str(facts.get("decline_code") or facts.get("code") or facts.get("type") or "")
    return f"HTTP {error.http_status} {code}".strip(), masked({**kept, "request_id": error.request_id or ""})


def refuse(error: stripe.StripeError) -> NoReturn:
    """Say how a POST ended that Stripe answered with an error below 500."""
    detail, raw = _facts(error)
    if isinstance(error, stripe.IdempotencyError) or error.http_status == 409:
        # Accepted before, or being worked on right now: asking tells, another id would charge twice.
        raise Unknown("already_accepted", detail, raw) from None
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        raise Declined("our_configuration", detail, raw) from None
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        raise Declined(_reason(_failure(error)), detail, raw) from None
    raise Unknown("provider_trouble", detail, raw) from None


def ask_again(error: stripe.StripeError) -> Retryable:
    """How a question ended that changes nothing. A wrong key is no failed payment either."""
    detail, raw = _facts(error)
    trouble = (stripe.AuthenticationError, stripe.PermissionError, stripe.InvalidRequestError)
    return Retryable("our_configuration" if isinstance(error, trouble) else "provider_trouble", detail, raw)
