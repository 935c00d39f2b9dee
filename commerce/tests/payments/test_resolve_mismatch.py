"""Money that was disputed or gone when we heard of it, and stands after all."""

import pytest

from accounts.models import User
from commerce.actions.resolve_mismatch import resolve_mismatch
from commerce.books_check import check_books
from commerce.errors import AttemptSettled, ProviderUnavailable
from commerce.models import LedgerTransaction, Order, PaymentAttempt, Refund
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import begin, granted, new_order, settled, work_off
from commerce.tests.simulated import SimulatedProviders

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State


def disputed(simulators: SimulatedProviders) -> tuple[PaymentAttempt, str]:
    """A payment whose dispute came before we had heard of the money, and the dispute's reference."""
    attempt = begin(new_order("stripe"), "stripe")
    simulators.approve("stripe")
    stripe = simulators["stripe"]
    (charge,) = stripe.rows["charge"].values()
    stripe._dispute(charge, "needs_response")
    attempt = settled(attempt)
    assert (attempt.state, attempt.reason) == (State.MISMATCH, "disputed")
    (dispute,) = stripe.rows["dispute"]
    return attempt, str(dispute)


def clerk() -> User:
    return make_user(permissions=("commerce.change_payment",))


def test_while_it_is_disputed_it_can_not_be_accepted(simulators: SimulatedProviders) -> None:
    attempt, _dispute = disputed(simulators)
    with pytest.raises(AttemptSettled):
        resolve_mismatch(actor=clerk(), attempt=attempt, accept=True, note="It was won, I think.")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.order.state) == (State.MISMATCH, Order.State.PLACED)
    assert not LedgerTransaction.objects.exists()


def test_a_dispute_that_was_won_can_be_accepted(simulators: SimulatedProviders) -> None:
    attempt, dispute = disputed(simulators)
    simulators.approve("stripe", dispute)
    attempt = resolve_mismatch(actor=clerk(), attempt=attempt, accept=True, note="The bank decided for us.")
    assert (attempt.state, attempt.paid_minor, attempt.paid_currency) == (State.SUCCEEDED, 10_50, "EUR")
    work_off()
    order = Order.objects.get()
    assert (order.state, granted(order), check_books()) == (Order.State.FULFILLED, 1, [])


def test_a_dispute_that_was_won_can_be_given_back(simulators: SimulatedProviders) -> None:
    attempt, dispute = disputed(simulators)
    simulators.approve("stripe", dispute)
    attempt = resolve_mismatch(actor=clerk(), attempt=attempt, accept=False, note="They want it back.")
    assert (attempt.state, attempt.is_surplus) == (State.REFUNDED, True)
    work_off()
    refund = Refund.objects.get()
    assert (refund.is_surplus, refund.amount_minor, Order.objects.get().state) == (True, 10_50, Order.State.PLACED)


def test_a_dispute_that_was_lost_is_noted_and_nothing_goes_back(simulators: SimulatedProviders) -> None:
    attempt, dispute = disputed(simulators)
    simulators.reject("stripe", dispute)
    attempt = resolve_mismatch(actor=clerk(), attempt=attempt, accept=False, note="The bank took it.")
    assert (attempt.state, attempt.is_surplus) == (State.REFUNDED, False)
    work_off()
    assert not Refund.objects.exists()
    assert not LedgerTransaction.objects.exists()


@pytest.mark.parametrize("accept", [True, False])
def test_without_an_answer_nothing_is_decided(accept: bool, simulators: SimulatedProviders) -> None:
    attempt, dispute = disputed(simulators)
    simulators.approve("stripe", dispute)
    simulators.faults("stripe").http_500 = 9
    with pytest.raises(ProviderUnavailable, match="gives no answer now"):
        resolve_mismatch(actor=clerk(), attempt=attempt, accept=accept, note="Now.")
    attempt.refresh_from_db()
    assert attempt.state == State.MISMATCH
