"""What can be asked about buying: the cart, ways to pay, orders, plans, subscriptions, wishes."""

from typing import Any

import graphene

from api.graphql.batches import OfferBatch
from api.graphql.connections import connection_of
from api.graphql.context import context_of
from api.graphql.ids import text_of, uuid_of
from api.graphql.shop import (
    COUNTRY,
    CURRENCY,
    cart_of,
    cart_view,
    offered,
    own_order,
    own_subscription,
    place_of,
    plan_of,
)
from api.graphql.types.cart import CartType
from api.graphql.types.common import read_money
from api.graphql.types.course import CourseNode, CourseType, course_nodes
from api.graphql.types.offers import OfferNode, OfferType
from api.graphql.types.orders import OrderConnection, OrderType, RefundableType, order_rows
from api.graphql.types.path import LearningPathType, PathNode, path_nodes
from api.graphql.types.payments import PaymentMethodType
from api.graphql.types.subscriptions import (
    PlanChangeType,
    PlanNode,
    PlanType,
    SubscriptionNode,
    SubscriptionType,
    plan_nodes,
    subscription_nodes,
)
from commerce.actions.change_plan import PlanChange, preview_plan_change
from commerce.carts import CartView
from commerce.errors import InvalidPhone, NotOnSale
from commerce.methods import Method, payment_methods
from commerce.models import Offer, Order, WishlistItem
from commerce.phones import parse_wallet_phone
from commerce.pricing import quotes, sold_currency
from commerce.queries import orders_of, wishes_of
from commerce.refunds import Refundable, refundable
from commerce.subscriptions import plans_on_sale, subscriptions_of
from courses.queries.pages import courses_by_keys, public_paths

#: Subscriptions and wishes of one person served at once.
MAX_SUBSCRIPTIONS = 50
MAX_WISHES = 200


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
        language = context_of(info).language
        rows = public_paths().filter(translation_key__in=keys) if keys else []
        # The last one stays: in the language of the answer, where it can be read in it.
        ordered = sorted(rows, key=lambda path: path.locale.language_code == language)
        found = {path.translation_key: path for path in ordered}
        return path_nodes([found[key] for key in keys if key in found], info)


class ShopQueries(graphene.ObjectType):
    """Part of ``Query``."""

    offer = graphene.Field(
        OfferType,
        id=graphene.ID(required=True),
        currency=graphene.String(description=CURRENCY),
        country=graphene.String(description=COUNTRY),
        description="Something on sale, priced for here; null when it isn't sold.",
    )
    cart = graphene.Field(
        CartType,
        required=True,
        token=graphene.String(description="Of a guest's cart; people who are logged in have their own."),
        currency=graphene.String(description=CURRENCY),
        country=graphene.String(description=COUNTRY),
    )
    payment_methods = graphene.List(
        graphene.NonNull(PaymentMethodType),
        required=True,
        country=graphene.String(required=True, description="ISO 3166."),
        currency=graphene.String(required=True, description="ISO 4217."),
        amount=graphene.String(required=True, description="Major units."),
        phone=graphene.String(description="National or international; its operator's way to pay comes first then."),
        description="Every way to pay, best first; what isn't available says why.",
    )
    refundable = graphene.Field(
        RefundableType,
        required=True,
        order_id=graphene.ID(required=True),
        description="What can be given back of an order of one's own.",
    )
    order = graphene.Field(OrderType, id=graphene.ID(required=True), description="An order of one's own.")
    orders = graphene.Field(
        OrderConnection, required=True, first=graphene.Int(), after=graphene.String(), description="One's own orders."
    )
    plans = graphene.List(
        graphene.NonNull(PlanType),
        required=True,
        currency=graphene.String(description=CURRENCY),
        country=graphene.String(description=COUNTRY),
        description="Subscriptions on sale here.",
    )
    subscriptions = graphene.List(
        graphene.NonNull(SubscriptionType), required=True, description="One's own subscriptions, newest first."
    )
    plan_change = graphene.Field(
        PlanChangeType,
        required=True,
        subscription_id=graphene.ID(required=True),
        offer_id=graphene.ID(required=True),
        description="What `changePlan` would do now.",
    )
    wishlist = graphene.Field(Wishlist, required=True)

    @staticmethod
    def resolve_offer(
        root: Any, info: Any, id: str, currency: str | None = None, country: str | None = None
    ) -> OfferNode | None:
        place = place_of(info, currency, country)
        try:
            offer, given = offered(info, id, "id")
        except NotOnSale:
            return None
        charged = sold_currency(offer, currency=place.currency, country=place.country)
        found = quotes([offer], currency=charged, country=place.country).get(offer.pk)
        return OfferNode(found, OfferBatch([found], context_of(info)), given.title) if found else None

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
        owed = read_money({"amount": amount, "currency": place.currency}, "amount")
        try:
            wallet = parse_wallet_phone(text_of(phone, 40, "phone"), place.country) if phone else ""
        except InvalidPhone:
            wallet = ""
        return payment_methods(place.country, owed, phone=wallet, language=context_of(info).language)

    @staticmethod
    def resolve_refundable(root: Any, info: Any, order_id: str) -> Refundable:
        person = context_of(info).person
        return refundable(own_order(person, order_id), person)

    @staticmethod
    def resolve_order(root: Any, info: Any, id: str) -> Order | None:
        return order_rows(orders_of(context_of(info).person)).filter(public_id=uuid_of(id, "id")).first()

    @staticmethod
    def resolve_orders(root: Any, info: Any, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        rows = order_rows(orders_of(context_of(info).person))
        return connection_of(rows, first=first, after=after, nodes=lambda found: found)

    @staticmethod
    def resolve_plans(root: Any, info: Any, currency: str | None = None, country: str | None = None) -> list[PlanNode]:
        place = place_of(info, currency, country)
        wanted = place.currency
        if currency is None:
            offers = list(Offer.objects.filter(kind=Offer.Kind.PLAN, is_on_sale=True))
            wanted = sold_currency(offers, currency=wanted, country=place.country)
        found = plans_on_sale(currency=wanted, country=place.country, language=context_of(info).language)
        return plan_nodes(found, info)

    @staticmethod
    def resolve_subscriptions(root: Any, info: Any) -> list[SubscriptionNode]:
        return subscription_nodes(subscriptions_of(context_of(info).person)[:MAX_SUBSCRIPTIONS], info)

    @staticmethod
    def resolve_plan_change(root: Any, info: Any, subscription_id: str, offer_id: str) -> PlanChange:
        person = context_of(info).person
        found = own_subscription(person, subscription_id)
        return preview_plan_change(actor=person, subscription=found, plan=plan_of(offer_id))

    @staticmethod
    def resolve_wishlist(root: Any, info: Any) -> list[WishlistItem]:
        return list(wishes_of(context_of(info).person)[:MAX_WISHES])
