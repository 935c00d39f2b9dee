"""Stripe, imitated: Checkout Sessions, Payment Intents, refunds, disputes, events and signed webhooks.

References for the control API: a session (``cs_…``), an intent (``pi_…``) or our ``client_reference_id`` for payments;
``re_…`` for refunds (approve: done, reject: failed, also after it was done); ``dp_…`` for disputes (approve: won,
reject: lost). Cards and methods with a meaning are Stripe's own test values.
"""

import hashlib
import hmac
import json
import re
import secrets
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import choices, shown_amount

__all__ = ["GOOD_CARD", "REFUSALS", "Refusal", "StripeSimulator", "new_id", "public"]

API_VERSION = "2026-10-28.endive"
GOOD_CARD = "4242424242424242"
#: Test cards that are refused: ``code``, ``decline_code``.
REFUSALS = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", "expired_card"),
    "4000000000000127": ("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": ("processing_error", "processing_error"),
    "4000000000000341": ("card_declined", "generic_decline"),
    "4000002500003155": ("authentication_required", "authentication_required"),
    "4000002760003184": ("authentication_required", "authentication_required"),
}
DISPUTED_CARD = "4000000000000259"
INQUIRY_CARD = "4000000000001976"
#: Refunds of the first stay pending, those of the second fail after they were reported done.
PENDING_REFUND_CARD, FAILING_REFUND_CARD = "4000000000007726", "4000000000005126"
#: Not one of Stripe's cards: a delayed method, which pays days after the page was completed.
DELAYED = "delayed"
METHODS = {
    "pm_card_visa": GOOD_CARD,
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": DISPUTED_CARD,
    "pm_card_refundFail": FAILING_REFUND_CARD,
    "pm_card_pendingRefund": PENDING_REFUND_CARD,
}
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
#: Whole-number currencies that are written with two zeros all the same.
PADDED = frozenset({"isk", "ugx"})

_SESSION_NULLS = """
    adaptive_pricing after_expiration allow_promotion_codes billing_address_collection client_secret
    collected_information consent consent_collection currency_conversion customer customer_creation discounts invoice
    invoice_creation payment_intent payment_link payment_method_collection payment_method_configuration_details
    recovered_from setup_intent shipping_address_collection shipping_cost submit_type subscription
""".split()
_INTENT_NULLS = """
    application application_fee_amount automatic_payment_methods canceled_at cancellation_reason customer description
    last_payment_error latest_charge next_action on_behalf_of payment_method payment_method_options processing
    receipt_email review setup_future_usage shipping statement_descriptor statement_descriptor_suffix transfer_data
    transfer_group
""".split()
_CHARGE_NULLS = """
    application application_fee application_fee_amount calculated_statement_descriptor customer description
    failure_balance_transaction failure_code failure_message fraud_details on_behalf_of outcome payment_method
    receipt_email receipt_number receipt_url review shipping source_transfer statement_descriptor
    statement_descriptor_suffix transfer_data transfer_group
""".split()
_REFUND_NULLS = "reason receipt_number source_transfer_reversal transfer_reversal".split()


class Refusal(Exception):
    """An answer in Stripe's error envelope."""

    def __init__(self, status: int, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.status = status
        self.facts = {"message": message, "type": "invalid_request_error", **facts}


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """``a[b][0]=c`` as Stripe reads it: ``{"a": {"b": {"0": "c"}}}``."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        path = [part for part in re.split(r"\[|\]", name) if part]
        row = found
        for part in path[:-1]:
            row = row.setdefault(part, {})
        row[path[-1]] = value
    return found


def new_id(prefix: str) -> str:
    """An id as Stripe makes them."""
    return f"{prefix}_{secrets.token_hex(12)}"


class StripeSimulator(Simulator):
    """Stripe.

    Attributes:
        webhook_url: an endpoint beside those that were registered through the API, as if by the dashboard.
    """

    code = "stripe"

    def __init__(
        self,
        secret_key: str = "sk_test_simulated",  # noqa: S107 (opens nothing but this simulator)
        webhook_secret: str = "whsec_simulated",  # noqa: S107
    ) -> None:
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        self.webhook_url = ""
        super().__init__()

    def clear(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {
            name: {} for name in ("session", "intent", "charge", "refund", "dispute", "event", "balance", "endpoint")
        }
        self.replies: dict[str, tuple[str, Response]] = {}
        self._cards: dict[str, str] = {}

    # What people do

    def approve(self, reference: str) -> None:
        """Pay by the good card; finish a refund; win a dispute; let a delayed payment arrive."""
        with self.lock:
            if reference.startswith("re_"):
                self._finish_refund(self.rows["refund"][reference], "succeeded")
            elif reference.startswith("dp_"):
                self._close_dispute(self.rows["dispute"][reference], "won")
            else:
                self.pay(reference)

    def reject(self, reference: str) -> None:
        """Have a card refused; fail a refund; lose a dispute; let a delayed payment fail."""
        with self.lock:
            if reference.startswith("re_"):
                self._finish_refund(self.rows["refund"][reference], "failed")
            elif reference.startswith("dp_"):
                self._close_dispute(self.rows["dispute"][reference], "lost")
            else:
                self.pay(reference, "4000000000000002")

    def expire(self, reference: str) -> None:
        """The hosted page closes."""
        with self.lock:
            session, intent = self._payment(reference)
            if session is None:
                self._cancel(intent, "expired")
                return
            session["status"], session["url"] = "expired", None
            self._happen("checkout.session.expired", session)

    def late_success(self, reference: str) -> None:
        """The intent succeeds although its session had expired or its card was refused."""
        with self.lock:
            _session, intent = self._payment(reference)
            self._charge(intent, GOOD_CARD)

    def waiting(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    "reference": row["id"],
                    "phone": "",
                    "amount": row["amount_total"],
                    "currency": row["currency"].upper(),
                    "text": row["customer_email"] or "",
                    "page": row["url"],
                }
                for row in self.rows["session"].values()
                if row["status"] == "open"
            ]

    def pay(self, reference: str, card: str = GOOD_CARD) -> None:
        """The customer sends the page with ``card`` (or :data:`DELAYED`)."""
        with self.lock:
            session, intent = self._payment(reference)
            if session and session["status"] == "expired":
                raise KeyError(reference)
            if card == DELAYED:
                intent["status"] = "processing"
                self._happen("payment_intent.processing", intent)
            elif card in REFUSALS:
                self._fail(intent, card)
                if session and session["status"] == "complete":
                    self._happen("checkout.session.async_payment_failed", session)
                return
            elif intent["status"] != "succeeded":
                self._charge(intent, card)
            if session:
                kind = "async_payment_succeeded" if session["status"] == "complete" else "completed"
                session["status"], session["url"] = "complete", None
                session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
                self._happen(f"checkout.session.{kind}", session)

    def _payment(self, reference: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        for session in self.rows["session"].values():
            if reference in (session["id"], session["client_reference_id"], session["payment_intent"]):
                if not session["payment_intent"]:
                    hidden = session["_intent"]
                    intent = self._new_intent(
                        hidden["amount"], session["currency"], hidden["metadata"], hidden["description"]
                    )
                    session["payment_intent"] = intent["id"]
                return session, self.rows["intent"][session["payment_intent"]]
        return None, self.rows["intent"][reference]

    # What happens to rows

    def _new_intent(self, amount: int, currency: str, metadata: Mapping[str, str], text: str | None) -> dict[str, Any]:
        row: dict[str, Any] = {
            **dict.fromkeys(_INTENT_NULLS),
            "id": new_id("pi"),
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "capture_method": "automatic",
            "client_secret": new_id("pi") + "_secret_simulated",
            "confirmation_method": "automatic",
            "created": self._time(),
            "currency": currency,
            "description": text,
            "livemode": False,
            "metadata": dict(metadata),
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
        }
        self.rows["intent"][row["id"]] = row
        return row

    def _charge(self, intent: dict[str, Any], card: str) -> None:
        amount = intent["amount"]
        if self.faults.wrong_amount:
            amount = max(amount // 2, 1)
        charge_id = new_id("ch")
        self._cards[charge_id] = card
        fee = amount * 29 // 1000
        balance = {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": self._time(),
            "balance_type": "payments",
            "created": self._time(),
            "currency": intent["currency"],
            "description": None,
            "exchange_rate": None,
            "fee": fee - fee % 100 if intent["currency"] in PADDED else fee,
            "fee_details": [],
            "net": amount - fee,
            "reporting_category": "charge",
            "source": charge_id,
            "status": "available",
            "type": "charge",
        }
        self.rows["balance"][str(balance["id"])] = balance
        self.rows["charge"][charge_id] = {
            **dict.fromkeys(_CHARGE_NULLS),
            "id": charge_id,
            "object": "charge",
            "amount": amount,
            "amount_captured": amount,
            "amount_refunded": 0,
            "balance_transaction": balance["id"],
            "billing_details": {
                "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
                "email": None,
                "name": None,
                "phone": None,
            },
            "captured": True,
            "created": self._time(),
            "currency": intent["currency"],
            "description": intent["description"],
            "disputed": False,
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method_details": {
                "type": "card",
                "card": {
                    **dict.fromkeys(("checks", "country", "installments", "mandate", "three_d_secure", "wallet")),
                    "brand": "visa",
                    "exp_month": 12,
                    "exp_year": self.now().year + 3,
                    "funding": "credit",
                    "last4": card[-4:],
                    "network": "visa",
                },
            },
            "refunded": False,
            "status": "succeeded",
        }
        intent.update(amount_received=amount, status="succeeded", latest_charge=charge_id, last_payment_error=None)
        for session in self.rows["session"].values():
            if session["payment_intent"] == intent["id"]:
                session["payment_status"] = "paid"
        self._happen("payment_intent.succeeded", intent)
        if card in (DISPUTED_CARD, INQUIRY_CARD):
            inquiry = card == INQUIRY_CARD
            self._dispute(self.rows["charge"][charge_id], "warning_needs_response" if inquiry else "needs_response")

    def _fail(self, intent: dict[str, Any], card: str) -> dict[str, Any]:
        code, decline_code = REFUSALS[card]
        failure = {
            "type": "card_error",
            "code": code,
            "decline_code": decline_code,
            "message": "Your card was declined.",
        }
        intent.update(status="requires_payment_method", last_payment_error=failure)
        self._happen("payment_intent.payment_failed", intent)
        return failure

    def _cancel(self, intent: dict[str, Any], reason: str) -> None:
        intent.update(status="canceled", cancellation_reason=reason, canceled_at=self._time())
        self._happen("payment_intent.canceled", intent)

    def _dispute(self, charge: dict[str, Any], status: str) -> None:
        charge["disputed"] = True
        row = {
            "id": new_id("dp"),
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": self._time(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": self._time() + 7 * 86_400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": status.startswith("warning"),
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": status,
        }
        self.rows["dispute"][str(row["id"])] = row
        self._happen("charge.dispute.created", row)

    def _close_dispute(self, dispute: dict[str, Any], status: str) -> None:
        dispute["status"] = status
        self._happen("charge.dispute.closed", dispute)

    def _finish_refund(self, refund: dict[str, Any], status: str) -> None:
        charge = self.rows["charge"][refund["charge"]]
        if refund["status"] != "failed" and status == "failed":
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            refund["failure_reason"] = "lost_or_stolen_card"
        refund["status"] = status
        self._happen("refund.failed" if status == "failed" else "refund.updated", refund)

    def _time(self) -> int:
        return int(self.now().timestamp())

    def _happen(self, kind: str, thing: Mapping[str, Any]) -> None:
        event: dict[str, Any] = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self._time(),
            "data": {"object": json.loads(json.dumps(public(thing)))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": new_id("req"), "idempotency_key": None},
            "type": kind,
        }
        self.rows["event"][event["id"]] = event
        body = json.dumps(event, ensure_ascii=False, indent=2).encode()
        targets = [(self.webhook_url, self.webhook_secret)]
        for endpoint in self.rows["endpoint"].values():
            if kind in endpoint["enabled_events"] or "*" in endpoint["enabled_events"]:
                targets.append((endpoint["url"], endpoint["_secret"]))
        for url, secret in targets:
            self.send_webhook(
                url, body, {"Content-Type": "application/json", "Stripe-Signature": self.sign(body, secret)}
            )

    def sign(self, body: bytes, secret: str) -> str:
        """The header that a webhook carries; by another secret where ``bad_signature`` was asked for."""
        if self.faults.bad_signature:
            secret = secret[::-1]
        stamp = self._time()
        digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return f"t={stamp},v1={digest},v0={'0' * 64}"

    # Requests

    def _answer(self, request: Request, work: Any) -> Response:
        """Check the key, replay what was answered before, and put errors into Stripe's envelope."""
        headers = {"Request-Id": new_id("req"), "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION)}
        try:
            self._check_key(request)
            given = _nested([*request.args.items(multi=True), *request.form.items(multi=True)])
            key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
            print_of_it = f"{request.path} {sorted(request.form.items())}"
            if key in self.replies:
                before, reply = self.replies[key]
                if before != print_of_it:
                    raise Refusal(
                        400,
                        "Keys for idempotent requests can only be used with the same parameters they were first used "
                        "with.",
                        type="idempotency_error",
                    )
                replayed = Response(reply.get_data(), reply.status, content_type="application/json")
                replayed.headers["Idempotent-Replayed"] = "true"
                return replayed
            try:
                reply = answer_json(work(given), 200, headers)
            except Refusal as refused:
                # Refusals of cards are kept under the key; mistakes in the parameters are not.
                if refused.status != 402:
                    raise
                reply = answer_json({"error": refused.facts}, 402, headers)
            if key:
                self.replies[key] = (print_of_it, reply)
            return reply
        except Refusal as refused:
            return answer_json({"error": refused.facts}, refused.status, headers)

    def _check_key(self, request: Request) -> None:
        scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            try:
                given = b64decode(given).decode().partition(":")[0]
            except (Base64Error, UnicodeDecodeError):
                given = ""
        if not given:
            raise Refusal(401, "You did not provide an API key.")
        if not hmac.compare_digest(given.encode(), self.secret_key.encode()):
            raise Refusal(401, f"Invalid API Key provided: {given[:8]}{'*' * 8}{given[-4:]}")

    def _whole(self, given: Mapping[str, Any], name: str, currency: str) -> int:
        text = str(given.get(name, ""))
        if not re.fullmatch(r"\d{1,12}", text):
            raise Refusal(400, f"Invalid integer: {text}", param=name, code="parameter_invalid_integer")
        amount = int(text)
        if currency in PADDED and amount % 100:
            raise Refusal(400, f"Invalid amount in {currency}.", param=name, code="invalid_charge_amount")
        if amount > 99_999_999:
            raise Refusal(400, "Amount is too large.", param=name, code="amount_too_large")
        return amount

    def _find(self, kind: str, row_id: str) -> dict[str, Any]:
        try:
            return self.rows[kind][row_id]
        except KeyError:
            raise Refusal(
                404, f"No such {kind}: '{row_id}'", param="id", code="resource_missing", type="invalid_request_error"
            ) from None

    def _expanded(self, row: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """A public copy with what ``expand`` asks for in full."""
        copy = json.loads(json.dumps(public(row)))
        for path in dict(given.get("expand") or {}).values():
            self._expand(copy, path.split("."))
        return dict(copy)

    def _expand(self, row: Any, path: list[str]) -> None:
        if not path or not isinstance(row, dict):
            return
        name, kinds = path[0], {"payment_intent": "intent", "latest_charge": "charge", "balance_transaction": "balance"}
        if isinstance(row.get(name), list):
            for item in row[name]:
                self._expand(item, path[1:])
            return
        if name not in kinds:
            raise Refusal(400, f"This property cannot be expanded ({name}).", param="expand")
        if isinstance(row.get(name), str):
            row[name] = json.loads(json.dumps(public(self.rows[kinds[name]][row[name]])))
        self._expand(row.get(name), path[1:])

    def _list(self, kind: str, url: str, given: Mapping[str, Any], **fits: Any) -> dict[str, Any]:
        """Newest first, in pages, as every list of Stripe's."""
        rows = list(reversed(self.rows[kind].values()))
        created = given.get("created") or {}
        for name, test in (("gte", int.__ge__), ("lte", int.__le__)):
            if name in created:
                rows = [row for row in rows if test(row["created"], int(created[name]))]
        for name, value in fits.items():
            rows = [row for row in rows if value in (None, row[name])]
        if kind == "event" and given.get("types"):
            rows = [row for row in rows if row["type"] in given["types"].values()]
        if after := given.get("starting_after"):
            ids = [row["id"] for row in rows]
            rows = rows[ids.index(after) + 1 :] if after in ids else []
        limit = int(given.get("limit", 10))
        page = {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}
        return self._expanded(page, given)

    @route("/v1/checkout/sessions", "POST", "GET")
    def sessions(self, request: Request) -> Response:
        """Create or list Checkout Sessions."""
        if request.method == "GET":
            return self._answer(
                request,
                lambda given: self._list(
                    "session", "/v1/checkout/sessions", given, payment_intent=given.get("payment_intent")
                ),
            )
        return self._answer(request, lambda given: self._create_session(given, request.host_url))

    def _create_session(self, given: Mapping[str, Any], host_url: str) -> dict[str, Any]:
        if given.get("mode") != "payment":
            raise Refusal(400, "Missing required param: mode.", param="mode", code="parameter_missing")
        if not given.get("success_url"):
            raise Refusal(400, "Missing required param: success_url.", param="success_url", code="parameter_missing")
        for name in ("success_url", "cancel_url"):
            if given.get(name) and not re.match(r"https?://", given[name]):
                raise Refusal(400, "Not a valid URL", param=name, code="url_invalid")
        total, currency = 0, ""
        for item in (given.get("line_items") or {}).values():
            price = item.get("price_data") or {}
            currency = str(price.get("currency", ""))
            if not re.fullmatch(r"[a-z]{3}", currency):
                raise Refusal(400, f"Invalid currency: {currency}.", param="line_items[0][price_data][currency]")
            total += self._whole(price, "unit_amount", currency) * int(item.get("quantity", 1))
        if not currency:
            raise Refusal(400, "Missing required param: line_items.", param="line_items", code="parameter_missing")
        if currency in ("usd", "eur") and total < 50:
            raise Refusal(
                400, "The Checkout Session's total amount due must add up to at least 50.", code="amount_too_small"
            )
        now = self._time()
        expires_at = int(given.get("expires_at") or now + 86_400)
        # Half an hour to a day, with a little patience for clocks.
        if not now + 1_740 <= expires_at <= now + 86_460:
            raise Refusal(
                400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", param="expires_at"
            )
        session_id = f"cs_test_{secrets.token_hex(20)}"
        intended = given.get("payment_intent_data") or {}
        row = {
            **dict.fromkeys(_SESSION_NULLS),
            "id": session_id,
            "object": "checkout.session",
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "created": now,
            "currency": currency,
            "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "customer_details": None,
            "customer_email": given.get("customer_email"),
            "expires_at": expires_at,
            "livemode": False,
            "locale": given.get("locale"),
            "metadata": given.get("metadata") or {},
            "mode": "payment",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "phone_number_collection": {"enabled": False},
            "shipping_options": [],
            "status": "open",
            "success_url": given["success_url"],
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{host_url}{self.code}/c/pay/{session_id}",
            # The intent is made when the page is sent.
            "_intent": {
                "amount": total,
                "metadata": intended.get("metadata") or {},
                "description": intended.get("description"),
            },
        }
        self.rows["session"][session_id] = row
        return self._expanded(row, given)

    @route("/v1/checkout/sessions/<session_id>")
    def session(self, request: Request, session_id: str) -> Response:
        """One session."""
        return self._answer(request, lambda given: self._expanded(self._find("session", session_id), given))

    @route("/v1/checkout/sessions/<session_id>/expire", "POST")
    def expire_session(self, request: Request, session_id: str) -> Response:
        """Close the page."""

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            row = self._find("session", session_id)
            if row["status"] != "open":
                raise Refusal(400, 'Only Checkout Sessions with a status in ["open"] can be expired.')
            self.expire(session_id)
            return self._expanded(row, given)

        return self._answer(request, work)

    @route("/v1/payment_intents", "POST", "GET")
    def intents(self, request: Request) -> Response:
        """Charge a saved card, or list."""
        if request.method == "GET":
            return self._answer(request, lambda given: self._list("intent", "/v1/payment_intents", given))
        return self._answer(request, self._create_intent)

    def _create_intent(self, given: Mapping[str, Any]) -> dict[str, Any]:
        currency = str(given.get("currency", ""))
        if not re.fullmatch(r"[a-z]{3}", currency):
            raise Refusal(400, f"Invalid currency: {currency}.", param="currency")
        amount = self._whole(given, "amount", currency)
        method = str(given.get("payment_method", ""))
        if given.get("confirm") == "true" and method not in METHODS:
            raise Refusal(400, f"No such PaymentMethod: '{method}'", param="payment_method", code="resource_missing")
        intent = self._new_intent(amount, currency, given.get("metadata") or {}, given.get("description"))
        intent["customer"] = given.get("customer")
        if given.get("confirm") == "true":
            card = METHODS[method]
            if card in REFUSALS:
                failure = self._fail(intent, card)
                raise Refusal(402, **failure, payment_intent=public(intent))
            self._charge(intent, card)
        return self._expanded(intent, given)

    @route("/v1/payment_intents/<intent_id>")
    def intent(self, request: Request, intent_id: str) -> Response:
        """One intent."""
        return self._answer(request, lambda given: self._expanded(self._find("intent", intent_id), given))

    @route("/v1/payment_intents/<intent_id>/cancel", "POST")
    def cancel_intent(self, request: Request, intent_id: str) -> Response:
        """Give up."""

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            row = self._find("intent", intent_id)
            if row["status"] in ("succeeded", "canceled"):
                raise Refusal(
                    400,
                    "You cannot cancel this PaymentIntent.",
                    code="payment_intent_unexpected_state",
                    payment_intent={},
                )
            self._cancel(row, "requested_by_customer")
            return self._expanded(row, given)

        return self._answer(request, work)

    @route("/v1/refunds", "POST", "GET")
    def refunds(self, request: Request) -> Response:
        """Refund or list."""
        if request.method == "GET":
            return self._answer(
                request,
                lambda given: self._list("refund", "/v1/refunds", given, payment_intent=given.get("payment_intent")),
            )
        return self._answer(request, self._create_refund)

    def _create_refund(self, given: Mapping[str, Any]) -> dict[str, Any]:
        intent = self._find("intent", str(given.get("payment_intent", "")))
        charge = self.rows["charge"].get(intent["latest_charge"] or "")
        if charge is None:
            raise Refusal(400, "This PaymentIntent does not have a successful charge to refund.")
        left = charge["amount"] - charge["amount_refunded"]
        if not left:
            raise Refusal(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        amount = self._whole(given, "amount", charge["currency"]) if given.get("amount") else left
        if amount < 1 or amount > left:
            raise Refusal(400, "Refund amount is greater than unrefunded amount on charge.", param="amount")
        card = self._cards[charge["id"]]
        row = {
            **dict.fromkeys(_REFUND_NULLS),
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": self._time(),
            "currency": charge["currency"],
            "metadata": given.get("metadata") or {},
            "payment_intent": intent["id"],
            "reason": given.get("reason"),
            "status": "pending" if card == PENDING_REFUND_CARD else "succeeded",
        }
        self.rows["refund"][str(row["id"])] = row
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._happen("refund.created", row)
        self._happen("charge.refunded", charge)
        answer = self._expanded(row, given)
        if card == FAILING_REFUND_CARD:
            self._finish_refund(row, "failed")
        return answer

    @route("/v1/refunds/<refund_id>")
    def refund(self, request: Request, refund_id: str) -> Response:
        """One refund."""
        return self._answer(request, lambda given: self._expanded(self._find("refund", refund_id), given))

    @route("/v1/disputes")
    def disputes(self, request: Request) -> Response:
        """Disputes of a payment."""
        return self._answer(
            request,
            lambda given: self._list("dispute", "/v1/disputes", given, payment_intent=given.get("payment_intent")),
        )

    @route("/v1/events")
    def events(self, request: Request) -> Response:
        """What happened."""
        return self._answer(request, lambda given: self._list("event", "/v1/events", given))

    @route("/v1/webhook_endpoints", "POST")
    def endpoints(self, request: Request) -> Response:
        """Register an endpoint; the only time that its secret is told."""

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            row = {
                "id": new_id("we"),
                "object": "webhook_endpoint",
                "api_version": API_VERSION,
                "application": None,
                "created": self._time(),
                "description": None,
                "enabled_events": list((given.get("enabled_events") or {}).values()),
                "livemode": False,
                "metadata": {},
                "status": "enabled",
                "url": given.get("url", ""),
                "_secret": new_id("whsec"),
            }
            self.rows["endpoint"][row["id"]] = row
            return {**public(row), "secret": row["_secret"]}

        return self._answer(request, work)

    @route("/c/pay/<session_id>", "GET", "POST")
    def page(self, request: Request, session_id: str) -> Response:
        """The hosted page, in short."""
        row = self.rows["session"].get(session_id)
        if row is None or row["status"] != "open":
            raise NotFound("This page is closed.")
        if request.method == "POST":
            if request.form.get("action") == "approve":
                self.pay(session_id, re.sub(r"\D", "", request.form.get("card", "")) or GOOD_CARD)
            else:
                self.reject(session_id)
            paid = row["status"] == "complete"
            target = row["success_url"] if paid else row["cancel_url"] or row["success_url"]
            return redirect(target.replace("{CHECKOUT_SESSION_ID}", session_id), 303)
        total = row["amount_total"]
        amount = total if row["currency"] in ZERO_DECIMAL else f"{total // 100}.{total % 100:02}"
        fields = Markup(
            '<label>Test card <input name="card" value="{}" inputmode="numeric" autocomplete="off"></label>'
        ).format(GOOD_CARD)
        shown = shown_amount(amount, row["currency"].upper())
        return choices(self.code, shown, row["customer_email"] or "", field="action", fields=fields)


def public(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what only the simulator knows, at every depth."""
    return {
        name: public(value) if isinstance(value, dict) else _publics(value) if isinstance(value, list) else value
        for name, value in row.items()
        if not name.startswith("_")
    }


def _publics(rows: list[Any]) -> list[Any]:
    return [public(row) if isinstance(row, dict) else row for row in rows]
