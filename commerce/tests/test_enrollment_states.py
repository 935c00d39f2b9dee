"""Granting, suspending, resuming, cancelling: every move, every right, twice."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.cancel_enrollment import cancel_enrollment
from commerce.actions.change_enrollment_state import LEGAL_MOVES
from commerce.actions.grant_enrollment import grant_enrollment
from commerce.actions.resume_enrollment import resume_enrollment
from commerce.actions.suspend_enrollment import suspend_enrollment
from commerce.models import Enrollment, Order
from commerce.tests.factories import NOON, make_enrollment, make_price, make_user
from core.errors import DomainError
from core.models import AuditEntry, OutboxEvent
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

State = Enrollment.State
ACTIONS = {
    State.SUSPENDED: suspend_enrollment,
    State.ACTIVE: resume_enrollment,
    State.CANCELLED: cancel_enrollment,
}


def rows():
    return tuple(model.objects.count() for model in (Enrollment, OutboxEvent, AuditEntry))


def code_of(call, **kwargs):
    with pytest.raises(DomainError) as refused:
        call(**kwargs)
    return refused.value.code


@pytest.mark.parametrize("after", list(ACTIONS))
@pytest.mark.parametrize("before", State)
def test_moves(before, after):
    staff = make_user(permissions=("commerce.change_enrollment",))
    enrollment = make_enrollment(make_user(), state=before)
    call = {"actor": staff, "enrollment": enrollment, "reason": "Asked by the learner."}
    if before == after:
        assert ACTIONS[after](**call).state == after
        assert rows() == (1, 0, 0)
    elif before in LEGAL_MOVES[after]:
        assert ACTIONS[after](**call).state == after
        event, entry = OutboxEvent.objects.get(), AuditEntry.objects.get()
        assert (event.payload["before"], event.payload["after"]) == (before, after)
        assert (entry.actor, entry.facts["reason"]) == (staff, "Asked by the learner.")
        ACTIONS[after](**call)
        assert rows() == (1, 1, 1)
    else:
        assert code_of(ACTIONS[after], **call) == "enrollment_state"
        enrollment.refresh_from_db()
        assert (enrollment.state, rows()) == (before, (1, 0, 0))


@pytest.mark.parametrize("action", ACTIONS.values())
def test_only_staff_with_the_right_move_enrolments(action):
    learner = make_user()
    enrollment = make_enrollment(learner)
    for actor in (learner, make_user(), make_user(permissions=("commerce.view_enrollment",)), AnonymousUser(), None):
        assert code_of(action, actor=actor, enrollment=enrollment) == "not_allowed"
    enrollment.refresh_from_db()
    assert (enrollment.state, rows()) == (State.ACTIVE, (1, 0, 0))


def test_granting_gives_access_without_payment_and_is_logged():
    staff, learner = make_user(permissions=("commerce.add_enrollment",)), make_user()
    course = make_course()
    make_price(course.translation_key)
    ends_at = NOON + timedelta(days=90)
    call = {"actor": staff, "learner": learner, "course_key": course.translation_key, "ends_at": ends_at}
    granted = grant_enrollment(**call, starts_at=NOON, reason="Scholarship")
    assert (granted.source, granted.state, granted.starts_at, granted.ends_at) == ("grant", "active", NOON, ends_at)
    assert Order.objects.count() == 0
    assert AuditEntry.objects.get(verb="commerce.enrollment_granted").facts["reason"] == "Scholarship"


def test_granting_twice_returns_the_same():
    staff, learner = make_user(permissions=("commerce.add_enrollment",)), make_user()
    call = {"actor": staff, "learner": learner, "course_key": make_course().translation_key}
    first = grant_enrollment(**call)
    before = rows()
    assert grant_enrollment(**call) == first
    assert rows() == before


def test_granting_refuses():
    staff, learner = make_user(permissions=("commerce.add_enrollment",)), make_user()
    key = make_course().translation_key
    call = {"actor": staff, "learner": learner, "course_key": key}
    for actor in (learner, make_user(permissions=("commerce.change_enrollment",)), AnonymousUser(), None):
        assert code_of(grant_enrollment, **{**call, "actor": actor}) == "not_allowed"
    assert code_of(grant_enrollment, **{**call, "learner": make_user(is_active=False)}) == "invalid_input"
    assert code_of(grant_enrollment, **{**call, "course_key": learner.public_id}) == "course_not_found"
    assert code_of(grant_enrollment, **call, starts_at=NOON, ends_at=NOON) == "invalid_window"
    assert rows() == (0, 0, 0)
