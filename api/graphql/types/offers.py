"""What is sold, with its price for the person who asks."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.batches import OfferBatch
from api.graphql.context import context_of
from api.graphql.types.common import MoneyType, money
from commerce.pricing import Quote
from core.money import Money


@dataclass(frozen=True)
class OfferNode:
    """An offer that shares what it loads with the others of its list."""

    quote: Quote
    batch: OfferBatch
    title: str


def offer_nodes(titled: list[tuple[Quote, str]], info: Any) -> list[OfferNode]:
    """Nodes of offers with their titles, sharing one batch."""
    batch = OfferBatch([quote for quote, _title in titled], context_of(info))
    return [OfferNode(quote, batch, title) for quote, title in titled]


class OfferKind(graphene.Enum):
    """What an offer sells."""

    COURSE = "course"
    PATH = "path"
    BUNDLE = "bundle"
    PLAN = "plan"


def _course_type() -> Any:
    from api.graphql.types.course import CourseType

    return CourseType


class OfferType(graphene.ObjectType):
    """Something that can be bought, with its price for the person who asks."""

    class Meta:
        name = "Offer"

    id = graphene.ID(required=True)
    kind = graphene.Field(OfferKind, required=True)
    title = graphene.String(required=True)
    price = graphene.Field(MoneyType, required=True, description="What is charged, before coupons.")
    list_price = graphene.Field(MoneyType, required=True, description="Without the discount in force.")
    discount_label = graphene.String(description="Null without a discount.")
    discount_ends_at = graphene.DateTime()
    is_pay_what_you_can = graphene.Boolean(required=True)
    minimum = graphene.Field(MoneyType, description="The least that may be chosen, where the buyer chooses.")
    places_left = graphene.Int(
        description="How often it can still be bought; null for any number. Unpaid orders hold places for some hours."
    )
    courses = graphene.List(
        graphene.NonNull(_course_type),
        required=True,
        description="What it gives; empty for a plan, which says so itself.",
    )

    @staticmethod
    def resolve_id(node: OfferNode, info: Any) -> str:
        return str(node.quote.offer.public_id)

    @staticmethod
    def resolve_kind(node: OfferNode, info: Any) -> str:
        return str(node.quote.offer.kind)

    @staticmethod
    def resolve_price(node: OfferNode, info: Any) -> MoneyType:
        return money(node.quote.price, context_of(info).language)

    @staticmethod
    def resolve_list_price(node: OfferNode, info: Any) -> MoneyType:
        return money(node.quote.list_price, context_of(info).language)

    @staticmethod
    def resolve_discount_label(node: OfferNode, info: Any) -> str | None:
        return node.quote.discount_label or None

    @staticmethod
    def resolve_discount_ends_at(node: OfferNode, info: Any) -> Any:
        return node.quote.discount_ends_at

    @staticmethod
    def resolve_is_pay_what_you_can(node: OfferNode, info: Any) -> bool:
        return node.quote.suggested is not None

    @staticmethod
    def resolve_minimum(node: OfferNode, info: Any) -> MoneyType | None:
        minimum: Money | None = node.quote.minimum
        return money(minimum, context_of(info).language) if minimum is not None else None

    @staticmethod
    def resolve_places_left(node: OfferNode, info: Any) -> int | None:
        offer = node.quote.offer
        return None if offer.places is None else offer.places_left

    @staticmethod
    def resolve_courses(node: OfferNode, info: Any) -> list[Any]:
        from api.graphql.types.course import CourseNode

        given = node.batch.contents[node.quote.offer.pk].courses
        pages = [node.batch.by_key[course.key] for course in given if course.key in node.batch.by_key]
        return [CourseNode(page, node.batch.courses) for page in pages]
