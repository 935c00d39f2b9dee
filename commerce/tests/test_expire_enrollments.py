"""Enrolments whose window has closed move to expired, each once."""

from datetime import timedelta

import pytest

from commerce import tasks
from commerce.actions.expire_enrollments import expire_enrollments
from commerce.models import Enrollment
from commerce.tests.factories import NOON, make_enrollment, make_user
from core import clock
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db

State = Enrollment.State
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("state", [State.PENDING, State.ACTIVE, State.SUSPENDED])
def test_what_is_over_expires_and_is_told(state):
    enrollment = make_enrollment(make_user(), state=state, ends_at=NOON)
    with clock.frozen(NOON):
        assert expire_enrollments() == 1
        assert expire_enrollments() == 0
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.state_changed_at) == (State.EXPIRED, NOON)
    event = OutboxEvent.objects.get()
    assert event.name == "commerce.EnrollmentStateChanged"
    assert (event.payload["before"], event.payload["after"]) == (state, "expired")


@pytest.mark.parametrize(
    "fields", [{}, {"ends_at": NOON + timedelta(microseconds=1)}, {"ends_at": NOON - HOUR, "state": State.CANCELLED}]
)
def test_what_is_not_over_or_ended_already_stays(fields):
    enrollment = make_enrollment(make_user(), **fields)
    with clock.frozen(NOON):
        assert tasks.expire_enrollments() == 0
    enrollment.refresh_from_db()
    assert enrollment.state == fields.get("state", State.ACTIVE)
    assert not OutboxEvent.objects.exists()


def test_more_time_given_meanwhile_counts(monkeypatch):
    from commerce.actions import expire_enrollments as module

    enrollment = make_enrollment(make_user(), ends_at=NOON)
    lock = module.locked_enrollment

    def prolonged_first(key):
        Enrollment.objects.filter(pk=key).update(ends_at=NOON + HOUR)
        return lock(key)

    monkeypatch.setattr(module, "locked_enrollment", prolonged_first)
    with clock.frozen(NOON):
        assert expire_enrollments() == 0
    enrollment.refresh_from_db()
    assert enrollment.state == State.ACTIVE


def test_one_that_fails_does_not_hold_up_the_others(monkeypatch, caplog):
    from commerce.actions import expire_enrollments as module

    first, second = (make_enrollment(make_user(), ends_at=NOON - HOUR * n) for n in (2, 1))
    lock = module.locked_enrollment

    def broken(key):
        if key == first.pk:
            raise RuntimeError("broken")
        return lock(key)

    monkeypatch.setattr(module, "locked_enrollment", broken)
    with clock.frozen(NOON):
        assert expire_enrollments() == 1
    assert f"The enrolment {first.pk} could not be moved" in caplog.text
    second.refresh_from_db()
    assert second.state == State.EXPIRED


def test_the_longest_over_go_first_and_the_rest_next_time():
    made = [make_enrollment(make_user(), ends_at=NOON - HOUR * n) for n in (1, 3, 2)]
    with clock.frozen(NOON):
        assert expire_enrollments(limit=2) == 2
        assert [Enrollment.objects.get(pk=row.pk).state for row in made] == [State.ACTIVE, State.EXPIRED, State.EXPIRED]
        assert expire_enrollments(limit=2) == 1
