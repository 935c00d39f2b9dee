"""Gifts: the token that opens one, and what it opens."""

import uuid

from django.core import signing
from django.db.models import Exists, OuterRef

from commerce.errors import GiftNotFound
from commerce.models import Chargeback, Order, OrderLine, Refund

__all__ = ["gift_of", "gift_token"]

_SALT = "commerce.gift"


def gift_token(line: OrderLine) -> str:
    """Return the token of a gift's link, always the same for one line. Whoever has it can take the gift."""
    return signing.Signer(salt=_SALT).sign(line.public_id.hex)


def gift_of(token: str) -> OrderLine:
    """Return the gift that a token opens, with its order; taken or not.

    Raises:
        GiftNotFound: the token is wrong, or the order isn't paid, was cancelled, was given back or is disputed.
    """
    try:
        key = uuid.UUID(hex=signing.Signer(salt=_SALT).unsign(token[:200]))
    except (signing.BadSignature, ValueError):
        raise GiftNotFound from None
    lines = OrderLine.objects.select_related("order__learner", "recipient").exclude(recipient_email="")
    dead = (Refund.State.FAILED, Refund.State.REFUSED)
    given_back = Refund.objects.filter(lines=OuterRef("pk")).exclude(state__in=dead)
    disputed = Chargeback.objects.filter(order=OuterRef("order_id"), attempt__is_surplus=False).exclude(state="won")
    paid = lines.filter(public_id=key, order__state=Order.State.FULFILLED)
    paid = paid.exclude(Exists(given_back)).exclude(Exists(disputed))
    line = paid.first()
    if line is None:
        raise GiftNotFound
    return line
