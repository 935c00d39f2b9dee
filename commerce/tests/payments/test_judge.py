"""The judge of ``make faults`` sees what is lost and what is given twice: a table full of "ok" means something."""

import uuid
from typing import Any

import pytest

from commerce.models import Fulfilment
from commerce.payments.telling import needs_attention, tell_paid
from commerce.tests.factories import NOON, make_enrollment
from commerce.tests.faults.cases import cases_of
from commerce.tests.faults.stage import Stage, Verdict
from commerce.tests.paid_orders import make_order, make_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    nobody: Any = None
    return Stage("mtn", nobody, nobody, "http://127.0.0.1", Verdict("mtn", "any"))


def kinds(stage: Stage) -> set[str]:
    return {kind for kind in ("lost", "double", "wrong") if getattr(stage.verdict, kind)}


def test_money_without_a_course_is_lost(stage: Stage) -> None:
    stage.given(make_order())
    assert "lost" in kinds(stage)


def test_a_second_course_or_a_second_event_is_double(stage: Stage) -> None:
    order = make_paid_order()
    Fulfilment.objects.create(order=order, created_at=NOON)
    make_enrollment(order.learner)
    tell_paid(order)
    stage.given(order)
    assert "double" not in kinds(stage)
    tell_paid(order)
    stage.given(order)
    assert "double" in kinds(stage)
    stage.verdict.double.clear()
    make_enrollment(order.learner, uuid.uuid4())
    stage.untouched(order)
    assert "double" in kinds(stage)


def test_other_money_that_nobody_is_told_of_is_lost(stage: Stage) -> None:
    order = make_order()
    stage.flagged(order)
    assert kinds(stage) == {"lost"}
    stage.verdict.lost.clear()
    needs_attention(order, "mismatch")
    stage.flagged(order)
    assert not kinds(stage)


def test_money_paid_twice_must_be_on_its_way_back(stage: Stage) -> None:
    order = make_paid_order()
    make_enrollment(order.learner)
    stage.given(order, returned=1)
    assert "lost" in kinds(stage)


def test_every_provider_has_its_cases() -> None:
    assert len(cases_of("stripe")) == 30
    assert set(cases_of("bank")) < set(cases_of("stripe"))
