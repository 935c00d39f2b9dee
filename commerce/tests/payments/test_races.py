"""Many at once, and processes that end in the middle; ``make faults`` does it with all providers and real processes."""

from datetime import timedelta
from typing import NoReturn

import pytest
from django.test import Client

from commerce.actions.pay_order import pay_order
from commerce.actions.poll_payments import poll_payments
from commerce.actions.process_provider_event import process_due_events
from commerce.actions.settle_attempt import settle_attempt
from commerce.models import Fulfilment, LedgerTransaction, Order, PaymentAttempt
from commerce.tests.faults.stage import in_threads
from commerce.tests.faults.steps import SETTLING, STARTING, after_step
from commerce.tests.payments.shop import PHONES, begin, confirm, granted, new_order, told, work_off
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.dispatch import dispatch

State = PaymentAttempt.State


class Died(BaseException):
    """The process ends here: nothing catches it, and its transaction is rolled back."""


def die() -> NoReturn:
    raise Died


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["mtn", "stripe"])
@pytest.mark.parametrize("step", SETTLING)
def test_a_worker_that_dies_loses_nothing(
    step: str, provider: str, simulators: SimulatedProviders, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = new_order(provider)
    attempt = begin(order, provider)
    confirm(simulators, attempt)
    simulators.deliver(client)
    with monkeypatch.context() as patch:
        after_step(step, die, str(order.public_id), patch.setattr)
        with pytest.raises(Died):
            _work()
    with clock.travel(timedelta(minutes=5)):
        for _time in range(2):
            _work()
        order.refresh_from_db()
        assert (order.state, granted(order)) == (Order.State.FULFILLED, 1)
    assert len(told("OrderPaid")) == len(told("OrderGranted")) == 1
    assert LedgerTransaction.objects.filter(reference=attempt.public_id, kind="capture").count() == 1


def _work() -> None:
    process_due_events()
    dispatch()


@pytest.mark.django_db
@pytest.mark.parametrize("step", STARTING)
def test_a_process_that_dies_while_it_sends_asks_once(
    step: str, simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = new_order()
    with monkeypatch.context() as patch:
        after_step(step, die, str(order.public_id), patch.setattr)
        with pytest.raises(Died):
            begin(order, idempotency_key="one")
    attempt = begin(order, idempotency_key="one")
    with clock.travel(timedelta(seconds=80)):
        poll_payments()
    attempt.refresh_from_db()
    assert attempt.state in (State.AWAITING_CUSTOMER, State.PENDING)
    assert len(simulators.waiting("mtn")) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_requests_with_one_key_are_one(simulators: SimulatedProviders) -> None:
    order = new_order()

    def pay() -> int:
        fresh = Order.objects.select_related("learner").get(pk=order.pk)
        return pay_order(
            actor=fresh.learner, order=fresh, provider="mtn", phone=PHONES["mtn"], idempotency_key="one"
        ).pk

    assert len(set(in_threads(20, pay))) == 1
    asked = [call for call in simulators["mtn"].calls if call.path == "/collection/v1_0/requesttopay"]
    assert len(asked) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_who_settle_at_once_settle_once(simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    confirm(simulators, attempt)
    states = in_threads(10, lambda: settle_attempt(attempt.public_id, trigger="poll").state)
    assert set(states) == {State.SUCCEEDED}
    work_off()
    assert Fulfilment.objects.filter(order=order).count() == granted(order) == len(told("OrderPaid")) == 1
    assert LedgerTransaction.objects.filter(reference=attempt.public_id).count() == 1
