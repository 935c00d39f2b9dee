"""What can be asked about buying: the cart, ways to pay, orders, plans, subscriptions, wishes, earnings."""

from typing import Any

import graphene
from django.utils.translation import gettext as _

from api.graphql.connections import connection_of
from api.graphql.context import context_of
from api.graphql.ids import uuid_of
from api.graphql.shop import cart_of, cart_view, place_of
from api.graphql.types.cart import CartType
from api.graphql.types.course import CourseNode, CourseType, course_nodes
from api.graphql.types.path import LearningPathType, PathNode, path_nodes
from api.graphql.types.shop import OfferType, OrderConnection, OrderType, PaymentMethodType, order_rows
from api.graphql.types.subscriptions import PlanType, SubscriptionType
from commerce.carts import CartView
from commerce.methods import Method, payment_methods
from commerce.models import Order, Subscription, WishlistItem
from commerce.pricing import Quote, quote, sold_currency
from commerce.queries import offer_by_id, orders_of, wishes_of
from commerce.subscriptions import PlanOnSale, plans_on_sale, subscriptions_of
from core.errors import InvalidInput
from core.money import Money
from courses.queries.pages import courses_by_keys, public_paths

#: Subscriptions and wishes of one person served at once.
MAX_SUBSCRIPTIONS = 50
MAX_WISHES = 100

_CURRENCY = "ISO 4217; the profile's, or that of the country, when left out."
_COUNTRY = "ISO 3166, of the buyer; the profile's, when left out."


class Wishlist(graphene.ObjectType):
    """What a person wishes for, newest first."""

    courses = graphene.List(graphene.NonNull(CourseType), required=True)
    learning_paths = graphene.List(graphene.NonNull(LearningPathType), required=True)

    @staticmethod
    def resolve_courses(wishes: list[WishlistItem], info: Any) -> list[CourseNode]:
        keys = [wish.key for wish in wishes if wish.kind == WishlistItem.Kind.COURSE]
        found = courses_by_keys(keys, context_of(info).language)
        return course_nodes([found[key] for key in keys if key in found], info)

    @staticmethod
    def resolve_learning_paths(wishes: list[WishlistItem], info: Any) -> list[PathNode]:
        keys = [wish.key for wish in wishes if wish.kind == WishlistItem.Kind.PATH]
        rows = public_paths(context_of(info).language).filter(translation_key__in=keys) if keys else []
        found = {path.translation_key: path for path in rows}
        return path_nodes([found[key] for key in keys if key in found], info)


class ShopQueries(graphene.ObjectType):
    """Part of ``Query``."""

    offer = graphene.Field(
        OfferType,
        id=graphene.ID(required=True),
        currency=graphene.String(description=_CURRENCY),
        country=graphene.String(description=_COUNTRY),
        description="Something on sale, priced for here; null when it isn't sold.",
    )
    cart = graphene.Field(
        CartType,
        required=True,
        token=graphene.String(description="Of a guest's cart; people who are logged in have their own."),
        currency=graphene.String(description=_CURRENCY),
        country=graphene.String(description=_COUNTRY),
    )
    payment_methods = graphene.List(
        graphene.NonNull(PaymentMethodType),
        required=True,
        country=graphene.String(required=True, description="ISO 3166."),
        currency=graphene.String(required=True, description="ISO 4217."),
        amount=graphene.String(required=True, description="Major units."),
        phone=graphene.String(description="International; the operator's way to pay comes first then."),
        description="Every way to pay, best first; what isn't available says why.",
    )
    order = graphene.Field(OrderType, id=graphene.ID(required=True), description="An order of one's own.")
    orders = graphene.Field(
        OrderConnection, required=True, first=graphene.Int(), after=graphene.String(), description="One's own orders."
    )
    plans = graphene.List(
        graphene.NonNull(PlanType),
        required=True,
        currency=graphene.String(description=_CURRENCY),
        country=graphene.String(description=_COUNTRY),
        description="Subscriptions on sale here.",
    )
    subscriptions = graphene.List(
        graphene.NonNull(SubscriptionType), required=True, description="One's own subscriptions, newest first."
    )
    wishlist = graphene.Field(Wishlist, required=True)

    @staticmethod
    def resolve_offer(
        root: Any, info: Any, id: str, currency: str | None = None, country: str | None = None
    ) -> Quote | None:
        place = place_of(info, currency, country)
        offer = offer_by_id(uuid_of(id, "id"))
        if offer is None or not offer.prices.all():
            return None
        charged = sold_currency(offer, currency=place.currency, country=place.country)
        return quote(offer, currency=charged, country=place.country)

    @staticmethod
    def resolve_cart(
        root: Any, info: Any, token: str | None = None, currency: str | None = None, country: str | None = None
    ) -> CartView:
        return cart_view(info, cart_of(info, token), place_of(info, currency, country))

    @staticmethod
    def resolve_payment_methods(
        root: Any, info: Any, country: str, currency: str, amount: str, phone: str | None = None
    ) -> list[Method]:
        place = place_of(info, currency, country)
        try:
            owed = Money.from_decimal(amount[:40], place.currency)
        except ValueError as error:
            raise InvalidInput(
                "invalid_amount", _("Give an amount in digits, like 2500 or 12.50."), "amount"
            ) from error
        wallet = (phone or "")[:20] if (phone or "").startswith("+") else ""
        return payment_methods(place.country, owed, phone=wallet, language=context_of(info).language)

    @staticmethod
    def resolve_order(root: Any, info: Any, id: str) -> Order | None:
        return order_rows(orders_of(context_of(info).person)).filter(public_id=uuid_of(id, "id")).first()

    @staticmethod
    def resolve_orders(root: Any, info: Any, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        rows = order_rows(orders_of(context_of(info).person))
        return connection_of(rows, first=first, after=after, nodes=lambda found: found)

    @staticmethod
    def resolve_plans(
        root: Any, info: Any, currency: str | None = None, country: str | None = None
    ) -> list[PlanOnSale]:
        place = place_of(info, currency, country)
        return plans_on_sale(currency=place.currency, country=place.country, language=context_of(info).language)

    @staticmethod
    def resolve_subscriptions(root: Any, info: Any) -> list[Subscription]:
        return list(subscriptions_of(context_of(info).person)[:MAX_SUBSCRIPTIONS])

    @staticmethod
    def resolve_wishlist(root: Any, info: Any) -> list[WishlistItem]:
        return list(wishes_of(context_of(info).person)[:MAX_WISHES])
