"""The pages of the shop, each as full as it gets."""

from datetime import timedelta
from typing import Any

from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.issue_invoice import issue_invoice
from commerce.bookkeeping import record_capture
from commerce.carts import cart_for
from commerce.gifts import gift_token
from commerce.models import (
    BundleItem,
    CourseShare,
    Fulfilment,
    Offer,
    OfferDiscount,
    OfferPrice,
    Order,
    Plan,
    ReferralLink,
    Refund,
    Subscription,
    SubscriptionPeriod,
    TaxRate,
    WishlistItem,
)
from commerce.tests.factories import make_offer, make_price
from commerce.tests.paid_orders import TVA, make_attempt, make_order, make_paid_order, make_refund
from core import clock
from courses.models import CoursePage

__all__ = ["NOWHERE", "open_the_shop"]

#: Where the imitated providers would listen: nobody does, so that what waits here waits for ever.
NOWHERE = "http://127.0.0.1:9"

_LINES = [
    ["holder", "Baobab Learning"],
    ["iban", "CM2110003001000500000605306"],
    ["amount", "25000"],
    ["currency", "XAF"],
    ["reference", "PAY-7F3K2QXA5"],
]
_URIS = [
    {
        "method": "BTC-CHAIN",
        "uri": "bitcoin:bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080?amount=0.00061",
        "address": "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
        "amount": "0.00061",
    },
    {"method": "BTC-LN", "uri": "lightning:lnbcrt610u1p3", "address": "lnbcrt610u1p3" * 12, "amount": "0.00061"},
]


def open_the_shop(learner: Any, teacher: Any, course: CoursePage, other: CoursePage) -> tuple[dict[str, str], ...]:
    """Offer two courses, and buy and almost buy things.

    Returns:
        Addresses by name: of a visitor, and of the learner.
    """
    now = clock.now()
    for page, minor in ((course, 25_000), (other, 12_500)):
        make_price(page.translation_key, minor)
    offer = Offer.objects.get(key=course.translation_key)
    OfferDiscount.objects.create(
        offer=offer, label="Launch price", percent=20, starts_at=now, ends_at=now + timedelta(days=9)
    )
    TaxRate.objects.create(country="CM", name="TVA", percent="19.25", valid_from=now.date())
    bundle = make_offer(Offer.Kind.BUNDLE, title="Both soaps")
    OfferPrice.objects.create(offer=bundle, amount_minor=30_000, currency="XAF")
    for position, page in enumerate((course, other)):
        BundleItem.objects.create(offer=bundle, key=page.translation_key, title=page.title, position=position)
    cart, _token = cart_for(learner)
    add_to_cart(actor=learner, cart=cart, offer=offer)
    add_to_cart(actor=learner, cart=cart, offer=offer, recipient_email="friend@example.com")
    WishlistItem.objects.create(learner=learner, key=other.translation_key)
    gift = make_paid_order(teacher, tax=TVA).lines.get()
    gift.recipient_email, gift.recipient_message, gift.title = "friend@example.com", "For you.", course.title
    gift.save()
    visitor = {
        "course-for-sale": course.get_url(),
        "bundle": f"/en/bundles/{bundle.key}/",
        "cart-empty": "/en/cart/",
        "plans": "/en/subscriptions/",
        "gift": f"/en/gifts/{gift_token(gift)}/",
        "gift-unknown": "/en/gifts/nothing/",
    }
    return visitor, {
        "course-to-buy": course.get_url(),
        "cart": "/en/cart/",
        "checkout": "/en/checkout/",
        "wishlist": "/en/wishlist/",
        **_orders(learner),
        **_subscriptions(learner),
        **_earnings(learner),
    }


def _orders(learner: Any) -> dict[str, str]:
    now = clock.now()
    until = (now + timedelta(minutes=50)).isoformat()
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "waiting-for-prompt": ("mtn", {"kind": "push", "dial": "*126#", "expires_at": until}),
        "waiting-for-page": ("stripe", {"kind": "redirect", "url": f"{NOWHERE}/pay"}),
        "waiting-for-transfer": (
            "bank",
            {"kind": "instructions", "lines": _LINES, "reference": "PAY-7F3K2QXA5", "expires_at": until},
        ),
        "waiting-for-wallet": ("btcpay", {"kind": "uris", "uris": _URIS, "page": NOWHERE, "expires_at": until}),
    }
    found = {}
    for name, (provider, step) in steps.items():
        order = _placed(learner)
        attempt = make_attempt(
            order, provider, created_at=now, next_step=step, phone="+237670000001" if provider == "mtn" else ""
        )
        found[name] = f"/en/orders/{order.public_id}/wait/{attempt.public_id}/"
    failed = _placed(learner)
    attempt = make_attempt(failed, "mtn", "failed", reason="insufficient_funds")
    found["payment-failed"] = f"/en/orders/{failed.public_id}/wait/{attempt.public_id}/"
    found["pay"] = f"/en/orders/{_placed(learner).public_id}/pay/"
    paid = make_paid_order(learner, (25_000, 12_500), tax=TVA, tax_minor=6_053, paid_at=now)
    Fulfilment.objects.update_or_create(order=paid, defaults={"created_at": now, "granted_at": now})
    issue_invoice(paid)
    make_refund(paid, 5_000, answer="Gladly.", state=Refund.State.SUCCEEDED)
    return found | {
        "order-unpaid": f"/en/orders/{failed.public_id}/",
        "order-paid": f"/en/orders/{paid.public_id}/",
        "orders": "/en/orders/",
        "refund": f"/en/orders/{paid.public_id}/refund/",
    }


def _placed(learner: Any) -> Order:
    now = clock.now()
    return make_order(
        learner, placed_at=now, expires_at=now + timedelta(hours=20), tax=TVA, tax_minor=4_036, country="CM"
    )


def _subscriptions(learner: Any) -> dict[str, str]:
    plans = []
    for title, minor, interval in (("All courses", 5_000, "month"), ("All courses, a year", 50_000, "year")):
        offer = make_offer(Offer.Kind.PLAN, title=title)
        OfferPrice.objects.create(offer=offer, amount_minor=minor, currency="XAF")
        plans.append(Plan.objects.create(offer=offer, interval=interval, trial_days=7))
    now = clock.now()
    mine = Subscription.objects.create(
        learner=learner,
        plan=plans[0],
        state=Subscription.State.ACTIVE,
        currency="XAF",
        amount_minor=5_000,
        country="CM",
        period_starts_at=now,
        period_ends_at=now + timedelta(days=30),
    )
    SubscriptionPeriod.objects.create(
        subscription=mine, number=1, starts_at=now, ends_at=mine.period_ends_at, paid_at=now, order=_placed(learner)
    )
    return {"subscriptions": "/en/subscriptions/", "subscription": f"/en/subscriptions/{mine.public_id}/"}


def _earnings(learner: Any) -> dict[str, str]:
    order = make_paid_order()
    CourseShare.objects.create(course_key=order.lines.get().courses.get().course_key, author=learner)
    record_capture(order, order.attempts.get())
    ReferralLink.objects.create(owner=learner, code="BEES2026", label="Radio")
    return {"earnings": "/en/earnings/"}
