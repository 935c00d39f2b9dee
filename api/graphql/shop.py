"""Where and with what somebody buys, as the API knows it; carts of people and of guests."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from api.graphql.context import context_of
from commerce.carts import CartView, find_cart, merge_carts, view_cart
from commerce.models import Cart
from core.currencies import CURRENCIES
from core.errors import InvalidInput
from core.locales import region_of
from core.policies import is_person

#: Characters of a guest's token that are looked at.
_LONGEST_TOKEN = 100


@dataclass(frozen=True)
class Place:
    """What decides prices, tax and ways to pay: ISO 4217 and ISO 3166."""

    currency: str
    country: str


def place_of(info: Any, currency: str | None, country: str | None) -> Place:
    """The place that was asked for; what is left out is the profile's, else what the browser's languages suggest.

    Raises:
        InvalidInput: no such currency or country.
    """
    context = context_of(info)
    if currency is not None and currency not in CURRENCIES:
        raise InvalidInput("invalid_currency", _("A currency is three capitals of ISO 4217, like XAF."), "currency")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise InvalidInput("invalid_country", _("A country is two capitals of ISO 3166, like CM."), "country")
    where = country or getattr(context.user, "country", "") or region_of(_languages(info))
    return Place(currency or context.currency or settings.DEFAULT_CURRENCY, where.upper())


def _languages(info: Any) -> str:
    return str(context_of(info).request.headers.get("accept-language", ""))


def cart_of(info: Any, token: str | None) -> Cart | None:
    """The cart of the person who asks, or the guest's that the token opens."""
    return find_cart(context_of(info).user, (token or "")[:_LONGEST_TOKEN])


def take_over(info: Any, token: str | None) -> None:
    """Give a guest's cart to who has logged in since."""
    if token and is_person(context_of(info).user):
        merge_carts(context_of(info).user, token[:_LONGEST_TOKEN])


def cart_view(info: Any, cart: Cart | None, place: Place) -> CartView:
    """The cart as of now."""
    context = context_of(info)
    person = context.user if is_person(context.user) else None
    return view_cart(cart, currency=place.currency, country=place.country, language=context.language, person=person)


def checked_return_url(text: str | None) -> str:
    """Where a provider's page may lead back to; empty for the website's own page.

    Raises:
        InvalidInput: an address that the school hasn't named: nobody is led astray from a page of ours.
    """
    if not text:
        return ""
    known = (f"{settings.SITE_URL}/", *settings.PAYMENT_RETURN_URLS)
    if len(text) > 500 or not text.isascii() or not text.startswith(known):
        raise InvalidInput(
            "invalid_return_url", _("This address is not one that payments come back to at this school."), "returnUrl"
        )
    return text
