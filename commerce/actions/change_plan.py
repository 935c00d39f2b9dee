"""Change to another plan."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.accept_free_order import accept_free_order
from commerce.actions.drop_renewal import drop_renewal
from commerce.actions.subscribe import announce
from commerce.actions.tell_stripe import change_price_at_stripe
from commerce.errors import AlreadySubscribed, SamePlan, SubscriptionStateRefused
from commerce.events import SubscriptionPlanChanged
from commerce.models import Order, Plan, Subscription
from commerce.periods import cost_of_a_year
from commerce.pricing import quote
from commerce.renewals import spendable, write_order
from commerce.subscriptions import credit_at, locked_subscription, plan_title, store, tell
from core import clock
from core.money import Money

__all__ = ["PlanChange", "change_plan", "preview_plan_change"]

State = Subscription.State


@dataclass(frozen=True)
class PlanChange:
    """What changing the plan does.

    Attributes:
        at_once: now, by an order of ``price`` less ``credit``; otherwise from the next period on.
        price: of a period of the new plan, before tax that comes on top.
        credit: what is left of the present plan and taken off.
        order: to be paid, once the change was asked for; the plan changes with the payment. None where nothing is owed
            now.
    """

    plan: Plan
    at_once: bool
    price: Money
    credit: Money
    order: Order | None = None


def preview_plan_change(*, actor: Any, subscription: Subscription, plan: Plan) -> PlanChange:
    """Say what :func:`change_plan` would do now, with its refusals; changes nothing."""
    policies.change_subscription.require(actor, subscription)
    return _planned(subscription, plan)


def change_plan(*, actor: Any, subscription: Subscription, plan: Plan) -> PlanChange:
    """Change to another plan; going back to the present one takes a change for the next period back.

    A plan that costs more in a year begins at once: what is left of the present one, to the second and rounded down,
    is taken off the first period of the new one, which begins now; what is left over even so comes off later ones. It
    is the new plan when the order is paid, and the old one until then. Any other plan begins with the next period, as
    in a trial and when a renewal is unpaid. Where Stripe charges a card, it does the same by its own rule.

    Raises:
        NotAllowed: somebody else's.
        SamePlan: it is that one.
        AlreadySubscribed: there is another subscription to that plan.
        SubscriptionStateRefused: ended, paused or never begun.
        NotOnSale, CurrencyNotSold: :func:`commerce.pricing.quote`.
        PaymentUnderWay: an order of the subscription is being paid right now.
        PaymentProviderTrouble: Stripe doesn't answer, or refuses; nothing was changed.
    """
    policies.change_subscription.require(actor, subscription)
    if plan.pk == subscription.plan_id and subscription.next_plan_id is not None:
        return _stay(subscription)
    change = _planned(subscription, plan)
    if subscription.billing == Subscription.Billing.STRIPE and subscription.stripe_ref:
        return change_price_at_stripe(subscription, change)
    drop_renewal(subscription)
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        change = _planned(locked, plan)
        if not change.at_once:
            _from_next_period(locked, plan)
            return change
        now = clock.now()
        period = write_order(
            locked,
            plan=plan,
            price=change.price,
            credit=change.credit,
            purpose=Order.Purpose.PLAN_CHANGE,
            starts_at=now,
            anchor_day=now.day,
        )
        order = period.order
        if order is None:
            raise ValueError("A period that is to be paid has an order.")
        locked.next_plan = None
        store(locked)
        if order.total_minor:
            announce(order)
        else:
            accept_free_order(order)
    return PlanChange(plan, at_once=True, price=change.price, credit=change.credit, order=order)


def _planned(subscription: Subscription, plan: Plan) -> PlanChange:
    if subscription.state not in (State.TRIAL, State.ACTIVE, State.PAST_DUE):
        raise SubscriptionStateRefused
    if plan.pk in (subscription.plan_id, subscription.next_plan_id):
        raise SamePlan
    others = Subscription.objects.filter(learner_id=subscription.learner_id, plan=plan)
    if others.exclude(pk=subscription.pk).exclude(state=State.ENDED).exists():
        raise AlreadySubscribed
    price = quote(plan.offer, currency=subscription.currency, country=subscription.country).price
    before = cost_of_a_year(subscription.amount_minor, subscription.plan.interval)
    at_once = subscription.state == State.ACTIVE and cost_of_a_year(price.minor, plan.interval) > before
    zero = Money.zero(price.currency)
    if not at_once:
        return PlanChange(plan, at_once=False, price=price, credit=zero)
    left = Money(subscription.credit_minor + credit_at(subscription, clock.now()), price.currency)
    return PlanChange(plan, at_once=True, price=price, credit=spendable(left, price, subscription.country))


def _from_next_period(subscription: Subscription, plan: Plan) -> None:
    former = plan_title(subscription.plan, subscription.language)
    subscription.next_plan = plan
    subscription.cancels_at_period_end = False
    store(subscription, next_action_at=_soon(subscription))
    tell(SubscriptionPlanChanged, subscription, former_plan=former, from_next_period=True)


def _stay(subscription: Subscription) -> PlanChange:
    drop_renewal(subscription)
    if subscription.billing == Subscription.Billing.STRIPE and subscription.stripe_ref:
        planned = PlanChange(subscription.plan, False, subscription.amount, Money.zero(subscription.currency))
        change_price_at_stripe(subscription, planned)
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        locked.next_plan = None
        store(locked, next_action_at=_soon(locked))
    zero = Money.zero(locked.currency)
    return PlanChange(locked.plan, at_once=False, price=locked.amount, credit=zero)


def _soon(subscription: Subscription) -> Any:
    """Where a renewal is unpaid already, its order has to be written anew: at once."""
    return clock.now() if subscription.state == State.PAST_DUE else None
