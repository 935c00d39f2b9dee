"""Subscriptions. Each mutation calls the action that the website's button calls."""

from collections.abc import Callable
from typing import Any

import graphene
from django.utils.translation import gettext as _

from api.graphql.context import context_of
from api.graphql.ids import text_of
from api.graphql.mutations.base import Answer, Payload, perform_networked
from api.graphql.mutations.cart import BillingInput
from api.graphql.shop import COUNTRY, CURRENCY, checked_return_url, own_subscription, place_of, plan_of, plan_offer
from api.graphql.types.common import MoneyInput, read_money
from api.graphql.types.orders import OrderType, order_again
from api.graphql.types.subscriptions import SubscriptionType, subscription_nodes
from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.change_plan import change_plan
from commerce.actions.change_subscription_method import change_subscription_method
from commerce.actions.open_card_page import open_card_page
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.resume_subscription import resume_subscription
from commerce.actions.subscribe import subscribe
from commerce.errors import SamePlan
from commerce.models import Order, Subscription
from commerce.pricing import sold_currency
from commerce.subscriptions import subscriptions_of
from core.errors import InvalidInput


class SubscribeInput(graphene.InputObjectType):
    """Which plan, and how its periods are paid."""

    offer_id = graphene.ID(required=True)
    currency = graphene.String(description=CURRENCY)
    country = graphene.String(description=COUNTRY)
    chosen = graphene.Field(MoneyInput, description="What to pay, where the buyer chooses.")
    billing = graphene.Field(BillingInput)
    provider = graphene.String(description="With `phone`: how renewals may be asked for on the phone.")
    phone = graphene.String(description="Giving it says that prompts for renewals may be sent there.")
    by_card = graphene.Boolean(description="A card is charged by itself; `cardPageUrl` is where it is asked for.")
    return_url = graphene.String(description="With `byCard`: where that page leads back to, as for `payOrder`.")


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


class OpenCardPageInput(graphene.InputObjectType):
    """Which subscription, and where the page leads back to."""

    subscription_id = graphene.ID(required=True)
    return_url = graphene.String(required=True, description="As for `payOrder`.")


class SubscriptionPayload(Payload):
    """The subscription, and the order that is to be paid next, if one is."""

    subscription = graphene.Field(SubscriptionType)
    order = graphene.Field(OrderType)
    card_page_url = graphene.String(description="Where a card is asked for; open it in a browser.")


class SubscriptionMutations(graphene.ObjectType):
    """Part of ``Mutation``. Each may call a provider, so it comes alone in its document."""

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
    change_plan = graphene.Field(
        SubscriptionPayload,
        required=True,
        input=ChangePlanInput(required=True),
        description="As `planChange` says; the present plan takes a change for the next period back.",
    )
    change_subscription_method = graphene.Field(
        SubscriptionPayload, required=True, input=ChangeSubscriptionMethodInput(required=True)
    )
    open_card_page = graphene.Field(
        SubscriptionPayload,
        required=True,
        input=OpenCardPageInput(required=True),
        description="The page for the card of a subscription that is charged by itself.",
    )

    @staticmethod
    def resolve_subscribe(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            place = place_of(info, input.get("currency"), input.get("country"))
            offer, by_card = plan_offer(input["offer_id"]), bool(input.get("by_card"))
            currency = place.currency
            if input.get("currency") is None:
                currency = sold_currency(offer, currency=place.currency, country=place.country)
            back = _return_url(input.get("return_url")) if by_card else ""
            chosen = input.get("chosen")
            done = subscribe(
                actor=person,
                offer=offer,
                currency=currency,
                country=place.country,
                language=context_of(info).language,
                provider=text_of(input.get("provider"), 20, "provider"),
                phone=text_of(input.get("phone"), 40, "phone"),
                by_card=by_card,
                billing={name: value for name, value in (input.get("billing") or {}).items() if value is not None},
                chosen=None if chosen is None else read_money(chosen, "chosen"),
            )
            url = open_card_page(actor=person, subscription=done.subscription, return_url=back) if by_card else None
            return _answer(info, done.subscription, order=done.order, card_page_url=url)

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
        def action(person: Any) -> dict[str, Any]:
            found = own_subscription(person, input["subscription_id"])
            try:
                change = change_plan(actor=person, subscription=found, plan=plan_of(input["offer_id"]))
            except SamePlan:
                raise SamePlan(field="offerId") from None
            return _answer(info, found, order=change.order)

        return perform_networked(info, action)

    @staticmethod
    def resolve_change_subscription_method(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        provider, phone = input.get("provider"), input.get("phone")
        return _change(
            info,
            input,
            lambda person, found: change_subscription_method(
                actor=person,
                subscription=found,
                provider=text_of(provider, 20, "provider"),
                phone=text_of(phone, 40, "phone"),
            ),
        )

    @staticmethod
    def resolve_open_card_page(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            found = own_subscription(person, input["subscription_id"])
            back = _return_url(input["return_url"])
            url = open_card_page(actor=person, subscription=found, return_url=back)
            return _answer(info, found, card_page_url=url)

        return perform_networked(info, action)


def _change(info: Any, input: dict[str, Any], change: Callable[[Any, Subscription], object]) -> Answer:
    def action(person: Any) -> dict[str, Any]:
        found = own_subscription(person, input["subscription_id"])
        change(person, found)
        return _answer(info, found)

    return perform_networked(info, action)


def _answer(
    info: Any, subscription: Subscription, *, order: Order | None = None, card_page_url: str | None = None
) -> dict[str, Any]:
    """The subscription as it is now."""
    rows = subscriptions_of(context_of(info).person).filter(pk=subscription.pk)
    node = next(iter(subscription_nodes(rows, info)), None)
    again = order_again(order.public_id) if order else None
    return {"subscription": node, "order": again, "card_page_url": card_page_url}


def _return_url(text: str | None) -> str:
    back = checked_return_url(text)
    if not back:
        raise InvalidInput("invalid_return_url", _("Say where the page for the card leads back to."), "returnUrl")
    return back
