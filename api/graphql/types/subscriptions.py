"""Plans on sale, and what a person subscribes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import graphene
from django.db.models import prefetch_related_objects

from api.graphql.context import Context, context_of
from api.graphql.types.common import MoneyType, amount, money
from api.graphql.types.offers import OfferNode, OfferType, offer_nodes
from api.graphql.types.orders import OrderType, order_rows
from commerce.actions.change_plan import PlanChange
from commerce.models import Order, Subscription
from commerce.subscriptions import PlanOnSale, access_ends_at, covers_of, orders_to_pay, plan_title


class PlanInterval(graphene.Enum):
    """How long a period is."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class PlanNode:
    """A plan on sale with its offer, which shares what it loads with the others."""

    found: PlanOnSale
    offer: OfferNode


def plan_nodes(plans: list[PlanOnSale], info: Any) -> list[PlanNode]:
    """Nodes of plans whose offers share one batch."""
    offers = offer_nodes([(plan.quote, plan.title) for plan in plans], info)
    return [PlanNode(plan, offer) for plan, offer in zip(plans, offers, strict=True)]


class PlanType(graphene.ObjectType):
    """A subscription as it can be bought here."""

    class Meta:
        name = "Plan"

    offer = graphene.Field(OfferType, required=True, description="With its price; its id is what `subscribe` takes.")
    title = graphene.String(required=True)
    covers = graphene.String(required=True, description="What it gives, as a sentence.")
    interval = graphene.Field(PlanInterval, required=True)
    trial_days = graphene.Int(required=True, description="Days to try for nothing; once for each person.")

    @staticmethod
    def resolve_title(node: PlanNode, info: Any) -> str:
        return node.found.title

    @staticmethod
    def resolve_covers(node: PlanNode, info: Any) -> str:
        return node.found.covers

    @staticmethod
    def resolve_interval(node: PlanNode, info: Any) -> str:
        return str(node.found.plan.interval)

    @staticmethod
    def resolve_trial_days(node: PlanNode, info: Any) -> int:
        return node.found.plan.trial_days


class SubscriptionState(graphene.Enum):
    """Where a subscription stands."""

    INCOMPLETE = "incomplete"
    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


class SubscriptionBatch:
    """A person's subscriptions, with everything their fields may ask for."""

    def __init__(self, subscriptions: list[Subscription], context: Context) -> None:
        self.subscriptions = subscriptions
        self.context = context

    @cached_property
    def covers(self) -> dict[int, str]:
        """What each plan gives, by its pk; two queries."""
        plans = [found.plan for found in self.subscriptions]
        prefetch_related_objects(plans, "offer__items")
        return covers_of(plans, self.context.language)

    @cached_property
    def orders(self) -> dict[int, Order]:
        """Orders that wait for their payment, by the subscription's pk; a fixed number of queries."""
        waiting = orders_to_pay(self.subscriptions)
        rows = order_rows(Order.objects.filter(pk__in=[order.pk for order in waiting.values()]))
        loaded = {order.pk: order for order in rows} if waiting else {}
        return {pk: loaded[order.pk] for pk, order in waiting.items()}


@dataclass(frozen=True)
class SubscriptionNode:
    """A subscription that shares what it loads with the others of its list."""

    found: Subscription
    batch: SubscriptionBatch


def subscription_nodes(subscriptions: Iterable[Subscription], info: Any) -> list[SubscriptionNode]:
    """Nodes that share one batch."""
    rows = list(subscriptions)
    batch = SubscriptionBatch(rows, context_of(info))
    return [SubscriptionNode(found, batch) for found in rows]


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
    def resolve_id(node: SubscriptionNode, info: Any) -> str:
        return str(node.found.public_id)

    @staticmethod
    def resolve_state(node: SubscriptionNode, info: Any) -> str:
        return str(node.found.state)

    @staticmethod
    def resolve_title(node: SubscriptionNode, info: Any) -> str:
        return plan_title(node.found.plan, context_of(info).language)

    @staticmethod
    def resolve_covers(node: SubscriptionNode, info: Any) -> str:
        return node.batch.covers[node.found.plan_id]

    @staticmethod
    def resolve_interval(node: SubscriptionNode, info: Any) -> str:
        return str(node.found.plan.interval)

    @staticmethod
    def resolve_amount(node: SubscriptionNode, info: Any) -> MoneyType | None:
        return amount(node.found.amount_minor, node.found.currency, info)

    @staticmethod
    def resolve_is_charged_by_card(node: SubscriptionNode, info: Any) -> bool:
        return node.found.billing == Subscription.Billing.STRIPE

    @staticmethod
    def resolve_period_ends_at(node: SubscriptionNode, info: Any) -> datetime | None:
        return node.found.period_ends_at

    @staticmethod
    def resolve_access_ends_at(node: SubscriptionNode, info: Any) -> datetime | None:
        return access_ends_at(node.found)

    @staticmethod
    def resolve_cancels_at_period_end(node: SubscriptionNode, info: Any) -> bool:
        return node.found.cancels_at_period_end

    @staticmethod
    def resolve_next_plan_title(node: SubscriptionNode, info: Any) -> str | None:
        return plan_title(node.found.next_plan, context_of(info).language) if node.found.next_plan else None

    @staticmethod
    def resolve_order_to_pay(node: SubscriptionNode, info: Any) -> Order | None:
        return node.batch.orders.get(node.found.pk)


class PlanChangeType(graphene.ObjectType):
    """What changing to a plan would do now."""

    class Meta:
        name = "PlanChange"

    title = graphene.String(required=True, description="Of the new plan.")
    is_at_once = graphene.Boolean(
        required=True, description="Now, once `price` less `credit` is paid; otherwise from the next period on."
    )
    price = graphene.Field(MoneyType, required=True, description="Of a period of the new plan.")
    credit = graphene.Field(MoneyType, required=True, description="What is left of the present one, taken off.")

    @staticmethod
    def resolve_title(change: PlanChange, info: Any) -> str:
        return plan_title(change.plan, context_of(info).language)

    @staticmethod
    def resolve_is_at_once(change: PlanChange, info: Any) -> bool:
        return change.at_once

    @staticmethod
    def resolve_price(change: PlanChange, info: Any) -> MoneyType:
        return money(change.price, context_of(info).language)

    @staticmethod
    def resolve_credit(change: PlanChange, info: Any) -> MoneyType:
        return money(change.credit, context_of(info).language)
