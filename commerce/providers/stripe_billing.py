"""Stripe's subscriptions: prices of plans, the page that asks for a card, what became of it, and changes to it.

Stripe charges the card period by period and tells by webhooks; as with payments, those are hints, and only what is
fetched here counts. Each POST carries an idempotency key made of our ids and of what is asked for.

Sources: Stripe's API reference, "Subscriptions", "Invoices", "Checkout Sessions", "Prices" (2026-10-28.endive).
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe

from commerce.providers.base import Customer, Declined, ProviderEvent, Retryable, Unknown
from commerce.providers.http import masked
from commerce.providers.stripe import (
    BILLING_TYPES,
    LOCALES,
    StripeProvider,
    ask_again,
    bounded,
    from_wire,
    refuse,
    to_wire,
)
from core.money import Money

__all__ = ["BillingPage", "PaidInvoice", "StripeBilling", "StripeSubscription", "billing_event"]


@dataclass(frozen=True)
class BillingPage:
    """Stripe's page that asks for the card. ``subscription_ref`` is there once it was sent."""

    ref: str
    url: str
    status: str  #: ``open``, ``complete``, ``expired``
    subscription_ref: str = ""


@dataclass(frozen=True)
class StripeSubscription:
    """A subscription as Stripe has it now.

    Attributes:
        status: ``incomplete``, ``incomplete_expired``, ``trialing``, ``active``, ``past_due``, ``canceled``,
            ``unpaid``, ``paused``.
        price_ref: of the plan that it is charged for.
        amount: of a period.
        starts_at, ends_at: the present period, paid or not.
        ended_because: Stripe's reason, e.g. ``payment_failed``, ``cancellation_requested``.
    """

    ref: str
    status: str
    customer_ref: str
    item_ref: str
    price_ref: str
    amount: Money
    starts_at: datetime
    ends_at: datetime
    cancels_at_period_end: bool
    ended_because: str = ""


@dataclass(frozen=True)
class PaidInvoice:
    """An invoice that Stripe has got the money for.

    Attributes:
        intent_ref: the Payment Intent (``pi_…``) that paid it; empty where nothing was owed.
        reason: ``subscription_create``, ``subscription_cycle``, ``subscription_update`` …
        price_ref: what it was for.
        starts_at, ends_at: the period that it pays.
    """

    ref: str
    amount: Money
    intent_ref: str
    reason: str
    price_ref: str
    starts_at: datetime
    ends_at: datetime
    paid_at: datetime


class StripeBilling:
    """Stripe's billing, over the connection of the adapter that takes its payments."""

    def __init__(self, adapter: StripeProvider) -> None:
        self._config = adapter.config
        self._sdk = adapter.sdk

    # Prices

    def make_price(self, *, plan: uuid.UUID, name: str, amount: Money, interval: str) -> str:
        """Return Stripe's price of a plan, made now with its product; asked twice within a day it is the same.

        Args:
            plan: our id of it.
            amount: of a period, tax included.
            interval: ``month`` or ``year``.

        Raises:
            Declined, Retryable, Unknown: see there.
        """
        try:
            wire = to_wire(amount, self._config.exponents)
        except ValueError as error:
            raise Declined("not_a_step", str(error)) from error
        product = {"name": name[:250], "metadata": {"plan_id": str(plan)}}
        key = f"plan:{plan}:{amount.currency}:{amount.minor}:{interval}"
        price = {
            "currency": amount.currency.lower(),
            "unit_amount": wire,
            "recurring": {"interval": interval},
            "metadata": {"plan_id": str(plan)},
        }
        with _posting():
            made: Any = self._sdk.v1.products.create(
                params=product,  # type: ignore[arg-type]
                options={"idempotency_key": f"{key}:product"},
            )
            price["product"] = made.id
            answer: Any = self._sdk.v1.prices.create(
                params=price,  # type: ignore[arg-type]
                options={"idempotency_key": f"{key}:price"},
            )
        return str(answer.id)

    # The card

    def open_page(
        self,
        *,
        subscription: uuid.UUID,
        number: int,
        price_ref: str,
        customer: Customer,
        return_url: str,
        trial_days: int = 0,
    ) -> BillingPage:
        """Open Stripe's page for the card of a new subscription, our id of which is ``subscription``.

        Args:
            number: of the page, counted from 1: asked for again with the same number it is the same page.

        Raises:
            Declined, Retryable, Unknown: see there.
        """
        ours = {"subscription_id": str(subscription)}
        data: dict[str, Any] = {"metadata": ours}
        if trial_days:
            data["trial_period_days"] = trial_days
        params = {
            "mode": "subscription",
            "line_items": [{"price": price_ref, "quantity": 1}],
            "client_reference_id": str(subscription),
            "metadata": ours,
            # A session's metadata is not copied to its subscription.
            "subscription_data": data,
            "customer_email": customer.email,
            "success_url": return_url,
            "cancel_url": return_url,
            "locale": customer.language if customer.language in LOCALES else "auto",
        }
        with _posting():
            answer = self._sdk.v1.checkout.sessions.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"subscription:{subscription}:page:{number}"},
            ).to_dict(for_json=True)
        if not answer.get("id") or not answer.get("url"):
            raise Unknown("provider_trouble", "a session without an address")
        return _page(answer)

    def page(self, ref: str) -> BillingPage:
        """What became of the page.

        Raises:
            Retryable: no conclusive answer now.
        """
        with _asking():
            return _page(self._sdk.v1.checkout.sessions.retrieve(ref).to_dict(for_json=True))

    def close_page(self, ref: str) -> BillingPage:
        """Close the page, so that no card can be given there any more; one that was sent stays sent."""
        try:
            self._sdk.v1.checkout.sessions.expire(ref, options={"idempotency_key": f"page:{ref}:close"})
        except stripe.InvalidRequestError:
            pass  # No longer open: what became of it is told.
        except stripe.StripeError as error:
            refuse(error)
        return self.page(ref)

    def card_page(self, customer_ref: str, return_url: str) -> str:
        """Address of Stripe's page on which the customer changes the card.

        Raises:
            Declined, Retryable, Unknown: see there.
        """
        with _posting():
            answer: Any = self._sdk.v1.billing_portal.sessions.create(
                params={"customer": customer_ref, "return_url": return_url}
            )
        return str(answer.url)

    # Asking

    def fetch(self, ref: str) -> StripeSubscription:
        """The subscription as it is now.

        Raises:
            Retryable: no conclusive answer now.
        """
        with _asking():
            return self._subscription(self._sdk.v1.subscriptions.retrieve(ref).to_dict(for_json=True))

    def paid_invoices(self, ref: str) -> list[PaidInvoice]:
        """Every paid invoice of a subscription, oldest first.

        Raises:
            Retryable: no conclusive answer now.
        """
        params: Any = {"subscription": ref, "status": "paid", "limit": 100, "expand": ["data.payments"]}
        with _asking():
            listed = self._sdk.v1.invoices.list(params=params).auto_paging_iter()
            rows = [row.to_dict(for_json=True) for row in bounded(listed)]
        found = [self._invoice(row) for row in reversed(rows)]
        return [invoice for invoice in found if invoice is not None]

    # Changing

    def cancel_at_period_end(self, ref: str, *, cancels: bool) -> StripeSubscription:
        """Let it end with its period, or take that back."""
        return self._update(ref, {"cancel_at_period_end": cancels})

    def end(self, ref: str) -> None:
        """End it now, without giving anything back; one that has ended stays so."""
        try:
            self._sdk.v1.subscriptions.cancel(ref, params={"invoice_now": False, "prorate": False})
        except stripe.InvalidRequestError as error:
            if error.http_status != 404 and error.code != "resource_missing":
                refuse(error)
        except stripe.StripeError as error:
            refuse(error)

    def pause(self, ref: str) -> StripeSubscription:
        """Charge nothing until :meth:`go_on`; Stripe's own periods run on, unpaid."""
        return self._update(ref, {"pause_collection": {"behavior": "void"}})

    def go_on(self, ref: str, *, until: datetime) -> StripeSubscription:
        """End a pause: what was paid for lasts until ``until``, then the card is charged again."""
        params = {"pause_collection": "", "trial_end": int(until.timestamp()), "proration_behavior": "none"}
        return self._update(ref, params)

    def change_price(self, present: StripeSubscription, price_ref: str, *, at_once: bool) -> StripeSubscription:
        """Charge for another plan.

        At once, Stripe counts what is left of the present one by its own rule and charges the difference; a card that
        is refused leaves everything as it was. Otherwise nothing is charged before the present period ends: that needs
        ``trial_end``, or an interval of another length would begin now.

        Raises:
            Declined, Retryable, Unknown: see there.
        """
        params: dict[str, Any] = {"items": [{"id": present.item_ref, "price": price_ref}]}
        if at_once:
            params |= {"proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}
        else:
            params |= {"proration_behavior": "none", "trial_end": int(present.ends_at.timestamp())}
        return self._update(present.ref, params)

    def _update(self, ref: str, params: Mapping[str, Any]) -> StripeSubscription:
        with _posting():
            answer: Any = self._sdk.v1.subscriptions.update(ref, params=params)  # type: ignore[arg-type]
        with _asking():
            return self._subscription(answer.to_dict(for_json=True))

    # Reading

    def _subscription(self, row: Mapping[str, Any]) -> StripeSubscription:
        (item,) = row["items"]["data"][:1]
        price = item["price"]
        return StripeSubscription(
            ref=str(row["id"]),
            status=str(row["status"]),
            customer_ref=_ref(row["customer"]),
            item_ref=str(item["id"]),
            price_ref=str(price["id"]),
            amount=self._amount(price["unit_amount"], price["currency"]),
            starts_at=_moment(item["current_period_start"]),
            ends_at=_moment(item["current_period_end"]),
            cancels_at_period_end=bool(row["cancel_at_period_end"]),
            ended_because=str((row.get("cancellation_details") or {}).get("reason") or ""),
        )

    def _invoice(self, row: Mapping[str, Any]) -> PaidInvoice | None:
        """None for one that pays no period of the subscription."""
        lines = [line for line in row["lines"]["data"] if line["amount"] > 0 and _price_of(line)]
        if not lines:
            return None
        line = max(lines, key=lambda one: int(one["period"]["end"]))
        payments = (row.get("payments") or {}).get("data") or []
        intents = [
            _ref(payment["payment"].get("payment_intent"))
            for payment in payments
            if payment["status"] == "paid" and payment["payment"].get("payment_intent")
        ]
        paid_at = (row.get("status_transitions") or {}).get("paid_at") or row["created"]
        return PaidInvoice(
            ref=str(row["id"]),
            amount=self._amount(row["amount_paid"], row["currency"]),
            intent_ref=intents[0] if intents else "",
            reason=str(row.get("billing_reason") or ""),
            price_ref=_price_of(line),
            starts_at=_moment(line["period"]["start"]),
            ends_at=_moment(line["period"]["end"]),
            paid_at=_moment(paid_at),
        )

    def _amount(self, value: Any, currency: Any) -> Money:
        try:
            return from_wire(value, str(currency), self._config.exponents)
        except ValueError as error:
            raise Retryable("provider_trouble", str(error)) from error


def billing_event(event: Mapping[str, Any]) -> ProviderEvent | None:
    """What a message about subscriptions hints at: ``provider_ref`` is Stripe's subscription, ``attempt_id`` ours.

    None for one that is about something else.
    """
    kind, thing = str(event["type"]), event["data"]["object"]
    ours = thing.get("metadata") or {}
    if kind.startswith("checkout.session.") and thing.get("mode") == "subscription":
        ref, our_id = thing.get("subscription"), thing.get("client_reference_id")
    elif kind not in BILLING_TYPES:
        return None
    elif kind.startswith("invoice."):
        details = (thing.get("parent") or {}).get("subscription_details") or {}
        ref, our_id = details.get("subscription"), (details.get("metadata") or {}).get("subscription_id")
        if not ref:
            return None
    else:
        ref, our_id = thing["id"], ours.get("subscription_id")
    return ProviderEvent(str(event["id"]), _ref(ref), _uuid(our_id), None, "billing", masked(event))


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise ask_again(error) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Retryable("provider_trouble", f"an answer of another shape: {type(error).__name__}") from error


@contextmanager
def _posting() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        refuse(error)


def _page(row: Mapping[str, Any]) -> BillingPage:
    return BillingPage(str(row["id"]), str(row.get("url") or ""), str(row["status"]), _ref(row.get("subscription")))


def _price_of(line: Mapping[str, Any]) -> str:
    pricing = line.get("pricing") or {}
    return _ref((pricing.get("price_details") or {}).get("price"))


def _ref(value: Any) -> str:
    """The id of something that may be there in full."""
    return str(value["id"]) if isinstance(value, Mapping) else str(value or "")


def _moment(value: Any) -> datetime:
    return datetime.fromtimestamp(int(value), UTC)


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None
