"""Plans on sale, and what a person subscribes to."""

from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.types.common import MoneyType
from api.graphql.types.shop import OfferType, OrderType, amount, order_of
from commerce.models import Order, Subscription
from commerce.pricing import Quote
from commerce.subscriptions import PlanOnSale, access_ends_at, covers, order_to_pay, plan_title


class PlanInterval(graphene.Enum):
    """How long a period is."""

    MONTH = "month"
    YEAR = "year"


class PlanType(graphene.ObjectType):
    """A subscription as it can be bought here."""

    class Meta:
        name = "Plan"

    offer = graphene.Field(OfferType, required=True, description="With its price; its id is what `subscribe` takes.")
    title = graphene.String(required=True)
    covers = graphene.String(required=True, description="What it gives, as a sentence.")
    interval = graphene.Field(PlanInterval, required=True)
    trial_days = graphene.Int(required=True)

    @staticmethod
    def resolve_offer(found: PlanOnSale, info: Any) -> Quote:
        return found.quote

    @staticmethod
    def resolve_interval(found: PlanOnSale, info: Any) -> str:
        return found.plan.interval

    @staticmethod
    def resolve_trial_days(found: PlanOnSale, info: Any) -> int:
        return found.plan.trial_days


class SubscriptionState(graphene.Enum):
    """Where a subscription stands."""

    INCOMPLETE = "incomplete"
    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


class SubscriptionType(graphene.ObjectType):
    """Somebody's plan."""

    class Meta:
        name = "PlanSubscription"

    id = graphene.ID(required=True)
    state = graphene.Field(SubscriptionState, required=True)
    title = graphene.String(required=True)
    covers = graphene.String(required=True)
    interval = graphene.Field(PlanInterval, required=True)
    amount = graphene.Field(MoneyType, required=True, description="Of a period.")
    is_charged_by_card = graphene.Boolean(required=True, description="Whether a card is charged by itself.")
    period_ends_at = graphene.DateTime()
    access_ends_at = graphene.DateTime(description="Until when its courses are open as things stand.")
    cancels_at_period_end = graphene.Boolean(required=True)
    next_plan_title = graphene.String(description="The plan from the next period on, if it is another one.")
    order_to_pay = graphene.Field(OrderType, description="The order that waits for its payment, if one does.")

    @staticmethod
    def resolve_id(found: Subscription, info: Any) -> str:
        return str(found.public_id)

    @staticmethod
    def resolve_title(found: Subscription, info: Any) -> str:
        return plan_title(found.plan, context_of(info).language)

    @staticmethod
    def resolve_covers(found: Subscription, info: Any) -> str:
        return covers(found.plan, context_of(info).language)

    @staticmethod
    def resolve_interval(found: Subscription, info: Any) -> str:
        return found.plan.interval

    @staticmethod
    def resolve_amount(found: Subscription, info: Any) -> MoneyType | None:
        return amount(found.amount_minor, found.currency, info)

    @staticmethod
    def resolve_is_charged_by_card(found: Subscription, info: Any) -> bool:
        return found.billing == Subscription.Billing.STRIPE

    @staticmethod
    def resolve_access_ends_at(found: Subscription, info: Any) -> Any:
        return access_ends_at(found)

    @staticmethod
    def resolve_next_plan_title(found: Subscription, info: Any) -> str | None:
        return plan_title(found.next_plan, context_of(info).language) if found.next_plan else None

    @staticmethod
    def resolve_order_to_pay(found: Subscription, info: Any) -> Order | None:
        order = order_to_pay(found)
        return order_of(order.public_id) if order else None
