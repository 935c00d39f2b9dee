"""What stands beside a course, path, bundle or plan that costs something: the price, and the ways to get it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from commerce.errors import CurrencyNotSold, NotOnSale
from commerce.models import CartItem, Offer, Plan, WishlistItem
from commerce.price_tags import PriceTag
from commerce.pricing import Quote, quote, sold_currency
from commerce.queries import offer_for
from core.money import Money
from home.money import currency_of, price_tags
from home.shop import cart_of, country_of

__all__ = ["BuyBox", "box_of", "buy_box", "interval_of"]


@dataclass(frozen=True)
class BuyBox:
    """One offer for one visitor."""

    offer: Offer
    quote: Quote
    tag: PriceTag
    is_in_cart: bool = False
    is_wished: bool = False

    @property
    def former(self) -> Money | None:
        """The price without the discount that is in force."""
        return self.quote.list_price if self.quote.is_reduced else None

    @property
    def discount_label(self) -> str:
        """What the discount is called."""
        return self.quote.discount_label

    @property
    def discount_ends_at(self) -> datetime | None:
        """Until when it is in force."""
        return self.quote.discount_ends_at

    @property
    def suggested(self) -> Money | None:
        """Where buyers choose what to pay: what is suggested."""
        return self.quote.suggested

    @property
    def suggested_text(self) -> str:
        """The suggestion as it stands in the field: digits, with a point."""
        return str(self.quote.suggested.to_decimal()) if self.quote.suggested else ""

    @property
    def minimum(self) -> Money | None:
        """Where buyers choose: the least."""
        return self.quote.minimum

    @property
    def can_be_wished(self) -> bool:
        """Courses and paths can be kept for later."""
        return self.offer.kind in (Offer.Kind.COURSE, Offer.Kind.PATH)

    @property
    def interval(self) -> str:
        """How often a plan's price is paid; empty for the rest."""
        return interval_of(self.offer.plan) if self.offer.kind == Offer.Kind.PLAN else ""


def buy_box(request: HttpRequest, kind: str, key: uuid.UUID) -> BuyBox | None:
    """The box of what has that key; None where it costs nothing or is not for sale."""
    offer = offer_for(kind, key)
    return box_of(request, offer) if offer else None


def box_of(request: HttpRequest, offer: Offer) -> BuyBox | None:
    """The box of an offer; None where it can't be bought."""
    country = country_of(request)
    try:
        currency = sold_currency(offer, currency=currency_of(request), country=country)
        price = quote(offer, currency=currency, country=country)
    except (NotOnSale, CurrencyNotSold):
        return None
    tag = price_tags(request).tag([price.price])
    if tag is None:
        return None
    return BuyBox(offer, price, tag, _is_in_cart(request, offer), _is_wished(request.user, offer))


def interval_of(plan: Plan) -> str:
    """How often a plan is paid."""
    return _("a month") if plan.interval == Plan.Interval.MONTH else _("a year")


def _is_in_cart(request: HttpRequest, offer: Offer) -> bool:
    cart = cart_of(request)
    return cart is not None and CartItem.objects.filter(cart=cart, offer=offer, recipient_email="").exists()


def _is_wished(user: Any, offer: Offer) -> bool:
    if not user.is_authenticated:
        return False
    return WishlistItem.objects.filter(learner=user, kind=offer.kind, key=offer.key).exists()
