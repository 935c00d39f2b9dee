"""Let a subscription go on that was cancelled for the end of its period, or paused."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.activate_subscription import unpause
from commerce.actions.tell_stripe import tell_stripe
from commerce.errors import SubscriptionStateRefused
from commerce.events import SubscriptionResumed
from commerce.models import Subscription
from commerce.subscriptions import locked_subscription, store, tell

__all__ = ["resume_subscription"]

State = Subscription.State


def resume_subscription(*, actor: Any, subscription: Subscription) -> Subscription:
    """Take a cancellation back before the period ends, or end a pause: what was left of the period begins now.

    Asked twice, it is done once.

    Raises:
        NotAllowed: somebody else's.
        SubscriptionStateRefused: it has ended, or never began.
        PaymentProviderTrouble: Stripe doesn't answer; nothing was changed.
    """
    policies.change_subscription.require(actor, subscription)
    _require_open(subscription)
    if subscription.billing == Subscription.Billing.STRIPE and subscription.stripe_ref:
        tell_stripe(subscription, "unpause" if subscription.state == State.PAUSED else "keep")
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        _require_open(locked)
        if locked.state == State.PAUSED:
            unpause(locked)
        elif not locked.cancels_at_period_end:
            return locked
        locked.cancels_at_period_end = False
        store(locked)
        tell(SubscriptionResumed, locked)
    return locked


def _require_open(subscription: Subscription) -> None:
    if subscription.state in (State.ENDED, State.INCOMPLETE):
        raise SubscriptionStateRefused
