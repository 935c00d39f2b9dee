"""Enrolling: who, what, twice, and what it refuses."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.enroll import enroll
from commerce.models import Enrollment, Order
from commerce.tests.factories import NOON, make_enrollment, make_price, make_user
from core.clock import frozen
from core.errors import DomainError
from core.models import OutboxEvent
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def rows():
    return tuple(model.objects.count() for model in (Enrollment, Order, OutboxEvent))


def code_of(**kwargs):
    with pytest.raises(DomainError) as refused:
        enroll(**kwargs)
    return refused.value.code


def test_a_free_enrolment_is_an_order_of_nothing_owed():
    course, learner = make_course("Loops"), make_user()
    with frozen(NOON):
        enrollment = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    assert (enrollment.state, enrollment.source, enrollment.course_title) == ("active", "free", "Loops")
    assert enrollment.enrolled_at == NOON
    order = Order.objects.get()
    assert (order.state, order.total_minor, order.learner) == ("fulfilled", 0, learner)
    assert enrollment.order_line.order == order
    event = OutboxEvent.objects.get(name="commerce.LearnerEnrolled")
    assert event.payload["enrollment_key"] == str(enrollment.public_id)
    assert event.payload["language"] == "en"


def test_enrolling_again_returns_the_same():
    course, learner = make_course(), make_user()
    first = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    before = rows()
    assert enroll(actor=learner, learner=learner, course_key=course.translation_key) == first
    assert rows() == before


@pytest.mark.parametrize("state", Enrollment.OPEN_STATES)
def test_an_open_enrolment_is_returned_whatever_its_state(state):
    course, learner = make_course(), make_user()
    existing = make_enrollment(learner, course.translation_key, state=state)
    make_price(course.translation_key)
    assert enroll(actor=learner, learner=learner, course_key=course.translation_key) == existing
    existing.refresh_from_db()
    assert existing.state == state


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_after_an_ended_enrolment_a_new_instance_begins(state):
    course, learner = make_course(), make_user()
    old = make_enrollment(learner, course.translation_key, state=state)
    new = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    assert new.pk != old.pk
    assert Enrollment.objects.filter(learner=learner).count() == 2


def test_an_enrolment_whose_window_closed_is_marked_expired_first():
    course, learner = make_course(), make_user()
    old = make_enrollment(learner, course.translation_key, ends_at=NOON)
    with frozen(NOON + timedelta(seconds=1)):
        new = enroll(actor=learner, learner=learner, course_key=course.translation_key)
    old.refresh_from_db()
    assert (old.state, new.state) == ("expired", "active")
    assert OutboxEvent.objects.filter(name="commerce.EnrollmentStateChanged").count() == 1


def test_a_course_with_a_price_is_paid_for():
    course, learner = make_course(), make_user()
    make_price(course.translation_key)
    assert code_of(actor=learner, learner=learner, course_key=course.translation_key) == "payment_required"
    assert rows() == (0, 0, 0)


def test_unpublished_private_and_missing_courses_are_not_found():
    from wagtail.models import PageViewRestriction

    draft, private, learner = make_course(live=False), make_course(), make_user()
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    for key in (draft.translation_key, private.translation_key, learner.public_id):
        assert code_of(actor=learner, learner=learner, course_key=key) == "course_not_found"
    assert rows() == (0, 0, 0)


def test_nobody_enrols_somebody_else_and_no_learner_claims_a_purchase():
    course, learner = make_course(), make_user()
    staff = make_user(is_superuser=True)
    closed = make_user(is_active=False)
    key = course.translation_key
    assert code_of(actor=make_user(), learner=learner, course_key=key) == "not_allowed"
    assert code_of(actor=staff, learner=learner, course_key=key) == "not_allowed"
    assert code_of(actor=learner, learner=learner, course_key=key, source="purchase") == "not_allowed"
    assert code_of(actor=learner, learner=learner, course_key=key, source="grant") == "not_allowed"
    assert code_of(actor=AnonymousUser(), learner=AnonymousUser(), course_key=key) == "authentication_required"
    assert code_of(actor=closed, learner=closed, course_key=key) == "authentication_required"
    assert rows() == (0, 0, 0)


def test_the_platform_enrols_who_paid():
    course, learner = make_course(), make_user()
    make_price(course.translation_key)
    bought = enroll(actor=None, learner=learner, course_key=course.translation_key, source="purchase")
    assert (bought.source, Order.objects.count()) == ("purchase", 0)


def test_the_title_is_remembered_in_the_learners_language():
    course = make_course("Loops")
    make_course("Boucles", language="fr", translation_key=course.translation_key)
    learner = make_user()
    enrollment = enroll(actor=learner, learner=learner, course_key=course.translation_key, language="fr")
    assert enrollment.course_title == "Boucles"
