"""What the clock does about subscriptions: reminders, orders, prompts, grace, the end."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from commerce.actions.activate_subscription import unpause
from commerce.errors import SubscriptionNotFound
from commerce.events import SubscriptionEnded, SubscriptionPastDue, SubscriptionRenewalDue, SubscriptionResumed
from commerce.models import Order, PaymentAttempt, Subscription, SubscriptionPeriod
from commerce.renewals import can_prompt, next_order
from commerce.subscriptions import (
    MAX_PAUSE,
    access_ends_at,
    grace_of,
    locked_subscription,
    store,
    tell,
)
from core import clock
from core.errors import DomainError

__all__ = ["TRIES", "end_subscription", "renew_subscriptions"]

logger = logging.getLogger(__name__)

State = Subscription.State

#: How often somebody is asked for an unpaid renewal, at the end of the period and then in equal parts of the grace.
TRIES = 3
#: How long a prompt may take before the renewal counts as unpaid.
_PATIENCE = timedelta(minutes=20)
#: Who asks a provider has so long; then another worker asks, by the same key, so that nobody is asked twice.
_LEASE = timedelta(minutes=10)
#: A renewal that the clock comes to so late was nobody's fault: the grace begins when the learner is told.
_LATE = timedelta(hours=6)
#: After a fault, the subscription is left alone for a while.
_AFTER_FAULT = timedelta(minutes=15)
#: More steps than one subscription ever takes at once.
_MOST_STEPS = 12


@dataclass(frozen=True)
class _Prompt:
    """A prompt to be sent once the transaction is over."""

    order: Order
    period: SubscriptionPeriod
    number: int

    @property
    def key(self) -> str:
        """The same for one try of one period's order, whoever sends it and however often."""
        return _key(self.period, self.number)


def renew_subscriptions(*, limit: int = 500) -> int:
    """Do what is due for subscriptions, the longest overdue first; returns how many were taken up.

    Any number may run side by side: each subscription is one worker's at a time. Every step is written before the
    next one, and found again by what is written: a worker that dies leaves nothing undone and nothing done twice. A
    subscription that fails waits a quarter of an hour and holds up nobody.
    """
    due = Subscription.objects.filter(next_action_at__lte=clock.now()).order_by("next_action_at", "pk")
    taken = 0
    for pk in due.values_list("pk", flat=True)[:limit]:
        try:
            taken += _advance(pk)
        except Exception:  # its own fault alone; it stays in the list and in the log
            logger.exception("The subscription %s could not be taken further", pk)
            later = clock.now() + _AFTER_FAULT
            Subscription.objects.filter(pk=pk, next_action_at__isnull=False).update(next_action_at=later)
    return taken


def _advance(pk: int) -> bool:
    """Take one subscription as far as it goes now; False where somebody else holds it, or nothing is due."""
    asked = -1
    for step in range(_MOST_STEPS):
        with transaction.atomic():
            try:
                subscription = locked_subscription(pk, skip=True)
            except SubscriptionNotFound:
                return step > 0
            is_mine = asked >= 0 or (
                subscription.next_action_at is not None and subscription.next_action_at <= clock.now()
            )
            if not is_mine:
                return step > 0
            if subscription.billing == Subscription.Billing.STRIPE:
                # Claimed, so that rivals don't ask too; what Stripe says decides when to ask next.
                later = clock.now() + _AFTER_FAULT
                Subscription.objects.filter(pk=pk).update(next_action_at=later)
                prompt = None
            else:
                prompt = _step(subscription, asked=asked)
        if subscription.billing == Subscription.Billing.STRIPE:
            from commerce.actions.follow_stripe_subscription import follow_subscription

            follow_subscription(pk)
            return True
        asked = -1
        if prompt is not None:
            _send(prompt, subscription)
            asked = prompt.number
    return True


def _step(subscription: Subscription, *, asked: int) -> _Prompt | None:
    """Do the one thing that is due, in the transaction that holds the lock; what is to be sent afterwards is returned.

    Args:
        asked: number of the try that a prompt was just sent for, or could not be; -1 for none.
    """
    now = clock.now()
    if _is_being_given(subscription):
        store(subscription, next_action_at=now + _LEASE)
        return None
    match subscription.state:
        case State.TRIAL | State.ACTIVE:
            return _in_period(subscription, now, asked)
        case State.PAST_DUE:
            return _unpaid(subscription, now, asked)
        case State.PAUSED if subscription.paused_at and now >= subscription.paused_at + MAX_PAUSE:
            unpause(subscription)
            store(subscription)
            tell(SubscriptionResumed, subscription)
        case _:
            store(subscription)
    return None


def _in_period(subscription: Subscription, now: datetime, asked: int) -> _Prompt | None:
    """While what is paid lasts: the reminder with its order, then the end of the period."""
    due = subscription.period_ends_at
    if due is None:
        raise ValueError("A subscription that runs has a period.")
    if subscription.cancels_at_period_end or not subscription.learner.is_active:
        if now >= due:
            end_subscription(subscription, "cancelled")
        else:
            store(subscription, next_action_at=due)
        return None
    if now < due - timedelta(days=settings.SUBSCRIPTION_REMINDER_DAYS):
        store(subscription)
        return None
    period, is_new = next_order(subscription, until=_grace_begins(now, due) + grace_of(subscription))
    order = period.order
    if order is None:
        raise ValueError("A period that is to be paid has an order.")
    if is_new and _is_free(order):
        # Credit pays for all of it; the period comes with the order's fulfilment.
        store(subscription, next_action_at=now + _LEASE)
        return None
    if is_new and now < due:
        by_hand = not can_prompt(subscription)
        tell(SubscriptionRenewalDue, subscription, order_key=order.public_id, pay_by_hand=by_hand)
    if now < due:
        store(subscription, next_action_at=due)
        return None
    if order.purpose == Order.Purpose.PLAN_CHANGE and order.expires_at and now < order.expires_at:
        # A change of plan waits for its payment; access lasts through the grace.
        store(subscription, next_action_at=order.expires_at + _LEASE)
        return None
    if asked != 0 and _wants_prompt(subscription, order, period, 0):
        return _prompt(subscription, order, period, 0)
    attempt = _attempt(order, period, 0)
    if attempt is not None and attempt.state in PaymentAttempt.OPEN_STATES and now < attempt.created_at + _PATIENCE:
        store(subscription, next_action_at=attempt.created_at + _PATIENCE)
        return None
    _become_past_due(subscription, order, now, due)
    return None


def _grace_begins(now: datetime, due: datetime) -> datetime:
    return due if now - due <= _LATE else now


def _become_past_due(subscription: Subscription, order: Order, now: datetime, due: datetime) -> None:
    subscription.state = State.PAST_DUE
    subscription.grace_ends_at = _grace_begins(now, due) + grace_of(subscription)
    subscription.reminders = 1
    store(subscription, next_action_at=_next_try(subscription))
    _tell_past_due(subscription, order)


def _unpaid(subscription: Subscription, now: datetime, asked: int) -> _Prompt | None:
    """After the period's end: up to :data:`TRIES` words and prompts, then the end."""
    ends_at = subscription.grace_ends_at or now
    if not subscription.learner.is_active:
        end_subscription(subscription, "cancelled")
        return None
    period, _is_new = next_order(subscription)
    order = period.order
    if order is None:
        raise ValueError("A period that is to be paid has an order.")
    if _is_new and _is_free(order):
        store(subscription, next_action_at=now + _LEASE)
        return None
    if now >= ends_at:
        if _is_under_way(order, now):
            store(subscription, next_action_at=now + _AFTER_FAULT)
        else:
            end_subscription(subscription, "unpaid")
        return None
    number = subscription.reminders
    if number >= TRIES or now < _next_try(subscription):
        store(subscription, next_action_at=_next_try(subscription))
        return None
    if asked != number and _wants_prompt(subscription, order, period, number):
        return _prompt(subscription, order, period, number)
    subscription.reminders += 1
    store(subscription, next_action_at=_next_try(subscription))
    _tell_past_due(subscription, order)
    return None


def _tell_past_due(subscription: Subscription, order: Order) -> None:
    tell(
        SubscriptionPastDue,
        subscription,
        grace_ends_at=subscription.grace_ends_at,
        try_number=subscription.reminders,
        order_key=order.public_id,
    )


def _next_try(subscription: Subscription) -> datetime:
    """When to ask again, or the end of the grace after the last try."""
    ends_at = subscription.grace_ends_at or clock.now()
    if subscription.reminders >= TRIES:
        return ends_at
    grace = grace_of(subscription)
    return ends_at - grace + grace * subscription.reminders / TRIES


def end_subscription(subscription: Subscription, reason: str) -> None:
    """End a locked subscription now. ``reason``: ``cancelled``, ``unpaid``, ``refunded``.

    An order that waits is cancelled by the event's handler, after the order's own lock.
    """
    if subscription.state == State.ENDED:
        return
    now = clock.now()
    before = access_ends_at(subscription)
    has_begun = subscription.period_starts_at is not None
    subscription.ended_at = min(now, before) if before else now
    subscription.state = State.ENDED
    subscription.ended_reason = reason
    subscription.grace_ends_at = subscription.paused_at = subscription.paused_seconds = None
    subscription.cancels_at_period_end = False
    subscription.next_plan = None
    at_stripe = subscription.billing == Subscription.Billing.STRIPE and bool(subscription.stripe_ref)
    # Stripe has to be told too, unless it was Stripe that told us.
    store(subscription, next_action_at=now if at_stripe else None)
    if has_begun:
        tell(SubscriptionEnded, subscription, reason=reason)


# Prompts


def _key(period: SubscriptionPeriod, number: int) -> str:
    return f"renewal:{period.pk}:{period.order_id}:{number}"


def _attempt(order: Order, period: SubscriptionPeriod, number: int) -> PaymentAttempt | None:
    return PaymentAttempt.objects.filter(order=order, idempotency_key=_key(period, number)).first()


def _wants_prompt(subscription: Subscription, order: Order, period: SubscriptionPeriod, number: int) -> bool:
    return (
        order.total_minor > 0
        and can_prompt(subscription)
        and not _is_under_way(order, clock.now())
        and _attempt(order, period, number) is None
    )


def _prompt(subscription: Subscription, order: Order, period: SubscriptionPeriod, number: int) -> _Prompt:
    """Keep the subscription to oneself while the provider is asked."""
    store(subscription, next_action_at=clock.now() + _LEASE)
    return _Prompt(order, period, number)


def _send(prompt: _Prompt, subscription: Subscription) -> None:
    """Ask for the money on the learner's phone. Whatever refuses that, they can still pay by hand."""
    from commerce.actions.pay_order import pay_order

    try:
        pay_order(
            actor=None,
            order=prompt.order,
            provider=subscription.provider,
            phone=subscription.phone,
            idempotency_key=prompt.key,
        )
    except DomainError as refusal:
        logger.info("No prompt for the renewal %s: %s", prompt.order.number, refusal.code)


def _is_under_way(order: Order, now: datetime) -> bool:
    """Whether somebody is paying right now."""
    since = now - timedelta(hours=1)
    return order.attempts.filter(state__in=PaymentAttempt.OPEN_STATES, created_at__gte=since).exists()


def _is_being_given(subscription: Subscription) -> bool:
    """Whether an order is paid and its period is about to be given."""
    paid = subscription.periods.filter(paid_at=None, is_trial=False, order__state=Order.State.FULFILLED)
    return paid.exists()


def _is_free(order: Order) -> bool:
    """Fulfil an order of nothing owed; whether it was one."""
    if order.total_minor:
        return False
    from commerce.actions.accept_free_order import accept_free_order

    accept_free_order(order)
    return True
