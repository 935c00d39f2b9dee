"""BTCPay Server, imitated: invoices, ways to pay them, late and partial money, pull payments, signed webhooks.

References for the control API: the invoice's id or its ``orderId``; for refunds the pull payment's id (approve: the
customer claims all of it and it is sent, reject: what was claimed is cancelled).
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from decimal import ROUND_UP, Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.simulators.core import Simulator, answer_json, route
from commerce.simulators.pages import choices, shown_amount

__all__ = ["BtcPaySimulator"]

#: One bitcoin, and one dollar's coin, in each currency that the imitated store has a rule for.
RATES = {
    "USD": (Decimal(100_000), Decimal(1)),
    "EUR": (Decimal(90_000), Decimal("0.9")),
    "XAF": (Decimal(59_036_130), Decimal("590.3613")),
    "NGN": (Decimal(150_000_000), Decimal(1_500)),
}
DIGITS = {"XAF": 0}
#: Method, coin, its digits.
METHODS = {
    "BTC-CHAIN": ("BTC", 8),
    "BTC-LN": ("BTC", 8),
    "USDT-Ethereum": ("USDT", 6),
    "USDT-Polygon": ("USDT", 6),
    "USDT-TRON": ("USDT", 6),
}


def _text(amount: Decimal) -> str:
    return format(amount, "f")


class BtcPaySimulator(Simulator):
    """BTCPay Server with one store.

    Attributes:
        webhook_url: of the store's webhook, as if it was set in the store's settings.
        pool: addresses for each stablecoin; an open invoice holds one, and without one the method is absent.
    """

    code = "btcpay"

    def __init__(
        self,
        api_key: str = "simulated-key",
        store_id: str = "simulated-store",
        webhook_secret: str = "simulated-secret",  # noqa: S107 (opens nothing but this simulator)
    ) -> None:
        self.api_key = api_key
        self.store_id = store_id
        self.webhook_secret = webhook_secret
        self.webhook_url = ""
        self.pool = 20
        super().__init__()

    def clear(self) -> None:
        self.invoices: dict[str, dict[str, Any]] = {}
        self.pull_payments: dict[str, dict[str, Any]] = {}
        self.payouts: dict[str, dict[str, Any]] = {}
        self.deliveries: list[dict[str, Any]] = []

    # What people do

    def approve(self, reference: str) -> None:
        """Pay everything, confirmed at once (a half when ``wrong_amount`` was asked for); claim and send a refund."""
        with self.lock:
            if reference in self.pull_payments:
                if not any(payout["pullPaymentId"] == reference for payout in self.payouts.values()):
                    self.claim(reference)
                self.send_payouts(reference)
                return
            self.pay(reference, Decimal("0.5") if self.faults.wrong_amount else Decimal(1))

    def reject(self, reference: str) -> None:
        """Money that was seen never confirmed; what was claimed of a refund is cancelled."""
        with self.lock:
            if reference in self.pull_payments:
                for payout in self.payouts.values():
                    if payout["pullPaymentId"] == reference and payout["state"] != "Completed":
                        payout["state"] = "Cancelled"
                        self._payout_event("PayoutUpdated", payout)
                return
            invoice = self._invoice(reference)
            invoice["status"], invoice["additionalStatus"] = "Invalid", "None"
            self._invoice_event("InvoiceInvalid", invoice, manuallyMarked=False)

    def expire(self, reference: str) -> None:
        """The time is over; with a part of the money, that is said too."""
        with self.lock:
            invoice = self._invoice(reference)
            if invoice["status"] != "New":
                return
            invoice["status"] = "Expired"
            partial = invoice["additionalStatus"] == "PaidPartial"
            self._invoice_event("InvoiceExpired", invoice, partiallyPaid=partial)
            if partial:
                self._invoice_event("InvoiceExpiredPaidPartial", invoice)

    def late_success(self, reference: str) -> None:
        """All the money comes after the time was over. No ``InvoiceSettled`` is sent then, as from the real server."""
        self.expire(reference)
        self.pay(reference)

    def waiting(self) -> list[dict[str, Any]]:
        with self.lock:
            return [
                {
                    "reference": row["id"],
                    "phone": "",
                    "amount": row["amount"],
                    "currency": row["currency"],
                    "text": row["metadata"].get("itemDesc") or "",
                    "page": row["checkoutLink"],
                }
                for row in self.invoices.values()
                if row["status"] == "New"
            ]

    def pay(self, reference: str, fraction: Decimal = Decimal(1), *, confirmed: bool = True, by: str = "") -> None:
        """Send ``fraction`` of the amount; ``confirmed`` False leaves it to :meth:`confirm`. ``by`` is the method."""
        with self.lock:
            invoice = self._invoice(reference)
            method = by or next(iter(invoice["_methods"]))
            row = invoice["_methods"][method]
            late = invoice["status"] == "Expired"
            value = (Decimal(row["amount"]) * fraction).quantize(Decimal(1).scaleb(-METHODS[method][1]), ROUND_UP)
            payment = {
                "id": secrets.token_hex(32) + "-0",
                "receivedDate": self._time(),
                "value": _text(value),
                "fee": "0",
                "status": "Processing",
                "destination": row["destination"],
            }
            row["payments"].append(payment)
            invoice["_paid"] += Decimal(invoice["amount"]) * fraction
            self._count(invoice)
            extra = {"afterExpiration": late, "paymentMethodId": method, "payment": payment, "overPaid": False}
            self._invoice_event("InvoiceReceivedPayment", invoice, **extra)
            paid, due = invoice["_paid"], Decimal(invoice["amount"])
            if late:
                invoice["additionalStatus"] = "PaidLate" if paid >= due else "PaidPartial"
            elif paid >= due:
                invoice["status"], invoice["additionalStatus"] = "Processing", "PaidOver" if paid > due else "None"
                self._invoice_event("InvoiceProcessing", invoice, overPaid=paid > due)
            else:
                invoice["additionalStatus"] = "PaidPartial"
            if confirmed:
                self.confirm(reference)

    def confirm(self, reference: str) -> None:
        """Enough blocks were found."""
        with self.lock:
            invoice = self._invoice(reference)
            late = invoice["status"] == "Expired"
            for method, row in invoice["_methods"].items():
                for payment in row["payments"]:
                    if payment["status"] != "Settled":
                        payment["status"] = "Settled"
                        extra = {"afterExpiration": late, "paymentMethodId": method, "payment": payment}
                        self._invoice_event("InvoicePaymentSettled", invoice, **extra)
            if invoice["status"] == "Processing":
                invoice["status"] = "Settled"
                over = invoice["additionalStatus"] == "PaidOver"
                self._invoice_event("InvoiceSettled", invoice, manuallyMarked=False, overPaid=over)

    def mark(self, reference: str, status: str) -> None:
        """An operator says how it is: ``Settled`` or ``Invalid``."""
        with self.lock:
            invoice = self._invoice(reference)
            invoice["status"], invoice["additionalStatus"] = status, "Marked"
            self._invoice_event(f"Invoice{status}", invoice, manuallyMarked=True, overPaid=False)

    def claim(self, pull_payment_id: str, amount: str = "") -> str:
        """The customer names an address for a refund or for a part of it; gives the payout's id."""
        with self.lock:
            row = self.pull_payments[pull_payment_id]
            payout_id = secrets.token_hex(10)
            payout = {
                "id": payout_id,
                "revision": 0,
                "pullPaymentId": pull_payment_id,
                "date": str(self._time()),
                "destination": f"bcrt1q{secrets.token_hex(19)}",
                "originalCurrency": row["currency"],
                "originalAmount": amount or row["amount"],
                "payoutCurrency": "BTC",
                "payoutAmount": None,
                "payoutMethodId": "BTC-CHAIN",
                "state": "AwaitingApproval",
                "paymentProof": None,
                "metadata": {},
            }
            self.payouts[payout_id] = payout
            self._payout_event("PayoutCreated", payout)
            return payout_id

    def send_payouts(self, pull_payment_id: str) -> None:
        """Somebody approves what was claimed, and it is sent."""
        with self.lock:
            for payout in self.payouts.values():
                if payout["pullPaymentId"] == pull_payment_id and payout["state"].startswith("Awaiting"):
                    rate = RATES[payout["originalCurrency"]][0]
                    bitcoins = (Decimal(payout["originalAmount"]) / rate).quantize(Decimal("0.00000001"))
                    payout.update(state="Completed", payoutAmount=_text(bitcoins))
                    self._payout_event("PayoutUpdated", payout)

    def redeliver(self, number: int = -1) -> None:
        """Send an event again, as the server does: under a new delivery id that names the first."""
        with self.lock:
            before = self.deliveries[number]
            self._deliver_event(
                {**before, "deliveryId": secrets.token_hex(11), "originalDeliveryId": before["deliveryId"]}, again=True
            )

    def _invoice(self, reference: str) -> dict[str, Any]:
        for row in self.invoices.values():
            if reference in (row["id"], row["metadata"].get("orderId")):
                return row
        raise KeyError(reference)

    def _count(self, invoice: dict[str, Any]) -> None:
        digits = DIGITS.get(invoice["currency"], 2)
        invoice["paidAmount"] = _text(invoice["_paid"].quantize(Decimal(1).scaleb(-digits - 4)))
        share = invoice["_paid"] / Decimal(invoice["amount"])
        for row in invoice["_methods"].values():
            total = Decimal(row["amount"])
            row["totalPaid"] = _text(total * share)
            row["due"] = _text(total - total * share)
            row["paymentMethodPaid"] = _text(sum((Decimal(one["value"]) for one in row["payments"]), Decimal(0)))

    def _time(self) -> int:
        return int(self.now().timestamp())

    # Webhooks

    def _invoice_event(self, kind: str, invoice: Mapping[str, Any], **extra: Any) -> None:
        about = {"invoiceId": invoice["id"], "metadata": invoice["metadata"]}
        self._deliver_event({"type": kind, "storeId": self.store_id, **about, **extra})

    def _payout_event(self, kind: str, payout: Mapping[str, Any]) -> None:
        about = {"payoutId": payout["id"], "pullPaymentId": payout["pullPaymentId"], "payoutState": payout["state"]}
        self._deliver_event({"type": kind, "storeId": self.store_id, **about})

    def _deliver_event(self, event: Mapping[str, Any], *, again: bool = False) -> None:
        first_id = secrets.token_hex(11)
        full = {
            "deliveryId": first_id,
            "webhookId": "simulated-webhook",
            "originalDeliveryId": first_id,
            "isRedelivery": again,
            "timestamp": self._time(),
            **event,
        }
        full["isRedelivery"] = again
        # What it says now, not what will become of it.
        full = json.loads(json.dumps(full))
        self.deliveries.append(full)
        body = json.dumps(full, ensure_ascii=False, indent=2).encode()
        self.send_webhook(
            self.webhook_url, body, {"Content-Type": "application/json", "BTCPay-Sig": f"sha256={self.sign(body)}"}
        )

    def sign(self, body: bytes) -> str:
        """The hex part of ``BTCPay-Sig``; by another secret where ``bad_signature`` was asked for."""
        secret = self.webhook_secret[::-1] if self.faults.bad_signature else self.webhook_secret
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    # Requests

    def before(self, request: Request) -> Response | None:
        """The word before the key is ``token``; Bearer is refused."""
        if not request.path.startswith(f"/{self.code}/api/"):
            return None
        word, _blank, key = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "token" or not hmac.compare_digest(key.encode(), self.api_key.encode()):
            return answer_json({"code": "unauthenticated", "message": "Authentication is required."}, 401)
        store = re.match(rf"/{self.code}/api/v1/stores/([^/]+)", request.path)
        if store and store[1] != self.store_id:
            return answer_json({"code": "missing-permission", "message": "Insufficient API permissions."}, 403)
        return None

    @route("/api/v1/stores/<store_id>/invoices", "GET", "POST")
    def invoice_list(self, request: Request, store_id: str) -> Response:
        """Create or search."""
        if request.method == "POST":
            return self._create(request, store_id)
        rows = list(reversed(self.invoices.values()))
        asked = request.args
        if "orderId" in asked:
            rows = [row for row in rows if row["metadata"].get("orderId") in asked.getlist("orderId")]
        if "startDate" in asked:
            rows = [row for row in rows if row["createdTime"] >= int(asked["startDate"])]
        if "endDate" in asked:
            rows = [row for row in rows if row["createdTime"] <= int(asked["endDate"])]
        skip, take = int(asked.get("skip", 0)), int(asked.get("take", 50))
        return answer_json([_public(row) for row in rows[skip : skip + take]])

    def _create(self, request: Request, store_id: str) -> Response:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            return answer_json([{"path": "", "message": "A non-empty request body is required."}], 422)
        currency = str(given.get("currency") or "USD")
        try:
            amount = Decimal(given.get("amount") or "0")
        except (InvalidOperation, TypeError, ValueError):
            amount = Decimal(0)
        checkout = given.get("checkout") or {}
        if amount <= 0:
            return answer_json([{"path": "amount", "message": "The amount should be 0 or more."}], 422)
        if currency not in RATES:
            return answer_json({"code": "rate-unavailable", "message": f"No rate for {currency}."}, 400)
        unknown = [method for method in checkout.get("paymentMethods") or () if method not in METHODS]
        if unknown:
            return answer_json([{"path": "checkout.paymentMethods", "message": f"{unknown[0]} is not available."}], 422)
        invoice_id, now = secrets.token_hex(11), self._time()
        ends = now + int(checkout.get("expirationMinutes") or 15) * 60
        row: dict[str, Any] = {
            "id": invoice_id,
            "storeId": store_id,
            "amount": _text(amount),
            "paidAmount": "0",
            "currency": currency,
            "type": "Standard",
            "checkoutLink": f"{request.host_url}{self.code}/i/{invoice_id}",
            "createdTime": now,
            "expirationTime": ends,
            "monitoringExpiration": ends + int(checkout.get("monitoringMinutes") or 1_440) * 60,
            "status": "New",
            "additionalStatus": "None",
            "availableStatusesForManualMarking": ["Settled", "Invalid"],
            "archived": False,
            "metadata": given.get("metadata") or {},
            "checkout": checkout,
            "receipt": {"enabled": None, "showQR": None, "showPayments": None},
            "_paid": Decimal(0),
            "_methods": {},
        }
        for method in checkout.get("paymentMethods") or ("BTC-CHAIN", "BTC-LN"):
            if self._has_address(method):
                row["_methods"][method] = self._method(method, amount, currency)
        self.invoices[invoice_id] = row
        self._invoice_event("InvoiceCreated", row)
        return answer_json(_public(row))

    def _has_address(self, method: str) -> bool:
        if not method.startswith("USDT"):
            return True
        used = [row for row in self.invoices.values() if row["status"] == "New" and method in row["_methods"]]
        return len(used) < self.pool

    def _method(self, method: str, amount: Decimal, currency: str) -> dict[str, Any]:
        coin, digits = METHODS[method]
        rate = RATES[currency][0 if coin == "BTC" else 1]
        due = (amount / rate).quantize(Decimal(1).scaleb(-digits), ROUND_UP)
        if method == "BTC-CHAIN":
            destination = f"bcrt1q{secrets.token_hex(19)}"
            link = f"bitcoin:{destination}?amount={_text(due)}"
        elif method == "BTC-LN":
            destination = f"lnbcrt{secrets.token_hex(60)}"
            link = f"lightning:{destination}"
        elif method == "USDT-TRON":
            destination = f"T{secrets.token_hex(16)}a"
            link = f"tron:{destination}?amount={_text(due)}"
        else:
            destination = f"0x{secrets.token_hex(20)}"
            link = f"ethereum:{destination}"
        return {
            "paymentMethodId": method,
            "currency": coin,
            "destination": destination,
            "paymentLink": link,
            "rate": _text(rate),
            "paymentMethodPaid": "0",
            "totalPaid": "0",
            "due": _text(due),
            "amount": _text(due),
            "paymentMethodFee": "0",
            "payments": [],
            "activated": True,
            "additionalData": {},
        }

    @route("/api/v1/stores/<store_id>/invoices/<invoice_id>")
    def one_invoice(self, request: Request, store_id: str, invoice_id: str) -> Response:
        """One invoice."""
        row = self.invoices.get(invoice_id)
        return answer_json(_public(row)) if row else _missing("invoice")

    @route("/api/v1/stores/<store_id>/invoices/<invoice_id>/payment-methods")
    def payment_methods(self, request: Request, store_id: str, invoice_id: str) -> Response:
        """How it can be paid."""
        row = self.invoices.get(invoice_id)
        return answer_json(list(row["_methods"].values())) if row else _missing("invoice")

    @route("/api/v1/stores/<store_id>/invoices/<invoice_id>/refund", "POST")
    def refund(self, request: Request, store_id: str, invoice_id: str) -> Response:
        """Make a pull payment."""
        invoice = self.invoices.get(invoice_id)
        if invoice is None:
            return _missing("invoice")
        given = request.get_json(silent=True) or {}
        if not invoice["_paid"]:
            return answer_json({"code": "non-refundable", "message": "Cannot refund this invoice"}, 400)
        if given.get("refundVariant") != "Custom":
            return answer_json([{"path": "refundVariant", "message": "`refundVariant` is mandatory"}], 422)
        try:
            amount = Decimal(given["customAmount"])
        except (KeyError, InvalidOperation, TypeError):
            amount = Decimal(0)
        if amount <= 0:
            return answer_json([{"path": "customAmount", "message": "Amount must be greater than 0"}], 422)
        if given.get("customCurrency") not in RATES:
            return answer_json([{"path": "customCurrency", "message": "Invalid currency"}], 422)
        name = given.get("name") or f"Refund {invoice_id}"
        answer = self._pull_payment(
            request, name, given.get("description") or "", given["customCurrency"], _text(amount)
        )
        self._invoice_event("InvoiceRefund", invoice, pullPaymentId=answer.get_json()["id"])
        return answer

    def _pull_payment(self, request: Request, name: str, text: str, currency: str, amount: str) -> Response:
        pull_payment_id = secrets.token_hex(10)
        row = {
            "id": pull_payment_id,
            "name": name,
            "description": text,
            "currency": currency,
            "amount": amount,
            "BOLT11Expiration": "30",
            "autoApproveClaims": False,
            "archived": False,
            "viewLink": f"{request.host_url}{self.code}/pull-payments/{pull_payment_id}",
        }
        self.pull_payments[pull_payment_id] = row
        return answer_json(row)

    @route("/api/v1/stores/<store_id>/payouts", "POST")
    def create_payout(self, request: Request, store_id: str) -> Response:
        """Pay out of a pull payment, never more than it holds."""
        given = request.get_json(silent=True) or {}
        row = self.pull_payments.get(str(given.get("pullPaymentId", "")))
        if row is None:
            return _missing("pull-payment")
        claims = [one for one in self.payouts.values() if one["pullPaymentId"] == row["id"]]
        used = sum((Decimal(one["originalAmount"]) for one in claims if one["state"] != "Cancelled"), Decimal(0))
        if len(str(given.get("destination", ""))) < 14:
            return answer_json([{"path": "destination", "message": "The destination must be an address"}], 422)
        if used + Decimal(given["amount"]) > Decimal(row["amount"]):
            return answer_json({"code": "overdraft", "message": "The payout amount overdraft the pull payment"}, 400)
        payout = self.payouts[self.claim(row["id"], given["amount"])]
        payout["destination"] = given["destination"]
        if given.get("approved"):
            payout["state"] = "AwaitingPayment"
        return answer_json(payout)

    @route("/api/v1/stores/<store_id>/pull-payments", "GET", "POST")
    def pull_payment_list(self, request: Request, store_id: str) -> Response:
        """Make one, or list all of the store's."""
        if request.method == "POST":
            given = request.get_json(silent=True) or {}
            return self._pull_payment(request, str(given["name"]), "", given["currency"], given["amount"])
        wanted = request.args.get("includeArchived") == "true"
        return answer_json([row for row in self.pull_payments.values() if wanted or not row["archived"]])

    @route("/api/v1/pull-payments/<pull_payment_id>")
    def one_pull_payment(self, request: Request, pull_payment_id: str) -> Response:
        """One pull payment."""
        row = self.pull_payments.get(pull_payment_id)
        return answer_json(row) if row else _missing("pull-payment")

    @route("/api/v1/pull-payments/<pull_payment_id>/payouts")
    def pull_payment_payouts(self, request: Request, pull_payment_id: str) -> Response:
        """What was claimed of it."""
        wanted = request.args.get("includeCancelled") == "true"
        rows = [row for row in self.payouts.values() if row["pullPaymentId"] == pull_payment_id]
        return answer_json([row for row in rows if wanted or row["state"] != "Cancelled"])

    @route("/i/<invoice_id>", "GET", "POST")
    def page(self, request: Request, invoice_id: str) -> Response:
        """The invoice's own page, in short."""
        row = self.invoices.get(invoice_id)
        if row is None:
            raise NotFound("No such invoice.")
        if request.method == "POST":
            if request.form.get("action") == "approve":
                self.approve(invoice_id)
            else:
                self.expire(invoice_id)
            target = str(row["checkout"].get("redirectURL") or "/")
            return redirect(target.replace("{InvoiceId}", invoice_id), 303)
        ways = [
            Markup("<li>{}: {} {} <code>{}</code></li>").format(name, way["due"], way["currency"], way["destination"])
            for name, way in row["_methods"].items()
        ]
        extra = Markup("<ul>{}</ul>").format(Markup().join(ways))
        return choices(
            self.code, shown_amount(row["amount"], row["currency"]), row["status"], field="action", extra=extra
        )


def _missing(what: str) -> Response:
    return answer_json({"code": f"{what}-not-found", "message": f"The {what} was not found"}, 404)


def _public(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}
