"""Stripe's subscriptions, imitated: products, prices, Checkout with a card to keep, invoices, and what is changed.

A page of ``mode=subscription`` is paid like any other (by the control API, or by hand). A period later,
:meth:`StripeBillingSimulator.renew` makes the next invoice and charges the card that was given, or another one.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from commerce.simulators.core import route
from commerce.simulators.stripe import GOOD_CARD, REFUSALS, Refusal, StripeSimulator, new_id, public

__all__ = ["StripeBillingSimulator"]

_SUBSCRIPTION_NULLS = """
    application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at canceled_at
    days_until_due default_payment_method default_source description ended_at latest_invoice
    next_pending_invoice_item_invoice on_behalf_of pause_collection pending_invoice_item_interval
    pending_setup_intent pending_update schedule test_clock transfer_data trial_end trial_start
""".split()
_INVOICE_NULLS = """
    account_country account_name account_tax_ids application custom_fields customer_address customer_email
    customer_name customer_phone customer_shipping default_payment_method default_source description due_date
    effective_at ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error
    latest_revision next_payment_attempt on_behalf_of receipt_number rendering shipping_cost shipping_details
    statement_descriptor test_clock webhooks_delivered_at
""".split()
_TABLES = ("product", "price", "customer", "subscription", "invoice", "invoice_payment")


class StripeBillingSimulator(StripeSimulator):
    """Stripe, with its billing."""

    def clear(self) -> None:
        super().clear()
        self.rows |= {name: {} for name in _TABLES}

    # What people do, and what time does

    def pay(self, reference: str, card: str = GOOD_CARD) -> None:
        """As for payments; on a page for a subscription the card is kept."""
        with self.lock:
            session = self._billing_session(reference)
            if session is None:
                super().pay(reference, card)
            elif session["status"] != "open":
                raise KeyError(reference)
            elif card not in REFUSALS:
                self._begin(session, card)

    def expire(self, reference: str) -> None:
        """The hosted page closes."""
        with self.lock:
            session = self._billing_session(reference)
            if session is None:
                super().expire(reference)
                return
            session["status"], session["url"] = "expired", None
            self._happen("checkout.session.expired", session)

    def renew(self, reference: str, card: str = "") -> dict[str, Any]:
        """The period of a subscription ends: the next one is charged to its card, or ``card``; its public row."""
        with self.lock:
            row = self.rows["subscription"][reference]
            if row["status"] in ("canceled", "incomplete_expired"):
                raise KeyError(reference)
            (item,) = row["items"]["data"]
            if row["cancel_at_period_end"]:
                self._end(row, "cancellation_requested")
                return public(row)
            start = item["current_period_end"]
            item["current_period_start"], item["current_period_end"] = start, _later(start, item["price"])
            if row["pause_collection"]:
                self._invoice(row, [self._line(row, item["price"]["unit_amount"], item)], "subscription_cycle", "void")
                return public(row)
            row["trial_end"] = None
            self._bill(row, [self._line(row, item["price"]["unit_amount"], item)], "subscription_cycle", card)
            return public(row)

    def retry(self, reference: str, card: str = "") -> None:
        """The open invoice of a subscription is charged again, by ``card`` from now on."""
        with self.lock:
            row = self.rows["subscription"][reference]
            invoice = self.rows["invoice"][row["latest_invoice"]]
            row["_card"] = card or row["_card"]
            self._charge_invoice(row, invoice)

    def give_up(self, reference: str) -> None:
        """After the last retry: the subscription ends unpaid, as by Stripe's default."""
        with self.lock:
            self._end(self.rows["subscription"][reference], "payment_failed")

    def _billing_session(self, reference: str) -> dict[str, Any] | None:
        rows = self.rows["session"].values()
        fits = (row for row in rows if reference in (row["id"], row["client_reference_id"]))
        return next((row for row in fits if row["mode"] == "subscription"), None)

    def _begin(self, session: dict[str, Any], card: str) -> None:
        now = self._time()
        customer = {
            "id": new_id("cus"),
            "object": "customer",
            "created": now,
            "email": session["customer_email"],
            "livemode": False,
        }
        self.rows["customer"][str(customer["id"])] = customer
        price = self.rows["price"][session["_price"]]
        days = int(session["_data"].get("trial_period_days") or 0)
        ends_at = now + days * 86_400 if days else _later(now, price)
        subscription_id = new_id("sub")
        row: dict[str, Any] = {
            **dict.fromkeys(_SUBSCRIPTION_NULLS),
            "id": subscription_id,
            "object": "subscription",
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_mode": {"type": "flexible", "flexible": None},
            "billing_schedules": [],
            "cancel_at_period_end": False,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "created": now,
            "currency": price["currency"],
            "customer": customer["id"],
            "default_tax_rates": [],
            "discounts": [],
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
            "items": {
                "object": "list",
                "has_more": False,
                "url": f"/v1/subscription_items?subscription={subscription_id}",
                "data": [_item(subscription_id, price, now, ends_at)],
            },
            "livemode": False,
            "metadata": dict(session["_data"].get("metadata") or {}),
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": None,
                "save_default_payment_method": "off",
            },
            "start_date": now,
            "status": "trialing" if days else "active",
            "trial_end": ends_at if days else None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": now if days else None,
            "_card": card,
        }
        self.rows["subscription"][subscription_id] = row
        session.update(status="complete", url=None, subscription=subscription_id, customer=customer["id"])
        session["payment_status"] = "no_payment_required" if days else "paid"
        (item,) = row["items"]["data"]
        # In whatever order they come: nobody may count on one.
        self._bill(row, [self._line(row, 0 if days else price["unit_amount"], item)], "subscription_create", "")
        session["invoice"] = row["latest_invoice"]
        self._happen("customer.subscription.created", row)
        self._happen("checkout.session.completed", session)

    def _end(self, row: dict[str, Any], reason: str) -> None:
        now = self._time()
        row.update(status="canceled", canceled_at=now, ended_at=now, cancel_at_period_end=False)
        row["cancellation_details"]["reason"] = reason
        self._happen("customer.subscription.deleted", row)

    # Invoices

    def _line(
        self, subscription: Mapping[str, Any], amount: int, item: Mapping[str, Any], **changed: Any
    ) -> dict[str, Any]:
        window = {"start": item["current_period_start"], "end": item["current_period_end"]}
        return {
            "id": new_id("il"),
            "object": "line_item",
            "amount": amount,
            "currency": subscription["currency"],
            "description": None,
            "discount_amounts": [],
            "discountable": True,
            "discounts": [],
            "livemode": False,
            "metadata": {},
            "parent": {
                "type": "subscription_item_details",
                "invoice_item_details": None,
                "subscription_item_details": {
                    "invoice_item": None,
                    "proration": bool(changed),
                    "proration_details": {"credited_items": None},
                    "subscription": subscription["id"],
                    "subscription_item": item["id"],
                },
            },
            "period": {**window, **{name: value for name, value in changed.items() if name in window}},
            "pretax_credit_amounts": [],
            "pricing": {
                "type": "price_details",
                "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
                "unit_amount_decimal": str(item["price"]["unit_amount"]),
            },
            "quantity": 1,
            "quantity_decimal": "1",
            "subscription": subscription["id"],
            "subtotal": amount,
            "taxes": [],
        }

    def _invoice(
        self, subscription: dict[str, Any], lines: list[dict[str, Any]], reason: str, status: str
    ) -> dict[str, Any]:
        now = self._time()
        total = max(0, sum(line["amount"] for line in lines))
        invoice_id = new_id("in")
        row: dict[str, Any] = {
            **dict.fromkeys(_INVOICE_NULLS),
            "id": invoice_id,
            "object": "invoice",
            "amount_due": total,
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_remaining": total,
            "amount_shipping": 0,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": False,
            "automatic_tax": {
                "disabled_reason": None,
                "enabled": False,
                "liability": None,
                "provider": None,
                "status": None,
            },
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": now,
            "currency": subscription["currency"],
            "customer": subscription["customer"],
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_tax_rates": [],
            "discounts": [],
            "issuer": {"type": "self"},
            "lines": {
                "object": "list",
                "data": [{**line, "invoice": invoice_id} for line in lines],
                "has_more": False,
                "url": f"/v1/invoices/{invoice_id}/lines",
            },
            "livemode": False,
            "metadata": {},
            "number": f"SIM-{len(self.rows['invoice']) + 1:04}",
            "parent": {
                "type": "subscription_details",
                "quote_details": None,
                "subscription_details": {
                    "metadata": dict(subscription["metadata"]),
                    "subscription": subscription["id"],
                },
            },
            "payment_settings": {
                "default_mandate": None,
                "payment_method_options": None,
                "payment_method_types": None,
            },
            "period_end": now,
            "period_start": now,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "starting_balance": 0,
            "status": status,
            "status_transitions": {
                "finalized_at": now,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": now if status == "void" else None,
            },
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "total": total,
            "total_discount_amounts": [],
            "total_excluding_tax": total,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "_subscription": subscription["id"],
        }
        self.rows["invoice"][invoice_id] = row
        subscription["latest_invoice"] = invoice_id
        return row

    def _bill(self, subscription: dict[str, Any], lines: list[dict[str, Any]], reason: str, card: str) -> None:
        subscription["_card"] = card or subscription["_card"]
        self._charge_invoice(subscription, self._invoice(subscription, lines, reason, "open"))

    def _charge_invoice(self, subscription: dict[str, Any], invoice: dict[str, Any]) -> None:
        invoice["attempted"] = True
        invoice["attempt_count"] += 1
        if invoice["total"]:
            intent = self._intent_of(invoice)
            if subscription["_card"] in REFUSALS:
                self._fail(intent, subscription["_card"])
                subscription["status"] = "past_due"
                self._happen("invoice.payment_failed", invoice)
                self._happen("customer.subscription.updated", subscription)
                return
            self._charge(intent, subscription["_card"])
            payment = self.rows["invoice_payment"][invoice["_payment"]]
            payment.update(amount_paid=intent["amount_received"], status="paid")
            payment["status_transitions"]["paid_at"] = self._time()
        invoice.update(status="paid", amount_paid=invoice["total"], amount_remaining=0)
        invoice["status_transitions"]["paid_at"] = self._time()
        in_trial = subscription["trial_end"] is not None and subscription["trial_end"] > self._time()
        subscription["status"] = "trialing" if in_trial else "active"
        self._happen("invoice.paid", invoice)
        self._happen("customer.subscription.updated", subscription)

    def _intent_of(self, invoice: dict[str, Any]) -> dict[str, Any]:
        if "_payment" in invoice:
            payment = self.rows["invoice_payment"][invoice["_payment"]]
            return self.rows["intent"][payment["payment"]["payment_intent"]]
        intent = self._new_intent(invoice["total"], invoice["currency"], {}, "Subscription")
        intent["customer"] = invoice["customer"]
        payment = {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["total"],
            "created": self._time(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
        self.rows["invoice_payment"][str(payment["id"])] = payment
        invoice["_payment"] = payment["id"]
        return intent

    # Requests

    def _create_session(self, given: Mapping[str, Any], host_url: str) -> dict[str, Any]:
        if given.get("mode") != "subscription":
            return super()._create_session(given, host_url)
        (item,) = [*(given.get("line_items") or {"": {}}).values()][:1]
        price = self._find("price", str(item.get("price", "")))
        # The page of a payment of the same amount, with what differs.
        alike = {
            **given,
            "mode": "payment",
            "line_items": {"0": {"price_data": {**price, "unit_amount": price["unit_amount"]}, "quantity": "1"}},
        }
        page = super()._create_session(alike, host_url)
        row = self.rows["session"][page["id"]]
        row.update(mode="subscription", payment_method_collection="always", customer=None)
        row["_price"], row["_data"] = price["id"], given.get("subscription_data") or {}
        return self._expanded(row, given)

    @route("/v1/products", "POST", "GET")
    def products(self, request: Request) -> Response:
        """Make or list products."""
        if request.method == "GET":
            return self._answer(request, lambda given: self._list("product", "/v1/products", given))

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            if not given.get("name"):
                raise Refusal(400, "Missing required param: name.", param="name", code="parameter_missing")
            row = {
                **dict.fromkeys("description package_dimensions shippable tax_code unit_label url".split()),
                "id": new_id("prod"),
                "object": "product",
                "active": True,
                "created": self._time(),
                "default_price": None,
                "images": [],
                "livemode": False,
                "marketing_features": [],
                "metadata": given.get("metadata") or {},
                "name": given["name"],
                "statement_descriptor": None,
                "type": "service",
                "updated": self._time(),
            }
            self.rows["product"][str(row["id"])] = row
            return self._expanded(row, given)

        return self._answer(request, work)

    @route("/v1/prices", "POST", "GET")
    def prices(self, request: Request) -> Response:
        """Make or list prices."""
        if request.method == "GET":
            return self._answer(request, lambda given: self._list("price", "/v1/prices", given))

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            product = self._find("product", str(given.get("product", "")))
            currency = str(given.get("currency", ""))
            if not re.fullmatch(r"[a-z]{3}", currency):
                raise Refusal(400, f"Invalid currency: {currency}.", param="currency")
            amount = self._whole(given, "unit_amount", currency)
            interval = (given.get("recurring") or {}).get("interval")
            if interval not in ("month", "year"):
                raise Refusal(400, "Invalid recurring[interval].", param="recurring[interval]")
            row = {
                "id": new_id("price"),
                "object": "price",
                "active": True,
                "billing_scheme": "per_unit",
                "created": self._time(),
                "currency": currency,
                "custom_unit_amount": None,
                "livemode": False,
                "lookup_key": None,
                "metadata": given.get("metadata") or {},
                "nickname": None,
                "product": product["id"],
                "recurring": {
                    "interval": interval,
                    "interval_count": 1,
                    "meter": None,
                    "trial_period_days": None,
                    "usage_type": "licensed",
                },
                "tax_behavior": "unspecified",
                "tiers_mode": None,
                "transform_quantity": None,
                "type": "recurring",
                "unit_amount": amount,
                "unit_amount_decimal": str(amount),
            }
            self.rows["price"][str(row["id"])] = row
            return self._expanded(row, given)

        return self._answer(request, work)

    @route("/v1/subscriptions")
    def subscriptions(self, request: Request) -> Response:
        """All of them."""
        return self._answer(request, lambda given: self._list("subscription", "/v1/subscriptions", given))

    @route("/v1/subscriptions/<subscription_id>", "GET", "POST", "DELETE")
    def subscription(self, request: Request, subscription_id: str) -> Response:
        """One: ask, change, end."""

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            row = self._find("subscription", subscription_id)
            if request.method != "GET" and row["status"] in ("canceled", "incomplete_expired"):
                raise Refusal(404, f"No such subscription: '{subscription_id}'", code="resource_missing")
            if request.method == "DELETE":
                self._end(row, "cancellation_requested")
            elif request.method == "POST":
                self._change(row, given)
            return self._expanded(row, given)

        return self._answer(request, work)

    def _change(self, row: dict[str, Any], given: Mapping[str, Any]) -> None:
        if "cancel_at_period_end" in given:
            row["cancel_at_period_end"] = given["cancel_at_period_end"] == "true"
        if "pause_collection" in given:
            wanted = given["pause_collection"]
            row["pause_collection"] = {"behavior": wanted["behavior"], "resumes_at": None} if wanted else None
        (item,) = row["items"]["data"]
        if "items" in given:
            asked = given["items"]["0"]
            price = self._find("price", str(asked.get("price", "")))
            if asked.get("id") != item["id"] or price["currency"] != row["currency"]:
                raise Refusal(400, "No such subscription item.", param="items[0][id]", code="resource_missing")
            self._change_price(row, item, price, given)
        if "trial_end" in given:
            ends_at = int(given["trial_end"])
            if ends_at < self._time():
                raise Refusal(400, "Invalid timestamp: must be an integer Unix timestamp in the future.")
            row.update(trial_end=ends_at, status="trialing")
            item["current_period_end"] = ends_at
        self._happen("customer.subscription.updated", row)

    def _change_price(
        self, row: dict[str, Any], item: dict[str, Any], price: dict[str, Any], given: Mapping[str, Any]
    ) -> None:
        former, now = dict(item), self._time()
        start, end = item["current_period_start"], item["current_period_end"]
        item["price"], item["plan"] = dict(price), _plan(price)
        if given.get("proration_behavior") != "always_invoice":
            return
        left, whole = max(end - now, 0), end - start
        lines = [self._line(row, -(former["price"]["unit_amount"] * left // whole), former, start=now, end=end)]
        if former["price"]["recurring"]["interval"] == price["recurring"]["interval"]:
            lines.append(self._line(row, price["unit_amount"] * left // whole, item, start=now, end=end))
        else:
            item["current_period_start"], item["current_period_end"] = now, _later(now, price)
            lines.append(self._line(row, price["unit_amount"], item))
        if row["_card"] in REFUSALS and given.get("payment_behavior") == "error_if_incomplete":
            code, decline_code = REFUSALS[row["_card"]]
            item.clear()
            item.update(former)
            raise Refusal(402, "Your card was declined.", type="card_error", code=code, decline_code=decline_code)
        self._bill(row, lines, "subscription_update", "")

    @route("/v1/invoices")
    def invoices(self, request: Request) -> Response:
        """Invoices of a subscription."""

        return self._answer(
            request,
            lambda given: self._list(
                "invoice", "/v1/invoices", given, status=given.get("status"), _subscription=given.get("subscription")
            ),
        )

    def _expand(self, row: Any, path: list[str]) -> None:
        if isinstance(row, dict) and row.get("object") == "invoice" and path[:1] == ["payments"]:
            payments = [one for one in self.rows["invoice_payment"].values() if one["invoice"] == row["id"]]
            row["payments"] = {
                "object": "list",
                "data": [public(one) for one in payments],
                "has_more": False,
                "url": f"/v1/invoice_payments?invoice={row['id']}",
            }
            return
        super()._expand(row, path)

    @route("/v1/billing_portal/sessions", "POST")
    def portal(self, request: Request) -> Response:
        """A page on which the customer changes the card."""

        def work(given: Mapping[str, Any]) -> dict[str, Any]:
            customer = self._find("customer", str(given.get("customer", "")))
            page_id = new_id("bps")
            return {
                "id": page_id,
                "object": "billing_portal.session",
                "configuration": "bpc_simulated",
                "created": self._time(),
                "customer": customer["id"],
                "livemode": False,
                "return_url": given.get("return_url"),
                "url": f"{request.host_url}{self.code}/p/session/{page_id}",
            }

        return self._answer(request, work)


def _item(subscription_id: str, price: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": start,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": _plan(price),
        "price": dict(price),
        "quantity": 1,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def _plan(price: Mapping[str, Any]) -> dict[str, Any]:
    """The price in the older words that Stripe still sends beside it."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": True,
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": 1,
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _later(start: int, price: Mapping[str, Any]) -> int:
    """A month or a year after ``start``, on the same day or the month's last one."""
    begin = datetime.fromtimestamp(start, UTC)
    months = begin.year * 12 + begin.month - 1 + (12 if price["recurring"]["interval"] == "year" else 1)
    year, month = divmod(months, 12)
    day = min(begin.day, calendar.monthrange(year, month + 1)[1])
    return int(begin.replace(year=year, month=month + 1, day=day).timestamp())
