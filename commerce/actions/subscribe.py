"""Take a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from commerce.actions.drop_renewal import drop_renewal
from commerce.actions.tell_stripe import close_card_page
from commerce.errors import AlreadySubscribed, AuthenticationRequired, NotOnSale, ProviderUnavailable
from commerce.events import OrderPlaced, SubscriptionStarted
from commerce.models import Offer, Order, Plan, Subscription, SubscriptionPeriod
from commerce.orders import LineDraft, build_order, checked_billing, checked_country, checked_currency
from commerce.periods import next_start
from commerce.phones import parse_wallet_phone
from commerce.pricing import quote
from commerce.providers import registry
from commerce.subscriptions import had_trial, locked_subscription, order_to_pay, store, tell
from core import clock, outbox
from core.money import Money
from core.policies import is_person

__all__ = ["Subscribed", "announce", "subscribe"]

State = Subscription.State
Billing = Subscription.Billing


@dataclass(frozen=True)
class Subscribed:
    """What came of it.

    Attributes:
        order: to be paid next; None where a trial has begun, or where the card is asked for on Stripe's page
            (``actions/open_card_page``).
    """

    subscription: Subscription
    order: Order | None


def subscribe(
    *,
    actor: Any,
    offer: Offer,
    currency: str,
    country: str = "",
    language: str = "en",
    provider: str = "",
    phone: str = "",
    by_card: bool = False,
    billing: Mapping[str, Any] | None = None,
    chosen: Money | None = None,
) -> Subscribed:
    """Take a plan for oneself; asked twice, also at once, it is the same subscription and the same order.

    Where the plan has days to try, and the learner never tried it before, they begin at once and nothing is owed until
    they are over. Otherwise the subscription begins with its first payment.

    Args:
        currency: what is paid with; the plan is sold in it.
        provider: with ``phone``, how renewals may be asked for on the learner's phone. Giving the number says that
            they may.
        by_card: Stripe charges a card by itself, period by period.
        billing: the invoice address: fields of :data:`commerce.orders.BILLING_FIELDS`.
        chosen: where buyers choose what to pay.

    Raises:
        AuthenticationRequired: nobody is logged in.
        NotOnSale, CurrencyNotSold, ChosenAmountRefused: :func:`commerce.pricing.quote`.
        AlreadySubscribed: there is one to this plan that has begun.
        PaymentUnderWay: its order is being paid right now.
        PaymentProviderTrouble: a page for a card is open, and Stripe does not close it.
        ProviderUnavailable: no such way to pay here, or no cards.
        InvalidPhone, InvalidCountry, InvalidCurrency, InvalidBilling: values of no shape.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    plan = Plan.objects.select_related("offer").filter(offer=offer).first()
    if offer.kind != Offer.Kind.PLAN or plan is None:
        raise NotOnSale
    checked_currency(currency)
    checked_country(country)
    address = checked_billing(billing or {})
    price = quote(offer, currency=currency, country=country, chosen=chosen).price
    if price.minor <= 0:
        raise NotOnSale
    number = parse_wallet_phone(phone, country) if phone else ""
    if by_card:
        _require_cards(price)
    elif provider:
        registry.provider(provider)
    _leave_other_way(actor, plan, currency, by_card=by_card)
    with transaction.atomic():
        subscription = _row(actor, plan, price)
        if subscription.state != State.INCOMPLETE:
            raise AlreadySubscribed
        waiting = order_to_pay(subscription)
        kept = Billing.STRIPE if by_card else Billing.OURS
        if waiting is not None and subscription.billing == kept and waiting.currency == currency:
            return Subscribed(subscription, waiting)
        subscription.billing = kept
        subscription.currency, subscription.amount_minor = price.currency, price.minor
        subscription.country, subscription.language = country, language
        subscription.provider, subscription.phone = ("stripe", "") if by_card else (provider, number)
        if not by_card:
            subscription.stripe_ref = None
        if by_card:
            store(subscription, next_action_at=clock.now() + timedelta(days=1))
            return Subscribed(subscription, None)
        if plan.trial_days and not had_trial(actor, plan):
            _begin_trial(subscription, plan)
            return Subscribed(subscription, None)
        order = build_order(
            learner=actor,
            lines=[LineDraft(offer=offer, price=price)],
            currency=currency,
            country=country,
            language=language,
            billing=address,
        )
        now = clock.now()
        SubscriptionPeriod.objects.update_or_create(
            subscription=subscription,
            number=1,
            defaults={"starts_at": now, "ends_at": next_start(now, plan.interval, now.day), "order": order},
        )
        store(subscription)
        announce(order)
    return Subscribed(subscription, order)


def announce(order: Order) -> None:
    """Publish that an order with something to pay was placed."""
    outbox.publish(
        OrderPlaced(
            order_key=order.public_id,
            learner_key=order.learner.public_id,
            order_number=order.number,
            amount=Money(order.total_minor, order.currency),
            titles=tuple(order.lines.values_list("title", flat=True)),
            language=order.language,
        )
    )


def _leave_other_way(actor: Any, plan: Plan, currency: str, *, by_card: bool) -> None:
    """Close what was begun and is to be paid otherwise now, so that nobody pays twice."""
    begun = Subscription.objects.filter(learner=actor, plan=plan, state=State.INCOMPLETE).first()
    if begun is None:
        return
    waiting = order_to_pay(begun)
    if waiting is not None and (by_card or waiting.currency != currency):
        drop_renewal(begun)
    if begun.stripe_ref and not by_card:
        close_card_page(begun)


def _require_cards(price: Money) -> None:
    adapter = registry.provider("stripe")
    if not adapter.capabilities.recurring or adapter.capabilities.refusal(price):
        raise ProviderUnavailable


def _row(actor: Any, plan: Plan, price: Money) -> Subscription:
    """The learner's open subscription to the plan, locked; made now where there is none."""
    rows = Subscription.objects.filter(learner=actor, plan=plan).exclude(state=State.ENDED)
    pk = rows.values_list("pk", flat=True).first()
    if pk is None:
        try:
            with transaction.atomic():
                made = Subscription.objects.create(
                    learner=actor, plan=plan, currency=price.currency, amount_minor=price.minor
                )
            pk = made.pk
        except IntegrityError:
            pk = rows.values_list("pk", flat=True).get()
    return locked_subscription(pk)


def _begin_trial(subscription: Subscription, plan: Plan) -> None:
    now = clock.now()
    ends_at = now + timedelta(days=plan.trial_days)
    SubscriptionPeriod.objects.update_or_create(
        subscription=subscription,
        number=1,
        defaults={"starts_at": now, "ends_at": ends_at, "is_trial": True, "paid_at": now, "order": None},
    )
    subscription.state = State.TRIAL
    subscription.period_starts_at, subscription.period_ends_at = now, ends_at
    subscription.anchor_day = ends_at.day
    store(subscription)
    tell(SubscriptionStarted, subscription)
