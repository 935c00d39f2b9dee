"""Taking a plan, cancelling, pausing, going on, changing how it is paid; who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.access import gives_access
from commerce.actions.cancel_order import cancel_order
from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.change_plan import change_plan
from commerce.actions.change_subscription_method import change_subscription_method
from commerce.actions.enroll import enroll
from commerce.actions.expire_orders import expire_orders
from commerce.actions.open_card_page import open_card_page
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.pay_order import pay_order
from commerce.actions.resume_subscription import resume_subscription
from commerce.actions.subscribe import subscribe
from commerce.models import Entitlement, Order, Subscription, SubscriptionPeriod, TaxRate
from commerce.subscriptions import MAX_PAUSE, order_to_pay, plans_on_sale, subscriptions_of
from commerce.tests.factories import make_price, make_user
from commerce.tests.subscriptions.school import (
    DAY,
    PHONE,
    START,
    begin,
    events,
    fresh,
    make_plan,
    pass_time,
    pay,
    settled,
)
from core.dispatch import dispatch
from core.errors import DomainError
from core.models import AuditEntry, OutboxEvent
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db


def code_of(call, **given):
    with pytest.raises(DomainError) as refused:
        call(**given)
    return refused.value.code


# Taking a plan


def test_twice_is_one_subscription_and_one_order(standing, learner, monthly):
    asked = {"actor": learner, "offer": monthly.offer, "currency": "XAF", "country": "CM", "language": "fr"}
    first, second = subscribe(**asked), subscribe(**asked)
    assert first == second
    assert (first.subscription.state, first.order.purpose, first.order.total_minor) == ("incomplete", "purchase", 5_000)
    assert (Subscription.objects.count(), Order.objects.count(), SubscriptionPeriod.objects.count()) == (1, 1, 1)
    assert order_to_pay(first.subscription) == first.order
    assert not Entitlement.objects.exists()
    assert OutboxEvent.objects.filter(name="commerce.OrderPlaced").count() == 1


def test_who_has_it_does_not_take_it_again(simulators, standing, learner, monthly):
    begin(learner, monthly, simulators)
    assert code_of(subscribe, actor=learner, offer=monthly.offer, currency="XAF") == "already_subscribed"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"actor": AnonymousUser()}, "authentication_required"),
        ({"currency": "GHS"}, "currency_not_sold"),
        ({"currency": "gold"}, "invalid_currency"),
        ({"country": "Cameroon"}, "invalid_country"),
        ({"provider": "shells"}, "provider_unavailable"),
        ({"phone": "12"}, "invalid_phone"),
        ({"by_card": True, "currency": "XAF"}, ""),
    ],
)
def test_refusals(simulators, standing, learner, monthly, changed, code):
    asked = {"actor": learner, "offer": monthly.offer, "currency": "XAF", "country": "CM", **changed}
    if not code:
        assert subscribe(**asked).order is None
        return
    assert code_of(subscribe, **asked) == code
    assert (Subscription.objects.count(), Order.objects.count()) == (0, 0)


def test_only_plans_are_taken(standing, learner):
    offer = make_price(make_course().translation_key).offer
    assert code_of(subscribe, actor=learner, offer=offer, currency="XAF") == "not_on_sale"


def test_a_first_order_that_expires_leaves_nothing_behind(standing, learner, monthly):
    made = subscribe(actor=learner, offer=monthly.offer, currency="XAF")
    standing.move(timedelta(days=2))
    assert expire_orders() == 1
    dispatch()
    assert (fresh(made.subscription).state, events("Ended")) == ("ended", [])
    assert list(subscriptions_of(learner)) == []
    again = subscribe(actor=learner, offer=monthly.offer, currency="XAF")
    assert again.subscription != made.subscription


def test_a_first_order_may_be_paid_late(simulators, standing, learner, monthly):
    made = subscribe(actor=learner, offer=monthly.offer, currency="XAF", country="CM")
    attempt = pay_order(actor=learner, order=made.order, provider="mtn", phone=PHONE, idempotency_key="1")
    for _try in range(3):
        standing.move(timedelta(hours=9))
        simulators.keep_time()
        settled(attempt)
        expire_orders()
        dispatch()
    assert fresh(made.subscription).state == "ended"
    simulators["mtn"].late_success(str(attempt.public_id))
    settled(attempt)
    back = fresh(made.subscription)
    assert (back.state, back.period_starts_at) == ("active", START + timedelta(hours=27))


def test_days_to_try_once(simulators, standing, learner):
    plan = make_plan(trial_days=7)
    made = subscribe(actor=learner, offer=plan.offer, currency="XAF", country="CM", provider="mtn", phone=PHONE)
    assert (made.order, made.subscription.state) == (None, "trial")
    assert made.subscription.period_ends_at == START + 7 * DAY
    # A day of grace is enough after days for nothing.
    assert Entitlement.objects.get().ends_at == START + 8 * DAY
    assert len(events("Started")) == 1
    pass_time(standing, START + 7 * DAY)
    simulators.keep_time()
    order = order_to_pay(made.subscription)
    assert (order.purpose, order.total_minor, fresh(made.subscription).state) == ("renewal", 5_000, "trial")
    attempt = order.attempts.get()
    simulators.approve("mtn", str(attempt.public_id))
    settled(attempt)
    paid = fresh(made.subscription)
    assert (paid.state, paid.period_starts_at, paid.anchor_day) == ("active", START + 7 * DAY, 7)
    assert [(row.number, row.is_trial) for row in paid.periods.all()] == [(1, True), (2, False)]
    assert (len(events("Started")), len(events("Renewed"))) == (1, 1)


def test_an_unpaid_trial_ends_and_is_not_had_again(standing, learner):
    plan = make_plan(trial_days=7)
    made = subscribe(actor=learner, offer=plan.offer, currency="XAF")
    pass_time(standing, START + 8 * DAY)
    assert (fresh(made.subscription).state, fresh(made.subscription).ended_reason) == ("ended", "unpaid")
    again = subscribe(actor=learner, offer=plan.offer, currency="XAF")
    assert (again.subscription.state, again.order.total_minor) == ("incomplete", 5_000)


def test_tax_comes_on_top_of_every_period(simulators, standing, learner, monthly):
    TaxRate.objects.create(country="CM", name="VAT", percent="20", is_inclusive=False, valid_from=START.date())
    subscription = begin(learner, monthly, simulators)
    pass_time(standing, subscription.period_ends_at - DAY, step=7 * DAY)
    assert list(Order.objects.order_by("pk").values_list("total_minor", flat=True)) == [6_000, 6_000]
    assert fresh(subscription).amount_minor == 5_000


def test_the_price_that_was_agreed_on_stays(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    monthly.offer.prices.update(amount_minor=9_000)
    monthly.offer.is_on_sale = False
    monthly.offer.save()
    pass_time(standing, subscription.period_ends_at - DAY, step=7 * DAY)
    assert order_to_pay(subscription).total_minor == 5_000


# Cancelling and going on


def test_cancelled_it_lasts_to_the_end_of_the_period(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - 2 * DAY, step=7 * DAY)
    order = order_to_pay(subscription)
    cancel_subscription(actor=learner, subscription=subscription)
    cancel_subscription(actor=learner, subscription=subscription)
    dispatch()
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "superseded")
    assert len(events("Cancelled")) == 1
    assert Entitlement.objects.get().ends_at == end
    pass_time(standing, end - timedelta(minutes=1))
    assert (fresh(subscription).state, order_to_pay(subscription)) == ("active", None)
    pass_time(standing, end)
    assert (fresh(subscription).state, fresh(subscription).ended_reason) == ("ended", "cancelled")
    assert code_of(cancel_subscription, actor=learner, subscription=subscription) == "subscription_state"
    assert code_of(resume_subscription, actor=learner, subscription=fresh(subscription)) == "subscription_state"


def test_a_cancellation_is_taken_back(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - 2 * DAY, step=7 * DAY)
    cancel_subscription(actor=learner, subscription=subscription)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    resume_subscription(actor=learner, subscription=fresh(subscription))
    dispatch()
    assert len(events("Resumed")) == 1
    assert Entitlement.objects.get().ends_at == end + 7 * DAY
    pass_time(standing, end - DAY)
    assert order_to_pay(subscription).state == "placed"
    assert SubscriptionPeriod.objects.count() == 2


def test_a_prompt_under_way_is_paid_all_the_same(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end)
    simulators.keep_time()
    attempt = order_to_pay(subscription).attempts.get()
    cancel_subscription(actor=learner, subscription=subscription)
    simulators.approve("mtn", str(attempt.public_id))
    settled(attempt)
    paid = fresh(subscription)
    assert (paid.state, paid.cancels_at_period_end, paid.period_starts_at) == ("active", True, end)
    pass_time(standing, paid.period_ends_at, step=7 * DAY)
    assert fresh(subscription).state == "ended"


def test_an_unpaid_one_ends_when_it_is_cancelled(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    type(subscription).objects.update(phone="")
    pass_time(standing, subscription.period_ends_at + DAY)
    cancel_subscription(actor=learner, subscription=fresh(subscription))
    dispatch()
    assert (fresh(subscription).state, order_to_pay(subscription)) == ("ended", None)
    assert Entitlement.objects.get().ends_at == subscription.period_ends_at + DAY


def test_staff_end_it_at_once(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    assert code_of(cancel_subscription, actor=learner, subscription=subscription, at_once=True) == "not_allowed"
    staff = make_user(permissions=("commerce.change_subscription",))
    standing.move(DAY)
    cancel_subscription(actor=staff, subscription=subscription, at_once=True, reason=" Fraud. ")
    assert (fresh(subscription).state, fresh(subscription).ended_at) == ("ended", START + DAY)
    assert Entitlement.objects.get().ends_at == START + DAY
    entry = AuditEntry.objects.get(verb="commerce.subscription_cancelled")
    assert (entry.actor, entry.facts) == (staff, {"at_once": True, "reason": "Fraud."})


def test_a_learner_cancels_an_order_and_gets_another(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - DAY, step=7 * DAY)
    first = order_to_pay(subscription)
    cancel_order(actor=learner, order=first)
    pass_time(standing, end)
    second = order_to_pay(subscription)
    assert (second != first, SubscriptionPeriod.objects.count()) == (True, 2)


def test_a_closed_account_is_asked_for_nothing(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    type(learner).objects.update(is_active=False)
    pass_time(standing, subscription.period_ends_at, step=7 * DAY)
    assert (fresh(subscription).state, fresh(subscription).ended_reason) == ("ended", "cancelled")
    assert (Order.objects.count(), events("RenewalDue")) == (1, [])


def test_in_another_currency_the_first_order_makes_way(standing, learner, monthly):
    monthly.offer.prices.create(currency="EUR", amount_minor=800)
    first = subscribe(actor=learner, offer=monthly.offer, currency="XAF")
    second = subscribe(actor=learner, offer=monthly.offer, currency="EUR")
    dispatch()
    first.order.refresh_from_db()
    assert (first.order.state, second.order.state, second.order.total_minor) == ("cancelled", "placed", 800)
    assert order_to_pay(second.subscription) == second.order
    assert fresh(second.subscription).state == "incomplete"


# Pausing


def test_a_pause_keeps_what_is_left(simulators, standing, learner, monthly):
    course = make_course()
    make_price(course.translation_key)
    subscription = begin(learner, monthly, simulators)
    enrollment = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    pass_time(standing, START + 10 * DAY, step=5 * DAY)
    pause_subscription(actor=learner, subscription=subscription)
    pause_subscription(actor=learner, subscription=fresh(subscription))
    dispatch()
    paused = fresh(subscription)
    left = subscription.period_ends_at - (START + 10 * DAY)
    assert (paused.state, paused.paused_seconds) == ("paused", left.days * 86_400)
    enrollment.refresh_from_db()
    assert (enrollment.state, gives_access(enrollment)) == ("expired", False)
    pass_time(standing, START + 60 * DAY, step=10 * DAY)
    assert (fresh(subscription).state, Order.objects.count()) == ("paused", 1)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    dispatch()
    resumed = fresh(subscription)
    assert (resumed.state, resumed.period_ends_at) == ("active", START + 60 * DAY + left)
    assert resumed.anchor_day == resumed.period_ends_at.day
    period = SubscriptionPeriod.objects.get()
    assert (period.starts_at, period.ends_at, period.paused_seconds) == (START, resumed.period_ends_at, 50 * 86_400)
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.ends_at) == ("active", resumed.period_ends_at + 7 * DAY)
    assert (len(events("Paused")), len(events("Resumed"))) == (1, 1)


def test_a_pause_ends_by_itself(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    pause_subscription(actor=learner, subscription=subscription)
    pass_time(standing, START + MAX_PAUSE - DAY, step=30 * DAY)
    assert fresh(subscription).state == "paused"
    pass_time(standing, START + MAX_PAUSE)
    assert (fresh(subscription).state, len(events("Resumed"))) == ("active", 1)
    assert fresh(subscription).period_ends_at == subscription.period_ends_at + MAX_PAUSE


def test_cancelled_in_a_pause_the_rest_is_given(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    pause_subscription(actor=learner, subscription=subscription)
    standing.move(20 * DAY)
    cancel_subscription(actor=learner, subscription=fresh(subscription))
    gone_on = fresh(subscription)
    assert (gone_on.state, gone_on.cancels_at_period_end) == ("active", True)
    assert gone_on.period_ends_at == subscription.period_ends_at + 20 * DAY


def test_what_was_paid_ahead_moves_with_the_pause(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - 2 * DAY, step=7 * DAY)
    simulators.keep_time()
    pay(simulators, order_to_pay(subscription))
    pause_subscription(actor=learner, subscription=fresh(subscription))
    standing.move(10 * DAY)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    first, second = SubscriptionPeriod.objects.order_by("number")
    assert (first.ends_at, first.paused_seconds) == (end + 10 * DAY, 10 * 86_400)
    assert (second.starts_at, second.paused_seconds) == (end + 10 * DAY, 0)
    assert fresh(subscription).period_ends_at == second.ends_at


def test_what_is_not_paid_can_not_be_paused(simulators, standing, learner, monthly):
    trial = subscribe(actor=learner, offer=make_plan(trial_days=7).offer, currency="XAF").subscription
    assert code_of(pause_subscription, actor=learner, subscription=trial) == "subscription_state"
    subscription = begin(learner, monthly, simulators)
    cancel_subscription(actor=learner, subscription=subscription)
    assert code_of(pause_subscription, actor=learner, subscription=fresh(subscription)) == "subscription_state"


# How it is paid


def test_another_phone_or_none(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    changed = change_subscription_method(
        actor=learner, subscription=subscription, provider="mtn", phone="6 70 00 00 02"
    )
    assert (changed.provider, changed.phone) == ("mtn", "+237670000002")
    refused = {"actor": learner, "subscription": subscription}
    assert code_of(change_subscription_method, **refused, provider="mtn", phone="1") == "invalid_phone"
    assert code_of(change_subscription_method, **refused, provider="mpesa", phone=PHONE) == "provider_unavailable"
    assert fresh(subscription).phone == "+237670000002"
    change_subscription_method(actor=learner, subscription=subscription)
    assert (fresh(subscription).provider, fresh(subscription).phone) == ("", "")
    pass_time(standing, subscription.period_ends_at, step=7 * DAY)
    assert (fresh(subscription).state, simulators.waiting("mtn")) == ("past_due", [])
    assert code_of(open_card_page, **refused, return_url="https://school.example.com/") == "not_billed_by_card"


# Who may


@pytest.mark.parametrize("who", ["anonymous", "other", "learner", "staff"])
@pytest.mark.parametrize(
    ("call", "more"),
    [
        (cancel_subscription, {}),
        (pause_subscription, {}),
        (resume_subscription, {}),
        (change_subscription_method, {}),
        (change_plan, {"plan": True}),
    ],
)
def test_rights(simulators, standing, learner, monthly, who, call, more):
    subscription = begin(learner, monthly, simulators)
    actor = {
        "anonymous": AnonymousUser(),
        "other": make_user(permissions=("commerce.view_subscription",)),
        "learner": learner,
        "staff": make_user(permissions=("commerce.change_subscription",)),
    }[who]
    given = {"plan": make_plan(50_000, title="More")} if more else {}
    before = (Subscription.objects.values().get(), OutboxEvent.objects.count())
    if who in ("learner", "staff"):
        call(actor=actor, subscription=subscription, **given)
    else:
        assert code_of(call, actor=actor, subscription=subscription, **given) == "not_allowed"
        assert (Subscription.objects.values().get(), OutboxEvent.objects.count()) == before


# Reading


def test_plans_on_sale_and_what_they_cover(learner):
    path = make_path([make_course()], "Web developer")
    make_plan(50_000, "year", title="A year")
    make_plan(3_000, title="Path", scope="path", path_key=path.translation_key)
    items = make_plan(2_000, title="Some", scope="items")
    for number in range(6):
        items.offer.items.create(key=make_user().public_id, title=f"C{number}", position=number)
    hidden = make_plan(1_000, title="Gone")
    type(hidden.offer).objects.filter(pk=hidden.offer_id).update(is_on_sale=False)
    found = plans_on_sale(currency="XAF", country="CM", language="en")
    assert [(one.title, one.quote.price.minor) for one in found] == [
        ("Some", 2_000),
        ("Path", 3_000),
        ("A year", 50_000),
    ]
    assert [one.covers for one in found] == [
        "C0, C1, C2 and 3 more",
        "The learning path Web developer",
        "All courses",
    ]
    assert plans_on_sale(currency="GHS") == []
