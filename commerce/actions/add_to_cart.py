"""Put something into a cart."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from commerce.carts import MAX_ITEMS, locked_cart, own_addresses, owned_keys, require_cart
from commerce.contents import offer_contents
from commerce.errors import (
    AlreadyOwned,
    CartFull,
    ChosenAmountRefused,
    GiftRefused,
    GiftToOneself,
    NotOnSale,
    SoldOut,
    SubscribeInstead,
)
from commerce.models import Cart, CartItem, Offer
from commerce.pricing import quote
from core import clock
from core.money import Money

__all__ = ["add_to_cart", "checked_gift"]

_LONGEST_MESSAGE, _LONGEST_ADDRESS = 500, 254


def add_to_cart(
    *,
    actor: Any,
    cart: Cart,
    offer: Offer,
    recipient_email: str = "",
    recipient_message: str = "",
    chosen: Money | None = None,
    country: str = "",
) -> CartItem:
    """Put an offer into a cart, for the buyer or as a gift; the same again stays one, as it was wanted last.

    Args:
        actor: who does it; a visitor is nobody, and has found the cart by its token.
        recipient_email: who gets it as a gift; for the buyer, when left out.
        chosen: what to pay, where buyers choose; the suggestion, when left out.
        country: whose prices hold.

    Raises:
        CartNotFound: somebody else's cart.
        NotOnSale: it can't be bought, or gives no published course.
        SubscribeInstead: a plan.
        SoldOut: all its places are taken.
        AlreadyOwned: the buyer has all of it.
        GiftRefused, GiftToOneself: no address, too long a message, the buyer's own address.
        ChosenAmountRefused, CurrencyNotSold: what was chosen is too little, or in a currency that it isn't sold in.
        CartFull: it holds :data:`~commerce.carts.MAX_ITEMS` already.
    """
    require_cart(actor, cart)
    if offer.kind == Offer.Kind.PLAN:
        raise SubscribeInstead
    given = offer_contents([offer], "")[offer.pk]
    if not offer.is_on_sale or not given.courses or not offer.prices.exists():
        raise NotOnSale
    email, message = checked_gift(actor, recipient_email, recipient_message)
    if not email and given.course_keys <= owned_keys(actor, given.course_keys):
        raise AlreadyOwned
    if offer.is_sold_out:
        raise SoldOut
    if chosen is not None:
        if offer.pricing != Offer.Pricing.CHOICE:
            raise ChosenAmountRefused
        quote(offer, currency=chosen.currency, country=country, chosen=chosen)
    with transaction.atomic():
        locked = locked_cart(cart)
        found = locked.items.filter(offer=offer, recipient_email=email).first()
        if found is None and locked.items.count() >= MAX_ITEMS:
            raise CartFull
        item = found or CartItem(cart=locked, offer=offer, recipient_email=email, added_at=clock.now())
        item.recipient_message = message
        item.chosen_minor = chosen.minor if chosen else None
        item.chosen_currency = chosen.currency if chosen else ""
        item.save()
        locked.changed_at = clock.now()
        locked.save(update_fields=["changed_at"])
    return item


def checked_gift(actor: Any, recipient_email: str, recipient_message: str) -> tuple[str, str]:
    """Return the address as it is stored, and the message; both empty where it is no gift.

    Raises:
        GiftRefused: not an address, a message without one, or one that is too long.
        GiftToOneself: one of the buyer's own.
    """
    email = get_user_model().objects.normalize_email(recipient_email)
    message = recipient_message.strip()
    if not email:
        if message:
            raise GiftRefused
        return "", ""
    try:
        validate_email(email)
    except ValidationError:
        raise GiftRefused from None
    if len(email) > _LONGEST_ADDRESS:
        raise GiftRefused
    if len(message) > _LONGEST_MESSAGE or "\x00" in message:
        raise GiftRefused(field="recipient_message")
    if email in own_addresses(actor):
        raise GiftToOneself
    return email, message
