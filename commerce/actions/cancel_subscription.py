"""Let a subscription end with what is paid; or, by staff, at once."""

from contextlib import suppress
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.activate_subscription import unpause
from commerce.actions.drop_renewal import drop_renewal
from commerce.actions.renew_subscriptions import end_subscription
from commerce.actions.tell_stripe import tell_stripe
from commerce.errors import PaymentUnderWay, SubscriptionStateRefused
from commerce.events import SubscriptionCancelled
from commerce.models import Subscription
from commerce.subscriptions import locked_subscription, store, tell
from core import audit
from core.errors import NotAllowed
from core.policies import is_person

__all__ = ["cancel_subscription"]

State = Subscription.State


def cancel_subscription(
    *, actor: Any, subscription: Subscription, at_once: bool = False, reason: str = ""
) -> Subscription:
    """Don't renew a subscription: access lasts until the end of what is paid. Asked twice, it is done once.

    What has no paid time left (unpaid, or never begun) ends at once. A paused one goes on for the time that is left of
    it, and then ends.

    Args:
        actor: its learner, or staff with ``commerce.change_subscription``.
        at_once: staff only; access ends now. What becomes of the money is a refund's business.
        reason: of staff, for the audit log.

    Raises:
        NotAllowed: somebody else's, or a learner wants it at once.
        SubscriptionStateRefused: it has ended.
        PaymentProviderTrouble: Stripe doesn't answer; nothing was changed.
    """
    policies.change_subscription.require(actor, subscription)
    is_staff = is_person(actor) and actor.has_perm("commerce.change_subscription")
    if at_once and not is_staff:
        raise NotAllowed
    if subscription.billing == Subscription.Billing.STRIPE and subscription.stripe_ref:
        if subscription.state == State.ENDED:
            raise SubscriptionStateRefused
        tell_stripe(subscription, "end" if at_once else "cancel")
    # Should it be paid right now, that period is given, and the subscription ends after it.
    with suppress(PaymentUnderWay):
        drop_renewal(subscription)
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if locked.state == State.ENDED:
            raise SubscriptionStateRefused
        if locked.cancels_at_period_end and not at_once:
            return locked
        if locked.state == State.PAUSED and not at_once:
            unpause(locked)
        if at_once or locked.state in (State.INCOMPLETE, State.PAST_DUE):
            end_subscription(locked, "cancelled")
        else:
            locked.cancels_at_period_end = True
            locked.next_plan = None
            store(locked)
            tell(SubscriptionCancelled, locked)
        if locked.learner_id != getattr(actor, "pk", None):
            audit.record(
                actor=actor,
                verb="commerce.subscription_cancelled",
                target=locked,
                facts={"at_once": at_once, "reason": reason.strip()[:300]},
            )
    return locked
