"""What subscriptions do when something happens to them, to their orders and to money that goes back."""

from uuid import UUID

from commerce import events
from commerce.actions.drop_renewal import SUPERSEDED, drop_renewal
from commerce.actions.move_windows import move_windows
from commerce.actions.renew_subscriptions import end_subscription
from commerce.errors import PaymentUnderWay
from commerce.models import Order, Subscription, SubscriptionPeriod
from commerce.subscriptions import locked_subscription, store
from core import clock
from core.outbox import handles

__all__ = [
    "close_unpaid_order",
    "end_refunded",
    "end_reversed",
    "go_on_without_order",
    "move_windows_with",
]

State = Subscription.State


#: What may change until when enrolments last. The names of the deliveries stay, whatever becomes of the code.
_MOVED_BY: dict[str, type[events._SubscriptionEvent]] = {
    "begun": events.SubscriptionStarted,  # who comes back goes on with what they had
    "renewed": events.SubscriptionRenewed,
    "past_due": events.SubscriptionPastDue,  # they last through the grace
    "plan_changed": events.SubscriptionPlanChanged,  # those end that the new plan doesn't give
    "cancelled": events.SubscriptionCancelled,  # they end with the period, without a grace
    "paused": events.SubscriptionPaused,
    "resumed": events.SubscriptionResumed,
    "ended": events.SubscriptionEnded,  # they close, and keep their progress for whoever comes back
}


def move_windows_with(event: events._SubscriptionEvent) -> None:
    """Enrolments last as long as what is paid, whatever has happened to the subscription."""
    move_windows(event.subscription_key)


for _what, _event in _MOVED_BY.items():
    handles(_event, name=f"commerce.move_windows_when_{_what}")(move_windows_with)


@handles(events.SubscriptionEnded, name="commerce.close_unpaid_order")
def close_unpaid_order(event: events.SubscriptionEnded) -> None:
    """Cancel the order that waits for a period which won't come.

    As expired where nobody paid: money that comes late all the same brings the subscription back.
    """
    subscription = Subscription.objects.filter(public_id=event.subscription_key).first()
    if subscription is None or subscription.state != State.ENDED:
        return
    try:
        drop_renewal(subscription, reason="expired" if event.reason == "unpaid" else SUPERSEDED)
    except PaymentUnderWay:
        # Should it be paid, the subscription comes back; otherwise the order expires by itself.
        return


@handles(events.OrderCancelled, name="commerce.go_on_without_order")
def go_on_without_order(event: events.OrderCancelled) -> None:
    """What a subscription does whose order came to nothing.

    One that was never paid never began; nobody needs to be told. A change of plan that nobody paid is forgotten, and
    the next period is renewed as before.
    """
    period = SubscriptionPeriod.objects.filter(order__public_id=event.order_key, paid_at=None).first()
    if period is None:
        return
    subscription = locked_subscription(period.subscription_id)
    order = Order.objects.get(public_id=event.order_key)
    if order.state != Order.State.CANCELLED or subscription.billing != Subscription.Billing.OURS:
        return
    if subscription.state == State.INCOMPLETE:
        end_subscription(subscription, "unpaid")
    elif order.purpose == Order.Purpose.PLAN_CHANGE and subscription.state in (State.TRIAL, State.ACTIVE):
        store(subscription)


@handles(events.RefundSucceeded, name="commerce.end_refunded_subscription")
def end_refunded(event: events.RefundSucceeded) -> None:
    """Who got the whole price of the present period back has no access any more."""
    _end_given_back(event.order_key)


@handles(events.ChargebackClosed, name="commerce.end_reversed_subscription")
def end_reversed(event: events.ChargebackClosed) -> None:
    """Nor who took it back through their bank."""
    if not event.is_won:
        _end_given_back(event.order_key, by_bank=True)


def _end_given_back(order_key: UUID, *, by_bank: bool = False) -> None:
    order = Order.objects.filter(public_id=order_key).first()
    if order is None or not (by_bank or order.state == Order.State.REFUNDED):
        return
    period = SubscriptionPeriod.objects.filter(order=order, paid_at__isnull=False).first()
    if period is None:
        return
    subscription = locked_subscription(period.subscription_id)
    if subscription.state == State.ENDED:
        return
    last = _lives_on(period)
    if last.ends_at <= clock.now() and last.credited_at is None:
        return  # It is over: nothing that lasts was paid with it.
    subscription.credit_minor = 0
    end_subscription(subscription, "refunded")


def _lives_on(period: SubscriptionPeriod) -> SubscriptionPeriod:
    """The last of the periods that the money of ``period`` went into: changes of plan carry it on as credit."""
    later = SubscriptionPeriod.objects.filter(
        subscription=period.subscription, number__gt=period.number, paid_at__isnull=False
    )
    for following in later.select_related("order").order_by("number"):
        if following.order is None or following.order.purpose != Order.Purpose.PLAN_CHANGE:
            break
        period = following
    return period
