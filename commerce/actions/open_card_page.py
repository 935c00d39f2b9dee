"""Send somebody to Stripe's page for their card."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.tell_stripe import answered
from commerce.errors import NotBilledByCard, SubscriptionStateRefused
from commerce.models import Subscription
from commerce.providers.base import Customer
from commerce.stripe_plans import billing_adapter, charged_amount, stripe_price
from commerce.subscriptions import had_trial, locked_subscription

__all__ = ["open_card_page"]

State = Subscription.State


def open_card_page(*, actor: Any, subscription: Subscription, return_url: str) -> str:
    """Return the address of Stripe's page: for the first card of a new subscription, or to change it later.

    Asked twice, it is the same page as long as that is open. Not inside a transaction: Stripe is asked.

    Args:
        return_url: absolute; where Stripe sends the learner back to.

    Raises:
        NotAllowed: somebody else's.
        NotBilledByCard: it is paid otherwise.
        SubscriptionStateRefused: it has ended.
        PaymentProviderTrouble: Stripe gives no answer.
    """
    policies.change_subscription.require(actor, subscription)
    if subscription.billing != Subscription.Billing.STRIPE:
        raise NotBilledByCard
    if subscription.state == State.ENDED:
        raise SubscriptionStateRefused
    billing, ref = billing_adapter(), subscription.stripe_ref or ""
    with answered():
        if ref and not ref.startswith("cs_"):
            return billing.card_page(billing.fetch(ref).customer_ref, return_url)
        if ref:
            page = billing.page(ref)
            if page.status == "open":
                return page.url
            if page.subscription_ref:
                return billing.card_page(billing.fetch(page.subscription_ref).customer_ref, return_url)
        plan, learner = subscription.plan, subscription.learner
        trial_days = 0 if had_trial(learner, plan) else plan.trial_days
        page = billing.open_page(
            subscription=subscription.public_id,
            number=subscription.reminders + 1,
            price_ref=stripe_price(plan, charged_amount(subscription.amount, subscription.country)),
            customer=Customer(email=learner.email, language=subscription.language, country=subscription.country),
            return_url=return_url,
            trial_days=trial_days,
        )
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if locked.state == State.INCOMPLETE and (locked.stripe_ref or "") == ref:
            # Counts the pages, so that a new one has a key of its own.
            locked.stripe_ref, locked.reminders = page.ref, locked.reminders + 1
            locked.save(update_fields=["stripe_ref", "reminders"])
    return page.url
