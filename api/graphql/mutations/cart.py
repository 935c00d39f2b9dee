"""Cart, checkout, wishes. Each mutation calls the action that the website's button calls."""

import uuid
from collections.abc import Callable
from typing import Any

import graphene
from django.db import transaction
from django.utils.translation import gettext as _

from api.graphql.context import context_of
from api.graphql.ids import page_key, text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.shop import COUNTRY, CURRENCY, GUEST, Place, cart_view, offered, place_of, required_cart, take_over
from api.graphql.types.cart import CartType
from api.graphql.types.common import MoneyInput, read_money, user_errors
from api.graphql.types.orders import OrderType, order_again
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.add_wish import add_wish
from commerce.actions.apply_coupon import apply_coupon
from commerce.actions.place_order import place_order
from commerce.actions.remove_coupon import remove_coupon
from commerce.actions.remove_from_cart import remove_from_cart
from commerce.actions.remove_wish import remove_wish
from commerce.carts import cart_for
from commerce.errors import CourseNotFound
from commerce.models import Cart, WishlistItem
from core.errors import DomainError, InvalidInput
from core.money import Money


class AddToCartInput(graphene.InputObjectType):
    """Which offer, and for whom."""

    offer_id = graphene.ID(required=True)
    cart_token = graphene.String(description=GUEST)
    recipient_email = graphene.String(description="To give it to somebody else.")
    recipient_message = graphene.String()
    chosen = graphene.Field(MoneyInput, description="What to pay, where the buyer chooses.")
    currency = graphene.String(description=CURRENCY)
    country = graphene.String(description=COUNTRY)


class RemoveFromCartInput(graphene.InputObjectType):
    """Which line."""

    line_id = graphene.ID(required=True)
    cart_token = graphene.String(description=GUEST)
    currency = graphene.String(description=CURRENCY)
    country = graphene.String(description=COUNTRY)


class ApplyCouponInput(graphene.InputObjectType):
    """Which code; none takes the coupon out."""

    code = graphene.String(description="As people type it; null or empty removes the coupon.")
    cart_token = graphene.String(description=GUEST)
    currency = graphene.String(description=CURRENCY)
    country = graphene.String(description=COUNTRY)


class CartPayload(Payload):
    """The cart as it is now."""

    cart = graphene.Field(CartType)
    cart_token = graphene.String(description="Keep it: it opens a guest's cart. Null for people who are logged in.")


class BillingInput(graphene.InputObjectType):
    """The invoice address."""

    name = graphene.String()
    company = graphene.String()
    email = graphene.String()
    address = graphene.String()
    city = graphene.String()
    postal_code = graphene.String()
    region = graphene.String()
    country = graphene.String(description="ISO 3166.")
    tax_number = graphene.String()


class CheckoutInput(graphene.InputObjectType):
    """How to order what is in the cart."""

    idempotency_key = graphene.String(required=True, description="1 to 255 characters; the same key, the same order.")
    currency = graphene.String(description=CURRENCY)
    country = graphene.String(description=COUNTRY)
    cart_token = graphene.String(description=GUEST)
    billing = graphene.Field(BillingInput)
    expected_total = graphene.Field(
        MoneyInput, description="What the buyer was shown; another total is refused, and nothing is ordered."
    )
    referral = graphene.String(description="Code of the link of an author's that led here.")


class OrderPayload(Payload):
    """The order."""

    order = graphene.Field(OrderType)


class WishInput(graphene.InputObjectType):
    """A course or a learning path."""

    course_id = graphene.ID()
    path_id = graphene.ID()


class WishPayload(Payload):
    """Whether it is on the wish list now."""

    is_wished = graphene.Boolean()


class CartMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    add_to_cart = graphene.Field(
        CartPayload,
        required=True,
        input=AddToCartInput(required=True),
        description="Guests may: the answer has the token of a cart of theirs.",
    )
    remove_from_cart = graphene.Field(CartPayload, required=True, input=RemoveFromCartInput(required=True))
    apply_coupon = graphene.Field(CartPayload, required=True, input=ApplyCouponInput(required=True))
    checkout = graphene.Field(
        OrderPayload,
        required=True,
        input=CheckoutInput(required=True),
        description="Order what is in the cart, with frozen amounts. What owes nothing is given at once.",
    )
    add_wish = graphene.Field(WishPayload, required=True, input=WishInput(required=True))
    remove_wish = graphene.Field(WishPayload, required=True, input=WishInput(required=True))

    @staticmethod
    def resolve_add_to_cart(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            offer, _given = offered(info, input["offer_id"], "offerId")
            user = context_of(info).user
            cart, token = cart_for(user, text_of(input.get("cart_token"), 100, "cartToken"))
            add_to_cart(
                actor=user,
                cart=cart,
                offer=offer,
                recipient_email=text_of(input.get("recipient_email"), 400, "recipientEmail"),
                recipient_message=text_of(input.get("recipient_message"), 2000, "recipientMessage"),
                chosen=_money(input.get("chosen"), "chosen"),
                country=place.country,
            )
            return cart, token

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_remove_from_cart(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            cart = required_cart(info, input.get("cart_token"))
            remove_from_cart(actor=context_of(info).user, cart=cart, item_id=uuid_of(input["line_id"], "lineId"))
            return cart, input.get("cart_token") or ""

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_apply_coupon(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            context, cart = context_of(info), required_cart(info, input.get("cart_token"))
            code = text_of(input.get("code"), 100, "code").strip()
            if code:
                apply_coupon(
                    actor=context.user,
                    cart=cart,
                    code=code,
                    currency=place.currency,
                    country=place.country,
                    client=context.request.META.get("REMOTE_ADDR", ""),
                )
            else:
                remove_coupon(actor=context.user, cart=cart)
            return cart, input.get("cart_token") or ""

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_checkout(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            place = place_of(info, input.get("currency"), input.get("country"))
            take_over(info, input.get("cart_token"))
            order = place_order(
                actor=person,
                cart=required_cart(info, None),
                currency=place.currency,
                country=place.country,
                language=context_of(info).language,
                billing={name: value for name, value in (input.get("billing") or {}).items() if value is not None},
                idempotency_key=text_of(input["idempotency_key"], 256, "idempotencyKey"),
                expected_total=_money(input.get("expected_total"), "expectedTotal"),
                referral=text_of(input.get("referral"), 32, "referral"),
            )
            return {"order": order_again(order.public_id)}

        return perform(info, action)

    @staticmethod
    def resolve_add_wish(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            kind, key, field = _wish(input)
            try:
                add_wish(actor=person, kind=kind, key=key)
            except CourseNotFound:
                raise CourseNotFound(field=field) from None
            return {"is_wished": True}

        return perform(info, action)

    @staticmethod
    def resolve_remove_wish(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            kind, key, _field = _wish(input)
            remove_wish(actor=person, kind=kind, key=key)
            return {"is_wished": False}

        return perform(info, action)


def _cart_answer(info: Any, input: dict[str, Any], change: Callable[[Place], tuple[Cart, str]]) -> Answer:
    """Change a cart, which guests may too, and answer with what it comes to now."""
    try:
        place = place_of(info, input.get("currency"), input.get("country"))
        with transaction.atomic():
            take_over(info, input.get("cart_token"))
            cart, token = change(place)
        cart.refresh_from_db()
        return Answer(cart=cart_view(info, cart, place), cart_token=None if cart.owner_id else token)
    except DomainError as error:
        return Answer(errors=user_errors(error))


def _money(given: dict[str, Any] | None, field: str) -> Money | None:
    return None if given is None else read_money(given, field)


def _wish(input: dict[str, Any]) -> tuple[str, uuid.UUID, str]:
    course, path = input.get("course_id"), input.get("path_id")
    if (course is None) == (path is None):
        raise InvalidInput("invalid_input", _("Give either courseId or pathId."), "courseId")
    if course is not None:
        return WishlistItem.Kind.COURSE, page_key(course, "courseId"), "courseId"
    return WishlistItem.Kind.PATH, page_key(str(path), "pathId"), "pathId"
