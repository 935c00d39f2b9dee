"""Subscriptions: the plans there are, a person's own, and what they can change about one."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.change_plan import change_plan
from commerce.actions.change_subscription_method import change_subscription_method
from commerce.actions.open_card_page import open_card_page
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.resume_subscription import resume_subscription
from commerce.actions.subscribe import subscribe
from commerce.errors import NotOnSale
from commerce.methods import payment_methods
from commerce.models import Offer, Order, Plan, Subscription
from commerce.price_tags import PriceTag
from commerce.providers.base import Flow
from commerce.subscriptions import PlanOnSale, covers, plan_title, plans_on_sale, subscriptions_of
from core import formats
from core.errors import DomainError
from home.addresses import absolute
from home.buy_boxes import interval_of
from home.forms import PaymentMethodForm
from home.money import currency_of, price_tags
from home.order_pages import colour_of
from home.shop import country_of, posted_key

State = Subscription.State


@dataclass(frozen=True)
class PlanRow:
    """A plan that can be had here."""

    on_sale: PlanOnSale
    tag: PriceTag
    is_mine: bool
    by_card: bool

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.on_sale.plan

    @property
    def interval(self) -> str:
        """How often it is paid."""
        return interval_of(self.plan)


@dataclass(frozen=True)
class SubscriptionRow:
    """A person's subscription, with a word on where it stands."""

    subscription: Subscription
    title: str
    interval: str
    open_order: Order | None

    @property
    def colour(self) -> str:
        """Of the tag."""
        return colour_of(self.subscription.state)

    @property
    def gives(self) -> str:
        """What the plan covers."""
        return covers(self.subscription.plan)

    @property
    def says(self) -> str:
        """What happens next, and when."""
        mine = self.subscription
        ends = formats.day(mine.period_ends_at) if mine.period_ends_at else ""
        match mine.state:
            case State.TRIAL:
                words = _("Nothing is owed until %(day)s.")
            case State.ACTIVE if not mine.cancels_at_period_end:
                words = _("Paid until %(day)s, then it is renewed.")
            case State.ACTIVE:
                words = _("Open until %(day)s; it is not renewed.")
            case State.PAST_DUE:
                ends = formats.day(mine.grace_ends_at) if mine.grace_ends_at else ""
                words = _("The renewal is not paid. Open until %(day)s.")
            case State.PAUSED:
                return _("Paused: its courses are closed, and what is left of the period waits for you.")
            case State.ENDED:
                ends = formats.day(mine.ended_at) if mine.ended_at else ""
                words = _("Ended on %(day)s.")
            case _incomplete:
                return _("It begins with the first payment.")
        return words % {"day": ends} if ends else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_subscriptions(request: HttpRequest) -> HttpResponse:
    """List the plans, and a person's own subscriptions. A POST subscribes."""
    if request.method == "POST":
        return _subscribe(request)
    mine = [_row(subscription) for subscription in subscriptions_of(request.user)]
    open_plans = {row.subscription.plan_id for row in mine if row.subscription.state in Subscription.OPEN_STATES}
    context = {
        "section": "profile" if request.user.is_authenticated else "",
        "mine": mine,
        "plans": _plans(request, open_plans),
        "is_unlisted": request.user.is_authenticated,
    }
    return render(request, "home/subscriptions.html", context)


def _plans(request: HttpRequest, mine: set[int]) -> list[PlanRow]:
    tags, country = price_tags(request), country_of(request)
    found = plans_on_sale(currency=currency_of(request), country=country)
    found = found or plans_on_sale(currency=settings.DEFAULT_CURRENCY, country=country)
    rows = []
    for one in found:
        tag = tags.tag([one.quote.price]) or PriceTag(one.quote.price)
        rows.append(PlanRow(one, tag, one.plan.pk in mine, _takes_cards(country, one)))
    return rows


def _takes_cards(country: str, one: PlanOnSale) -> bool:
    methods = payment_methods(country, one.quote.price)
    return any(method.code == "stripe" and method.is_available for method in methods)


def _subscribe(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={reverse('home:subscriptions')}")
    try:
        offer = Offer.objects.filter(public_id=posted_key(request, "plan"), kind=Offer.Kind.PLAN).first()
        if offer is None:
            raise NotOnSale
        by_card = request.POST.get("do") == "card"
        done = subscribe(
            actor=request.user,
            offer=offer,
            currency=request.POST.get("currency", "")[:3] or currency_of(request),
            country=country_of(request),
            language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
            by_card=by_card,
        )
        if by_card:
            return _to_card_page(request, done.subscription)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("home:subscriptions")
    if done.order is not None:
        return redirect("home:pay_order", done.order.public_id)
    messages.success(request, _("Your subscription has begun. Choose a course!"))
    return redirect("home:subscription", done.subscription.public_id)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_subscription(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one subscription. A POST changes it."""
    subscription = subscriptions_of(request.user).filter(public_id=public_id).first()
    if subscription is None:
        raise Http404
    form = _method_form(request, subscription)
    if request.method == "POST":
        try:
            return _change(request, subscription, form)
        except DomainError as error:
            if form is None or error.field not in form.fields:
                messages.error(request, str(error))
                return redirect("home:subscription", subscription.public_id)
            form.add_error(error.field, str(error))
    has_ended = subscription.state == State.ENDED
    open_plans = {subscription.plan_id}
    plans = [] if has_ended else [row for row in _plans(request, open_plans) if not row.is_mine]
    context = {
        "section": "profile",
        "row": _row(subscription),
        "subscription": subscription,
        "next_title": plan_title(subscription.next_plan) if subscription.next_plan else "",
        "plans": [row for row in plans if row.on_sale.quote.price.currency == subscription.currency],
        "method_form": None if has_ended else form,
        "is_by_card": subscription.billing == Subscription.Billing.STRIPE and not has_ended,
        "periods": list(subscription.periods.all())[::-1],
        "is_unlisted": True,
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "home/subscription.html", context, status=status)


def _change(request: HttpRequest, subscription: Subscription, form: PaymentMethodForm | None) -> HttpResponse:
    actor, here = request.user, redirect("home:subscription", subscription.public_id)
    match request.POST.get("do"):
        case "cancel":
            cancel_subscription(actor=actor, subscription=subscription)
            messages.success(request, _("It will not be renewed."))
        case "resume" | "keep":
            resume_subscription(actor=actor, subscription=subscription)
            messages.success(request, _("It goes on."))
        case "pause":
            pause_subscription(actor=actor, subscription=subscription)
            messages.success(request, _("It is paused."))
        case "change":
            plan = Plan.objects.filter(offer__public_id=posted_key(request, "plan")).first()
            if plan is None:
                raise NotOnSale
            changed = change_plan(actor=actor, subscription=subscription, plan=plan)
            if changed.order is not None:
                return redirect("home:pay_order", changed.order.public_id)
            messages.success(request, _("The plan is changed."))
        case "method" if form is not None:
            if not form.is_valid():
                raise _first_error(form)
            change_subscription_method(actor=actor, subscription=subscription, **form.cleaned_data)
            messages.success(request, _("That is how we ask for the next payment."))
        case "card":
            return _to_card_page(request, subscription)
    return here


def _first_error(form: PaymentMethodForm) -> DomainError:
    name, errors = next(iter(form.errors.items()))
    return DomainError("invalid_input", str(errors[0]), name)


def _to_card_page(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Lead on to the page for the card: by a page of ours, for a form of ours may not lead to another site."""
    back = absolute(reverse("home:subscription", args=[subscription.public_id]))
    url = open_card_page(actor=request.user, subscription=subscription, return_url=back)
    return render(request, "home/go_on.html", {"go_to": url, "is_unlisted": True})


def _method_form(request: HttpRequest, subscription: Subscription) -> PaymentMethodForm | None:
    """How prompts are asked for; None where a card is charged by itself."""
    if subscription.billing == Subscription.Billing.STRIPE:
        return None
    found = payment_methods(subscription.country, subscription.amount, phone=subscription.phone)
    prompting = [(one.code, one.name) for one in found if one.is_available and one.flow == Flow.PUSH]
    choices = [("", _("I pay each period by hand")), *prompting]
    if request.method == "POST" and request.POST.get("do") == "method":
        return PaymentMethodForm(request.POST, methods=choices)
    kept = {"provider": subscription.provider if subscription.phone else "", "phone": subscription.phone}
    return PaymentMethodForm(initial=kept, methods=choices)


def _row(subscription: Subscription) -> SubscriptionRow:
    waiting: Any = [
        period.order
        for period in subscription.periods.all()
        if period.paid_at is None and period.order is not None and period.order.state == Order.State.PLACED
    ]
    return SubscriptionRow(
        subscription, plan_title(subscription.plan), interval_of(subscription.plan), waiting[-1] if waiting else None
    )
