"""Do as Stripe says: our subscription follows the one that Stripe charges a card for."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from commerce.actions.renew_subscriptions import end_subscription
from commerce.actions.settle_attempt import settle_attempt
from commerce.errors import SubscriptionNotFound
from commerce.events import (
    SubscriptionCancelled,
    SubscriptionPastDue,
    SubscriptionResumed,
    SubscriptionStarted,
)
from commerce.models import Order, PaymentAttempt, ProviderEventRecord, Subscription, SubscriptionPeriod
from commerce.orders import LineDraft, build_order
from commerce.providers.stripe_billing import PaidInvoice, StripeBilling, StripeSubscription
from commerce.stripe_plans import billing_adapter, plan_of_price
from commerce.subscriptions import grace_of, locked_subscription, next_action, store, tell
from commerce.taxes import tax_on, tax_rate
from core import clock
from core.money import Money

__all__ = ["follow_stripe_subscription", "follow_subscription"]

logger = logging.getLogger(__name__)

State = Subscription.State

#: While Stripe waits for a card or for money, it is asked as often.
_WAITING = timedelta(hours=1)
_UNPAID = timedelta(hours=12)
#: A page for a card that nobody sent is given up.
_PAGE_DAYS = timedelta(days=2)


def follow_stripe_subscription(record: ProviderEventRecord) -> Subscription | None:
    """Take up what a stored message of Stripe's hints at; None where it is about no subscription of ours.

    What the message says is not believed: Stripe is asked. Not inside a transaction.

    Raises:
        Retryable: Stripe gives no conclusive answer now.
    """
    rows = Subscription.objects.filter(billing=Subscription.Billing.STRIPE)
    found = rows.filter(public_id=record.operation).first() if record.operation else None
    if found is None and record.provider_ref:
        found = rows.filter(stripe_ref=record.provider_ref).first()
    if found is None:
        return None
    follow_subscription(found.pk)
    found.refresh_from_db()
    return found


def follow_subscription(pk: int) -> None:
    """Bring a subscription in line with what Stripe has now; as often and by as many at once as one likes.

    Every paid invoice becomes an order with one attempt, which is settled like any other payment: exactly once, with
    books, invoice and refunds as everywhere. Its period is given with the order.

    Raises:
        Retryable: Stripe gives no conclusive answer now.
        ProviderUnavailable: it is not configured any more.
    """
    subscription = Subscription.objects.select_related("plan__offer", "learner").get(pk=pk)
    if subscription.billing != Subscription.Billing.STRIPE or not subscription.stripe_ref:
        _give_up_page(subscription)
        return
    billing = billing_adapter()
    ref = subscription.stripe_ref
    if ref.startswith("cs_"):
        ref = _after_page(subscription, billing)
        if not ref:
            return
    if subscription.state == State.ENDED and subscription.next_action_at is not None:
        # We ended it, and Stripe is to be told.
        billing.end(ref)
    present = billing.fetch(ref)
    if not subscription.learner.is_active and present.status != "canceled" and not present.cancels_at_period_end:
        # The account was closed: nothing is charged any more.
        present = billing.cancel_at_period_end(ref, cancels=True)
    for invoice in billing.paid_invoices(ref):
        if invoice.intent_ref:
            _take_in(subscription, invoice)
        elif invoice.reason != "subscription_create":
            _paid_by_credit(subscription, invoice)
    _apply(pk, present)


def _after_page(subscription: Subscription, billing: StripeBilling) -> str:
    """Reference of the subscription that came of the page, stored; empty where none did so far."""
    page = billing.page(subscription.stripe_ref or "")
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if not (locked.stripe_ref or "").startswith("cs_"):
            return locked.stripe_ref or ""
        if page.subscription_ref:
            locked.stripe_ref = page.subscription_ref
            locked.reminders = 0
            store(locked, next_action_at=clock.now() + _WAITING)
        elif page.status == "expired" and locked.state == State.INCOMPLETE:
            locked.stripe_ref = None
            end_subscription(locked, "unpaid")
        else:
            store(locked, next_action_at=clock.now() + _WAITING)
    return page.subscription_ref


def _give_up_page(subscription: Subscription) -> None:
    """End what was begun and never led to a card."""
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if locked.state == State.INCOMPLETE and clock.now() - locked.created_at > _PAGE_DAYS:
            end_subscription(locked, "unpaid")
        else:
            store(locked, next_action_at=clock.now() + _WAITING if locked.state == State.INCOMPLETE else None)


# Invoices


def _take_in(subscription: Subscription, invoice: PaidInvoice) -> None:
    """Settle a paid invoice; once written, whoever comes again finds the attempt by the payment's reference."""
    known = PaymentAttempt.objects.filter(provider="stripe", provider_ref=invoice.intent_ref)
    attempt = known.first()
    if attempt is None:
        try:
            with transaction.atomic():
                attempt = _write(subscription.pk, invoice)
        except IntegrityError:
            # A rival wrote it.
            attempt = known.get()
    if attempt.state in PaymentAttempt.OPEN_STATES:
        settle_attempt(attempt.public_id, trigger="webhook")


def _write(pk: int, invoice: PaidInvoice) -> PaymentAttempt:
    """An order over what was paid, with the attempt that paid it and the period that it is for."""
    subscription = locked_subscription(pk)
    plan = plan_of_price(invoice.price_ref, subscription)
    purpose = Order.Purpose.RENEWAL
    if invoice.reason == "subscription_create":
        purpose = Order.Purpose.PURCHASE
    elif invoice.reason == "subscription_update":
        purpose = Order.Purpose.PLAN_CHANGE
    price, country = _before_tax(invoice.amount, subscription.country)
    order = build_order(
        learner=subscription.learner,
        lines=[LineDraft(offer=plan.offer, price=price)],
        currency=invoice.amount.currency,
        country=country,
        language=subscription.language,
        purpose=purpose,
    )
    last = subscription.periods.order_by("-number").values_list("number", flat=True).first() or 0
    SubscriptionPeriod.objects.create(
        subscription=subscription,
        number=last + 1,
        order=order,
        starts_at=invoice.starts_at,
        ends_at=max(invoice.ends_at, invoice.starts_at + timedelta(seconds=1)),
    )
    now = clock.now()
    return PaymentAttempt.objects.create(
        order=order,
        payment=order.payment,
        provider="stripe",
        idempotency_key=f"invoice:{invoice.ref}",
        state=PaymentAttempt.State.PENDING,
        currency=invoice.amount.currency,
        amount_minor=invoice.amount.minor,
        country=subscription.country,
        provider_ref=invoice.intent_ref,
        data={"invoice": invoice.ref},
        submitted_at=now,
        # Should this process die now, the poller settles it.
        next_check_at=now + timedelta(minutes=1),
        watch_until=now + timedelta(days=7),
    )


def _before_tax(paid: Money, country: str) -> tuple[Money, str]:
    """The price whose total, with the tax of today, is exactly what was paid; and the country whose tax that is.

    Stripe charged what was agreed on. Where no price gives that total (a rate has changed since), none is named.
    """
    rate = tax_rate(country)
    if rate is None or rate.is_inclusive:
        return paid, country
    guess = int(paid.minor * 100 / (100 + rate.percent))
    for minor in range(max(guess - 2, 1), guess + 3):
        price = Money(minor, paid.currency)
        if price + tax_on(price, rate.percent, is_inclusive=False) == paid:
            return price, country
    return paid, ""


def _paid_by_credit(subscription: Subscription, invoice: PaidInvoice) -> None:
    """A period that cost nothing more, because Stripe still had credit of a former plan."""
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        known = locked.periods.filter(starts_at=invoice.starts_at, is_trial=False).exists()
        if known or locked.period_ends_at is None or invoice.ends_at <= locked.period_ends_at:
            return
        last = locked.periods.order_by("-number").values_list("number", flat=True).first() or 0
        SubscriptionPeriod.objects.create(
            subscription=locked,
            number=last + 1,
            starts_at=invoice.starts_at,
            ends_at=invoice.ends_at,
            paid_at=invoice.paid_at,
        )
        locked.plan = plan_of_price(invoice.price_ref, locked)
        locked.period_starts_at, locked.period_ends_at = invoice.starts_at, invoice.ends_at
        locked.state, locked.grace_ends_at = State.ACTIVE, None
        store(locked)


# The state


def _apply(pk: int, present: StripeSubscription) -> None:
    with transaction.atomic():
        try:
            subscription = locked_subscription(pk)
        except SubscriptionNotFound:
            return
        if subscription.state == State.ENDED:
            store(subscription, next_action_at=None)
            return
        match present.status:
            case "canceled" | "incomplete_expired" | "unpaid":
                unpaid = present.status != "canceled" or present.ended_because == "payment_failed"
                end_subscription(subscription, "unpaid" if unpaid else "cancelled")
                # It was Stripe that told us.
                store(subscription, next_action_at=None)
                return
            case "trialing" if subscription.state == State.INCOMPLETE:
                _begin_trial(subscription, present)
            case "past_due" if subscription.state in (State.ACTIVE, State.TRIAL):
                _past_due(subscription, present)
        subscription.amount_minor = present.amount.minor
        _same_intention(subscription, present)
        store(subscription, next_action_at=_next(subscription))


def _next(subscription: Subscription) -> datetime | None:
    """When to ask again, should no message come."""
    now = clock.now()
    if subscription.state == State.INCOMPLETE:
        return now + _WAITING
    if subscription.state == State.PAST_DUE:
        return now + _UNPAID
    planned = next_action(subscription)
    return max(planned, now + _WAITING) if planned else None


def _begin_trial(subscription: Subscription, present: StripeSubscription) -> None:
    subscription.state = State.TRIAL
    subscription.period_starts_at, subscription.period_ends_at = present.starts_at, present.ends_at
    subscription.anchor_day = present.ends_at.day
    SubscriptionPeriod.objects.create(
        subscription=subscription,
        number=1,
        starts_at=present.starts_at,
        ends_at=present.ends_at,
        is_trial=True,
        paid_at=clock.now(),
    )
    store(subscription)
    tell(SubscriptionStarted, subscription)


def _past_due(subscription: Subscription, present: StripeSubscription) -> None:
    """A card was refused; Stripe tries again by its own schedule while the grace lasts."""
    due = min(present.starts_at, clock.now())
    subscription.state = State.PAST_DUE
    subscription.grace_ends_at = due + grace_of(subscription)
    subscription.reminders = 1
    store(subscription, next_action_at=_next(subscription))
    tell(SubscriptionPastDue, subscription, grace_ends_at=subscription.grace_ends_at, try_number=1)


def _same_intention(subscription: Subscription, present: StripeSubscription) -> None:
    """Cancelled, or kept after all, on Stripe's own pages."""
    if subscription.cancels_at_period_end == present.cancels_at_period_end:
        return
    if subscription.state not in (State.ACTIVE, State.TRIAL):
        return
    subscription.cancels_at_period_end = present.cancels_at_period_end
    store(subscription, next_action_at=_next(subscription))
    tell(SubscriptionCancelled if present.cancels_at_period_end else SubscriptionResumed, subscription)
