"""The cart: a person's, or a guest's by the token that only their app has."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.types.common import MoneyType, UserError, money, user_errors
from api.graphql.types.offers import OfferKind, OfferNode, OfferType, offer_nodes
from commerce.carts import CartLine, CartView
from core.money import Money


@dataclass(frozen=True)
class CartLineNode:
    """A line with its offer, which shares what it loads with the others."""

    line: CartLine
    offer: OfferNode | None


class CartLineType(graphene.ObjectType):
    """One offer in a cart, priced as of now."""

    class Meta:
        name = "CartLine"

    id = graphene.ID(required=True)
    kind = graphene.Field(OfferKind, required=True)
    title = graphene.String(required=True)
    offer = graphene.Field(
        OfferType, description="With its price; null where it can't be bought in the cart's currency."
    )
    discount = graphene.Field(MoneyType, description="The coupon's part.")
    amount = graphene.Field(MoneyType, description="What is owed for it, tax included.")
    recipient_email = graphene.String(description="Of a gift.")
    problem = graphene.Field(UserError, description="Why the cart can't be ordered with this line in it.")

    @staticmethod
    def resolve_id(node: CartLineNode, info: Any) -> str:
        return str(node.line.item.public_id)

    @staticmethod
    def resolve_kind(node: CartLineNode, info: Any) -> str:
        return str(node.line.offer.kind)

    @staticmethod
    def resolve_title(node: CartLineNode, info: Any) -> str:
        return node.line.title

    @staticmethod
    def resolve_discount(node: CartLineNode, info: Any) -> MoneyType | None:
        return _money(node.line.discount, info)

    @staticmethod
    def resolve_amount(node: CartLineNode, info: Any) -> MoneyType | None:
        return _money(node.line.amount, info)

    @staticmethod
    def resolve_recipient_email(node: CartLineNode, info: Any) -> str | None:
        return node.line.item.recipient_email or None

    @staticmethod
    def resolve_problem(node: CartLineNode, info: Any) -> UserError | None:
        return user_errors(node.line.problem)[0] if node.line.problem else None


def _money(found: Money | None, info: Any) -> MoneyType | None:
    return None if found is None else money(found, context_of(info).language)


class CartType(graphene.ObjectType):
    """What somebody is about to buy. It holds no amounts: these are as of now, and are frozen by `checkout`."""

    class Meta:
        name = "Cart"

    lines = graphene.List(graphene.NonNull(CartLineType), required=True)
    currency = graphene.String(required=True, description="ISO 4217; what all of it is paid with.")
    currencies = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="In which all of it is sold."
    )
    subtotal = graphene.Field(MoneyType, required=True)
    discount = graphene.Field(MoneyType, required=True)
    tax = graphene.Field(MoneyType, required=True)
    tax_name = graphene.String()
    total = graphene.Field(MoneyType, required=True)
    coupon = graphene.String(description="The code in use.")
    coupon_problem = graphene.Field(UserError, description="Why the coupon takes nothing off at present.")

    @staticmethod
    def resolve_lines(view: CartView, info: Any) -> list[CartLineNode]:
        nodes = iter(offer_nodes([(line.quote, line.title) for line in view.lines if line.quote], info))
        return [CartLineNode(line, next(nodes) if line.quote else None) for line in view.lines]

    @staticmethod
    def resolve_currencies(view: CartView, info: Any) -> list[str]:
        return list(view.currencies)

    @staticmethod
    def resolve_subtotal(view: CartView, info: Any) -> MoneyType:
        return money(view.subtotal, context_of(info).language)

    @staticmethod
    def resolve_discount(view: CartView, info: Any) -> MoneyType:
        return money(view.discount, context_of(info).language)

    @staticmethod
    def resolve_tax(view: CartView, info: Any) -> MoneyType:
        return money(view.tax, context_of(info).language)

    @staticmethod
    def resolve_tax_name(view: CartView, info: Any) -> str | None:
        return view.tax_name or None

    @staticmethod
    def resolve_total(view: CartView, info: Any) -> MoneyType:
        return money(view.total, context_of(info).language)

    @staticmethod
    def resolve_coupon(view: CartView, info: Any) -> str | None:
        return view.coupon.code if view.coupon else None

    @staticmethod
    def resolve_coupon_problem(view: CartView, info: Any) -> UserError | None:
        return user_errors(view.coupon_problem)[0] if view.coupon_problem else None
