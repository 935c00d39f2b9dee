"""Subscriptions that Stripe charges a card for: ours follow, each invoice is settled once, and messages are hints."""

from datetime import UTC, datetime, timedelta

import pytest

from commerce.access import gives_access
from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.change_plan import change_plan
from commerce.actions.change_subscription_method import change_subscription_method
from commerce.actions.enroll import enroll
from commerce.actions.follow_stripe_subscription import follow_subscription
from commerce.actions.open_card_page import open_card_page
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.process_provider_event import process_due_events
from commerce.actions.renew_subscriptions import renew_subscriptions
from commerce.actions.resume_subscription import resume_subscription
from commerce.actions.subscribe import subscribe
from commerce.models import (
    Entitlement,
    LedgerTransaction,
    Order,
    Payment,
    PaymentAttempt,
    ProviderEventRecord,
    Subscription,
    SubscriptionPeriod,
    TaxRate,
)
from commerce.tests.factories import make_price
from commerce.tests.subscriptions.school import DAY, START, events, fresh, make_plan
from core import clock
from core.dispatch import dispatch
from core.errors import DomainError
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

BACK = "https://school.example.com/subscriptions/"
REFUSED = "4000000000000002"


@pytest.fixture(autouse=True)
def same_clock(simulators, standing, monkeypatch):
    """Stripe's clock stands still with the house's."""
    monkeypatch.setattr(simulators["stripe"], "now", clock.now)


def code_of(call, **given):
    with pytest.raises(DomainError) as refused:
        call(**given)
    return refused.value.code


def hear(simulators, client):
    """Stripe's messages reach the house, and everything that follows from them happens."""
    assert set(simulators.deliver(client)) <= {200}
    process_due_events()
    dispatch()


def take(learner, plan, **fields):
    made = subscribe(
        actor=learner, offer=plan.offer, currency="XAF", country="CM", language="fr", by_card=True, **fields
    )
    assert (made.order, made.subscription.billing, made.subscription.state) == (None, "stripe", "incomplete")
    return made.subscription


@pytest.fixture
def begin(simulators, standing, client):
    def run(learner, plan, card="4242424242424242"):
        subscription = take(learner, plan)
        open_card_page(actor=learner, subscription=subscription, return_url=BACK)
        ref = fresh(subscription).stripe_ref
        assert ref.startswith("cs_")
        simulators["stripe"].pay(ref, card)
        hear(simulators, client)
        return fresh(subscription)

    return run


def renewed(simulators, standing, client, subscription, card=""):
    """Time passes to the end of the period, and Stripe charges the card."""
    hear(simulators, client)
    standing.move(max(subscription.period_ends_at - standing.read(), timedelta(0)))
    simulators.keep_time()
    simulators["stripe"].renew(subscription.stripe_ref, card)
    hear(simulators, client)
    return fresh(subscription)


def test_a_card_begins_it(simulators, standing, learner, monthly, begin):
    subscription = begin(learner, monthly)
    assert (subscription.state, subscription.stripe_ref[:4], subscription.amount_minor) == ("active", "sub_", 5_000)
    assert (subscription.period_starts_at, subscription.period_ends_at) == (
        START,
        datetime(2026, 2, 28, 9, 30, tzinfo=UTC),
    )
    order, attempt = Order.objects.get(), PaymentAttempt.objects.get()
    assert (order.purpose, order.state, order.total_minor, order.language) == ("purchase", "fulfilled", 5_000, "fr")
    assert (attempt.state, attempt.provider, attempt.provider_ref[:3]) == ("succeeded", "stripe", "pi_")
    assert Payment.objects.get().state == "paid"
    assert LedgerTransaction.objects.filter(order=order, kind="capture").count() == 1
    assert Entitlement.objects.get().ends_at == subscription.period_ends_at + 7 * DAY
    assert (len(events("Started")), len(events("Renewed"))) == (1, 0)
    monthly.refresh_from_db()
    assert list(monthly.stripe_prices) == ["XAF:5000"]
    assert open_card_page(actor=learner, subscription=subscription, return_url=BACK).count("/p/session/") == 1


def test_the_page_stays_the_same_while_it_is_open(simulators, standing, learner, monthly):
    subscription = take(learner, monthly)
    given = {"actor": learner, "return_url": BACK}
    first = open_card_page(subscription=subscription, **given)
    assert open_card_page(subscription=fresh(subscription), **given) == first
    simulators["stripe"].expire(fresh(subscription).stripe_ref)
    second = open_card_page(subscription=fresh(subscription), **given)
    assert second != first
    assert simulators["stripe"].rows["price"].keys() == set(fresh(subscription).plan.stripe_prices.values())


def test_fourteen_months_of_cards(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    course = make_course()
    make_price(course.translation_key)
    enrollment = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    for month in range(14):
        before = subscription.period_ends_at
        subscription = renewed(simulators, standing, client, subscription)
        assert (subscription.state, subscription.period_starts_at) == ("active", before)
        enrollment.refresh_from_db()
        assert enrollment.ends_at == subscription.period_ends_at + 7 * DAY
        assert gives_access(enrollment)
        assert SubscriptionPeriod.objects.count() == month + 2
    assert Order.objects.filter(purpose="renewal", state="fulfilled").count() == 14
    assert PaymentAttempt.objects.filter(state="succeeded").count() == 15
    assert (len(events("Started")), len(events("Renewed")), len(events("RenewalDue"))) == (1, 14, 0)


def test_messages_twice_late_and_the_wrong_way_round(simulators, standing, learner, monthly, client):
    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    simulators["stripe"].faults.duplicate_webhooks = 2
    simulators["stripe"].pay(fresh(subscription).stripe_ref)
    messages = simulators.undelivered()
    for message in reversed(messages):
        assert simulators.hand_over(message, client) == 200
        process_due_events()
        dispatch()
    assert fresh(subscription).state == "active"
    assert (Order.objects.count(), PaymentAttempt.objects.count(), SubscriptionPeriod.objects.count()) == (1, 1, 1)
    assert len(events("Started")) == 1
    assert set(ProviderEventRecord.objects.filter(kind="billing").values_list("state", flat=True)) == {"done"}


def test_without_any_message(simulators, standing, learner, monthly):
    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    simulators["stripe"].pay(fresh(subscription).stripe_ref)
    for _hour in range(26):
        standing.move(timedelta(hours=1))
        simulators.keep_time()
        renew_subscriptions()
        dispatch()
    assert fresh(subscription).state == "active"
    end = fresh(subscription).period_ends_at
    assert fresh(subscription).next_action_at == end + timedelta(hours=1)
    standing.move(end - standing.read())
    simulators["stripe"].renew(fresh(subscription).stripe_ref)
    standing.move(timedelta(hours=1))
    assert renew_subscriptions() == 1
    dispatch()
    assert (fresh(subscription).period_starts_at, Order.objects.count()) == (end, 2)


def test_a_message_is_not_believed(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    record = ProviderEventRecord.objects.create(
        provider="stripe",
        key="evt_invented",
        kind="billing",
        provider_ref=subscription.stripe_ref,
        raw={"type": "customer.subscription.deleted"},
    )
    process_due_events()
    record.refresh_from_db()
    assert (record.state, fresh(subscription).state) == ("done", "active")
    stranger = ProviderEventRecord.objects.create(
        provider="stripe", key="evt_2", kind="billing", provider_ref="sub_of_somebody_else"
    )
    process_due_events()
    stranger.refresh_from_db()
    assert stranger.state == "ignored"


def test_a_refused_card_and_its_grace(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    end = subscription.period_ends_at
    late = renewed(simulators, standing, client, subscription, REFUSED)
    assert (late.state, late.grace_ends_at, late.period_ends_at) == ("past_due", end + 7 * DAY, end)
    assert Entitlement.objects.get().ends_at == end + 7 * DAY
    assert [one["try_number"] for one in events("PastDue")] == [1]
    follow_subscription(subscription.pk)
    assert len(events("PastDue")) == 1
    standing.move(2 * DAY)
    simulators.keep_time()
    simulators["stripe"].retry(subscription.stripe_ref, "4242424242424242")
    hear(simulators, client)
    paid = fresh(subscription)
    assert (paid.state, paid.grace_ends_at, paid.period_starts_at) == ("active", None, end)
    assert Order.objects.count() == 2


def test_after_the_last_try_it_ends(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    renewed(simulators, standing, client, subscription, REFUSED)
    standing.move(3 * DAY)
    simulators.keep_time()
    simulators["stripe"].give_up(subscription.stripe_ref)
    hear(simulators, client)
    gone = fresh(subscription)
    assert (gone.state, gone.ended_reason, gone.next_action_at) == ("ended", "unpaid", None)
    assert Entitlement.objects.get().ends_at == subscription.period_ends_at + 3 * DAY
    assert [one["reason"] for one in events("Ended")] == ["unpaid"]


def test_cancelled_here_it_is_cancelled_there(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    cancel_subscription(actor=learner, subscription=subscription)
    row = simulators["stripe"].rows["subscription"][subscription.stripe_ref]
    assert row["cancel_at_period_end"] is True
    hear(simulators, client)
    assert (fresh(subscription).cancels_at_period_end, len(events("Cancelled"))) == (True, 1)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    assert row["cancel_at_period_end"] is False
    cancel_subscription(actor=learner, subscription=fresh(subscription))
    gone = renewed(simulators, standing, client, subscription)
    assert (gone.state, gone.ended_reason) == ("ended", "cancelled")
    assert Order.objects.count() == 1


def test_cancelled_there_it_is_cancelled_here(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    row = simulators["stripe"].rows["subscription"][subscription.stripe_ref]
    row["cancel_at_period_end"] = True
    follow_subscription(subscription.pk)
    assert (fresh(subscription).cancels_at_period_end, len(events("Cancelled"))) == (True, 1)
    assert Entitlement.objects.get().ends_at == subscription.period_ends_at


def test_while_stripe_is_silent_nothing_is_changed(simulators, standing, learner, monthly, begin):
    subscription = begin(learner, monthly)
    simulators["stripe"].faults.http_500 = 1
    assert code_of(cancel_subscription, actor=learner, subscription=subscription) == "provider_trouble"
    assert (fresh(subscription).cancels_at_period_end, events("Cancelled")) == (False, [])


def test_ended_here_at_once_stripe_is_told(simulators, standing, learner, monthly, begin, client):
    from django.db import transaction

    from commerce.actions.renew_subscriptions import end_subscription
    from commerce.subscriptions import locked_subscription

    subscription = begin(learner, monthly)
    with transaction.atomic():
        end_subscription(locked_subscription(subscription.pk), "refunded")
    assert fresh(subscription).next_action_at == START
    assert renew_subscriptions() == 1
    assert simulators["stripe"].rows["subscription"][subscription.stripe_ref]["status"] == "canceled"
    hear(simulators, client)
    assert (fresh(subscription).state, fresh(subscription).ended_reason) == ("ended", "refunded")
    assert fresh(subscription).next_action_at is None
    assert renew_subscriptions() == 0


def test_a_pause_keeps_what_is_left(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    standing.move(10 * DAY)
    simulators.keep_time()
    pause_subscription(actor=learner, subscription=subscription)
    row = simulators["stripe"].rows["subscription"][subscription.stripe_ref]
    assert row["pause_collection"]["behavior"] == "void"
    hear(simulators, client)
    standing.move(40 * DAY)
    simulators.keep_time()
    simulators["stripe"].renew(subscription.stripe_ref)
    hear(simulators, client)
    assert (fresh(subscription).state, Order.objects.count()) == ("paused", 1)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    hear(simulators, client)
    resumed = fresh(subscription)
    assert (resumed.state, resumed.period_ends_at) == ("active", subscription.period_ends_at + 40 * DAY)
    assert row["items"]["data"][0]["current_period_end"] == int(resumed.period_ends_at.timestamp())
    paid = renewed(simulators, standing, client, resumed)
    assert (paid.state, paid.period_starts_at, Order.objects.count()) == ("active", resumed.period_ends_at, 2)


def test_a_dearer_plan_at_once(simulators, standing, learner, monthly, begin, client):
    premium = make_plan(20_000, title="Premium")
    subscription = begin(learner, monthly)
    standing.move(14 * DAY)
    simulators.keep_time()
    change_plan(actor=learner, subscription=subscription, plan=premium)
    dispatch()
    hear(simulators, client)
    changed = fresh(subscription)
    assert (changed.plan, changed.amount_minor, changed.period_ends_at) == (
        premium,
        20_000,
        subscription.period_ends_at,
    )
    order = Order.objects.get(purpose="plan_change")
    # Half a month of the difference, by Stripe's count.
    assert (order.total_minor, order.state, order.lines.get().title) == (7_500, "fulfilled", "Premium")
    assert [one["former_plan"] for one in events("PlanChanged")] == ["Everything"]
    first, second = SubscriptionPeriod.objects.order_by("number")
    assert first.ends_at == second.starts_at == START + 14 * DAY
    paid = renewed(simulators, standing, client, changed)
    assert Order.objects.filter(purpose="renewal").get().total_minor == 20_000
    assert (paid.plan, paid.amount_minor) == (premium, 20_000)


def test_a_cheaper_plan_later(simulators, standing, learner, monthly, begin, client):
    premium = make_plan(20_000, title="Premium")
    subscription = begin(learner, premium)
    change_plan(actor=learner, subscription=subscription, plan=monthly)
    hear(simulators, client)
    assert (fresh(subscription).plan, fresh(subscription).next_plan) == (premium, monthly)
    assert (fresh(subscription).state, fresh(subscription).period_ends_at) == ("active", subscription.period_ends_at)
    paid = renewed(simulators, standing, client, subscription)
    assert (paid.plan, paid.next_plan, paid.amount_minor) == (monthly, None, 5_000)
    assert Order.objects.filter(purpose="renewal").get().total_minor == 5_000


def test_a_card_that_can_not_pay_the_difference(simulators, standing, learner, monthly, begin):
    premium = make_plan(20_000, title="Premium")
    subscription = begin(learner, monthly)
    simulators["stripe"].rows["subscription"][subscription.stripe_ref]["_card"] = REFUSED
    assert code_of(change_plan, actor=learner, subscription=subscription, plan=premium) == "provider_trouble"
    assert (fresh(subscription).plan, Order.objects.count()) == (monthly, 1)


def test_days_to_try(simulators, standing, learner, begin, client):
    plan = make_plan(trial_days=7)
    subscription = begin(learner, plan)
    assert (subscription.state, subscription.period_ends_at, Order.objects.count()) == ("trial", START + 7 * DAY, 0)
    assert Entitlement.objects.get().ends_at == START + 8 * DAY
    paid = renewed(simulators, standing, client, subscription)
    assert (paid.state, paid.period_starts_at, Order.objects.count()) == ("active", START + 7 * DAY, 1)
    assert [(row.number, row.is_trial) for row in paid.periods.order_by("number")] == [(1, True), (2, False)]
    assert (len(events("Started")), len(events("Renewed"))) == (1, 1)


def test_tax_on_top_is_in_what_the_card_is_charged(simulators, standing, learner, monthly, begin):
    TaxRate.objects.create(country="CM", name="VAT", percent="19.25", is_inclusive=False, valid_from=START.date())
    begin(learner, monthly)
    order = Order.objects.get()
    assert (order.total_minor, order.tax_minor, order.lines.get().price_minor) == (5_963, 963, 5_000)


def test_a_page_that_nobody_sent(simulators, standing, learner, monthly, client):
    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    simulators["stripe"].expire(fresh(subscription).stripe_ref)
    hear(simulators, client)
    assert (fresh(subscription).state, events("Ended")) == ("ended", [])
    again = take(learner, monthly)
    assert again.pk != subscription.pk
    for _day in range(4):
        standing.move(DAY)
        simulators.keep_time()
        renew_subscriptions()
    assert fresh(again).state == "ended"


def test_a_card_is_changed_on_stripes_page(simulators, standing, learner, monthly, begin):
    subscription = begin(learner, monthly)
    given = {"actor": learner, "subscription": subscription}
    assert code_of(change_subscription_method, **given, provider="mtn", phone="+237670000001") == "billed_by_card"


def test_after_a_crash_the_invoice_is_settled_once(simulators, standing, learner, monthly, client, monkeypatch):
    from commerce.actions import follow_stripe_subscription as module

    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    simulators["stripe"].pay(fresh(subscription).stripe_ref)

    def killed(*_given, **_more):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(module, "settle_attempt", killed)
        with pytest.raises(SystemExit):
            follow_subscription(subscription.pk)
    assert (PaymentAttempt.objects.get().state, Order.objects.get().state) == ("pending", "placed")
    hear(simulators, client)
    assert (PaymentAttempt.objects.get().state, Order.objects.get().state) == ("succeeded", "fulfilled")
    assert fresh(subscription).state == "active"
    assert Subscription.objects.count() == 1


def test_by_card_and_then_by_phone_only_one_is_paid(simulators, standing, learner, monthly, client):
    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    page = fresh(subscription).stripe_ref
    made = subscribe(actor=learner, offer=monthly.offer, currency="XAF", country="CM")
    assert (made.subscription, made.order.total_minor) == (subscription, 5_000)
    assert (fresh(subscription).billing, fresh(subscription).stripe_ref) == ("ours", None)
    assert simulators["stripe"].rows["session"][page]["status"] == "expired"
    hear(simulators, client)
    assert fresh(subscription).state == "incomplete"
    again = take(learner, monthly)
    assert again == subscription
    made.order.refresh_from_db()
    assert (made.order.state, made.order.cancel_reason) == ("cancelled", "superseded")
    dispatch()
    assert fresh(subscription).state == "incomplete"


def test_a_card_that_was_given_already_stays(simulators, standing, learner, monthly):
    subscription = take(learner, monthly)
    open_card_page(actor=learner, subscription=subscription, return_url=BACK)
    simulators["stripe"].pay(fresh(subscription).stripe_ref)
    given = {"actor": learner, "offer": monthly.offer, "currency": "XAF", "country": "CM"}
    assert code_of(subscribe, **given) == "already_subscribed"
    dispatch()
    assert (fresh(subscription).state, Order.objects.count()) == ("active", 1)


def test_a_closed_account_is_charged_no_more(simulators, standing, learner, monthly, begin, client):
    subscription = begin(learner, monthly)
    type(learner).objects.update(is_active=False)
    follow_subscription(subscription.pk)
    assert simulators["stripe"].rows["subscription"][subscription.stripe_ref]["cancel_at_period_end"] is True
    assert renewed(simulators, standing, client, subscription).state == "ended"
