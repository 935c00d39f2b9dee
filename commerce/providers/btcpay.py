"""BTCPay Server: Bitcoin, Lightning and stablecoins through its Greenfield API.

Invoices are in the order's currency; the server says how much of which coin that is. It knows no idempotency keys:
our id is the invoice's ``orderId``, and is searched for before an invoice is made. Nothing is decided by webhooks'
flags (``afterExpiration`` and ``overPaid`` have been wrong in past versions): the invoice is read again.

Refunds are pull payments: a link where the customer names an address; what they claim becomes a payout that somebody
approves. Source: BTCPay Server's Greenfield API documentation, version 2.4.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

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
    Refund,
    RefundKind,
    Retryable,
    ShowUri,
    Unknown,
    Webhooks,
)
from commerce.providers.http import TIMEOUT, Answer, HttpClient, masked
from commerce.providers.payment_uris import Token, bitcoin_uri, lightning_uri, plain, token_uri, tron_uri
from core.money import Money

__all__ = ["BtcPayConfig", "BtcPayProvider", "from_wire", "to_wire"]

_PAGE = 100
#: Pages that a listing may have before something is wrong.
_PAGES = 100

_HINTS = {
    "InvoiceReceivedPayment": ProviderState.PENDING,
    "InvoiceProcessing": ProviderState.PENDING,
    "InvoicePaymentSettled": ProviderState.PENDING,
    "InvoiceSettled": ProviderState.SUCCEEDED,
    "InvoiceExpired": ProviderState.EXPIRED,
    "InvoiceInvalid": ProviderState.FAILED,
    # In the server's source, though not in its documentation.
    "InvoiceExpiredPaidPartial": ProviderState.EXPIRED,
    "InvoicePaidAfterExpiration": ProviderState.EXPIRED,
}


@dataclass(frozen=True)
class BtcPayConfig:
    """How to reach one store.

    Attributes:
        api_key: with the rights to create and view invoices, and to create and manage pull payments.
        limits: by the order's currency; the store needs a rate for each (for XAF that is a rule, through the euro).
        payment_methods: in the server's words, in the order in which customers see them.
        payout_methods: what refunds may be claimed in.
        tokens: contracts of stablecoins by payment method; without one the server's own link is shown.
        monitoring_minutes: how long after its end an invoice is still watched for late money.
    """

    base_url: str
    store_id: str
    api_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    limits: Mapping[str, Limits] = field(
        default_factory=lambda: {"XAF": Limits(), "USD": Limits(), "EUR": Limits(), "NGN": Limits()}
    )
    #: Where crypto payments are not allowed they are not offered: empty means nowhere is excluded.
    countries: frozenset[str] = frozenset()
    payment_methods: tuple[str, ...] = ("BTC-CHAIN", "BTC-LN")
    payout_methods: tuple[str, ...] = ("BTC-CHAIN", "BTC-LN")
    tokens: Mapping[str, Token] = field(default_factory=dict)
    speed_policy: str = "MediumSpeed"
    expiration_minutes: int = 30
    monitoring_minutes: int = 1_440
    ca_bundle: str = ""
    timeout: httpx.Timeout = field(default_factory=lambda: TIMEOUT)


def to_wire(amount: Money) -> str:
    """Major units as decimal text: ``"25000"``, ``"10.50"``."""
    if amount.minor <= 0:
        raise ValueError("BTCPay takes amounts above zero.")
    return str(amount.to_decimal())


def from_wire(value: object, currency: str, *, rounding: str | None = None) -> Money:
    """The amount that decimal text means.

    Args:
        rounding: for what was paid in coins, which is never exact in another currency; without it, digits beyond the
            currency's are refused.

    Raises:
        ValueError: not a number, or too many digits.
    """
    is_number = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    if not is_number or not re.fullmatch(r"-?\d{1,18}(\.\d{1,40})?", str(value), re.ASCII):
        raise ValueError("BTCPay's amounts are decimal text.")
    return Money.from_decimal(Decimal(str(value)), currency, rounding=rounding)


class BtcPayProvider(PaymentProvider):
    """BTCPay Server.

    A status tells what was paid in :attr:`ProviderStatus.amount`. Invoices that ended with a part of the money are
    reported as succeeded with that part and the reason ``underpaid``: somebody has to decide. ``overpaid``,
    ``paid_late`` and ``marked_by_operator`` are the other reasons worth a look.
    """

    code = "btcpay"

    def __init__(self, config: BtcPayConfig) -> None:
        self.config = config
        self._http = HttpClient(config.base_url, ca_bundle=config.ca_bundle, timeout=config.timeout)
        # These paths are routed by old and new servers alike.
        self._store = f"/api/v1/stores/{quote(config.store_id, safe='')}"
        self.capabilities = Capabilities(
            limits=config.limits,
            flow=Flow.INVOICE,
            countries=config.countries,
            refunds=RefundKind.PARTIAL,
            payouts=True,
            webhooks=Webhooks.SIGNED,
        )

    # Paying

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Make an invoice, or find the one that was made under this id. Webhooks are set in the store."""
        self.capabilities.require(attempt.amount)
        invoice = self._search(attempt) or self._create(attempt, customer, return_url)
        expires_at = _time(invoice["expirationTime"])
        page = str(invoice.get("checkoutLink") or "")
        try:
            uris = self._uris(self._methods(invoice["id"]), attempt.order_number)
        except Retryable:
            # The invoice is there, and its page tells how to pay.
            uris = ()
        return Initiated(invoice["id"], ShowUri(uris, expires_at, page), data={"page": page})

    def _create(self, attempt: Attempt, customer: Customer, return_url: str) -> dict[str, Any]:
        config = self.config
        answer = self._call(
            "POST",
            f"{self._store}/invoices",
            {
                "amount": to_wire(attempt.amount),
                "currency": attempt.amount.currency,
                # Nothing about the customer: the server needs none of it.
                "metadata": {
                    "orderId": str(attempt.id),
                    "orderNumber": attempt.order_number,
                    "itemDesc": attempt.description,
                },
                "checkout": {
                    "paymentMethods": list(config.payment_methods),
                    "speedPolicy": config.speed_policy,
                    "expirationMinutes": config.expiration_minutes,
                    "monitoringMinutes": config.monitoring_minutes,
                    "paymentTolerance": 0,
                    "redirectURL": return_url,
                    "defaultLanguage": customer.language,
                },
                "additionalSearchTerms": [attempt.order_number],
            },
        )
        invoice = answer.data
        if not isinstance(invoice, dict) or not invoice.get("id") or "expirationTime" not in invoice:
            raise Unknown("provider_trouble", "an invoice without an id")
        return invoice

    def _uris(self, methods: list[dict[str, Any]], label: str) -> tuple[tuple[str, str, str, str], ...]:
        """In our order, without methods that are absent: a stablecoin's addresses can be used up."""
        found = {row["paymentMethodId"]: row for row in methods if row.get("destination")}
        shown = []
        for method in self.config.payment_methods:
            if method in found:
                row = found[method]
                due = _decimal(row["due"])
                uri = self._uri(method, row, due, label)
                shown.append((method, uri, str(row["destination"]), f"{plain(due)} {row['currency']}"))
        return tuple(shown)

    def _uri(self, method: str, row: Mapping[str, Any], due: Decimal, label: str) -> str:
        destination = str(row["destination"])
        try:
            if method == "BTC-CHAIN":
                return bitcoin_uri(destination, due, label=label)
            if method == "BTC-LN":
                return lightning_uri(destination)
            if method in self.config.tokens:
                return token_uri(self.config.tokens[method], destination, due)
            if method.endswith("-TRON"):
                return tron_uri(destination, due)
        except ValueError:
            pass  # A part was paid already, or a kind of address that is unknown here: the server's own link.
        return str(row.get("paymentLink") or "")

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Read the invoice, by its id or by ours."""
        if attempt.provider_ref:
            found = self._call("GET", f"{self._store}/invoices/{quote(attempt.provider_ref, safe='')}").data
        else:
            found = self._search(attempt)
        if found is None:
            return ProviderStatus(ProviderState.NOT_FOUND)
        try:
            return self._status(found)
        except (KeyError, TypeError, ValueError) as error:
            raise Retryable("provider_trouble", "an invoice that can't be read") from error

    def _status(self, invoice: dict[str, Any]) -> ProviderStatus:
        status, more = invoice["status"], invoice["additionalStatus"]
        currency = invoice["currency"]
        # Coins never are a whole number of francs: to the nearest, but a part never becomes the whole.
        rounding = ROUND_FLOOR if more == "PaidPartial" else ROUND_HALF_UP
        paid = from_wire(invoice["paidAmount"], currency, rounding=rounding) if "paidAmount" in invoice else None
        amount = from_wire(invoice["amount"], currency)
        state, reason, shown = ProviderState.PENDING, "", amount
        if status == "New":
            state = ProviderState.AWAITING_CUSTOMER
            if more == "PaidPartial":
                reason, shown = "underpaid", paid or amount
        elif status == "Settled":
            state, shown = ProviderState.SUCCEEDED, paid if paid is not None else amount
            reason = {"PaidOver": "overpaid", "Marked": "marked_by_operator"}.get(more, "")
        elif status == "Expired":
            state, reason = ProviderState.EXPIRED, "not_confirmed_in_time"
            if more in ("PaidPartial", "PaidLate"):
                reason, shown = "underpaid" if more == "PaidPartial" else "paid_late", paid or amount
                if self._is_settled(invoice["id"]):
                    state = ProviderState.SUCCEEDED
        elif status == "Invalid":
            state = ProviderState.FAILED
            reason = "declined" if more == "Marked" else "not_confirmed_in_time"
        elif more == "PaidOver":
            reason = "overpaid"
        data = {"page": str(invoice.get("checkoutLink") or "")}
        return ProviderStatus(state, invoice["id"], invoice["id"], shown, None, reason, masked(invoice), data)

    def _is_settled(self, invoice_id: str) -> bool:
        """Whether all money that came for an invoice is confirmed."""
        payments = [payment for row in self._methods(invoice_id) for payment in row.get("payments") or ()]
        return bool(payments) and all(payment["status"] == "Settled" for payment in payments)

    def _methods(self, invoice_id: str) -> list[dict[str, Any]]:
        rows = self._call("GET", f"{self._store}/invoices/{quote(invoice_id, safe='')}/payment-methods").data
        if not isinstance(rows, list):
            raise Retryable("provider_trouble", "no list of payment methods")
        return rows

    def _search(self, attempt: Attempt) -> dict[str, Any] | None:
        rows = self._call("GET", f"{self._store}/invoices", params={"orderId": str(attempt.id)}).data
        for row in rows if isinstance(rows, list) else ():
            if (row.get("metadata") or {}).get("orderId") == str(attempt.id):
                return dict(row)
        return None

    # Giving back

    def refund(self, refund: Refund) -> ProviderStatus:
        """Make a pull payment; ``data["link"]`` is where the customer claims it, so it is as good as money."""
        known = self._find_pull_payment(refund)
        if known is not None:
            return self._refund_status(refund, known)
        invoice_id = refund.attempt.provider_ref or refund.receipt
        try:
            wire = to_wire(refund.amount)
        except ValueError as error:
            raise Declined("too_small", str(error)) from error
        answer = self._call(
            "POST",
            f"{self._store}/invoices/{quote(invoice_id, safe='')}/refund",
            {
                "name": self._name(refund),
                "description": refund.attempt.order_number,
                "payoutMethods": list(self.config.payout_methods),
                # The amount and currency that were charged; the coin's rate is that of the day of the payout.
                "refundVariant": "Custom",
                "customAmount": wire,
                "customCurrency": refund.amount.currency,
            },
        )
        if not isinstance(answer.data, dict) or not answer.data.get("id"):
            raise Unknown("provider_trouble", "a pull payment without an id")
        return self._claimable(answer.data, refund)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """The state of what was claimed; nothing claimed yet is ``awaiting_customer``."""
        found = self._find_pull_payment(refund)
        return ProviderStatus(ProviderState.NOT_FOUND) if found is None else self._refund_status(refund, found)

    def _name(self, thing: Refund | Payout) -> str:
        return f"{thing.attempt.order_number} {thing.id}" if isinstance(thing, Refund) else f"payout {thing.id}"

    def _find_pull_payment(self, thing: Refund | Payout) -> dict[str, Any] | None:
        if thing.provider_ref:
            return dict(self._call("GET", f"/api/v1/pull-payments/{quote(thing.provider_ref, safe='')}").data)
        rows = self._call("GET", f"{self._store}/pull-payments", params={"includeArchived": "true"}).data
        for row in rows if isinstance(rows, list) else ():
            if row.get("name") == self._name(thing):
                return dict(row)
        return None

    def _claims(self, pull_payment_id: object) -> list[dict[str, Any]]:
        """Payouts of a pull payment, cancelled ones too."""
        path = f"/api/v1/pull-payments/{quote(str(pull_payment_id), safe='')}/payouts"
        rows = self._call("GET", path, params={"includeCancelled": "true"}).data
        if not isinstance(rows, list):
            raise Retryable("provider_trouble", "no list of payouts")
        return rows

    # Paying others

    def payout(self, payout: Payout) -> ProviderStatus:
        """Pay out to ``account["address"]`` by ``account["method"]`` (the first of ours where left out).

        A pull payment of exactly the amount is made first, under our id: the server refuses to pay more than it, so
        that a payout that is asked for twice is paid once.
        """
        address = payout.account.get("address", "")
        method = payout.account.get("method") or self.config.payout_methods[0]
        if not address or method not in self.config.payout_methods:
            raise Declined("no_such_account", "no address, or a method that is not ours")
        try:
            wire = to_wire(payout.amount)
        except ValueError as error:
            raise Declined("too_small", str(error)) from error
        row = self._find_pull_payment(payout)
        if row is None:
            body = {"name": self._name(payout), "amount": wire, "currency": payout.amount.currency}
            row = self._call("POST", f"{self._store}/pull-payments", {**body, "payoutMethods": [method]}).data
        elif claims := self._claims(row["id"]):
            return self._payout_status(payout, row, claims)
        about = {"pullPaymentId": row["id"], "destination": address, "amount": wire, "payoutMethodId": method}
        answer = self._call("POST", f"{self._store}/payouts", {**about, "approved": True})
        return self._payout_status(payout, row, [answer.data])

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """The state of the payout; a pull payment without one means that the payout was never taken up."""
        row = self._find_pull_payment(payout)
        claims = self._claims(row["id"]) if row else []
        if row is None or not claims:
            return ProviderStatus(ProviderState.NOT_FOUND)
        return self._payout_status(payout, row, claims)

    def _payout_status(self, payout: Payout, row: Mapping[str, Any], claims: list[dict[str, Any]]) -> ProviderStatus:
        states = {claim["state"] for claim in claims}
        if "Completed" in states:
            state, reason = ProviderState.SUCCEEDED, ""
        elif states == {"Cancelled"}:
            state, reason = ProviderState.FAILED, "canceled"
        else:
            state, reason = ProviderState.PENDING, ""
        receipt = str(claims[-1]["id"])
        raw = {"pull_payment": masked(row), "payouts": masked(claims)}
        return ProviderStatus(state, str(row["id"]), receipt, payout.amount, None, reason, raw)

    def _claimable(self, row: Mapping[str, Any], refund: Refund) -> ProviderStatus:
        data = {"link": str(row.get("viewLink") or "")}
        ref, state = str(row["id"]), ProviderState.AWAITING_CUSTOMER
        return ProviderStatus(state, ref, "", refund.amount, None, "to_be_claimed", masked(row), data)

    def _refund_status(self, refund: Refund, row: Mapping[str, Any]) -> ProviderStatus:
        payouts = self._claims(row["id"])
        live = [payout for payout in payouts if payout["state"] != "Cancelled"]
        if not live:
            status = self._claimable(row, refund)
            if row.get("archived"):
                return ProviderStatus(ProviderState.CANCELED, status.provider_ref, reason="canceled", raw=status.raw)
            return status
        done = [payout for payout in live if payout["state"] == "Completed"]
        currency = refund.amount.currency
        given = Money.sum(
            (from_wire(payout["originalAmount"], currency, rounding=ROUND_HALF_UP) for payout in done), currency
        )
        # A pull payment can be claimed in parts.
        complete = len(done) == len(live) and given >= refund.amount
        state = ProviderState.SUCCEEDED if complete else ProviderState.PENDING
        receipt = ",".join(str(payout["id"]) for payout in done)
        raw = {"pull_payment": masked(row), "payouts": masked(payouts)}
        data = {"link": str(row.get("viewLink") or "")}
        return ProviderStatus(state, str(row["id"]), receipt, given if done else refund.amount, None, "", raw, data)

    # Being told

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Verify ``BTCPay-Sig`` and read one event. A redelivery has the key of the first delivery."""
        _scheme, _sign, given = headers.get("btcpay-sig", "").partition("sha256=")
        fits = False
        for secret in self.config.webhook_secrets:
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            fits |= hmac.compare_digest(expected.encode(), given.encode())
        if not fits:
            raise InvalidSignature("forged", "signed with another secret, or not at all")
        event = json.loads(body)
        if not isinstance(event, dict) or not event.get("deliveryId") or not event.get("type"):
            raise ValueError("not an event")
        kind = str(event["type"])
        key = str(event.get("originalDeliveryId") or event["deliveryId"])
        pull_payment = str(event.get("pullPaymentId") or "")
        if kind.startswith("Payout") or kind == "InvoiceRefund":
            if not pull_payment:
                return []
            return [ProviderEvent(key, pull_payment, None, None, "refund", masked(event))]
        if kind not in _HINTS:
            return []
        if not event.get("invoiceId"):
            raise ValueError("an event without an invoice")
        metadata = event.get("metadata")
        our_id = _uuid(metadata.get("orderId")) if isinstance(metadata, dict) else None
        return [ProviderEvent(key, str(event["invoiceId"]), our_id, _HINTS[kind], "payment", masked(event))]

    def list_transactions(self, since: datetime, until: datetime) -> Iterable[ProviderTransaction]:
        """Invoices that were made in that time, with what was paid for them."""
        for page in range(_PAGES):
            params = {
                "startDate": int(since.timestamp()),
                "endDate": int(until.timestamp()),
                "skip": page * _PAGE,
                "take": _PAGE,
            }
            rows = self._call("GET", f"{self._store}/invoices", params=params).data
            for row in rows:
                try:
                    status = self._status(row)
                except (KeyError, TypeError, ValueError) as error:
                    raise Retryable("provider_trouble", "an invoice that can't be read") from error
                amount = status.amount or from_wire(row["amount"], row["currency"])
                our_id = str((row.get("metadata") or {}).get("orderId") or "")
                yield ProviderTransaction(row["id"], amount, status.state, _time(row["createdTime"]), our_id)
            if len(rows) < _PAGE:
                return
        raise Retryable("provider_trouble", f"more than {_PAGES} pages")

    # Calls

    def _call(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> Answer:
        """Send one request; anything but 2xx is an exception."""
        is_safe = method == "GET"
        headers = {"Authorization": f"token {self.config.api_key}"}
        answer = self._http.call(method, path, json_body=body, headers=headers, params=params, is_safe=is_safe)
        if answer.is_ok and answer.data is not None:
            return answer
        raw = masked(answer.data) if isinstance(answer.data, dict) else {"errors": masked(answer.data)}
        detail = f"HTTP {answer.status}"
        if is_safe:
            trouble = "our_configuration" if 400 <= answer.status < 500 else "provider_trouble"
            raise Retryable(trouble, detail, raw)
        if answer.status >= 500 or answer.status == 408 or answer.is_ok:
            raise Unknown("provider_trouble", detail, raw)
        if answer.status == 409:
            raise Unknown("already_accepted", detail, raw)
        if isinstance(answer.data, dict) and answer.data.get("code") in ("overdraft", "duplicate-destination"):
            # Something was paid out of it before.
            raise Unknown("already_accepted", detail, raw)
        about = {row.get("path") for row in answer.data} if isinstance(answer.data, list) else set()
        raise Declined("declined" if about & {"amount", "customAmount"} else "our_configuration", detail, raw)


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Retryable("provider_trouble", "an amount that is no number") from None


def _time(value: Any) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(value))


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None
