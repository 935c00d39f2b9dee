"""Refunds against the imitated providers: who may ask, what is sent once, what follows."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce import ledger
from commerce.actions.decide_refund import decide_refund
from commerce.actions.pay_order import pay_order
from commerce.actions.refund_surplus import refund_surplus
from commerce.actions.request_refund import request_refund
from commerce.actions.send_refund import send_refund
from commerce.actions.settle_attempt import settle_attempt
from commerce.actions.settle_refund import settle_due_refunds, settle_refund
from commerce.actions.settle_refund_by_hand import settle_refund_by_hand
from commerce.bookkeeping import record_surplus, surplus_of
from commerce.errors import NotRefundable, ReceiptRequired, RefundAmountRefused, RefundNotOpen
from commerce.events import PaymentNeedsAttention, RefundFailed, RefundRefused, RefundRequested, RefundSucceeded
from commerce.handlers_money import return_surplus
from commerce.ledger import Account, Kind
from commerce.models import Enrollment, LedgerEntry, LedgerTransaction, Order, Payment, PaymentAttempt, Refund
from commerce.outgoing_alarms import MoneyOutTrouble, look
from commerce.policies import view_refund
from commerce.providers import registry
from commerce.refund_outcomes import REFUNDS
from commerce.refunds import MOVES, refundable
from commerce.tests.factories import make_certificate, make_enrollment, make_user
from commerce.tests.paid_orders import make_attempt, make_order
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.dispatch import dispatch
from core.errors import NotAllowed
from core.models.outbox import OutboxEvent
from core.money import Money
from core.tests.rivals import race
from courses.models import CourseMember

pytestmark = pytest.mark.django_db

State = Refund.State


def pay(
    simulators: SimulatedProviders,
    provider: str = "mtn",
    prices: tuple[int, ...] = (25_000,),
    currency: str = "XAF",
    phone: str = "+237670000001",
    **fields: Any,
) -> Order:
    """An order that was paid through an imitated provider, and given."""
    order = make_order(prices=prices, currency=currency, **fields)
    for line in order.lines.all():
        CourseMember.objects.create(course_key=line.key, user=make_user(), role=CourseMember.Role.OWNER)
    attempt = pay_order(
        actor=order.learner, order=order, provider=provider, phone=phone, idempotency_key=str(uuid.uuid4())
    )
    simulators.approve(provider)
    settle_attempt(attempt.public_id, trigger="poll")
    dispatch()
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED
    return order


def finance() -> Any:
    """Somebody who decides refunds."""
    return make_user(permissions=("commerce.change_refund",))


def ask(order: Order, actor: Any = None, **more: Any) -> Refund:
    """Ask for money back, by default as the learner."""
    more.setdefault("idempotency_key", str(uuid.uuid4()))
    return request_refund(actor=actor or order.learner, order=order, **more)


def published(event: type) -> list[OutboxEvent]:
    """Events of a kind, oldest first."""
    return list(OutboxEvent.objects.filter(name=event.event_name).order_by("pk"))


def nothing_left(order: Order) -> None:
    """Of the order's money the books hold nothing any more."""
    for account in Account.values:
        if account != Account.PROVIDER_FEES:
            rows = LedgerEntry.objects.filter(transaction__order=order, account=account)
            rows = rows.exclude(transaction__kind=Kind.FEE)
            assert sum(rows.values_list("amount_minor", flat=True)) == 0, account


def test_a_learner_gets_their_money_back_within_the_window(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    assert Enrollment.objects.get().state == Enrollment.State.ACTIVE
    refund = ask(order, reason="changed_mind", note="  Too fast for me ")
    assert (refund.state, refund.amount, refund.note) == (State.APPROVED, Money(25_000, "XAF"), "Too fast for me")
    assert Payment.objects.get(order=order).refunded_minor == 25_000
    refund = send_refund(refund.pk)
    assert (refund.state, refund.provider_ref) == (State.PENDING, str(refund.public_id))
    refund = settle_refund(refund.public_id)
    assert refund.state == State.SUCCEEDED
    order = Order.objects.select_related("payment__accepted_attempt").get()
    assert order.state == Order.State.REFUNDED
    assert order.payment.state == Payment.State.REFUNDED
    assert order.payment.accepted_attempt.state == PaymentAttempt.State.REFUNDED
    nothing_left(order)
    assert len(published(RefundSucceeded)) == 1
    assert published(RefundRequested) == []
    dispatch()
    assert Enrollment.objects.get().state == Enrollment.State.CANCELLED
    operations = [one for one in simulators["mtn"].operations.values() if one.kind == "refund"]
    assert [(one.reference, one.amount) for one in operations] == [(str(refund.public_id), "25000")]


def test_asked_and_sent_again_nothing_more_happens(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    refund = ask(order, idempotency_key="one")
    assert ask(order, idempotency_key="one") == refund
    for _time in range(3):
        send_refund(refund.pk)
        settle_refund(refund.public_id)
    assert len([one for one in simulators["mtn"].operations.values() if one.kind == "refund"]) == 1
    assert LedgerTransaction.objects.filter(kind=Kind.REFUND).count() == 1
    assert len(published(RefundSucceeded)) == 1
    with pytest.raises(NotRefundable) as refused:
        ask(order)
    assert refused.value.code == "nothing_left"


@pytest.mark.parametrize("why", ["window_over", "certificate", "gift_taken"])
def test_otherwise_staff_decide(simulators: SimulatedProviders, why: str) -> None:
    order = pay(simulators)
    at = timedelta(days=15) if why == "window_over" else timedelta(0)
    if why == "certificate":
        make_certificate(Enrollment.objects.get())
    elif why == "gift_taken":
        order.lines.update(claimed_at=clock.now(), recipient=make_user())
    with clock.travel(at):
        allowed = refundable(order, order.learner)
        assert (allowed.amount, allowed.is_self_service, allowed.why_not) == (Money(25_000, "XAF"), False, why)
        refund = ask(order)
        assert refund.state == State.REQUESTED
        assert len(published(RefundRequested)) == 1
        send_refund(refund.pk)
        assert (
            simulators["mtn"].operations.keys() == {order.payment.accepted_attempt.provider_ref}
            or len(simulators["mtn"].operations) == 1
        )
        with pytest.raises(NotRefundable) as refused:
            ask(order)
        # All of it is reserved by the request.
        assert refused.value.code == "nothing_left"
        refund = decide_refund(actor=finance(), refund=refund, approve=False, answer="You have finished it.")
    assert (refund.state, refund.answer) == (State.REFUSED, "You have finished it.")
    assert Payment.objects.get(order=order).refunded_minor == 0
    assert len(published(RefundRefused)) == 1
    assert Enrollment.objects.get().state == Enrollment.State.ACTIVE


def test_an_approved_request_is_sent_and_decided_once(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    with clock.travel(timedelta(days=15)):
        refund = ask(order)
        decider = finance()
        refund = decide_refund(actor=decider, refund=refund, approve=True)
        assert (refund.state, refund.decided_by) == (State.APPROVED, decider)
        with pytest.raises(RefundNotOpen):
            decide_refund(actor=decider, refund=refund, approve=False)
        assert settle_due_refunds() == 1
    assert Refund.objects.get().state == State.PENDING


def test_who_may_not(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    stranger = make_user()
    assert refundable(order, stranger).why_not == "not_yours"
    with pytest.raises(NotAllowed):
        ask(order, stranger)
    with pytest.raises(RefundAmountRefused):
        ask(order, amount=Money(5, "XAF"))
    with pytest.raises(RefundAmountRefused):
        ask(order, by_hand=True)
    support = make_user(permissions=("commerce.add_refund",))
    refund = ask(order, support)
    assert refund.state == State.REQUESTED
    for nobody in (None, stranger, support, order.learner):
        with pytest.raises(NotAllowed):
            decide_refund(actor=nobody, refund=refund, approve=True)
        with pytest.raises(NotAllowed):
            settle_refund_by_hand(actor=nobody, refund=refund, receipt="R1")
    assert Refund.objects.get().state == State.REQUESTED
    assert published(RefundSucceeded) == []


def test_who_sees_a_refund(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    refund = ask(order)
    clerk = make_user(permissions=("commerce.view_refund",))
    seen = {who: list(view_refund.filter(who)) for who in (order.learner, clerk, make_user())}
    assert list(seen.values()) == [[refund], [refund], []]
    assert list(view_refund.filter(None)) == []


def test_nobody_decides_about_their_own_order(simulators: SimulatedProviders) -> None:
    clerk = finance()
    order = pay(simulators, learner=clerk)
    with clock.travel(timedelta(days=15)):
        refund = ask(order)
        assert refund.state == State.REQUESTED
        with pytest.raises(NotAllowed):
            decide_refund(actor=clerk, refund=refund, approve=True)


def test_one_line_of_two(simulators: SimulatedProviders) -> None:
    order = pay(simulators, "paystack", (20_000_00, 10_000_00), "NGN", phone="", country="NG")
    first, second = order.lines.order_by("pk")
    refund = ask(order, lines=[first])
    assert refund.amount == Money(20_000_00, "NGN")
    refund = send_refund(refund.pk)
    simulators["paystack"].finish_refund(int(refund.provider_ref), "processed")
    refund = settle_refund(refund.public_id)
    assert refund.state == State.SUCCEEDED
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED
    assert PaymentAttempt.objects.get().state == PaymentAttempt.State.PARTIALLY_REFUNDED
    dispatch()
    states = dict(Enrollment.objects.values_list("order_line", "state"))
    assert states == {first.pk: "cancelled", second.pk: "active"}
    authors = {
        line.pk: ledger.owed(Account.INSTRUCTOR_PAYABLE, "NGN", course_key=line.key).minor for line in (first, second)
    }
    assert authors == {first.pk: 0, second.pk: 7_000_00}
    with pytest.raises(NotRefundable) as refused:
        ask(order, lines=[first])
    assert refused.value.code == "line_refunded"
    ask(order)
    assert Payment.objects.get().refunded_minor == 30_000_00


def test_a_course_that_another_order_gives_too_stays(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    line = order.lines.get()
    other = make_order(order.learner, state="fulfilled", paid_at=clock.now())
    other.lines.get().courses.update(course_key=line.key)
    refund = send_refund(ask(order).pk)
    settle_refund(refund.public_id)
    dispatch()
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, enrollment.order_line) == (Enrollment.State.ACTIVE, other.lines.get())


def test_an_enrolment_that_nobody_bought_stays(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    granted = make_enrollment(order.learner)
    settle_refund(send_refund(ask(order).pk).public_id)
    dispatch()
    granted.refresh_from_db()
    assert granted.state == Enrollment.State.ACTIVE


def test_a_part_of_the_money_leaves_access(simulators: SimulatedProviders) -> None:
    order = pay(simulators, "paystack", (20_000_00,), "NGN", phone="", country="NG")
    refund = send_refund(ask(order, finance(), amount=Money(5_000_00, "NGN")).pk)
    simulators["paystack"].finish_refund(int(refund.provider_ref), "processed")
    settle_refund(refund.public_id)
    dispatch()
    assert Enrollment.objects.get().state == Enrollment.State.ACTIVE
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "NGN") == Money(10_500_00, "NGN")
    assert refundable(order, order.learner).amount == Money(15_000_00, "NGN")
    for wrong in (Money(15_000_01, "NGN"), Money(0, "NGN"), Money(-1, "NGN"), Money(5, "XAF")):
        with pytest.raises(RefundAmountRefused):
            ask(order, finance(), amount=wrong)


@pytest.mark.parametrize(
    ("provider", "amount", "why"),
    [("orange_web", None, "no_refunds"), ("mtn", Money(5_000, "XAF"), "only_whole")],
)
def test_what_no_provider_gives_back_waits_for_a_person(
    simulators: SimulatedProviders, provider: str, amount: Money | None, why: str
) -> None:
    order = pay(simulators, provider, phone="" if provider == "orange_web" else "+237670000001")
    clerk = finance()
    refund = send_refund(ask(order, clerk, amount=amount).pk)
    assert (refund.state, refund.is_by_hand, refund.failure) == (State.APPROVED, True, why)
    assert refund.next_check_at is None
    kinds = [event.payload["kind"] for event in published(PaymentNeedsAttention)]
    assert kinds == ["refund_by_hand"]
    with pytest.raises(ReceiptRequired):
        settle_refund_by_hand(actor=clerk, refund=refund, receipt="  ")
    refund = settle_refund_by_hand(actor=clerk, refund=refund, receipt="TRX 17")
    assert (refund.state, refund.receipt) == (State.SUCCEEDED, "TRX 17")
    given = (amount or Money(25_000, "XAF")).minor
    assert ledger.balance(Account.CLEARING, "XAF", detail="by_hand") == Money(-given, "XAF")
    assert ledger.balance(Account.CLEARING, "XAF", detail=provider) == Money(25_000, "XAF")
    with pytest.raises(RefundNotOpen):
        settle_refund_by_hand(actor=clerk, refund=refund, receipt="TRX 17")


@pytest.mark.parametrize("fault", ["http_500", "html_error"])
def test_an_answer_that_says_nothing_is_asked_about_and_not_sent_again(
    simulators: SimulatedProviders, fault: str
) -> None:
    order = pay(simulators)
    refund = _sent_into_the_void(simulators, order, fault)
    send_refund(refund.pk)
    assert Refund.objects.get().state == State.UNKNOWN
    # It was taken all the same.
    settle_refund(refund.public_id)
    assert Refund.objects.get().state == State.SUCCEEDED
    assert len(_posts(simulators)) == 1
    assert LedgerTransaction.objects.filter(kind=Kind.REFUND).count() == 1


def test_what_the_provider_never_heard_of_goes_out_again_under_the_same_id(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    refund = _sent_into_the_void(simulators, order, "http_500")
    del simulators["mtn"].operations[str(refund.public_id)]
    settle_refund(refund.public_id)
    assert Refund.objects.get().state == State.UNKNOWN  # its list may lag behind
    with clock.travel(timedelta(minutes=11)):
        settle_refund(refund.public_id)
        assert Refund.objects.get().state == State.APPROVED
        settle_due_refunds()
        settle_refund(refund.public_id)
    assert Refund.objects.get().state == State.SUCCEEDED
    assert [one.headers["X-Reference-Id"] for one in _posts(simulators)] == [str(refund.public_id)] * 2
    assert LedgerTransaction.objects.filter(kind=Kind.REFUND).count() == 1


def _sent_into_the_void(simulators: SimulatedProviders, order: Order, fault: str) -> Refund:
    refund = ask(order)
    # The adapter has its token, so that the fault meets the refund itself.
    REFUNDS.fetch(registry.provider("mtn"), REFUNDS.view(REFUNDS.read(refund.pk)))
    setattr(simulators.faults("mtn"), fault, 1)
    refund = send_refund(refund.pk)
    assert refund.state == State.UNKNOWN
    return refund


def _posts(simulators: SimulatedProviders) -> list[Any]:
    return [call for call in simulators["mtn"].calls if call.path.endswith("/refund") and call.method == "POST"]


def test_a_worker_that_dies_after_the_call_loses_nothing(
    simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = pay(simulators)
    refund = ask(order)

    class Killed(BaseException):
        pass

    def die(*_args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("commerce.outgoing._record", die)
        with pytest.raises(Killed):
            send_refund(refund.pk)
    assert Refund.objects.get().state == State.SUBMITTING
    send_refund(refund.pk)  # another worker: not its business yet
    assert settle_due_refunds() == 0
    with clock.travel(timedelta(minutes=3)):
        assert settle_due_refunds() == 1
    assert Refund.objects.get().state == State.SUCCEEDED
    assert len(_posts(simulators)) == 1


def test_a_refusal_sets_the_amount_free_and_a_person_may_still_give_it(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    refund = ask(order)
    simulators["mtn"].operations[order.payment.accepted_attempt.provider_ref].status = "FAILED"
    refund = send_refund(refund.pk)
    assert (refund.state, refund.failure != "") == (State.FAILED, True)
    assert Payment.objects.get().refunded_minor == 0
    assert len(published(RefundFailed)) == 1
    refund = settle_refund_by_hand(actor=finance(), refund=refund, receipt="CASH 1")
    assert (refund.state, refund.is_by_hand) == (State.SUCCEEDED, True)
    assert Payment.objects.get().refunded_minor == 25_000
    nothing_left(order)


def test_a_failed_one_is_not_given_twice(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    simulators["mtn"].operations[order.payment.accepted_attempt.provider_ref].status = "FAILED"
    refund = send_refund(ask(order).pk)
    other = ask(order, finance(), by_hand=True)
    settle_refund_by_hand(actor=finance(), refund=other, receipt="CASH 1")
    with pytest.raises(NotRefundable):
        settle_refund_by_hand(actor=finance(), refund=refund, receipt="CASH 2")
    assert Refund.objects.get(pk=refund.pk).state == State.FAILED


def test_a_refund_that_a_bank_sends_back_is_owed_by_hand(simulators: SimulatedProviders) -> None:
    order = pay(simulators, "stripe", (2_000,), "EUR", phone="", country="FR")
    author = CourseMember.objects.get().user
    refund = send_refund(ask(order).pk)
    refund = settle_refund(refund.public_id)
    assert refund.state == State.SUCCEEDED
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "EUR", party=author) == Money(0, "EUR")
    simulators["stripe"].reject(refund.provider_ref)
    with clock.travel(timedelta(days=2)):
        assert settle_due_refunds() == 1
    refund.refresh_from_db()
    assert refund.state == State.FAILED
    again = Refund.objects.exclude(pk=refund.pk).get()
    assert (again.state, again.is_by_hand, again.amount) == (State.APPROVED, True, refund.amount)
    assert refund.data["again"] == str(again.public_id)
    assert Payment.objects.get().refunded_minor == 2_000
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "EUR", party=author) == Money(1_400, "EUR")
    assert len(published(RefundFailed)) == 1
    with pytest.raises(RefundNotOpen):
        settle_refund_by_hand(actor=finance(), refund=refund, receipt="T 1")
    settle_refund_by_hand(actor=finance(), refund=again, receipt="T 1")
    nothing_left(order)
    dispatch()
    assert Enrollment.objects.get().state == Enrollment.State.CANCELLED


def test_what_was_paid_twice_goes_back_by_itself(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    second = make_attempt(order, "mtn", "submitting", phone="+237670000002")
    PaymentAttempt.objects.filter(pk=second.pk).update(provider_ref=str(second.public_id))
    simulators["mtn"].operations[str(second.public_id)] = _operation(simulators, order, second)
    settle_attempt(second.public_id, trigger="poll")
    second.refresh_from_db()
    assert (second.state, second.is_surplus) == (PaymentAttempt.State.SUCCEEDED, True)
    dispatch()
    refund = Refund.objects.get()
    assert (refund.attempt, refund.is_surplus, refund.amount, refund.reason) == (
        second,
        True,
        Money(25_000, "XAF"),
        Refund.Reason.PAID_TWICE,
    )
    assert Payment.objects.get().refunded_minor == 0
    assert refund_surplus(second) is None
    assert settle_due_refunds() == 1
    settle_refund(refund.public_id)
    second.refresh_from_db()
    assert second.state == PaymentAttempt.State.REFUNDED
    assert surplus_of(second) == Money(0, "XAF")
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED
    dispatch()
    assert Enrollment.objects.get().state == Enrollment.State.ACTIVE


def _operation(simulators: SimulatedProviders, order: Order, attempt: PaymentAttempt) -> Any:
    paid = simulators["mtn"].operations[order.payment.accepted_attempt.provider_ref]
    twin = type(paid)(str(attempt.public_id), paid.product, paid.kind, dict(paid.body), paid.created_at)
    twin.status, twin.amount, twin.receipt = "SUCCESSFUL", paid.amount, "777"
    return twin


def test_too_much_goes_back_when_staff_say_so(simulators: SimulatedProviders) -> None:
    order = pay(simulators, "paystack", (20_000_00,), "NGN", phone="", country="NG")
    attempt = PaymentAttempt.objects.get()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(paid_minor=20_500_00)
    attempt.refresh_from_db()
    record_surplus(order, attempt, Money(500_00, "NGN"))
    event = published(PaymentNeedsAttention)
    assert event == []
    with pytest.raises(NotAllowed):
        refund_surplus(attempt, actor=make_user())
    refund = refund_surplus(attempt, actor=finance())
    assert refund is not None
    assert refund.amount == Money(500_00, "NGN")
    return_surplus(
        PaymentNeedsAttention(
            kind="surplus",
            attempt_key=attempt.public_id,
            order_key=order.public_id,
            learner_key=order.learner.public_id,
            order_number=order.number,
            amount=order.total,
            titles=(),
            language="en",
        )
    )
    assert Refund.objects.count() == 1


def test_the_providers_message_is_enough(simulators: SimulatedProviders, client: Client) -> None:
    order = pay(simulators, "paystack", (20_000_00,), "NGN", phone="", country="NG")
    simulators.deliver(client)
    refund = send_refund(ask(order).pk)
    assert refund.state == State.PENDING
    simulators["paystack"].finish_refund(int(refund.provider_ref), "processed")
    simulators.deliver(client)
    refund = settle_refund(refund.public_id, trigger="webhook")
    assert refund.state == State.SUCCEEDED


def test_moves_lead_to_states_that_there_are() -> None:
    assert set(MOVES) == set(State)
    assert all(after in State for afters in MOVES.values() for after in afters)
    assert REFUNDS.moves is MOVES


@pytest.mark.django_db(transaction=True)
def test_rival_workers_send_and_settle_once(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    refund = ask(order)
    race(4, lambda _number: send_refund(refund.pk))
    assert len(_posts(simulators)) == 1
    race(4, lambda _number: settle_refund(refund.public_id))
    assert Refund.objects.get().state == State.SUCCEEDED
    assert LedgerTransaction.objects.filter(kind=Kind.REFUND).count() == 1
    assert len(published(RefundSucceeded)) == 1


def test_what_nobody_knows_shows_in_the_health_check(simulators: SimulatedProviders) -> None:
    order = pay(simulators)
    _sent_into_the_void(simulators, order, "http_500")
    look()
    with clock.travel(timedelta(minutes=31)), pytest.raises(MoneyOutTrouble, match="1 refunds unknown"):
        look()
