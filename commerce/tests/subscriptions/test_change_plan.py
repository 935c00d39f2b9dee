"""Dearer plans at once with credit for the rest, others from the next period; money is neither made nor lost."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.actions.change_plan import change_plan, preview_plan_change
from commerce.actions.enroll import enroll
from commerce.actions.pause_subscription import pause_subscription
from commerce.actions.pay_order import pay_order
from commerce.actions.resume_subscription import resume_subscription
from commerce.models import Order, Payment, SubscriptionPeriod
from commerce.renewals import spendable
from commerce.subscriptions import credit_at, order_to_pay
from commerce.tests.factories import make_price, make_user
from commerce.tests.subscriptions.school import (
    DAY,
    START,
    begin,
    events,
    fresh,
    make_plan,
    pass_time,
    pay,
)
from core import clock
from core.dispatch import dispatch
from core.errors import DomainError
from core.money import Money
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def premium():
    return make_plan(20_000, title="Premium")


def code_of(call, **given):
    with pytest.raises(DomainError) as refused:
        call(**given)
    return refused.value.code


def test_a_dearer_plan_begins_with_its_payment(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    pass_time(standing, START + 14 * DAY, step=7 * DAY)
    simulators.keep_time()
    planned = preview_plan_change(actor=learner, subscription=subscription, plan=premium)
    # Half of 5,000 francs for 28 days is left.
    assert (planned.at_once, planned.credit, planned.order) == (True, Money(2_500, "XAF"), None)
    change = change_plan(actor=learner, subscription=subscription, plan=premium)
    assert (change.order.purpose, change.order.total_minor) == ("plan_change", 17_500)
    assert fresh(subscription).plan == monthly
    standing.move(timedelta(hours=1))
    simulators.keep_time()
    pay(simulators, change.order)
    changed = fresh(subscription)
    assert (changed.plan, changed.amount_minor, changed.credit_minor) == (premium, 20_000, 0)
    first, second = SubscriptionPeriod.objects.order_by("number")
    # It began when the credit was counted, so that no hour is given twice.
    assert first.ends_at == second.starts_at == START + 14 * DAY
    assert changed.period_ends_at == second.ends_at == START.replace(month=3, day=14)
    (told,) = events("PlanChanged")
    assert (told["plan"], told["former_plan"], told["from_next_period"]) == ("Premium", "Everything", False)
    pass_time(standing, changed.period_ends_at - DAY, step=7 * DAY)
    assert order_to_pay(subscription).total_minor == 20_000


def test_what_is_left_of_a_year_pays_the_first_months(simulators, standing, learner, premium):
    year = make_plan(120_000, "year", title="Year")
    subscription = begin(learner, year, simulators)
    change = change_plan(actor=learner, subscription=subscription, plan=premium)
    dispatch()
    assert (change.order.total_minor, change.order.discount_minor) == (0, 20_000)
    assert (fresh(subscription).plan, fresh(subscription).credit_minor) == (premium, 100_000)
    for left in (80_000, 60_000, 40_000, 20_000, 0):
        pass_time(standing, fresh(subscription).period_ends_at, step=7 * DAY)
        assert fresh(subscription).credit_minor == left
    assert (len(events("Renewed")), len(events("PastDue"))) == (5, 0)
    pass_time(standing, fresh(subscription).period_ends_at - DAY, step=7 * DAY)
    assert order_to_pay(subscription).total_minor == 20_000
    assert Payment.objects.count() == 2


def test_a_cheaper_plan_begins_with_the_next_period(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, premium, simulators)
    end = subscription.period_ends_at
    change = change_plan(actor=learner, subscription=subscription, plan=monthly)
    assert (change.at_once, change.order, fresh(subscription).plan) == (False, None, premium)
    assert events("PlanChanged")[0]["from_next_period"] is True
    pass_time(standing, end - DAY, step=7 * DAY)
    simulators.keep_time()
    order = order_to_pay(subscription)
    assert (order.total_minor, order.lines.get().title) == (5_000, "Everything")
    pay(simulators, order)
    changed = fresh(subscription)
    assert (changed.plan, changed.next_plan, changed.amount_minor) == (monthly, None, 5_000)
    assert changed.period_ends_at == START.replace(month=3, day=31)


def test_a_planned_change_is_taken_back(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, premium, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - DAY, step=7 * DAY)
    change_plan(actor=learner, subscription=subscription, plan=monthly)
    pass_time(standing, end - DAY / 2)
    change_plan(actor=learner, subscription=fresh(subscription), plan=premium)
    assert fresh(subscription).next_plan is None
    pass_time(standing, end)
    assert order_to_pay(subscription).total_minor == 20_000
    states = Order.objects.filter(purpose="renewal").values_list("total_minor", "state")
    assert set(states) == {(20_000, "cancelled"), (5_000, "cancelled"), (20_000, "placed")}


def test_an_unpaid_change_changes_nothing(simulators, standing, learner, monthly, premium):
    from commerce.actions.expire_orders import expire_orders

    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - 4 * DAY, step=7 * DAY)
    order = change_plan(actor=learner, subscription=subscription, plan=premium).order
    standing.move(2 * DAY)
    expire_orders()
    dispatch()
    order.refresh_from_db()
    assert order.state == "cancelled"
    pass_time(standing, end - DAY)
    renewal = order_to_pay(subscription)
    assert (renewal.purpose, renewal.total_minor, fresh(subscription).plan) == ("renewal", 5_000, monthly)
    assert SubscriptionPeriod.objects.count() == 2


def test_an_order_for_a_renewal_makes_way(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - DAY / 2, step=7 * DAY)
    renewal = order_to_pay(subscription)
    change = change_plan(actor=learner, subscription=subscription, plan=premium)
    renewal.refresh_from_db()
    assert (renewal.state, renewal.cancel_reason) == ("cancelled", "superseded")
    assert order_to_pay(subscription) == change.order
    # At the end of the old period the change still waits for its money, and access goes on.
    pass_time(standing, end)
    assert fresh(subscription).state == "active"
    assert order_to_pay(subscription) == change.order


def test_not_while_the_renewal_is_being_paid(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    pass_time(standing, subscription.period_ends_at)
    assert code_of(change_plan, actor=learner, subscription=fresh(subscription), plan=premium) == "payment_under_way"


def test_what_was_paid_ahead_is_credited_too(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    end = subscription.period_ends_at
    pass_time(standing, end - DAY, step=7 * DAY)
    simulators.keep_time()
    pay(simulators, order_to_pay(subscription))
    change = change_plan(actor=learner, subscription=fresh(subscription), plan=premium)
    # 5,000 of March and a 28th of February; five francs are the smallest step.
    assert change.credit == Money(5_175, "XAF")
    pay(simulators, change.order, "change")
    first, second, third = SubscriptionPeriod.objects.order_by("number")
    assert (first.ends_at, second.credited_at) == (end - DAY, end - DAY)
    assert third.starts_at == end - DAY
    assert fresh(subscription).credit_minor == 3


def test_refusals(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    given = {"actor": learner, "subscription": subscription}
    assert code_of(change_plan, **given, plan=monthly) == "same_plan"
    begin(learner, premium, simulators)
    assert code_of(change_plan, **given, plan=premium) == "already_subscribed"
    gone = make_plan(90_000, title="Gone")
    gone.offer.is_on_sale = False
    gone.offer.save()
    assert code_of(change_plan, **given, plan=gone) == "not_on_sale"
    pause_subscription(**given)
    other = make_plan(70_000, title="Other")
    assert code_of(change_plan, actor=learner, subscription=fresh(subscription), plan=other) == "subscription_state"
    assert Order.objects.filter(purpose="plan_change").count() == 0


def test_the_pause_is_not_counted_as_used(simulators, standing, learner, monthly, premium):
    subscription = begin(learner, monthly, simulators)
    standing.move(7 * DAY)
    pause_subscription(actor=learner, subscription=subscription)
    standing.move(20 * DAY)
    resume_subscription(actor=learner, subscription=fresh(subscription))
    standing.move(7 * DAY)
    change = change_plan(actor=learner, subscription=fresh(subscription), plan=premium)
    assert change.credit == Money(2_500, "XAF")


def test_courses_that_the_new_plan_does_not_give_close(simulators, standing, learner, monthly):
    inside, outside = make_course(), make_course()
    for course in (inside, outside):
        make_price(course.translation_key)
    path = make_plan(30_000, title="Path", scope="path", path_key=make_path([inside]).translation_key)
    subscription = begin(learner, monthly, simulators)
    taken = [enroll(actor=learner, learner=learner, course_key=course.translation_key) for course in (inside, outside)]
    pay(simulators, change_plan(actor=learner, subscription=subscription, plan=path).order)
    for enrollment in taken:
        enrollment.refresh_from_db()
    assert [enrollment.state for enrollment in taken] == ["active", "expired"]
    assert taken[0].ends_at == fresh(subscription).period_ends_at + 7 * DAY
    scopes = {row.scope: row.ends_at for row in subscription.entitlements.all()}
    assert scopes == {"catalogue": START, "path": taken[0].ends_at}


@pytest.mark.parametrize(
    ("credit", "price", "expected"),
    [
        (2_503, 20_000, 2_500),
        (4, 20_000, 0),
        (20_000, 20_000, 20_000),
        (99_999, 20_000, 20_000),
        (19_900, 20_000, 19_500),
    ],
)
def test_amounts_that_can_be_paid_are_left(simulators, credit, price, expected):
    assert spendable(Money(credit, "XAF"), Money(price, "XAF"), "CM") == Money(expected, "XAF")


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20 * 86_400)), min_size=1, max_size=5))
def test_up_and_down_makes_no_money(simulators, moves):
    """Whatever is changed and when: what is left is never more than what was paid."""
    with override_settings(PAYMENT_ATTEMPT_LIMITS={"order": 99, "person": 99, "phone": 99_999}):
        _up_and_down(simulators, moves)


def _up_and_down(simulators, moves):
    learner = make_user()
    plans = [
        make_plan(amount, interval, title=f"{amount} {interval}")
        for amount, interval in ((5_000, "month"), (20_000, "month"), (90_000, "year"), (400_000, "year"))
    ]
    with clock.frozen(START, all_threads=True) as stopped:
        simulators.keep_time()
        subscription = begin(learner, plans[0], simulators)
        for number, (wanted, seconds) in enumerate(moves):
            stopped.move(timedelta(seconds=seconds))
            simulators.keep_time()
            try:
                change = change_plan(actor=learner, subscription=fresh(subscription), plan=plans[wanted])
            except DomainError:
                continue
            dispatch()
            if change.order is not None and change.order.total_minor:
                attempt = pay_order(actor=learner, order=change.order, provider="bank", idempotency_key=f"{number}")
                _arrive(attempt)
            present = fresh(subscription)
            paid = sum(Payment.objects.filter(order__learner=learner).values_list("captured_minor", flat=True))
            left = present.credit_minor + credit_at(present, clock.now())
            assert 0 <= left <= paid
            windows = SubscriptionPeriod.objects.filter(
                subscription=subscription, paid_at__isnull=False, credited_at=None
            )
            rows = list(windows.order_by("starts_at").values_list("starts_at", "ends_at"))
            assert all(earlier[1] == later[0] for earlier, later in pairwise(rows))


def _arrive(attempt):
    """The money is there: as the bank's statement would say."""
    from commerce.actions.settle_attempt import record_status
    from commerce.providers.base import ProviderState, ProviderStatus

    status = ProviderStatus(ProviderState.SUCCEEDED, attempt.provider_ref or "", "R", attempt.amount)
    record_status(attempt, status, trigger="statement", asked_at=clock.now())
    dispatch()
