"""Put a subscription on hold: access stops, and what is left of the paid period is kept."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.drop_renewal import drop_renewal
from commerce.actions.tell_stripe import tell_stripe
from commerce.errors import SubscriptionStateRefused
from commerce.events import SubscriptionPaused
from commerce.models import Subscription
from commerce.periods import seconds_between
from commerce.subscriptions import locked_subscription, store, tell
from core import clock

__all__ = ["pause_subscription"]

State = Subscription.State


def pause_subscription(*, actor: Any, subscription: Subscription) -> Subscription:
    """Pause a paid subscription; it goes on by ``resume_subscription``, or by itself after ``MAX_PAUSE``.

    Courses close, their progress stays. Asked twice, it is done once.

    Raises:
        NotAllowed: somebody else's.
        SubscriptionStateRefused: nothing is left that is paid: a trial, an unpaid one, one that ends with its period.
        PaymentUnderWay: the renewal is being paid right now.
        PaymentProviderTrouble: Stripe doesn't answer; nothing was changed.
    """
    policies.change_subscription.require(actor, subscription)
    if subscription.state == State.PAUSED:
        return subscription
    _require_pausable(subscription)
    drop_renewal(subscription)
    if subscription.billing == Subscription.Billing.STRIPE and subscription.stripe_ref:
        tell_stripe(subscription, "pause")
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if locked.state == State.PAUSED:
            return locked
        _require_pausable(locked)
        now = clock.now()
        locked.state = State.PAUSED
        locked.paused_at = now
        locked.paused_seconds = seconds_between(now, locked.period_ends_at or now)
        store(locked)
        tell(SubscriptionPaused, locked)
    return locked


def _require_pausable(subscription: Subscription) -> None:
    ends_at = subscription.period_ends_at
    is_paid = subscription.state == State.ACTIVE and ends_at is not None and ends_at > clock.now()
    if not is_paid or subscription.cancels_at_period_end:
        raise SubscriptionStateRefused
