"""Subscriptions: which there are, until when each gives access, when something is to be done about it next.

A subscription lives in periods without gap or overlap (:mod:`commerce.periods`). Each period is paid by an order of its
own; what is done with them is in ``actions/``: ``activate_subscription`` when an order is paid, ``renew_subscriptions``
by the clock, the others when somebody asks for it. Where Stripe charges a card, ``follow_stripe_subscription`` does as
Stripe says.

Access lasts ``SUBSCRIPTION_GRACE_DAYS`` longer than what is paid, so that a late payment interrupts nobody; one day
longer than a trial; not longer where the learner has cancelled.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from commerce.entitlements import write_entitlements
from commerce.errors import SubscriptionNotFound
from commerce.events import (
    SubscriptionCancelled,
    SubscriptionEnded,
    SubscriptionPastDue,
    SubscriptionPaused,
    SubscriptionPlanChanged,
    SubscriptionRenewalDue,
    SubscriptionRenewed,
    SubscriptionResumed,
    SubscriptionStarted,
)
from commerce.models import Offer, Order, OrderLine, Plan, Subscription, SubscriptionPeriod
from commerce.periods import unused_credit
from commerce.pricing import Quote, quotes
from core import clock, outbox
from core.formats import listed
from core.policies import is_person
from courses.models import LearningPathPage

__all__ = [
    "GRACE_AFTER_TRIAL",
    "MAX_PAUSE",
    "PlanOnSale",
    "access_ends_at",
    "covers",
    "covers_of",
    "credit_at",
    "grace_of",
    "had_trial",
    "locked_subscription",
    "next_action",
    "order_to_pay",
    "orders_to_pay",
    "plan_title",
    "plans_on_sale",
    "store",
    "subscriptions_of",
    "tell",
    "unpaid_period",
]

State = Subscription.State
Billing = Subscription.Billing

#: Who tries for nothing is not given the whole grace on top.
GRACE_AFTER_TRIAL = timedelta(days=1)
#: A pause ends by itself after so long.
MAX_PAUSE = timedelta(days=90)

_SubscriptionEvent = (
    SubscriptionStarted
    | SubscriptionRenewalDue
    | SubscriptionRenewed
    | SubscriptionPastDue
    | SubscriptionPaused
    | SubscriptionResumed
    | SubscriptionCancelled
    | SubscriptionEnded
    | SubscriptionPlanChanged
)


# Reading


def subscriptions_of(user: Any) -> "QuerySet[Subscription]":
    """The learner's subscriptions, newest first, with plans and periods loaded; not those that were never begun."""
    if not is_person(user):
        return Subscription.objects.none()
    paid = SubscriptionPeriod.objects.select_related("order").order_by("number")
    return (
        Subscription.objects.filter(learner=user)
        .exclude(state=State.ENDED, period_starts_at=None)
        .select_related("plan__offer", "next_plan__offer")
        .prefetch_related(Prefetch("periods", queryset=paid))
    )


def order_to_pay(subscription: Subscription) -> Order | None:
    """The order that waits for its payment: of the first period, the next one, or a change of plan."""
    return orders_to_pay([subscription]).get(subscription.pk)


def orders_to_pay(subscriptions: Iterable[Subscription]) -> dict[int, Order]:
    """The orders that wait for their payment, by the subscriptions' ``pk``; one query."""
    waiting = SubscriptionPeriod.objects.filter(
        subscription__in=[one.pk for one in subscriptions],
        paid_at=None,
        is_trial=False,
        order__state=Order.State.PLACED,
    )
    periods = waiting.select_related("order__learner").order_by("number")
    return {period.subscription_id: period.order for period in periods if period.order}


def had_trial(user: Any, plan: Plan) -> bool:
    """Whether the person has tried the plan for nothing before: once is all."""
    tried = SubscriptionPeriod.objects.filter(subscription__learner=user, subscription__plan=plan, is_trial=True)
    return tried.exists()


@dataclass(frozen=True)
class PlanOnSale:
    """A plan as people may buy it here."""

    plan: Plan
    offer: Offer
    quote: Quote
    title: str
    covers: str


def plans_on_sale(*, currency: str, country: str = "", language: str = "") -> list[PlanOnSale]:
    """Every plan with a price in ``currency``, cheapest first within each interval; months before years."""
    language = language or get_language() or "en"
    plans = list(Plan.objects.filter(offer__is_on_sale=True).select_related("offer").prefetch_related("offer__items"))
    priced = quotes([plan.offer for plan in plans], currency=currency, country=country)
    given = covers_of(plans, language)
    shown = [
        PlanOnSale(
            plan=plan,
            offer=plan.offer,
            quote=priced[plan.offer_id],
            title=plan_title(plan, language),
            covers=given[plan.pk],
        )
        for plan in plans
        if plan.offer_id in priced
    ]
    return sorted(shown, key=lambda one: (one.plan.interval != Plan.Interval.MONTH, one.quote.price.minor, one.plan.pk))


def plan_title(plan: Plan, language: str = "") -> str:
    """What the plan is called, in ``language`` where it has a name there."""
    return str(plan.offer.titles.get(language or get_language() or "en") or plan.offer.title)


def covers(plan: Plan, language: str = "") -> str:
    """What the plan gives, as people read it: “All courses”, “The path Web developer”, “Loops and Databases”."""
    return covers_of([plan], language)[plan.pk]


def covers_of(plans: Iterable[Plan], language: str = "") -> dict[int, str]:
    """What each plan gives, by its ``pk``; at most one query where the offers' items are loaded."""
    language = language or get_language() or "en"
    every = list(plans)
    paths = _path_titles([plan for plan in every if plan.scope == Plan.Scope.PATH], language)
    with override(language):
        return {plan.pk: _covered(plan, paths) for plan in every}


def _covered(plan: Plan, paths: dict[int, str]) -> str:
    if plan.scope == Plan.Scope.CATALOGUE:
        return _("All courses")
    if plan.scope == Plan.Scope.PATH:
        return _("The learning path %(title)s") % {"title": paths[plan.pk]}
    titles = [item.title for item in plan.offer.items.all()]
    if len(titles) > 4:
        more = len(titles) - 3
        titles = [*titles[:3], ngettext("%(count)d more", "%(count)d more", more) % {"count": more}]
    return listed(titles)


def _path_titles(plans: list[Plan], language: str) -> dict[int, str]:
    """Titles of the plans' paths by the plans' ``pk``, in ``language`` where there is a translation; one query."""
    if not plans:
        return {}
    keys = {plan.path_key for plan in plans}
    # Published pages last, so that theirs are the titles that stay.
    pages = LearningPathPage.objects.filter(translation_key__in=keys).order_by("live", "-pk")
    titles: dict[uuid.UUID, dict[str, str]] = {}
    for key, code, title in pages.values_list("translation_key", "locale__language_code", "title"):
        titles.setdefault(key, {})[code] = title
    found = {}
    for plan in plans:
        own = titles.get(plan.path_key, {}) if plan.path_key else {}
        found[plan.pk] = own.get(language) or next(iter(own.values()), plan.offer.title)
    return found


# What follows from a subscription's state


def grace_of(subscription: Subscription) -> timedelta:
    """How long access lasts beyond what is paid for."""
    after_trial = not any(period.paid_at and not period.is_trial for period in subscription.periods.all())
    grace = timedelta(days=settings.SUBSCRIPTION_GRACE_DAYS)
    return min(grace, GRACE_AFTER_TRIAL) if after_trial else grace


def access_ends_at(subscription: Subscription) -> datetime | None:
    """When access ends unless something is paid until then; None where it never began."""
    ends_at = subscription.period_ends_at
    match subscription.state:
        case State.TRIAL | State.ACTIVE if ends_at:
            return ends_at if subscription.cancels_at_period_end else ends_at + grace_of(subscription)
        case State.PAST_DUE:
            return subscription.grace_ends_at
        case State.PAUSED:
            return subscription.paused_at
        case State.ENDED if ends_at and subscription.ended_at:
            return subscription.ended_at
    return None


def next_action(subscription: Subscription) -> datetime | None:
    """When the clock has something to do about a subscription next; see ``actions/renew_subscriptions``.

    While Stripe charges the card, its words are asked for an hour after each period, should no message have come.
    """
    ends_at = subscription.period_ends_at
    if subscription.billing == Billing.STRIPE:
        in_use = (State.TRIAL, State.ACTIVE)
        return ends_at + timedelta(hours=1) if ends_at and subscription.state in in_use else None
    match subscription.state:
        case State.TRIAL | State.ACTIVE if ends_at:
            early = timedelta(days=settings.SUBSCRIPTION_REMINDER_DAYS)
            if subscription.cancels_at_period_end or unpaid_period(subscription):
                return ends_at
            return ends_at - early
        case State.PAUSED if subscription.paused_at:
            return subscription.paused_at + MAX_PAUSE
    return None


def unpaid_period(subscription: Subscription) -> SubscriptionPeriod | None:
    """The period that waits for its order to be paid, with the order, where that still can be."""
    waiting = subscription.periods.filter(paid_at=None, is_trial=False, order__state=Order.State.PLACED)
    return waiting.select_related("order").order_by("-number").first()


def credit_at(subscription: Subscription, at: datetime) -> int:
    """What is left at ``at`` of all that is paid, in minor units: unused parts of periods, rounded down each.

    Of what was paid in the subscription's currency.
    """
    rows = subscription.periods.filter(paid_at__isnull=False, credited_at=None, is_trial=False, ends_at__gt=at)
    rows = rows.filter(order__currency=subscription.currency)
    return sum(
        unused_credit(
            _worth(row),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            at=at,
            paused_seconds=row.paused_seconds,
        )
        for row in rows.select_related("order").prefetch_related("order__lines")
    )


def _worth(period: SubscriptionPeriod) -> int:
    """What a period cost before tax on top: less a coupon, which nobody paid, but with credit, which was paid once."""
    if period.order is None:
        return 0
    line = next((row for row in period.order.lines.all() if row.kind == OrderLine.Kind.PLAN), None)
    if line is None:
        return 0
    return line.price_minor - (line.discount_minor if period.order.purpose == Order.Purpose.PURCHASE else 0)


# Writing: inside the transaction that holds the subscription's lock


def locked_subscription(pk: int, *, skip: bool = False) -> Subscription:
    """Lock and return a subscription until the transaction ends, as it is now; orders and payments are locked before.

    Args:
        skip: leave it to whoever holds it now.

    Raises:
        SubscriptionNotFound: it was deleted, or somebody else holds it and ``skip`` is set.
        RuntimeError: no transaction is open.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Lock rows inside transaction.atomic().")
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip)
    found = rows.select_related("learner", "plan__offer", "next_plan__offer").filter(pk=pk).first()
    if found is None:
        raise SubscriptionNotFound
    return found


def store(subscription: Subscription, *, next_action_at: datetime | None = None) -> None:
    """Save a locked subscription with what follows from it: entitlements, and when to act next.

    Args:
        next_action_at: where it is another moment than :func:`next_action` says.
    """
    subscription.next_action_at = next_action_at or next_action(subscription)
    subscription.save()
    ends_at = access_ends_at(subscription)
    if ends_at is not None:
        starts_at = subscription.period_starts_at or subscription.created_at
        write_entitlements(subscription, starts_at=min(starts_at, ends_at), ends_at=ends_at)


def tell(event: type[_SubscriptionEvent], subscription: Subscription, **more: Any) -> None:
    """Publish what happened to a subscription."""
    outbox.publish(
        event(
            subscription_key=subscription.public_id,
            learner_key=subscription.learner.public_id,
            plan=plan_title(subscription.plan, subscription.language),
            amount=subscription.amount,
            period_ends_at=subscription.period_ends_at or clock.now(),
            language=subscription.language,
            **more,
        )
    )
