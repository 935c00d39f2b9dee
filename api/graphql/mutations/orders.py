"""Paying orders, giving them up, money back, gifts. Each mutation calls the action that the website's button calls."""

from typing import Any

import graphene

from api.graphql.ids import text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform, perform_networked
from api.graphql.mutations.cart import OrderPayload
from api.graphql.shop import checked_return_url, own_order
from api.graphql.types.orders import OrderType, RefundType, order_again
from api.graphql.types.payments import PaymentType
from api.graphql.types.person import EnrollmentType, enrollment_nodes
from commerce.actions.ask_again import ask_again
from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.cancel_order import cancel_order
from commerce.actions.claim_gift import claim_gift
from commerce.actions.pay_order import pay_order
from commerce.actions.request_refund import request_refund
from commerce.errors import AttemptNotFound
from commerce.models import Order, OrderLine, PaymentAttempt, Refund
from core.errors import NotFound
from core.idempotency import InvalidKey


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


class RefundReason(graphene.Enum):
    """Why somebody wants their money back."""

    CHANGED_MIND = "changed_mind"
    NOT_AS_EXPECTED = "not_as_expected"
    BOUGHT_BY_MISTAKE = "bought_by_mistake"
    TECHNICAL = "technical"
    OTHER = "other"


class RequestRefundInput(graphene.InputObjectType):
    """Of which order, and of which of its lines; of all when none is named."""

    order_id = graphene.ID(required=True)
    line_ids = graphene.List(graphene.NonNull(graphene.ID))
    reason = graphene.Field(RefundReason, required=True)
    note = graphene.String()
    idempotency_key = graphene.String(required=True, description="1 to 255 characters; the same key, the same refund.")


class RefundPayload(Payload):
    """The refund: approved at once within the school's rules, else decided by people."""

    refund = graphene.Field(RefundType)


class OrderMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

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
    request_refund = graphene.Field(RefundPayload, required=True, input=RequestRefundInput(required=True))
    claim_gift = graphene.Field(ClaimGiftPayload, required=True, input=ClaimGiftInput(required=True))

    @staticmethod
    def resolve_pay_order(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            attempt = pay_order(
                actor=person,
                order=own_order(person, input["order_id"]),
                provider=text_of(input["provider"], 20, "provider"),
                phone=text_of(input.get("phone"), 40, "phone"),
                idempotency_key=text_of(input["idempotency_key"], 256, "idempotencyKey"),
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
            order = cancel_order(actor=person, order=own_order(person, input["order_id"]))
            return {"order": order_again(order.public_id)}

        return perform(info, action)

    @staticmethod
    def resolve_request_refund(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            order = own_order(person, input["order_id"])
            key = text_of(input["idempotency_key"], 256, "idempotencyKey")
            if not 1 <= len(key) <= 255:
                raise InvalidKey
            reason = input["reason"]
            refund = request_refund(
                actor=person,
                order=order,
                lines=_lines(order, input.get("line_ids")),
                reason=getattr(reason, "value", reason) or Refund.Reason.OTHER,
                note=text_of(input.get("note"), 500, "note"),
                idempotency_key=key,
            )
            return {"refund": refund}

        return perform(info, action)

    @staticmethod
    def resolve_claim_gift(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            given = claim_gift(actor=person, token=text_of(input["token"], 300, "token"))
            return {"enrollments": enrollment_nodes(given, info)}

        return perform(info, action)


def _attempt(person: Any, text: str) -> PaymentAttempt:
    mine = PaymentAttempt.objects.filter(order__learner=person).select_related("order__learner", "payment")
    attempt = mine.filter(public_id=uuid_of(text, "paymentId")).first()
    if attempt is None:
        raise AttemptNotFound(field="paymentId")
    return attempt


def _paid(attempt: PaymentAttempt) -> dict[str, Any]:
    return {"payment": attempt, "order": order_again(attempt.order.public_id)}


def _lines(order: Order, texts: list[str] | None) -> list[OrderLine] | None:
    if texts is None:
        return None
    keys = {uuid_of(text, "lineIds") for text in texts[:100]}
    lines = list(order.lines.filter(public_id__in=keys))
    if len(lines) != len(keys):
        raise NotFound(field="lineIds")
    return lines
