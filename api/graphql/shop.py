"""Where and with what somebody buys, as the API knows it; carts of people and of guests."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from api.graphql.context import context_of
from api.graphql.ids import text_of, uuid_of
from commerce.carts import CartView, find_cart, merge_carts, view_cart
from commerce.contents import Contents, offer_contents
from commerce.errors import CartNotFound, NotOnSale, SubscriptionNotFound
from commerce.models import Cart, Offer, Order, Plan, Subscription
from commerce.orders import checked_country, checked_currency
from commerce.queries import offer_by_id, orders_of
from commerce.subscriptions import subscriptions_of
from core.errors import InvalidInput, NotFound
from core.policies import is_person

#: What the arguments that name a place say of themselves, in every field.
CURRENCY = "ISO 4217; the profile's, or that of the country, when left out."
COUNTRY = "ISO 3166, of the buyer; the profile's, when left out."
GUEST = "Of a guest's cart. A person's own cart takes it over."


@dataclass(frozen=True)
class Place:
    """What decides prices, tax and ways to pay: ISO 4217 and ISO 3166."""

    currency: str
    country: str


def place_of(info: Any, currency: str | None, country: str | None) -> Place:
    """The place that was asked for; what is left out is the profile's, else what the browser's languages suggest.

    Raises:
        InvalidCurrency, InvalidCountry: no such currency or country.
    """
    context = context_of(info)
    wanted = context.currency if currency is None else checked_currency(currency)
    return Place(wanted, context.country if country is None else checked_country(country))


def cart_of(info: Any, token: str | None) -> Cart | None:
    """The cart of the person who asks, or the guest's that the token opens."""
    return find_cart(context_of(info).user, text_of(token, 100, "cartToken"))


def required_cart(info: Any, token: str | None) -> Cart:
    """The same.

    Raises:
        CartNotFound: there is none.
    """
    cart = cart_of(info, token)
    if cart is None:
        raise CartNotFound(field="cartToken" if token else None)
    return cart


def take_over(info: Any, token: str | None) -> None:
    """Give a guest's cart to who has logged in since."""
    if token and is_person(context_of(info).user):
        merge_carts(context_of(info).user, text_of(token, 100, "cartToken"))


def cart_view(info: Any, cart: Cart | None, place: Place) -> CartView:
    """The cart as of now."""
    context = context_of(info)
    person = context.user if is_person(context.user) else None
    return view_cart(cart, currency=place.currency, country=place.country, language=context.language, person=person)


def own_order(person: Any, text: str) -> Order:
    """The order of that id.

    Raises:
        InvalidInput: no id.
        NotFound: no such order, or somebody else's.
    """
    order = orders_of(person).filter(public_id=uuid_of(text, "orderId")).first()
    if order is None:
        raise NotFound(field="orderId")
    return order


def own_subscription(person: Any, text: str) -> Subscription:
    """The subscription of that id.

    Raises:
        InvalidInput: no id.
        SubscriptionNotFound: no such subscription, or somebody else's.
    """
    found = subscriptions_of(person).filter(public_id=uuid_of(text, "subscriptionId")).first()
    if found is None:
        raise SubscriptionNotFound(field="subscriptionId")
    return found


def offered(info: Any, text: str, field: str) -> tuple[Offer, Contents]:
    """The offer of that id and what it gives.

    Raises:
        InvalidInput: no id.
        NotOnSale: nothing on sale, or nothing that is published: its title is nobody's business yet.
    """
    offer = offer_by_id(uuid_of(text, field))
    if offer is None or not offer.prices.all():
        raise NotOnSale(field=field)
    given = offer_contents([offer], context_of(info).language)[offer.pk]
    if not given.courses and offer.kind != Offer.Kind.PLAN:
        raise NotOnSale(field=field)
    return offer, given


def plan_offer(text: str) -> Offer:
    """The offer of that id, if it sells a plan.

    Raises:
        InvalidInput: no id.
        NotOnSale: nothing on sale, or no plan.
    """
    offer = offer_by_id(uuid_of(text, "offerId"))
    if offer is None or offer.kind != Offer.Kind.PLAN:
        raise NotOnSale(field="offerId")
    return offer


def plan_of(text: str) -> Plan:
    """The plan that the offer of that id sells.

    Raises:
        InvalidInput, NotOnSale: as :func:`plan_offer`.
    """
    plan = Plan.objects.select_related("offer").filter(offer=plan_offer(text)).first()
    if plan is None:
        raise NotOnSale(field="offerId")
    return plan


def checked_return_url(text: str | None) -> str:
    """Where a provider's page may lead back to; empty for the website's own page.

    Raises:
        InvalidInput: an address that the school hasn't named: nobody is led astray from a page of ours.
    """
    if not text:
        return ""
    known = (f"{settings.SITE_URL}/", *settings.PAYMENT_RETURN_URLS)
    if len(text) > 500 or not text.isascii() or not text.isprintable() or not text.startswith(known):
        raise InvalidInput(
            "invalid_return_url", _("This address is not one that payments come back to at this school."), "returnUrl"
        )
    return text
