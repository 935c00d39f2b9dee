"""What the learner of the tables has bought, and is about to."""

from typing import Any

from commerce.actions.issue_invoice import issue_invoice
from commerce.carts import cart_for
from commerce.gifts import gift_token
from commerce.models import BundleItem, CartItem, Coupon, Offer, OfferPrice, Plan, Subscription, WishlistItem
from commerce.tests.factories import make_cart, make_offer, make_price, make_user
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order
from core import clock
from courses.tests.factories import make_course

__all__ = ["fill_the_shop"]

_BANK = {
    "kind": "instructions",
    "lines": [["iban", "CM2110003001000500000605306"], ["reference", "PAY-SECRET"]],
    "reference": "PAY-SECRET",
}


def fill_the_shop(learner: Any, other: Any, course: Any) -> dict[str, Any]:
    """Offers, and orders of ``learner``: one that waits for a transfer, one that is paid, one that is a gift.

    Args:
        course: one that costs something.
    """
    waiting = make_order(learner, placed_at=clock.now(), expires_at=None)
    until = {"expires_at": clock.now().isoformat()}
    transfer = make_attempt(waiting, "bank", next_step={**_BANK, **until}, created_at=clock.now())
    unpaid = make_order(learner, placed_at=clock.now(), expires_at=None)
    paid = make_paid_order(learner)
    issue_invoice(paid)
    gift = make_paid_order(other).lines.get()
    gift.recipient_email, gift.key, gift.title = "anybody@example.com", course.translation_key, course.title
    gift.save()
    gift.courses.update(course_key=course.translation_key)
    bundle = _priced(make_offer(Offer.Kind.BUNDLE, title="Both"))
    BundleItem.objects.create(offer=bundle, key=course.translation_key, title=course.title)
    plan = Plan.objects.create(offer=_priced(make_offer(Offer.Kind.PLAN, title="All")))
    mine = Subscription.objects.create(
        learner=learner, plan=plan, currency="XAF", amount_minor=5_000, state=Subscription.State.INCOMPLETE
    )
    WishlistItem.objects.create(learner=learner, key=course.translation_key)
    cart_for(learner)
    guest, guest_token = cart_for(None)
    wanted = make_price(make_course("Wanted millet", modules=1, lessons=1).translation_key).offer
    guest_line = CartItem.objects.create(cart=guest, offer=wanted)
    others_line = make_cart(make_user("cart.owner@example.com"), plan.offer).items.get()
    Coupon.objects.create(code="HARVEST", percent=10)
    return {
        "waiting_uid": waiting.public_id,
        "transfer_uid": transfer.public_id,
        "unpaid_uid": unpaid.public_id,
        "paid_uid": paid.public_id,
        "paid_offer": Offer.objects.get(key=course.translation_key),
        "gift_token": gift_token(gift),
        "bundle_key": bundle.key,
        "plan_offer": plan.offer,
        "paid_offer_uid": Offer.objects.get(key=course.translation_key).public_id,
        "plan_offer_uid": plan.offer.public_id,
        "invoice_uid": paid.invoices.get().public_id,
        "guest_token": guest_token,
        "guest_line": guest_line.public_id,
        "others_line": others_line.public_id,
        "subscription_uid": mine.public_id,
        # Who has bought nothing can be deleted.
        "passer_by": make_user("passer.by@example.com"),
    }


def _priced(offer: Offer) -> Offer:
    OfferPrice.objects.create(offer=offer, amount_minor=5_000, currency="XAF")
    return offer
