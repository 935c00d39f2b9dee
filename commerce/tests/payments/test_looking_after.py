"""What workers, the clock and staff do with payments: expiry, giving up, mismatches, alarms, what was forgotten."""

from datetime import timedelta

import pytest

from commerce.actions import grant_order as granting
from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.catch_up import catch_up
from commerce.actions.poll_payments import poll_payments
from commerce.actions.process_provider_event import process_due_events
from commerce.actions.recheck_attempt import recheck_attempt
from commerce.actions.resolve_mismatch import resolve_mismatch
from commerce.actions.retry_fulfilment import retry_fulfilment
from commerce.actions.sweep_fulfilments import sweep_fulfilments
from commerce.errors import AttemptInProgress, AttemptSettled, FulfilmentFailed, ReasonRequired
from commerce.models import AttemptMove, Fulfilment, LedgerTransaction, Order, PaymentAttempt, ProviderEventRecord
from commerce.payments import alarms
from commerce.payments.alarms import PaymentTrouble, check_payments, raise_alarms, silent_providers
from commerce.payments.messages import count_forged
from commerce.payments.states import MOVES, can_move, move
from commerce.payments.timers import next_check
from commerce.tests.factories import NOON, make_user
from commerce.tests.payments.shop import begin, confirm, granted, new_order, settled, told, work_off
from commerce.tests.payments.transfers import arrive
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.errors import NotAllowed, NotFound

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State


def test_a_prompt_that_nobody_confirms_expires_and_its_late_money_pays(simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    with clock.travel(timedelta(minutes=16)):
        simulators.keep_time()
        assert settled(attempt).state == State.EXPIRED
        assert attempt.next_check_at is not None
        assert len(told("AttemptFailed", reason="not_confirmed_in_time")) == 1
        confirm(simulators, attempt)
        assert settled(attempt).state == State.SUCCEEDED
    assert len(told("PaymentNeedsAttention", kind="late")) == 1
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED


@pytest.mark.parametrize(("reason", "is_given"), [("expired", True), ("by_learner", False)])
def test_money_for_an_order_that_was_cancelled(reason: str, is_given: bool, simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    Order.objects.filter(pk=order.pk).update(state="cancelled", cancel_reason=reason, cancelled_at=clock.now())
    confirm(simulators, attempt)
    assert settled(attempt).state == State.SUCCEEDED
    order.refresh_from_db()
    assert (order.state == Order.State.FULFILLED) is is_given
    assert attempt.is_surplus is not is_given
    assert LedgerTransaction.objects.get(reference=attempt.public_id).kind == ("capture" if is_given else "surplus")


def test_a_provider_that_never_answers_again_blocks_nobody_for_ever(simulators: SimulatedProviders) -> None:
    order = new_order()
    attempt = begin(order)
    simulators.faults("mtn").http_500 = 1000
    with clock.travel(timedelta(hours=1)):
        simulators.keep_time()
        assert settled(attempt).state == State.AWAITING_CUSTOMER  # nobody said that it is not paid
    with clock.travel(timedelta(hours=73)):
        simulators.keep_time()
        assert settled(attempt).state == State.EXPIRED
        assert attempt.next_check_at is None
    assert len(told("PaymentNeedsAttention", kind="unknown")) == 1


def test_a_transfer_is_awaited_until_its_deadline_only(simulators: SimulatedProviders) -> None:
    order = new_order("bank")
    attempt = begin(order, "bank")
    assert attempt.next_check_at == attempt.expires_at
    with clock.travel(timedelta(days=7, minutes=1)):
        assert poll_payments() == 1
        attempt.refresh_from_db()
        assert (attempt.state, attempt.next_check_at) == (State.EXPIRED, None)
        arrive(attempt)
        assert settled(attempt, "statement").state == State.SUCCEEDED


def test_too_much_pays_and_the_rest_is_the_customers(simulators: SimulatedProviders) -> None:
    order = new_order("bank")
    attempt = begin(order, "bank")
    arrive(attempt, minor=26_000)
    assert settled(attempt, "statement").state == State.SUCCEEDED
    order.payment.refresh_from_db()
    assert (order.payment.captured_minor, attempt.paid_minor, attempt.is_surplus) == (25_000, 26_000, False)
    assert {one.kind for one in LedgerTransaction.objects.filter(reference=attempt.public_id)} == {"capture", "surplus"}
    assert len(told("PaymentNeedsAttention", kind="surplus")) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_staff_decide_what_does_not_fit(accept: bool, simulators: SimulatedProviders) -> None:
    order = new_order("bank")
    attempt = begin(order, "bank")
    arrive(attempt, minor=24_000)
    assert settled(attempt, "statement").state == State.MISMATCH
    staff = make_user(permissions=("commerce.change_payment",))
    with pytest.raises(NotAllowed):
        resolve_mismatch(actor=order.learner, attempt=attempt, accept=True, note="please")
    with pytest.raises(ReasonRequired):
        resolve_mismatch(actor=staff, attempt=attempt, accept=True, note=" ")
    attempt = resolve_mismatch(actor=staff, attempt=attempt, accept=accept, note="The bank took a fee.")
    order.refresh_from_db()
    if accept:
        assert (attempt.state, order.state, order.payment.captured_minor) == (State.SUCCEEDED, "fulfilled", 24_000)
    else:
        assert (attempt.state, order.state, attempt.is_surplus) == (State.REFUNDED, "placed", True)
    assert AttemptMove.objects.filter(attempt=attempt, trigger="staff", actor=staff).count() == 1
    with pytest.raises(AttemptSettled):
        resolve_mismatch(actor=staff, attempt=attempt, accept=accept, note="Again.")


def test_other_money_can_only_go_back(simulators: SimulatedProviders) -> None:
    order = new_order("bank")
    attempt = begin(order, "bank")
    arrive(attempt, minor=100_00, currency="EUR")
    assert settled(attempt, "statement").reason == "currency_differs"
    staff = make_user(permissions=("commerce.change_payment",))
    with pytest.raises(AttemptSettled):
        resolve_mismatch(actor=staff, attempt=attempt, accept=True, note="Rate of the day.")
    resolve_mismatch(actor=staff, attempt=attempt, accept=False, note="Not in euros.")
    assert LedgerTransaction.objects.get(reference=attempt.public_id).currency == "EUR"


def test_giving_up(simulators: SimulatedProviders) -> None:
    order = new_order("stripe")
    attempt = begin(order, "stripe")
    with pytest.raises(NotFound):
        cancel_attempt(actor=make_user(), attempt=attempt)
    assert cancel_attempt(actor=order.learner, attempt=attempt).state in (State.EXPIRED, State.CANCELED)
    assert not simulators.waiting("stripe")
    phone = begin(new_order(), "mtn")
    with pytest.raises(AttemptInProgress):
        cancel_attempt(actor=phone.order.learner, attempt=phone)
    simulators.approve("mtn")
    with pytest.raises(AttemptSettled):
        cancel_attempt(actor=phone.order.learner, attempt=phone)
    phone.order.refresh_from_db()
    assert phone.order.state == Order.State.FULFILLED


def test_staff_ask_again(simulators: SimulatedProviders) -> None:
    attempt = begin(new_order())
    simulators.approve("mtn")
    with pytest.raises(NotAllowed):
        recheck_attempt(actor=attempt.order.learner, attempt=attempt)
    staff = make_user(permissions=("commerce.change_payment",))
    assert recheck_attempt(actor=staff, attempt=attempt).state == State.SUCCEEDED


def test_what_is_paid_and_not_given_is_given_again_and_told_once(
    simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = new_order()
    attempt = begin(order)
    confirm(simulators, attempt)
    settled(attempt)

    def fail(**_facts: object) -> None:
        raise RuntimeError("no such room")

    staff = make_user(permissions=("commerce.change_payment",))
    with monkeypatch.context() as patch:
        patch.setattr(granting, "open_instance", fail)
        work_off()
        assert sweep_fulfilments() == 0  # not yet two minutes
        with clock.travel(timedelta(minutes=3)):
            for _time in range(3):
                assert sweep_fulfilments() == 0
        with pytest.raises(FulfilmentFailed):
            retry_fulfilment(actor=staff, order=order)
    fulfilment = Fulfilment.objects.get(order=order)
    assert (fulfilment.granted_at, fulfilment.tries) == (None, 4)
    assert "no such room" in fulfilment.error
    assert len(told("PaymentNeedsAttention", kind="not_granted")) == 1
    with clock.travel(timedelta(minutes=3)):
        assert sweep_fulfilments() == 1
        assert sweep_fulfilments() == 0
    assert granted(order) == 1
    assert retry_fulfilment(actor=staff, order=order).granted_at is not None
    assert granted(order) == 1


def test_stuck_payments_are_told_once_and_make_the_health_check_fail(simulators: SimulatedProviders) -> None:
    attempt = begin(new_order())
    assert raise_alarms() == 0
    long_ago = clock.now() - timedelta(minutes=11)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=State.UNKNOWN, state_changed_at=long_ago)
    assert [raise_alarms(), raise_alarms()] == [1, 0]
    assert len(told("PaymentNeedsAttention", kind="unknown")) == 1


class TestSilence:
    """Payments come through, and their provider, which used to send messages, sends none."""

    def pay(self, simulators: SimulatedProviders, provider: str = "mtn", count: int = 5) -> list[PaymentAttempt]:
        attempts = []
        for _number in range(count):
            attempt = begin(new_order(provider), provider)
            confirm(simulators, attempt)
            attempts.append(settled(attempt))
        assert {attempt.state for attempt in attempts} == {State.SUCCEEDED}
        return attempts

    def hear(self, provider: str = "mtn", days: int = 2, kind: str = "payment") -> None:
        at = clock.now() - timedelta(days=days)
        ProviderEventRecord.objects.create(
            provider=provider, key=f"m{days}{kind}", kind=kind, state="done", received_at=at
        )

    def test_is_told_once_a_day(self, simulators: SimulatedProviders) -> None:
        with clock.frozen(NOON) as time:
            last = self.pay(simulators)[-1]
            self.hear()
            assert silent_providers() == ["mtn"]
            assert [raise_alarms(), raise_alarms()] == [1, 0]
            (alarm,) = told("PaymentNeedsAttention", kind="webhooks")
            assert (alarm["attempt_key"], alarm["provider"]) == (str(last.public_id), "mtn")
            time.move(timedelta(hours=13))  # another day, and still nothing
            assert [raise_alarms(), raise_alarms()] == [1, 0]
        assert len(told("PaymentNeedsAttention", kind="webhooks")) == 2

    def test_a_message_ends_it(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators)
        self.hear()
        self.hear(days=0)
        assert (silent_providers(), raise_alarms()) == ([], 0)

    def test_who_never_sent_any_is_not_silent(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators)
        self.hear(kind="forged")
        self.hear(provider="airtel")
        assert (silent_providers(), raise_alarms()) == ([], 0)

    def test_few_payments_prove_nothing(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators, count=4)
        self.hear()
        assert (silent_providers(), raise_alarms()) == ([], 0)

    def test_payments_of_the_day_before_prove_nothing(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators)
        self.hear()
        with clock.travel(timedelta(days=1, minutes=1)):
            assert (silent_providers(), raise_alarms()) == ([], 0)

    def test_who_sends_none_can_not_be_silent(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators, "bank")
        self.hear(provider="bank")
        assert (silent_providers(), raise_alarms()) == ([], 0)

    def test_makes_the_health_check_fail(self, simulators: SimulatedProviders) -> None:
        self.pay(simulators)
        self.hear()
        with pytest.raises(PaymentTrouble, match=r"^no messages of mtn$"):
            alarms._ask()


@pytest.mark.django_db(transaction=True)
def test_forged_messages_make_the_health_check_fail() -> None:
    assert check_payments().ok
    for _time in range(21):
        count_forged("stripe")
    result = check_payments()
    assert (result.ok, result.error, result.is_vital) == (False, "PaymentTrouble", False)


@pytest.mark.parametrize("provider", ["stripe", "paystack", "flutterwave", "btcpay"])
def test_what_was_missed_is_caught_up_with(provider: str, simulators: SimulatedProviders) -> None:
    order = new_order(provider)
    attempt = begin(order, provider)
    confirm(simulators, attempt)
    assert catch_up()[provider] >= 1
    process_due_events()
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED
    assert catch_up()[provider] >= 0


def test_every_move_that_is_not_in_the_table_is_refused(simulators: SimulatedProviders) -> None:
    attempt = begin(new_order())
    for before in State.values:
        for after in State.values:
            if can_move(before, after, "poll") or before == after:
                continue
            PaymentAttempt.objects.filter(pk=attempt.pk).update(state=before)
            attempt.refresh_from_db()
            if move(attempt, after, trigger="poll"):
                # By way of another state: both moves are of the table.
                first, second = attempt.moves.order_by("-pk")[:2][::-1]
                assert first.after in MOVES[before]
                assert second.after in MOVES[first.after]
            else:
                assert attempt.state == before
                assert attempt.moves.order_by("-pk").first().is_refused
    for paid in (State.SUCCEEDED, State.REFUNDED, State.REVERSED):
        assert not MOVES[paid] & {State.PENDING, State.FAILED, State.EXPIRED, State.AWAITING_CUSTOMER}


def test_questions_come_often_at_first_and_end_some_day(simulators: SimulatedProviders) -> None:
    attempt = begin(new_order())
    start = attempt.created_at
    waits = []
    for checks in (0, 7, 13, 21, 40):
        attempt.checks = checks
        due = next_check(attempt, is_open=True, now=start)
        assert due is not None
        waits.append((due - start).total_seconds())
    assert waits == sorted(waits)
    assert 4 < waits[0] < 6
    assert next_check(attempt, is_open=True, now=start + timedelta(hours=73)) is None
