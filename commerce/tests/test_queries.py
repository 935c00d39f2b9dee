"""Reads: whose rows, how many queries."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce import policies, queries
from commerce.models import Enrollment, Order
from commerce.tests.factories import NOON, make_certificate, make_enrollment, make_price, make_user
from core.money import Money

pytestmark = pytest.mark.django_db


def test_open_enrolments_are_the_learners_own_one_for_each_course():
    learner = make_user()
    key = uuid.uuid4()
    make_enrollment(learner, key, state=Enrollment.State.CANCELLED)
    current = make_enrollment(learner, key)
    suspended = make_enrollment(learner, state=Enrollment.State.SUSPENDED)
    make_enrollment(learner, state=Enrollment.State.EXPIRED)
    make_enrollment(make_user(), key)
    assert set(queries.enrollments_of(learner)) == {current, suspended}
    assert queries.open_enrollment(learner, key) == current
    assert queries.latest_enrollment(learner, key) == current
    assert queries.open_enrollment(learner, uuid.uuid4()) is None


def test_held_enrolments_are_the_open_one_of_a_course_else_the_last_expired():
    learner, running, over = make_user(), uuid.uuid4(), uuid.uuid4()
    current = make_enrollment(learner, running, enrolled_at=NOON)
    make_enrollment(learner, running, state=Enrollment.State.EXPIRED, enrolled_at=NOON + timedelta(days=1))
    make_enrollment(learner, over, state=Enrollment.State.EXPIRED, enrolled_at=NOON)
    last = make_enrollment(learner, over, state=Enrollment.State.EXPIRED, enrolled_at=NOON + timedelta(days=1))
    make_enrollment(learner, state=Enrollment.State.CANCELLED)
    make_enrollment(make_user(), running)
    found = queries.one_for_each_course(queries.held_enrollments(learner))
    assert found == {running: current, over: last}
    assert list(queries.held_enrollments(AnonymousUser())) == []


def test_enrolments_by_course_take_one_query(django_assert_num_queries):
    learner = make_user()
    enrollments = {make_enrollment(learner).course_key for _number in range(10)}
    with django_assert_num_queries(1):
        assert set(queries.enrollments_by_course(learner, enrollments)) == enrollments


def test_visitors_have_nothing_and_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        for user in (AnonymousUser(), None):
            assert queries.enrollments_by_course(user, [uuid.uuid4()]) == {}
            assert queries.open_enrollment(user, uuid.uuid4()) is None
            assert list(queries.enrollments_of(user)) == []
            assert list(queries.certificates_of(user)) == []


def test_prices():
    key = uuid.uuid4()
    assert queries.price_of(key) is None
    make_price(key, 5000, "XAF")
    make_price(key, 900, "EUR")
    assert queries.price_of(key) == Money(900, "EUR")
    assert queries.price_of(key, "XAF") == Money(5000, "XAF")
    assert queries.price_of(key, "NGN") is None
    assert list(queries.paid_course_keys()) == [key, key]


def test_policies_show_own_rows_and_all_of_them_to_staff():
    learner, other = make_user(), make_user()
    mine, theirs = make_enrollment(learner), make_enrollment(other)
    certificate = make_certificate(mine)
    order = Order.objects.create(learner=learner, currency="XAF", total_minor=0, placed_at=NOON)
    table = [
        (policies.view_enrollment, mine, "commerce.view_enrollment"),
        (policies.view_certificate, certificate, "commerce.view_certificate"),
        (policies.view_order, order, "commerce.view_order"),
    ]
    for policy, row, permission in table:
        assert policy.allows(learner, row)
        assert not policy.allows(other, row)
        assert not policy.allows(AnonymousUser(), row)
        assert policy.allows(make_user(permissions=(permission,)), row)
    assert list(policies.view_enrollment.filter(other)) == [theirs]
