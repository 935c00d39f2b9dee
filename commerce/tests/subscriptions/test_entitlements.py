"""What a subscription opens, for how long, and that a lapse costs no progress."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.access import gives_access
from commerce.actions.cancel_subscription import cancel_subscription
from commerce.actions.enroll import enroll
from commerce.actions.expire_enrollments import expire_enrollments
from commerce.actions.suspend_enrollment import suspend_enrollment
from commerce.entitlements import entitled, entitled_courses
from commerce.errors import PaymentRequired
from commerce.models import BundleItem, Enrollment, Entitlement, Order, OrderLine
from commerce.tests.factories import make_enrollment, make_price, make_user
from commerce.tests.subscriptions.school import DAY, START, begin, fresh, make_plan, pass_time, pay
from core.dispatch import dispatch
from core.models import OutboxEvent
from courses.tests.factories import make_course, make_path
from learning.models import CourseProgress

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    made = make_course("Loops")
    make_price(made.translation_key)
    return made


def take(learner, course):
    return enroll(actor=learner, learner=learner, course_key=course.translation_key)


def open_one(learner, course):
    return Enrollment.objects.get(learner=learner, course_key=course.translation_key, state__in=Enrollment.OPEN_STATES)


# Who is entitled to what


def test_all_courses(simulators, standing, learner, monthly):
    begin(learner, monthly, simulators)
    key = uuid.uuid4()
    found = entitled(learner, key)
    assert (found.scope, found.ends_at) == ("catalogue", fresh_end(learner))
    assert entitled(make_user(), key) is None
    assert entitled(AnonymousUser(), key) is None
    assert entitled(learner, key, START - timedelta(seconds=1)) is None
    assert entitled(learner, key, found.ends_at - timedelta(seconds=1)) == found
    assert entitled(learner, key, found.ends_at) is None


def fresh_end(learner):
    return Entitlement.objects.get(learner=learner).ends_at


def test_courses_of_a_path_in_any_language(simulators, standing, learner, course):
    other, outside = make_course(), make_course()
    path = make_path([course])
    make_path([other], language="fr", translation_key=path.translation_key)
    plan = make_plan(scope="path", path_key=path.translation_key)
    begin(learner, plan, simulators)
    keys = [one.translation_key for one in (course, other, outside)]
    assert set(entitled_courses(learner, keys)) == set(keys[:2])
    type(path).objects.update(first_published_at=START)
    path.refresh_from_db()
    path.unpublish()
    assert set(entitled_courses(learner, keys)) == set(keys[:2])


def test_a_path_that_was_never_published_gives_nothing(simulators, standing, learner, course):
    path = make_path([course], live=False, first_published_at=None)
    type(path).objects.filter(pk=path.pk).update(first_published_at=None)
    begin(learner, make_plan(scope="path", path_key=path.translation_key), simulators)
    assert entitled(learner, course.translation_key) is None


def test_chosen_courses_and_paths(simulators, standing, learner, course):
    inside, outside = make_course(), make_course()
    path = make_path([inside])
    plan = make_plan(scope="items")
    BundleItem.objects.create(offer=plan.offer, kind="course", key=course.translation_key, title="Loops")
    BundleItem.objects.create(offer=plan.offer, kind="path", key=path.translation_key, title="Path")
    begin(learner, plan, simulators)
    keys = [one.translation_key for one in (course, inside, outside)]
    assert set(entitled_courses(learner, keys)) == set(keys[:2])


def test_as_many_queries_for_one_course_as_for_fifty(
    simulators, standing, learner, course, django_assert_num_queries, django_assert_max_num_queries
):
    begin(learner, make_plan(scope="path", path_key=make_path([course]).translation_key), simulators)
    with django_assert_num_queries(3):
        assert len(entitled_courses(learner, [course.translation_key])) == 1
    with django_assert_num_queries(3):
        assert len(entitled_courses(learner, [course.translation_key, *(uuid.uuid4() for _n in range(49))])) == 1
    with django_assert_num_queries(0):
        assert entitled_courses(AnonymousUser(), [course.translation_key]) == {}


def test_the_longest_counts(simulators, standing, learner, course):
    short = begin(learner, make_plan(title="Month"), simulators)
    long = begin(learner, make_plan(50_000, "year", title="Year"), simulators)
    assert entitled(learner, course.translation_key).subscription == long
    assert short.period_ends_at < long.period_ends_at


# Enrolling


def test_who_is_entitled_enrols_for_nothing(simulators, standing, learner, monthly, course):
    with pytest.raises(PaymentRequired):
        take(learner, course)
    subscription = begin(learner, monthly, simulators)
    orders = Order.objects.count()
    enrollment = take(learner, course)
    assert (enrollment.source, enrollment.subscription, enrollment.state) == ("subscription", subscription, "active")
    assert enrollment.ends_at == subscription.period_ends_at + 7 * DAY
    assert gives_access(enrollment)
    assert Order.objects.count() == orders
    assert take(learner, course) == enrollment


def test_a_free_course_stays_free(simulators, standing, learner, monthly):
    begin(learner, monthly, simulators)
    free = make_course()
    enrollment = take(learner, free)
    assert (enrollment.source, enrollment.subscription, enrollment.ends_at) == ("free", None, None)


def test_windows_move_with_each_renewal(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators)
    enrollment = take(learner, course)
    for _month in range(3):
        end = fresh(subscription).period_ends_at
        pass_time(standing, end - DAY, step=7 * DAY)
        simulators.keep_time()
        pay(simulators, fresh(subscription).periods.get(paid_at=None).order)
        enrollment.refresh_from_db()
        assert enrollment.ends_at == fresh(subscription).period_ends_at + 7 * DAY > end + 30 * DAY
        assert expire_enrollments() == 0
        assert gives_access(enrollment)


def test_a_lapse_costs_no_progress(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators, phone="")
    enrollment = take(learner, course)
    CourseProgress.objects.create(enrollment=enrollment, last_item_key=uuid.uuid4())
    end = subscription.period_ends_at
    type(subscription).objects.update(phone="", provider="")
    pass_time(standing, end + 7 * DAY)
    enrollment.refresh_from_db()
    assert (fresh(subscription).state, enrollment.state) == ("ended", "expired")
    assert not gives_access(enrollment)
    with pytest.raises(PaymentRequired):
        take(learner, course)
    standing.move(30 * DAY)
    simulators.keep_time()
    again = begin(learner, monthly, simulators)
    assert again.pk != subscription.pk
    back = take(learner, course)
    assert back.pk == enrollment.pk
    assert (back.state, back.subscription, back.ends_at) == ("active", again, again.period_ends_at + 7 * DAY)
    assert gives_access(back)
    assert CourseProgress.objects.get().enrollment == back
    moves = OutboxEvent.objects.filter(name="commerce.EnrollmentStateChanged").order_by("pk")
    assert [(one.payload["before"], one.payload["after"]) for one in moves] == [
        ("active", "expired"),
        ("expired", "active"),
    ]


def test_what_was_suspended_comes_back_suspended(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators)
    enrollment = take(learner, course)
    staff = make_user(permissions=("commerce.change_enrollment", "commerce.change_subscription"))
    suspend_enrollment(actor=staff, enrollment=enrollment, reason="Shared the account.")
    cancel_subscription(actor=staff, subscription=subscription, at_once=True)
    dispatch()
    enrollment.refresh_from_db()
    assert enrollment.state == "expired"
    begin(learner, monthly, simulators)
    assert take(learner, course).state == "suspended"


def test_what_expired_otherwise_is_not_taken_up(simulators, standing, learner, monthly, course):
    former = make_enrollment(learner, course.translation_key, state="expired", source="grant")
    begin(learner, monthly, simulators)
    assert take(learner, course).pk != former.pk


def bought_line(learner, course):
    order = Order.objects.create(learner=learner, currency="XAF", total_minor=5_000, placed_at=START)
    return OrderLine.objects.create(order=order, key=course.translation_key, title="Loops", amount_minor=5_000)


def buy(learner, course):
    return enroll(
        actor=None,
        learner=learner,
        course_key=course.translation_key,
        source="purchase",
        order_line=bought_line(learner, course),
    )


def test_bought_it_is_for_good(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators)
    enrollment = take(learner, course)
    bought = buy(learner, course)
    assert bought.pk == enrollment.pk
    assert (bought.source, bought.subscription, bought.ends_at) == ("purchase", None, None)
    assert bought.order_line.key == course.translation_key
    staff = make_user(permissions=("commerce.change_subscription",))
    cancel_subscription(actor=staff, subscription=subscription, at_once=True)
    dispatch()
    bought.refresh_from_db()
    assert gives_access(bought)


def test_bought_after_a_lapse_it_goes_on(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators)
    enrollment = take(learner, course)
    staff = make_user(permissions=("commerce.change_subscription",))
    cancel_subscription(actor=staff, subscription=subscription, at_once=True)
    dispatch()
    assert Enrollment.objects.get().state == "expired"
    bought = buy(learner, course)
    assert (bought.pk, bought.state, bought.source, bought.ends_at) == (enrollment.pk, "active", "purchase", None)
    assert bought.subscription is None


def test_another_subscription_takes_over(simulators, standing, learner, course):
    month = begin(learner, make_plan(title="Month"), simulators)
    enrollment = take(learner, course)
    path = make_plan(title="Path", scope="path", path_key=make_path([course]).translation_key)
    other = begin(learner, path, simulators)
    staff = make_user(permissions=("commerce.change_subscription",))
    cancel_subscription(actor=staff, subscription=month, at_once=True)
    dispatch()
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.subscription) == ("active", other)


def test_a_window_that_was_not_moved_in_time_is_moved_by_the_sweep(simulators, standing, learner, monthly, course):
    subscription = begin(learner, monthly, simulators)
    enrollment = take(learner, course)
    Enrollment.objects.update(ends_at=START + timedelta(hours=1))
    standing.move(timedelta(hours=2))
    assert expire_enrollments() == 0
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.ends_at) == ("active", subscription.period_ends_at + 7 * DAY)
    assert not OutboxEvent.objects.filter(name="commerce.EnrollmentStateChanged").exists()
    assert open_one(learner, course) == enrollment
