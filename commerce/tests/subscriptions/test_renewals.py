"""Months of a subscription that is paid by phone."""

from datetime import UTC, datetime, timedelta

import pytest

from commerce.models import Entitlement, Order, PaymentAttempt, SubscriptionPeriod
from commerce.subscriptions import order_to_pay, subscriptions_of
from commerce.tests.subscriptions.school import DAY, START, begin, events, fresh, pass_time, pay, settled, work

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:30:00+00:00")


def test_the_first_payment_begins_it(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    assert (subscription.state, subscription.amount_minor, subscription.anchor_day) == ("active", 5_000, 31)
    assert (subscription.period_starts_at, subscription.period_ends_at) == (START, day("2026-02-28"))
    assert (subscription.provider, subscription.phone) == ("mtn", "+237670000001")
    assert subscription.next_action_at == day("2026-02-25")
    period = SubscriptionPeriod.objects.get()
    assert (period.number, period.paid_at, period.order.purpose) == (1, START, "purchase")
    entitlement = Entitlement.objects.get()
    assert (entitlement.scope, entitlement.key, entitlement.starts_at) == ("catalogue", None, START)
    assert entitlement.ends_at == day("2026-03-07")
    (started,) = events("Started")
    assert started["period_ends_at"] == day("2026-02-28").isoformat()
    assert list(subscriptions_of(learner)) == [subscription]


def test_fourteen_months_by_prompts_on_the_phone(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    ends = []
    for _month in range(14):
        end = fresh(subscription).period_ends_at
        ends.append(end)
        pass_time(standing, end - DAY, step=DAY)
        simulators.keep_time()
        assert fresh(subscription).state == "active"
        assert simulators.waiting("mtn") == []
        pass_time(standing, end)
        simulators.keep_time()
        attempt = PaymentAttempt.objects.get(state="awaiting_customer")
        simulators.approve("mtn", str(attempt.public_id))
        settled(attempt)
        assert fresh(subscription).period_starts_at == end
    assert [end.date().isoformat() for end in ends] == [
        "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31",
        "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31",
    ]  # fmt: skip
    periods = list(SubscriptionPeriod.objects.order_by("number"))
    assert [period.number for period in periods] == list(range(1, 16))
    assert [period.starts_at for period in periods] == [START, *ends]
    assert all(period.paid_at for period in periods)
    assert Order.objects.filter(purpose="renewal", state="fulfilled", total_minor=5_000).count() == 14
    assert Order.objects.count() == PaymentAttempt.objects.count() == 15
    assert (len(events("RenewalDue")), len(events("Renewed")), len(events("Started"))) == (14, 14, 1)
    assert (events("PastDue"), events("Ended")) == ([], [])
    assert {one["pay_by_hand"] for one in events("RenewalDue")} == {False}


def test_unpaid_it_is_asked_for_three_times_and_ends(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators, phone="")
    subscription.phone = ""
    subscription.save()
    end = subscription.period_ends_at
    pass_time(standing, end - timedelta(hours=1))
    (due,) = events("RenewalDue")
    order = order_to_pay(subscription)
    assert (due["pay_by_hand"], due["order_key"]) == (True, str(order.public_id))
    assert fresh(subscription).state == "active"
    pass_time(standing, end)
    assert fresh(subscription).state == "past_due"
    assert fresh(subscription).grace_ends_at == end + 7 * DAY
    pass_time(standing, end + 7 * DAY - timedelta(minutes=1))
    assert fresh(subscription).state == "past_due"
    assert [one["try_number"] for one in events("PastDue")] == [1, 2, 3]
    assert order_to_pay(subscription) == order
    pass_time(standing, end + 7 * DAY)
    gone = fresh(subscription)
    assert (gone.state, gone.ended_reason, gone.ended_at, gone.next_action_at) == (
        "ended",
        "unpaid",
        end + 7 * DAY,
        None,
    )
    assert [one["reason"] for one in events("Ended")] == ["unpaid"]
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "expired")
    assert Entitlement.objects.get().ends_at == end + 7 * DAY
    assert Order.objects.count() == 2


def test_paid_within_the_grace_there_is_no_gap(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end + 3 * DAY)
    simulators.keep_time()
    assert fresh(subscription).state == "past_due"
    for attempt in PaymentAttempt.objects.filter(state="awaiting_customer"):
        simulators.reject("mtn", str(attempt.public_id))
        settled(attempt)
    pay(simulators, order_to_pay(subscription))
    paid = fresh(subscription)
    assert (paid.state, paid.grace_ends_at, paid.reminders) == ("active", None, 0)
    assert (paid.period_starts_at, paid.period_ends_at) == (end, day("2026-03-31"))


def test_late_money_brings_it_back_with_a_fresh_month(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end)
    simulators.keep_time()
    attempt = PaymentAttempt.objects.get(state="awaiting_customer")
    pass_time(standing, end + 8 * DAY)
    simulators.keep_time()
    assert fresh(subscription).state == "ended"
    simulators["mtn"].late_success(str(attempt.public_id))
    attempt = settled(attempt)
    assert attempt.state == "succeeded"
    back = fresh(subscription)
    assert (back.state, back.ended_at, back.ended_reason) == ("active", None, "")
    assert (back.period_starts_at, back.period_ends_at) == (end + 8 * DAY, day("2026-04-08"))
    assert back.anchor_day == 8
    entitlement = Entitlement.objects.get()
    assert (entitlement.starts_at, entitlement.ends_at) == (end + 8 * DAY, day("2026-04-15"))


def test_nothing_is_done_twice(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    pass_time(standing, subscription.period_ends_at)
    before = (Order.objects.count(), PaymentAttempt.objects.count(), len(events("RenewalDue")))
    for _time in range(3):
        work()
    assert (Order.objects.count(), PaymentAttempt.objects.count(), len(events("RenewalDue"))) == before == (2, 2, 1)


_ = UTC
