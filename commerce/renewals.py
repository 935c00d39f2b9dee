"""Orders of subscriptions that are paid by hand or by a prompt on the phone: what the next period costs, who asks."""

from datetime import datetime, timedelta
from math import lcm

from django.conf import settings

from commerce.errors import CurrencyNotSold, NotOnSale, ProviderUnavailable
from commerce.models import Order, Plan, Subscription, SubscriptionPeriod
from commerce.orders import LineDraft, build_order
from commerce.periods import next_start
from commerce.phones import country_of
from commerce.pricing import quote
from commerce.providers import registry
from commerce.providers.base import Flow
from commerce.subscriptions import grace_of, unpaid_period
from core import clock
from core.money import Money

__all__ = ["can_prompt", "next_order", "spendable", "write_order"]

#: An order can be paid a little longer than access lasts, so that a payment under way still counts.
_MARGIN = timedelta(days=1)


def can_prompt(subscription: Subscription) -> bool:
    """Whether a renewal can be asked for on the learner's phone: they gave its number, and the provider prompts."""
    if not subscription.phone or subscription.provider in settings.PAYMENT_METHODS_DISABLED:
        return False
    try:
        able = registry.capabilities(subscription.provider, country_of(subscription.phone))
    except ProviderUnavailable:
        return False
    return able.flow is Flow.PUSH


def next_order(subscription: Subscription, *, until: datetime | None = None) -> tuple[SubscriptionPeriod, bool]:
    """Return the period that comes next with the order that pays it, and whether the order was written now.

    The subscription is locked. An order that waits already stays, also one for a change of plan; one that was
    cancelled, or can't be paid any more, is replaced.

    Args:
        until: when it can still be paid; at least now.
    """
    waiting = unpaid_period(subscription)
    if waiting is not None and waiting.order is not None:
        is_change = waiting.order.purpose == Order.Purpose.PLAN_CHANGE
        needed = clock.now() if until is None or is_change else until
        if waiting.order.expires_at is None or waiting.order.expires_at > needed:
            return waiting, False
    plan, price = _next_price(subscription)
    start = subscription.period_ends_at or clock.now()
    credit = spendable(Money(subscription.credit_minor, price.currency), price, subscription.country)
    until = max(start, clock.now()) + grace_of(subscription) + _MARGIN
    period = write_order(
        subscription,
        plan=plan,
        price=price,
        credit=credit,
        purpose=Order.Purpose.RENEWAL,
        starts_at=start,
        anchor_day=subscription.anchor_day,
        expires_at=until,
    )
    return period, True


def spendable(credit: Money, price: Money, country: str) -> Money:
    """How much of ``credit`` to take off ``price``: no more than leaves an amount that people can pay.

    Mobile money carries whole multiples of five francs, and not less than some hundred. What isn't taken off now is
    left for the next order; nothing is rounded away.
    """
    owed = price.minor - min(credit.minor, price.minor)
    limits = [
        adapter.capabilities.limits[price.currency]
        for adapter in registry.providers().values()
        if price.currency in adapter.capabilities.limits
        and adapter.capabilities.flow in (Flow.PUSH, Flow.REDIRECT)
        and (not country or not adapter.capabilities.countries or country in adapter.capabilities.countries)
    ]
    if owed and limits:
        step = lcm(*(one.step for one in limits))
        owed = max(-(-owed // step) * step, max(one.smallest for one in limits))
    return Money(max(0, price.minor - owed), price.currency)


def write_order(
    subscription: Subscription,
    *,
    plan: Plan,
    price: Money,
    credit: Money,
    purpose: str,
    starts_at: datetime,
    anchor_day: int,
    expires_at: datetime | None = None,
) -> SubscriptionPeriod:
    """Write the order of a locked subscription's next period, and the period; what owed nothing is left to the caller.

    The number of a period is unique, so none is ordered twice. Where the period's former order came to nothing, the
    new one takes its place.
    """
    order = build_order(
        learner=subscription.learner,
        lines=[LineDraft(offer=plan.offer, price=price, discount=credit)],
        currency=price.currency,
        country=subscription.country,
        language=subscription.language,
        purpose=purpose,
        billing=_billing(subscription),
        expires_at=expires_at,
    )
    last = subscription.periods.order_by("-number").first()
    if last is None or last.paid_at is not None or last.is_trial:
        last = SubscriptionPeriod(subscription=subscription, number=last.number + 1 if last else 1)
    last.order = order
    last.starts_at = starts_at
    last.ends_at = next_start(starts_at, plan.interval, anchor_day)
    last.save()
    return last


def _next_price(subscription: Subscription) -> tuple[Plan, Money]:
    """The plan of the next period and what it costs: the price that was agreed on, whatever the plan costs by now."""
    plan = subscription.next_plan
    if plan is not None:
        others = Subscription.objects.filter(learner=subscription.learner, plan=plan).exclude(pk=subscription.pk)
        try:
            asked = quote(plan.offer, currency=subscription.currency, country=subscription.country)
        except (NotOnSale, CurrencyNotSold):
            asked = None
        if asked is not None and not others.exclude(state=Subscription.State.ENDED).exists():
            return plan, asked.price
        # It is no longer sold, or bought by itself meanwhile: the plan stays as it is.
        subscription.next_plan = None
    return subscription.plan, subscription.amount


def _billing(subscription: Subscription) -> dict[str, str]:
    """The invoice address of the order before."""
    former = subscription.periods.filter(order__isnull=False).order_by("-number").select_related("order").first()
    return dict(former.order.billing) if former and former.order else {}
