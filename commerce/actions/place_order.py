"""Turn a cart into an order with frozen amounts."""

import uuid
from collections.abc import Mapping
from typing import Any

from commerce.carts import CartView, locked_cart, require_cart, view_cart
from commerce.coupons import reserve_coupon
from commerce.errors import AuthenticationRequired, CartEmpty, PricesChanged
from commerce.events import OrderPlaced
from commerce.models import Cart, Order, ReferralLink
from commerce.orders import LineDraft, build_order, checked_billing, checked_country, checked_currency
from commerce.payments.telling import order_facts
from commerce.places import take_places
from core import clock, outbox
from core.idempotency import run_once
from core.money import Money
from core.policies import is_person

__all__ = ["place_order"]


def place_order(
    *,
    actor: Any,
    cart: Cart,
    currency: str,
    country: str = "",
    language: str = "en",
    billing: Mapping[str, Any] | None = None,
    idempotency_key: str,
    expected_total: Money | None = None,
    referral: str = "",
) -> Order:
    """Order what is in the cart; the cart is empty afterwards. The same key again returns the same order.

    Everything is priced anew under the cart's lock, and places and the coupon's use are taken. What owes nothing is
    fulfilled at once; for anything else an open payment is written, and the order expires after ``ORDER_HOURS`` if
    nobody pays.

    Args:
        actor: who buys; the cart is theirs.
        currency: what the buyer would like to pay with; see :func:`commerce.carts.view_cart`.
        country: ISO 3166 code whose prices and tax hold.
        billing: the invoice address: fields of :data:`commerce.orders.BILLING_FIELDS`.
        expected_total: what the buyer was shown; another total is refused.
        referral: code of an author's link that led here, if any.

    Raises:
        AuthenticationRequired: nobody is logged in.
        CartNotFound: somebody else's cart.
        CartEmpty: nothing in it.
        PricesChanged: it comes to something else than ``expected_total``.
        SoldOut: all places of an offer are taken.
        DomainError: what is wrong with a line or the coupon (:mod:`commerce.carts`, :mod:`commerce.coupons`).
        KeyReused, KeyInUse: :mod:`core.idempotency`.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    if cart.owner_id is None:
        raise AuthenticationRequired
    require_cart(actor, cart)
    checked_currency(currency)
    checked_country(country)
    address = checked_billing(billing or {})
    request = {
        "cart": str(cart.public_id),
        "currency": currency,
        "country": country,
        "billing": address,
        "expected": str(expected_total) if expected_total else None,
    }

    def place() -> str:
        locked = locked_cart(cart)
        view = view_cart(locked, currency=currency, country=country, language=language, person=actor)
        _require_orderable(view, expected_total)
        order = build_order(
            learner=actor,
            lines=_drafts(view),
            currency=view.currency,
            country=country,
            language=language,
            billing=address,
            referral=_referral(actor, referral or locked.referral),
        )
        if order.total != view.total:
            raise PricesChanged
        take_places(order)
        if view.coupon_offer:
            reserve_coupon(order, view.coupon_offer)
        _empty(locked)
        _announce(order)
        return str(order.public_id)

    key = run_once(scope=f"place_order:{actor.public_id}", key=idempotency_key, fingerprint=request, action=place)
    return Order.objects.select_related("learner").get(public_id=uuid.UUID(key))


def _require_orderable(view: CartView, expected: Money | None) -> None:
    if view.is_empty:
        raise CartEmpty
    if view.problem:
        raise view.problem
    if expected is not None and expected != view.total:
        raise PricesChanged


def _drafts(view: CartView) -> list[LineDraft]:
    return [
        LineDraft(
            offer=line.offer,
            price=line.quote.price,
            discount=line.discount,
            title=line.title,
            recipient_email=line.item.recipient_email,
            recipient_message=line.item.recipient_message,
            converted=line.quote.converted,
        )
        for line in view.lines
        if line.quote
    ]


def _referral(actor: Any, code: str) -> str:
    """The code, if it leads to somebody else than the buyer."""
    known = ReferralLink.objects.filter(code=code[:32], is_active=True).exclude(owner=actor)
    return code if code and known.exists() else ""


def _empty(cart: Cart) -> None:
    cart.items.all().delete()
    cart.coupon = None
    cart.referral = ""
    cart.changed_at = clock.now()
    cart.save(update_fields=["coupon", "referral", "changed_at"])


def _announce(order: Order) -> None:
    if not order.total_minor:
        from commerce.actions.accept_free_order import accept_free_order

        accept_free_order(order)
        return
    outbox.publish(OrderPlaced(**order_facts(order)))
