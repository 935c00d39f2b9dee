"""Have Stripe do with its subscription what is about to be done with ours. Never inside a transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from commerce.errors import AlreadySubscribed, PaymentProviderTrouble
from commerce.events import SubscriptionPlanChanged
from commerce.models import Subscription
from commerce.providers.base import ProviderError
from commerce.stripe_plans import billing_adapter, charged_amount, stripe_price
from commerce.subscriptions import locked_subscription, plan_title, store, tell
from core import clock

if TYPE_CHECKING:
    from commerce.actions.change_plan import PlanChange

__all__ = ["answered", "change_price_at_stripe", "close_card_page", "tell_stripe"]

logger = logging.getLogger(__name__)


def tell_stripe(subscription: Subscription, what: str) -> None:
    """Tell Stripe; what it has done already it does once.

    Args:
        what: ``cancel`` (at the end of the period), ``keep`` (not to), ``end``, ``pause``, ``unpause``.

    Raises:
        PaymentProviderTrouble: it gave no answer, or refused.
    """
    billing, ref = billing_adapter(), subscription.stripe_ref or ""
    with answered():
        if ref.startswith("cs_"):
            # No card was given yet.
            if what in ("cancel", "end"):
                billing.close_page(ref)
        elif what in ("cancel", "keep"):
            billing.cancel_at_period_end(ref, cancels=what == "cancel")
        elif what == "end":
            billing.end(ref)
        elif what == "pause":
            billing.pause(ref)
        elif what == "unpause":
            billing.go_on(ref, until=clock.now() + timedelta(seconds=subscription.paused_seconds or 0))
        else:
            raise ValueError(what)


def close_card_page(subscription: Subscription) -> None:
    """Close the page for the card of a subscription that never began.

    Raises:
        AlreadySubscribed: a card was given there a moment ago.
        PaymentProviderTrouble: Stripe gave no answer.
    """
    from commerce.actions.follow_stripe_subscription import follow_subscription

    with answered():
        page = billing_adapter().close_page(subscription.stripe_ref or "")
    if page.subscription_ref:
        follow_subscription(subscription.pk)
        raise AlreadySubscribed


def change_price_at_stripe(subscription: Subscription, change: "PlanChange") -> "PlanChange":
    """Have the card charged for another plan; see ``actions/change_plan``.

    Raises:
        PaymentProviderTrouble: it gave no answer, or the card was refused.
    """
    from commerce.actions.follow_stripe_subscription import follow_subscription

    billing = billing_adapter()
    amount = charged_amount(change.price, subscription.country)
    with answered():
        price_ref = stripe_price(change.plan, amount)
        present = billing.fetch(subscription.stripe_ref or "")
        billing.change_price(present, price_ref, at_once=change.at_once)
    if change.at_once:
        follow_subscription(subscription.pk)
    elif change.plan.pk != subscription.plan_id:
        with transaction.atomic():
            locked = locked_subscription(subscription.pk)
            former = plan_title(locked.plan, locked.language)
            locked.next_plan = change.plan
            store(locked)
            tell(SubscriptionPlanChanged, locked, former_plan=former, from_next_period=True)
    return change


@contextmanager
def answered() -> Iterator[None]:
    """Turn what an adapter raises into a refusal that people can read."""
    try:
        yield
    except ProviderError as trouble:
        logger.warning("Stripe did not do as it was told: %s", trouble)
        raise PaymentProviderTrouble from trouble
