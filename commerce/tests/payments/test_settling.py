"""Paying and settling, with the providers imitated."""

import pytest
from pytest_django import DjangoAssertNumQueries

from commerce.actions.accept_free_order import accept_free_order
from commerce.actions.grant_order import grant_order
from commerce.actions.pay_order import pay_order
from commerce.actions.settle_attempt import settle_attempt
from commerce.errors import AttemptInProgress, AttemptsUsedUp, OrderNotOpen
from commerce.models import AttemptMove, Fulfilment, LedgerTransaction, Order, PaymentAttempt, ProviderExchange
from commerce.payments import next_step
from commerce.tests.factories import make_user
from commerce.tests.paid_orders import make_order
from commerce.tests.payments.shop import begin, confirm, granted, new_order, settled, told, work_off
from commerce.tests.simulated import SimulatedProviders
from core.errors import NotFound

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State
PROVIDERS = ["mtn", "orange_cm", "orange_web", "airtel", "mpesa", "stripe", "paystack", "flutterwave", "btcpay"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_order_is_paid_and_given_once(provider: str, simulators: SimulatedProviders) -> None:
    order = new_order(provider)
    attempt = begin(order, provider)
    assert attempt.state in (State.AWAITING_CUSTOMER, State.PENDING)
    assert next_step(attempt)["kind"] in ("push", "redirect", "uris")
    assert settled(attempt).state in (State.AWAITING_CUSTOMER, State.PENDING)
    confirm(simulators, attempt)
    for _time in range(3):
        assert settled(attempt).state == State.SUCCEEDED
        work_off()
    order.refresh_from_db()
    assert (order.state, order.payment.state, granted(order)) == (Order.State.FULFILLED, "paid", 1)
    assert order.payment.captured_minor == order.total_minor
    assert LedgerTransaction.objects.filter(reference=attempt.public_id, kind="capture").count() == 1
    assert len(told("OrderPaid")) == len(told("OrderGranted")) == 1
    assert Fulfilment.objects.get(order=order).granted_at is not None
    assert next_step(attempt) == {"kind": "none"}
    assert attempt.next_check_at is None
    assert not AttemptMove.objects.filter(attempt=attempt, is_refused=True).exists()
    assert ProviderExchange.objects.filter(operation=attempt.public_id).count() >= 2


def test_the_same_key_starts_nothing_new(simulators: SimulatedProviders) -> None:
    order = new_order()
    first = begin(order, idempotency_key="one")
    assert begin(order, idempotency_key="one").pk == first.pk
    assert len(simulators.waiting("mtn")) == 1


def test_another_try_is_refused_while_one_is_open(simulators: SimulatedProviders) -> None:
    order = new_order()
    first = begin(order)
    with pytest.raises(AttemptInProgress) as refusal:
        begin(order)
    assert refusal.value.attempt_key == first.public_id
    with pytest.raises(AttemptInProgress):
        begin(order, replace=True)  # a prompt may be confirmed at any moment
    simulators.reject("mtn")
    assert settled(first).state == State.FAILED
    assert first.reason == "refused_by_customer"
    assert begin(order).state == State.AWAITING_CUSTOMER
    assert len(told("AttemptFailed", reason="refused_by_customer")) == 1


def test_a_page_is_given_up_for_another_way(simulators: SimulatedProviders) -> None:
    order = new_order("stripe", country="CM")
    first = begin(order, "stripe")
    second = begin(order, "btcpay", replace=True)
    first.refresh_from_db()
    assert first.state in (State.EXPIRED, State.CANCELED)
    assert second.state == State.AWAITING_CUSTOMER


def test_two_tries_that_both_pay_give_once_and_return_the_other(simulators: SimulatedProviders) -> None:
    order = new_order("paystack")
    first = begin(order, "paystack")
    second = begin(order, "flutterwave", replace=True)
    simulators.approve("paystack")
    simulators.approve("flutterwave")
    assert settled(second).state == settled(first).state == State.SUCCEEDED
    order.refresh_from_db()
    assert order.payment.accepted_attempt_id == second.pk
    assert first.is_surplus
    assert not second.is_surplus
    assert len(told("PaymentNeedsAttention", kind="surplus")) == 1
    assert LedgerTransaction.objects.get(reference=first.public_id).kind == "surplus"


def test_too_little_money_gives_nothing(simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    simulators.faults("mtn").wrong_amount = True
    simulators.approve("mtn")
    assert settled(attempt).state == State.MISMATCH
    assert settled(attempt).state == State.MISMATCH
    work_off()
    order.refresh_from_db()
    assert (order.state, granted(order), attempt.paid_minor) == (Order.State.PLACED, 0, 12_500)
    assert len(told("PaymentNeedsAttention", kind="mismatch")) == 1
    with pytest.raises(AttemptInProgress):
        begin(order)


def test_somebody_elses_order_is_not_there(simulators: SimulatedProviders) -> None:
    order = new_order()
    with pytest.raises(NotFound):
        pay_order(actor=make_user(), order=order, provider="mtn", phone="+237670000001", idempotency_key="x")
    assert not simulators["mtn"].calls


def test_nothing_is_paid_twice_by_asking_again(simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    simulators.approve("mtn")
    settled(attempt)
    with pytest.raises(OrderNotOpen):
        begin(order)


def test_prompts_are_counted(simulators: SimulatedProviders) -> None:
    order = new_order()
    for _time in range(6):
        attempt = begin(order)
        simulators.reject("mtn")
        settled(attempt)
    with pytest.raises(AttemptsUsedUp):
        begin(order)


def test_what_costs_nothing_is_given_at_once(simulators: SimulatedProviders) -> None:
    order = make_order(prices=(0,))
    accept_free_order(order)
    accept_free_order(order)
    work_off()
    grant_order(order)
    assert order.state == Order.State.FULFILLED
    assert len(told("OrderPaid")) == len(told("OrderGranted")) == 1


def test_settling_costs_so_many_questions_to_the_database_and_no_more(
    simulators: SimulatedProviders, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = new_order()
    attempt = begin(order)
    simulators.approve("mtn")
    with django_assert_max_num_queries(34):
        settle_attempt(attempt.public_id, trigger="poll")
