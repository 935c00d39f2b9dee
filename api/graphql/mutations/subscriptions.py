"""Subscriptions and refunds. Each mutation calls the action that the website's button calls."""

from collections.abc import Callable
from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.ids import uuid_of
from api.graphql.mutations.base import Answer, Payload, perform, perform_networked
from api.graphql.shop import place_of
from api.graphql.types.shop import OrderType, RefundType, order_of
from api.graphql.types.subscriptions import SubscriptionType
from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.change_plan import change_plan
from commerce.actions.change_subscription_method import change_subscription_method
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.request_refund import request_refund
from commerce.actions.resume_subscription import resume_subscription
from commerce.actions.subscribe import subscribe
from commerce.errors import NotOnSale, SubscriptionNotFound
from commerce.models import Offer, Order, Plan, Refund, Subscription
from commerce.queries import offer_by_id, orders_of
from commerce.subscriptions import subscriptions_of
from core.errors import NotFound


class SubscribeInput(graphene.InputObjectType):
    """Which plan."""

    offer_id = graphene.ID(required=True)
    currency = graphene.String(description="ISO 4217; the profile's, or that of the country, when left out.")
    country = graphene.String(description="ISO 3166, of the buyer; the profile's, when left out.")
    provider = graphene.String(description="With `phone`: how renewals may be asked for on the phone.")
    phone = graphene.String(description="Giving it says that prompts for renewals may be sent there.")


class SubscriptionInput(graphene.InputObjectType):
    """Which subscription."""

    subscription_id = graphene.ID(required=True)


class ChangePlanInput(graphene.InputObjectType):
    """Which subscription, and to which plan."""

    subscription_id = graphene.ID(required=True)
    offer_id = graphene.ID(required=True)


class ChangeSubscriptionMethodInput(graphene.InputObjectType):
    """How renewals are asked for; without a provider they are paid by hand."""

    subscription_id = graphene.ID(required=True)
    provider = graphene.String()
    phone = graphene.String()


class SubscriptionPayload(Payload):
    """The subscription, and the order that is to be paid next, if one is."""

    subscription = graphene.Field(SubscriptionType)
    order = graphene.Field(OrderType)


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


class MoneyMutations(graphene.ObjectType):
    """Part of ``Mutation``. Those about subscriptions may call a provider, so each comes alone in its document."""

    subscribe = graphene.Field(
        SubscriptionPayload,
        required=True,
        input=SubscribeInput(required=True),
        description="Take a plan; pay the order, if there is one, by `payOrder`.",
    )
    cancel_subscription = graphene.Field(
        SubscriptionPayload,
        required=True,
        input=SubscriptionInput(required=True),
        description="Don't renew; access lasts until the end of what is paid.",
    )
    pause_subscription = graphene.Field(SubscriptionPayload, required=True, input=SubscriptionInput(required=True))
    resume_subscription = graphene.Field(
        SubscriptionPayload,
        required=True,
        input=SubscriptionInput(required=True),
        description="Take a cancellation back, or end a pause.",
    )
    change_plan = graphene.Field(SubscriptionPayload, required=True, input=ChangePlanInput(required=True))
    change_subscription_method = graphene.Field(
        SubscriptionPayload, required=True, input=ChangeSubscriptionMethodInput(required=True)
    )
    request_refund = graphene.Field(RefundPayload, required=True, input=RequestRefundInput(required=True))

    @staticmethod
    def resolve_subscribe(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            place = place_of(info, input.get("currency"), input.get("country"))
            done = subscribe(
                actor=person,
                offer=_plan_offer(input["offer_id"]),
                currency=place.currency,
                country=place.country,
                language=context_of(info).language,
                provider=(input.get("provider") or "")[:20],
                phone=(input.get("phone") or "")[:40],
            )
            return _answer(person, done.subscription, done.order)

        return perform_networked(info, action)

    @staticmethod
    def resolve_cancel_subscription(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _change(info, input, lambda person, found: cancel_subscription(actor=person, subscription=found))

    @staticmethod
    def resolve_pause_subscription(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _change(info, input, lambda person, found: pause_subscription(actor=person, subscription=found))

    @staticmethod
    def resolve_resume_subscription(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _change(info, input, lambda person, found: resume_subscription(actor=person, subscription=found))

    @staticmethod
    def resolve_change_plan(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(person: Any, found: Subscription) -> None:
            plan = Plan.objects.get(offer=_plan_offer(input["offer_id"]))
            change_plan(actor=person, subscription=found, plan=plan)

        return _change(info, input, change)

    @staticmethod
    def resolve_change_subscription_method(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def change(person: Any, found: Subscription) -> None:
            provider, phone = (input.get("provider") or "")[:20], (input.get("phone") or "")[:40]
            change_subscription_method(actor=person, subscription=found, provider=provider, phone=phone)

        return _change(info, input, change)

    @staticmethod
    def resolve_request_refund(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            order = orders_of(person).filter(public_id=uuid_of(input["order_id"], "orderId")).first()
            if order is None:
                raise NotFound(field="orderId")
            reason = input["reason"]
            refund = request_refund(
                actor=person,
                order=order,
                lines=_lines(order, input.get("line_ids")),
                reason=getattr(reason, "value", reason) or Refund.Reason.OTHER,
                note=input.get("note") or "",
                idempotency_key=input["idempotency_key"],
            )
            return {"refund": refund}

        return perform(info, action)


def _plan_offer(text: str) -> Offer:
    offer = offer_by_id(uuid_of(text, "offerId"))
    if offer is None or offer.kind != Offer.Kind.PLAN:
        raise NotOnSale(field="offerId")
    return offer


def _change(info: Any, input: dict[str, Any], change: Callable[[Any, Subscription], object]) -> Answer:
    def action(person: Any) -> dict[str, Any]:
        key = uuid_of(input["subscription_id"], "subscriptionId")
        found = subscriptions_of(person).filter(public_id=key).first()
        if found is None:
            raise SubscriptionNotFound(field="subscriptionId")
        change(person, found)
        return _answer(person, found, None)

    return perform_networked(info, action)


def _answer(person: Any, subscription: Subscription, order: Order | None) -> dict[str, Any]:
    now = subscriptions_of(person).filter(pk=subscription.pk).first() or subscription
    return {"subscription": now, "order": order_of(order.public_id) if order else None}


def _lines(order: Order, texts: list[str] | None) -> list[Any] | None:
    if texts is None:
        return None
    keys = {uuid_of(text, "lineIds") for text in texts[:100]}
    lines = list(order.lines.filter(public_id__in=keys))
    if len(lines) != len(keys):
        raise NotFound(field="lineIds")
    return lines
