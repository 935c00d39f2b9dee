"""Cart, orders, payments, gifts, wishes. Each mutation calls the action that the website's button calls."""

from collections.abc import Callable
from typing import Any

import graphene
from django.db import transaction
from django.utils.translation import gettext as _

from api.graphql.context import context_of
from api.graphql.ids import page_key, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform, perform_networked
from api.graphql.shop import Place, cart_of, cart_view, checked_return_url, place_of, take_over
from api.graphql.types.cart import CartType
from api.graphql.types.common import user_errors
from api.graphql.types.person import EnrollmentType, enrollment_nodes
from api.graphql.types.shop import OrderType, PaymentType, order_of
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.add_wish import add_wish
from commerce.actions.apply_coupon import apply_coupon
from commerce.actions.ask_again import ask_again
from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.cancel_order import cancel_order
from commerce.actions.claim_gift import claim_gift
from commerce.actions.pay_order import pay_order
from commerce.actions.place_order import place_order
from commerce.actions.remove_coupon import remove_coupon
from commerce.actions.remove_from_cart import remove_from_cart
from commerce.actions.remove_wish import remove_wish
from commerce.carts import cart_for
from commerce.errors import AttemptNotFound, CartNotFound, NotOnSale
from commerce.models import Cart, Order, PaymentAttempt, WishlistItem
from commerce.queries import offer_by_id, orders_of
from core.errors import DomainError, InvalidInput, NotFound
from core.money import Money

_CURRENCY = "ISO 4217; the profile's, or that of the country, when left out."
_COUNTRY = "ISO 3166, of the buyer; the profile's, when left out."
_GUEST = "Of a guest's cart. A person's own cart takes it over."


class AddToCartInput(graphene.InputObjectType):
    """Which offer, and for whom."""

    offer_id = graphene.ID(required=True)
    cart_token = graphene.String(description=_GUEST)
    recipient_email = graphene.String(description="To give it to somebody else.")
    recipient_message = graphene.String()
    chosen_amount = graphene.String(description="Major units, where the buyer chooses what to pay.")
    currency = graphene.String(description=_CURRENCY)
    country = graphene.String(description=_COUNTRY)


class RemoveFromCartInput(graphene.InputObjectType):
    """Which line."""

    line_id = graphene.ID(required=True)
    cart_token = graphene.String(description=_GUEST)
    currency = graphene.String(description=_CURRENCY)
    country = graphene.String(description=_COUNTRY)


class ApplyCouponInput(graphene.InputObjectType):
    """Which code; none takes the coupon out."""

    code = graphene.String(description="As people type it; null or empty removes the coupon.")
    cart_token = graphene.String(description=_GUEST)
    currency = graphene.String(description=_CURRENCY)
    country = graphene.String(description=_COUNTRY)


class CartPayload(Payload):
    """The cart as it is now."""

    cart = graphene.Field(CartType)
    cart_token = graphene.String(description="Keep it: it opens a guest's cart. Null for people who are logged in.")


class BillingInput(graphene.InputObjectType):
    """The invoice address."""

    name = graphene.String()
    company = graphene.String()
    address = graphene.String()
    tax_number = graphene.String()


class CheckoutInput(graphene.InputObjectType):
    """How to order what is in the cart."""

    idempotency_key = graphene.String(required=True, description="1 to 255 characters; the same key, the same order.")
    currency = graphene.String(description=_CURRENCY)
    country = graphene.String(description=_COUNTRY)
    cart_token = graphene.String(description=_GUEST)
    billing = graphene.Field(BillingInput)
    expected_total = graphene.String(
        description="Major units, as the buyer was shown; another total is refused, and nothing is ordered."
    )
    referral = graphene.String(description="Code of the link of an author's that led here.")


class OrderPayload(Payload):
    """The order."""

    order = graphene.Field(OrderType)


class PayOrderInput(graphene.InputObjectType):
    """How to pay an order."""

    order_id = graphene.ID(required=True)
    provider = graphene.String(required=True, description="One of `paymentMethods`.")
    phone = graphene.String(description="Of the wallet, national or international, where the way to pay asks for it.")
    idempotency_key = graphene.String(
        required=True, description="1 to 255 characters; the same key, the same attempt: nobody is asked twice."
    )
    return_url = graphene.String(
        description="Where the provider's page comes back to, with `{attempt}` for the payment's id: an address that "
        "the school has named for apps. The website's page when left out."
    )
    replace = graphene.Boolean(description="Give up the attempt that is open, where nothing can come of it any more.")


class PaymentPayload(Payload):
    """The attempt to pay, with its next step, and its order."""

    payment = graphene.Field(PaymentType)
    order = graphene.Field(OrderType)


class PaymentInput(graphene.InputObjectType):
    """Which attempt."""

    payment_id = graphene.ID(required=True)


class CancelOrderInput(graphene.InputObjectType):
    """Which order."""

    order_id = graphene.ID(required=True)


class ClaimGiftInput(graphene.InputObjectType):
    """The token at the end of the gift's link."""

    token = graphene.String(required=True)


class ClaimGiftPayload(Payload):
    """What was given."""

    enrollments = graphene.List(graphene.NonNull(EnrollmentType))


class WishInput(graphene.InputObjectType):
    """A course or a learning path."""

    course_id = graphene.ID()
    path_id = graphene.ID()


class WishPayload(Payload):
    """Whether it is on the wish list now."""

    is_wished = graphene.Boolean()


class ShopMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    add_to_cart = graphene.Field(CartPayload, required=True, input=AddToCartInput(required=True))
    remove_from_cart = graphene.Field(CartPayload, required=True, input=RemoveFromCartInput(required=True))
    apply_coupon = graphene.Field(CartPayload, required=True, input=ApplyCouponInput(required=True))
    checkout = graphene.Field(
        OrderPayload,
        required=True,
        input=CheckoutInput(required=True),
        description="Order what is in the cart, with frozen amounts. What owes nothing is given at once.",
    )
    pay_order = graphene.Field(
        PaymentPayload,
        required=True,
        input=PayOrderInput(required=True),
        description="Start to pay. It calls a provider, so it comes alone in its document.",
    )
    check_payment = graphene.Field(
        PaymentPayload,
        required=True,
        input=PaymentInput(required=True),
        description="Where a payment stands; its provider is asked every few seconds at most. Alone in its document.",
    )
    cancel_payment = graphene.Field(
        PaymentPayload,
        required=True,
        input=PaymentInput(required=True),
        description="Give up an attempt that nothing can come of any more. Alone in its document.",
    )
    cancel_order = graphene.Field(OrderPayload, required=True, input=CancelOrderInput(required=True))
    claim_gift = graphene.Field(ClaimGiftPayload, required=True, input=ClaimGiftInput(required=True))
    add_wish = graphene.Field(WishPayload, required=True, input=WishInput(required=True))
    remove_wish = graphene.Field(WishPayload, required=True, input=WishInput(required=True))

    @staticmethod
    def resolve_add_to_cart(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            offer = offer_by_id(uuid_of(input["offer_id"], "offerId"))
            if offer is None:
                raise NotOnSale
            user = context_of(info).user
            cart, token = cart_for(user, (input.get("cart_token") or "")[:100])
            add_to_cart(
                actor=user,
                cart=cart,
                offer=offer,
                recipient_email=input.get("recipient_email") or "",
                recipient_message=input.get("recipient_message") or "",
                chosen=_amount(input.get("chosen_amount"), place.currency, "chosenAmount"),
                country=place.country,
            )
            return cart, token

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_remove_from_cart(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            cart = _cart(info, input)
            remove_from_cart(actor=context_of(info).user, cart=cart, item_id=uuid_of(input["line_id"], "lineId"))
            return cart, input.get("cart_token") or ""

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_apply_coupon(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(place: Place) -> tuple[Cart, str]:
            context, cart = context_of(info), _cart(info, input)
            if not (input.get("code") or "").strip():
                remove_coupon(actor=context.user, cart=cart)
            else:
                apply_coupon(
                    actor=context.user,
                    cart=cart,
                    code=input["code"][:100],
                    currency=place.currency,
                    country=place.country,
                    client=context.request.META.get("REMOTE_ADDR", ""),
                )
            return cart, input.get("cart_token") or ""

        return _cart_answer(info, input, change)

    @staticmethod
    def resolve_checkout(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            place = place_of(info, input.get("currency"), input.get("country"))
            take_over(info, input.get("cart_token"))
            order = place_order(
                actor=person,
                cart=_cart(info, input),
                currency=place.currency,
                country=place.country,
                language=context_of(info).language,
                billing=dict(input.get("billing") or {}),
                idempotency_key=input["idempotency_key"],
                expected_total=_amount(input.get("expected_total"), place.currency, "expectedTotal"),
                referral=(input.get("referral") or "")[:32],
            )
            return {"order": order_of(order.public_id)}

        return perform(info, action)

    @staticmethod
    def resolve_pay_order(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            attempt = pay_order(
                actor=person,
                order=_order(person, input["order_id"]),
                provider=input["provider"][:20],
                phone=(input.get("phone") or "")[:40],
                idempotency_key=input["idempotency_key"],
                return_url=checked_return_url(input.get("return_url")),
                replace=bool(input.get("replace")),
            )
            return _paid(attempt)

        return perform_networked(info, action)

    @staticmethod
    def resolve_check_payment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            return _paid(ask_again(actor=person, attempt=_attempt(person, input["payment_id"])))

        return perform_networked(info, action)

    @staticmethod
    def resolve_cancel_payment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            return _paid(cancel_attempt(actor=person, attempt=_attempt(person, input["payment_id"])))

        return perform_networked(info, action)

    @staticmethod
    def resolve_cancel_order(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            order = cancel_order(actor=person, order=_order(person, input["order_id"]))
            return {"order": order_of(order.public_id)}

        return perform(info, action)

    @staticmethod
    def resolve_claim_gift(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            return {"enrollments": enrollment_nodes(claim_gift(actor=person, token=input["token"][:300]), info)}

        return perform(info, action)

    @staticmethod
    def resolve_add_wish(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            kind, key = _wish(input)
            add_wish(actor=person, kind=kind, key=key)
            return {"is_wished": True}

        return perform(info, action)

    @staticmethod
    def resolve_remove_wish(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            kind, key = _wish(input)
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


def _cart(info: Any, input: dict[str, Any]) -> Cart:
    cart = cart_of(info, input.get("cart_token"))
    if cart is None:
        raise CartNotFound
    return cart


def _amount(text: str | None, currency: str, field: str) -> Money | None:
    if text is None:
        return None
    try:
        return Money.from_decimal(text[:40], currency)
    except ValueError as error:
        raise InvalidInput("invalid_amount", _("Give an amount in digits, like 2500 or 12.50."), field) from error


def _order(person: Any, text: str) -> Order:
    order = orders_of(person).filter(public_id=uuid_of(text, "orderId")).first()
    if order is None:
        raise NotFound(field="orderId")
    return order


def _attempt(person: Any, text: str) -> PaymentAttempt:
    mine = PaymentAttempt.objects.filter(order__learner=person).select_related("order__learner", "payment")
    attempt = mine.filter(public_id=uuid_of(text, "paymentId")).first()
    if attempt is None:
        raise AttemptNotFound
    return attempt


def _paid(attempt: PaymentAttempt) -> dict[str, Any]:
    return {"payment": attempt, "order": order_of(attempt.order.public_id)}


def _wish(input: dict[str, Any]) -> tuple[str, Any]:
    course, path = input.get("course_id"), input.get("path_id")
    if (course is None) == (path is None):
        raise InvalidInput("invalid_input", _("Give either courseId or pathId."), "courseId")
    if course is not None:
        return WishlistItem.Kind.COURSE, page_key(course, "courseId")
    return WishlistItem.Kind.PATH, page_key(str(path), "pathId")
