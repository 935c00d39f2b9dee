"""Give what a paid order of a plan is for: a subscription begins, goes on, or changes its plan."""

from datetime import datetime

from django.db import IntegrityError, transaction

from commerce.errors import NotOnSale
from commerce.events import SubscriptionPlanChanged, SubscriptionRenewed, SubscriptionStarted
from commerce.models import Offer, Order, OrderLine, PaymentAttempt, Plan, Subscription, SubscriptionPeriod
from commerce.periods import next_start
from commerce.subscriptions import credit_at, locked_subscription, plan_title, store, tell
from core import clock

__all__ = ["activate_subscription", "unpause"]

State = Subscription.State
Billing = Subscription.Billing
Purpose = Order.Purpose


def activate_subscription(order: Order, line: OrderLine) -> Subscription:
    """Give the period that ``line`` of a paid order is for; done once for each order, however often it is called.

    The period follows what is paid already, without a gap. Paid after the subscription had ended, it begins with the
    payment; nothing that was paid is ever lost. A plan bought beside a subscription to it prolongs that.

    In the caller's transaction, after the order's lock; the subscription is locked here.

    Raises:
        NotOnSale: the plan is gone, so nobody can say what was bought.
    """
    with transaction.atomic():
        subscription, period = _locked(order, line)
        if period is not None and period.paid_at is not None:
            return subscription
        if subscription.state == State.PAUSED:
            unpause(subscription)
        plan = _plan_of(line)
        former = subscription.plan
        paid_before = _has_paid(subscription)
        was_ended = subscription.state in (State.ENDED, State.INCOMPLETE)
        at = order.paid_at or clock.now()
        is_change = order.purpose == Purpose.PLAN_CHANGE and not was_ended
        starts_at, ends_at = _window(subscription, order, period, plan, at)
        if is_change:
            if subscription.billing == Billing.OURS:
                subscription.credit_minor += credit_at(subscription, starts_at)
            _cut(subscription, starts_at)
        if order.purpose != Purpose.PURCHASE:
            subscription.credit_minor = max(0, subscription.credit_minor - line.discount_minor)
        _write_period(subscription, order, period, starts_at, ends_at, at)
        _take_over(subscription, order, line, plan, starts_at, ends_at)
        store(subscription)
        if is_change:
            tell(SubscriptionPlanChanged, subscription, former_plan=plan_title(former, subscription.language))
        elif was_ended or not (paid_before or subscription.periods.filter(is_trial=True).exists()):
            tell(SubscriptionStarted, subscription)
        else:
            tell(SubscriptionRenewed, subscription)
        return subscription


def unpause(subscription: Subscription) -> None:
    """Let a locked, paused subscription go on: what was left of it begins now. The caller stores and tells it."""
    now = clock.now()
    if subscription.paused_at is None or subscription.period_ends_at is None:
        raise ValueError("This subscription is not paused.")
    shift = now - subscription.paused_at
    for period in subscription.periods.filter(
        paid_at__isnull=False, credited_at=None, ends_at__gt=subscription.paused_at
    ):
        if period.starts_at >= subscription.paused_at:
            period.starts_at += shift
        else:
            period.paused_seconds += int(shift.total_seconds())
        period.ends_at += shift
        period.save(update_fields=["starts_at", "ends_at", "paused_seconds"])
    subscription.period_ends_at += shift
    subscription.anchor_day = subscription.period_ends_at.day
    subscription.paused_at = subscription.paused_seconds = None
    subscription.state = State.ACTIVE


def _locked(order: Order, line: OrderLine) -> tuple[Subscription, SubscriptionPeriod | None]:
    """The subscription that the order belongs to, locked, and its period there, if it has one."""
    period = SubscriptionPeriod.objects.filter(order=order).first()
    learner = line.recipient or order.learner
    if period is not None:
        subscription = locked_subscription(period.subscription_id)
        period = SubscriptionPeriod.objects.select_related("order").get(pk=period.pk)
        if subscription.state != State.ENDED or period.paid_at is not None:
            return subscription, period
        # It had ended; if the learner has begun anew meanwhile, that one is prolonged.
        other = _open(learner.pk, _plan_of(line))
        if other is None:
            return subscription, period
        period.delete()
        return locked_subscription(other), None
    plan = _plan_of(line)
    key = _open(learner.pk, plan)
    if key is None and order.purpose != Purpose.PURCHASE:
        ended = Subscription.objects.filter(learner=learner, plan=plan, currency=order.currency)
        key = ended.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    if key is None:
        key = _new(order, line, plan)
    subscription = locked_subscription(key)
    return subscription, SubscriptionPeriod.objects.filter(order=order).first()


def _open(learner_pk: int, plan: Plan) -> int | None:
    rows = Subscription.objects.filter(learner_id=learner_pk, plan=plan).exclude(state=State.ENDED)
    return rows.values_list("pk", flat=True).first()


def _new(order: Order, line: OrderLine, plan: Plan) -> int:
    learner = line.recipient or order.learner
    try:
        with transaction.atomic():
            return Subscription.objects.create(
                learner=learner,
                plan=plan,
                currency=order.currency,
                amount_minor=line.price_minor or line.amount_minor or 1,
                country=order.country,
                language=order.language,
            ).pk
    except IntegrityError:
        # A rival order of the same plan was a moment faster.
        key = _open(learner.pk, plan)
        if key is None:
            raise
        return key


def _plan_of(line: OrderLine) -> Plan:
    plan = Plan.objects.select_related("offer").filter(offer__kind=Offer.Kind.PLAN, offer__public_id=line.key).first()
    if plan is None:
        raise NotOnSale
    return plan


def _has_paid(subscription: Subscription) -> bool:
    return subscription.periods.filter(paid_at__isnull=False, is_trial=False).exists()


def _has_credit(subscription: Subscription) -> bool:
    """Whether anything is paid in its currency that a change of plan would count: then that stays its currency."""
    return credit_at(subscription, clock.now()) > 0


def _window(
    subscription: Subscription, order: Order, period: SubscriptionPeriod | None, plan: Plan, at: datetime
) -> tuple[datetime, datetime]:
    """From when to when the paid period lasts; sets the anchor where a new series of periods begins."""
    if period is not None and order.attempts.filter(idempotency_key__startswith="invoice:").exists():
        # Stripe has said so.
        subscription.anchor_day = period.starts_at.day
        return period.starts_at, period.ends_at
    start = subscription.period_ends_at
    if subscription.state in (State.ENDED, State.INCOMPLETE):
        start = None
    elif order.purpose == Purpose.PLAN_CHANGE and period is not None:
        # When the credit was counted: until then the former plan was used, from then on the new one is paid.
        subscription.anchor_day = period.starts_at.day
        return period.starts_at, next_start(period.starts_at, plan.interval, period.starts_at.day)
    if start is not None:
        end = next_start(start, plan.interval, subscription.anchor_day)
        if end > at:
            return start, end
    subscription.anchor_day = at.day
    return at, next_start(at, plan.interval, at.day)


def _cut(subscription: Subscription, at: datetime) -> None:
    """End at ``at`` what was paid for the former plan; what had not begun was credited as a whole."""
    rows = subscription.periods.filter(paid_at__isnull=False, credited_at=None, ends_at__gt=at)
    for row in rows:
        if row.starts_at >= at:
            row.credited_at = clock.now()
        else:
            row.ends_at = at
        row.save(update_fields=["credited_at", "ends_at"])


def _write_period(
    subscription: Subscription,
    order: Order,
    period: SubscriptionPeriod | None,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> None:
    if period is None:
        # Another order may wait for the next period: it is then the one after this, should it be paid too.
        last = subscription.periods.order_by("-number").values_list("number", flat=True).first() or 0
        period = SubscriptionPeriod(subscription=subscription, number=last + 1, order=order)
    period.starts_at, period.ends_at, period.paid_at = starts_at, ends_at, at
    period.save()


def _take_over(
    subscription: Subscription,
    order: Order,
    line: OrderLine,
    plan: Plan,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Write into the subscription what the paid period says."""
    now = clock.now()
    if (
        subscription.state in (State.ENDED, State.INCOMPLETE)
        or starts_at <= now
        or subscription.period_starts_at is None
    ):
        subscription.period_starts_at = starts_at
    subscription.period_ends_at = ends_at
    subscription.state = State.ACTIVE
    subscription.grace_ends_at = None
    subscription.reminders = 0
    subscription.ended_at, subscription.ended_reason = None, ""
    if order.purpose != Purpose.RENEWAL:
        subscription.cancels_at_period_end = False
    if subscription.billing == Billing.STRIPE:
        pass  # What a period costs is what Stripe has, not what a change of plan came to.
    elif order.currency != subscription.currency and not (subscription.credit_minor or _has_credit(subscription)):
        subscription.currency, subscription.amount_minor = order.currency, line.price_minor or subscription.amount_minor
    elif order.currency == subscription.currency and line.price_minor:
        subscription.amount_minor = line.price_minor
    subscription.plan = plan
    if subscription.next_plan_id == plan.pk:
        subscription.next_plan = None
    subscription.country = order.country or subscription.country
    attempt = PaymentAttempt.objects.filter(accepted_for__order=order).first()
    if attempt is not None and subscription.billing == Billing.OURS:
        subscription.provider, subscription.phone = attempt.provider, attempt.phone
