"""Access as one function of state and window."""

from datetime import timedelta

import pytest

from commerce.access import gives_access
from commerce.models import Enrollment
from commerce.tests.factories import NOON
from core.clock import frozen

MINUTE = timedelta(minutes=1)
#: starts_at, ends_at → whether NOON is inside.
WINDOWS = [
    (None, None, True),
    (NOON, None, True),
    (NOON + MINUTE, None, False),
    (None, NOON, False),
    (None, NOON + MINUTE, True),
    (NOON - MINUTE, NOON + MINUTE, True),
    (NOON - 2 * MINUTE, NOON - MINUTE, False),
]


@pytest.mark.parametrize(("starts_at", "ends_at", "is_inside"), WINDOWS)
@pytest.mark.parametrize("state", Enrollment.State)
def test_only_active_enrolments_inside_their_window_give_access(state, starts_at, ends_at, is_inside):
    enrollment = Enrollment(state=state, starts_at=starts_at, ends_at=ends_at)
    expected = state == Enrollment.State.ACTIVE and is_inside
    assert gives_access(enrollment, NOON) is expected
    with frozen(NOON):
        assert gives_access(enrollment) is expected


def test_no_enrolment_gives_none():
    assert gives_access(None) is False
