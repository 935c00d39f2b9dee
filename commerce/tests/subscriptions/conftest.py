"""Learners, plans and phones for tests of subscriptions."""

import pytest

import commerce.handlers
import commerce.handlers_subscriptions
from accounts.models import User
from commerce.models import Plan
from commerce.tests.factories import make_user
from commerce.tests.subscriptions.school import make_plan
from core import clock
from core.clock import FrozenClock

__all__ = ["learner", "monthly", "standing"]


@pytest.fixture
def standing(simulators):
    """The clock, standing still on a morning in January, and the providers' with it."""
    from commerce.tests.subscriptions.school import START

    with clock.frozen(START, all_threads=True) as stopped:
        simulators.keep_time()
        yield stopped


@pytest.fixture
def learner() -> User:
    return make_user("awa@example.com")


@pytest.fixture
def monthly() -> Plan:
    """All courses for 5,000 francs a month."""
    return make_plan()


_ = FrozenClock, commerce.handlers, commerce.handlers_subscriptions
