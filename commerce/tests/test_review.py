"""Where two good rules meet: money that came late, went back, or is disputed while something else goes on."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from commerce.actions.claim_gift import claim_gift
from commerce.actions.decide_refund import decide_refund
from commerce.actions.grant_order import grant_order
from commerce.actions.open_chargeback import open_chargeback
from commerce.actions.process_provider_event import process_due_events
from commerce.actions.request_refund import request_refund
from commerce.actions.resolve_mismatch import resolve_mismatch
from commerce.actions.send_refund import send_refund
from commerce.actions.settle_attempt import record_status, settle_attempt
from commerce.actions.settle_refund import settle_due_refunds
from commerce.bookkeeping import record_capture
from commerce.books_check import check_books
from commerce.carts import view_cart
from commerce.errors import AlreadyOrdered, GiftNotFound, NotRefundable
from commerce.gifts import gift_of, gift_token
from commerce.models import (
    Chargeback,
    Enrollment,
    Fulfilment,
    Order,
    OrderLineCourse,
    PaymentAttempt,
    Plan,
    ProviderEventRecord,
    Refund,
    Subscription,
)
from commerce.providers.base import ProviderState, ProviderStatus
from commerce.tests.factories import make_cart, make_offer, make_price, make_user
from commerce.tests.paid_orders import make_attempt, make_paid_order
from commerce.tests.payments.shop import begin, confirm, new_order, settled, told
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.dispatch import dispatch
from core.errors import NotAllowed
from core.idempotency import InvalidKey
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State


def paid(simulators: SimulatedProviders, provider: str = "paystack") -> tuple[Order, PaymentAttempt]:
    """An order that was paid through an imitated provider, and given."""
    order = new_order(provider)
    attempt = begin(order, provider)
    confirm(simulators, attempt)
    attempt = settled(attempt)
    dispatch()
    order.refresh_from_db()
    assert (order.state, attempt.state) == (Order.State.FULFILLED, State.SUCCEEDED)
    return order, attempt


def message(attempt: PaymentAttempt, status: str, hint: str) -> None:
    """Paystack says something about a dispute, and a worker looks at it."""
    ProviderEventRecord.objects.create(
        provider="paystack",
        key=f"charge.dispute:7:{status}",
        kind="dispute",
        provider_ref=attempt.provider_ref or "",
        operation=attempt.public_id,
        hint=hint,
    )
    process_due_events()


def test_a_dispute_that_the_payment_does_not_show_is_not_won_by_looking(simulators: SimulatedProviders) -> None:
    order, attempt = paid(simulators)
    message(attempt, "awaiting-merchant-feedback", "disputed")
    chargeback = Chargeback.objects.get(order=order)
    message(attempt, "remind", "disputed")
    settle_attempt(attempt.public_id, trigger="staff")
    message(attempt, "resolved", "")
    chargeback.refresh_from_db()
    assert chargeback.state == Chargeback.State.OPEN  # who has won, somebody looks up
    attempt.refresh_from_db()
    assert attempt.state == State.DISPUTED
    assert len(told("PaymentNeedsAttention", kind="mismatch")) == 1


def test_what_we_gave_back_is_no_chargeback(simulators: SimulatedProviders) -> None:
    order, attempt = paid(simulators)
    refund = request_refund(actor=order.learner, order=order, idempotency_key="one")
    send_refund(refund.pk)
    simulators["paystack"].finish_refund(int(Refund.objects.get().provider_ref), "processed")
    with clock.travel(timedelta(minutes=5)):
        simulators.keep_time()
        settle_due_refunds()
        # Paystack now calls the payment itself reversed.
        settle_attempt(attempt.public_id, trigger="staff")
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert not Chargeback.objects.exists()
    attempt.refresh_from_db()
    assert attempt.state == State.REFUNDED
    assert check_books() == []


def test_what_the_bank_holds_is_not_given_back_too() -> None:
    order = make_paid_order(provider="stripe", currency="EUR")
    with clock.travel(timedelta(days=400)):
        refund = request_refund(actor=order.learner, order=order, idempotency_key="one")
        assert refund.state == Refund.State.REQUESTED
        open_chargeback(refund.attempt, "dp_1")
        with pytest.raises(NotRefundable) as refused:
            decide_refund(actor=make_user(permissions=("commerce.change_refund",)), refund=refund, approve=True)
        assert refused.value.code == "disputed"
        decide_refund(actor=make_user(permissions=("commerce.change_refund",)), refund=refund, approve=False)


def test_a_refund_that_waits_stops_where_the_bank_takes_the_money(simulators: SimulatedProviders) -> None:
    order, attempt = paid(simulators)
    refund = request_refund(actor=order.learner, order=order, idempotency_key="one")
    open_chargeback(attempt, "dp_1")
    refund = send_refund(refund.pk)
    assert (refund.state, refund.is_by_hand, refund.failure) == (Refund.State.APPROVED, True, "disputed")


@pytest.mark.parametrize("ends", ["refused", "failed"])
def test_what_is_not_given_back_after_all_is_given(ends: str) -> None:
    order = make_paid_order(make_user(), (20_000, 5_000))
    Fulfilment.objects.create(order=order, attempt=order.payment.accepted_attempt, created_at=clock.now())
    record_capture(order, order.payment.accepted_attempt)
    line = order.lines.all()[0]
    staff = make_user(permissions=("commerce.add_refund",))
    # Not given yet, and somebody asks for the money.
    refund = request_refund(actor=staff, order=order, lines=[line], idempotency_key="one")
    grant_order(order)
    Refund.objects.filter(pk=refund.pk).update(state=ends)
    assert Enrollment.objects.filter(learner=order.learner).count() == 2


def test_who_ordered_again_does_not_pay_twice(simulators: SimulatedProviders) -> None:
    late = new_order()
    attempt = begin(late)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=State.EXPIRED)
    Order.objects.filter(pk=late.pk).update(state="cancelled", cancel_reason="expired", cancelled_at=clock.now())
    # The same again, paid, and not yet given.
    again = make_paid_order(late.learner)
    key = OrderLineCourse.objects.get(line__order=late).course_key
    OrderLineCourse.objects.filter(line__order=again).update(course_key=key)
    Fulfilment.objects.create(order=again, attempt=again.payment.accepted_attempt, created_at=clock.now())
    _late_money(attempt)
    late.refresh_from_db()
    attempt.refresh_from_db()
    assert (late.state, attempt.is_surplus) == (Order.State.CANCELLED, True)


def test_who_is_paying_again_does_not_pay_twice(simulators: SimulatedProviders) -> None:
    late = new_order()
    attempt = begin(late)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=State.EXPIRED)
    Order.objects.filter(pk=late.pk).update(state="cancelled", cancel_reason="expired", cancelled_at=clock.now())
    again = new_order(learner=late.learner)
    key = OrderLineCourse.objects.get(line__order=late).course_key
    OrderLineCourse.objects.filter(line__order=again).update(course_key=key)
    make_attempt(again, state="awaiting_customer")
    _late_money(attempt)
    late.refresh_from_db()
    assert late.state == Order.State.CANCELLED


def _late_money(attempt: PaymentAttempt) -> None:
    attempt.refresh_from_db()
    status = ProviderStatus(ProviderState.SUCCEEDED, provider_ref=attempt.provider_ref or "", amount=attempt.amount)
    record_status(attempt, status, trigger="poll", asked_at=clock.now())


@pytest.mark.parametrize(("reason", "is_given"), [("refunded", False), ("unpaid", True)])
def test_credit_that_was_given_back_pays_for_nothing(reason: str, is_given: bool) -> None:
    """The prompt for a change of plan is open, the present plan's money goes back, then the prompt is confirmed."""
    order = new_order(purpose=Order.Purpose.PLAN_CHANGE)
    order.lines.update(kind="plan", price_minor=35_000, discount_minor=10_000)
    order.lines.get().courses.all().delete()
    offer = make_offer("plan", order.lines.get().key)
    subscription = Subscription.objects.create(
        learner=order.learner,
        plan=Plan.objects.create(offer=offer),
        currency="XAF",
        amount_minor=10_000,
        state="ended",
        ended_reason=reason,
    )
    subscription.periods.create(
        number=2, starts_at=clock.now(), ends_at=clock.now() + timedelta(days=30), order=order, paid_at=None
    )
    attempt = make_attempt(order, state="awaiting_customer")
    _late_money(attempt)
    order.refresh_from_db()
    attempt.refresh_from_db()
    assert (order.state == Order.State.FULFILLED, attempt.is_surplus) == (is_given, not is_given)


def test_what_is_paid_and_not_yet_given_is_not_ordered_again() -> None:
    course = make_course()
    offer = make_price(course.translation_key).offer
    learner = make_user()
    order = make_paid_order(learner)
    OrderLineCourse.objects.filter(line__order=order).update(course_key=course.translation_key)
    Fulfilment.objects.create(order=order, attempt=order.payment.accepted_attempt, created_at=clock.now())
    cart = make_cart(learner)
    cart.items.create(offer=offer)
    assert isinstance(view_cart(cart, currency="XAF", person=learner).problem, AlreadyOrdered)


def test_nobody_accepts_less_for_their_own_order() -> None:
    staff = make_user(permissions=("commerce.change_payment",))
    order = new_order(learner=staff)
    attempt = make_attempt(order, state="mismatch", paid_minor=5, paid_currency="XAF", reason="underpaid")
    with pytest.raises(NotAllowed):
        resolve_mismatch(actor=staff, attempt=attempt, accept=True, note="It is mine.")


def test_a_gift_is_not_taken_while_its_payment_is_disputed() -> None:
    order = make_paid_order(provider="stripe", currency="EUR")
    line = order.lines.get()
    line.recipient_email = "binta@example.com"
    line.save()
    chargeback = open_chargeback(order.payment.accepted_attempt, "dp_1")
    with pytest.raises(GiftNotFound):
        claim_gift(actor=make_user(), token=gift_token(line))
    Chargeback.objects.filter(pk=chargeback.pk).update(state="won")
    assert gift_of(gift_token(line)) == line


@pytest.mark.parametrize("key", ["", "x" * 256, "again:1", "surplus:1:1"])
def test_keys_of_refunds_are_the_callers_own(key: str) -> None:
    order = make_paid_order()
    with pytest.raises(InvalidKey):
        request_refund(actor=order.learner, order=order, idempotency_key=key)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("table", "where", "index"),
    [
        (
            "commerce_paymentattempt",
            "phone = '+237670000001' AND created_at > now() - interval '1 hour'",
            "commerce_attempt_phone",
        ),
        ("commerce_paymentattempt", "provider = 'mtn' AND receipt = 'R1'", "commerce_attempt_receipt_once"),
        ("commerce_paymentattempt", "succeeded_at > now() - interval '1 day'", "commerce_attempt_succeeded"),
        (
            "commerce_providereventrecord",
            "kind = 'forged' AND received_at > now() - interval '2 hours'",
            "commerce_provider_event_kind",
        ),
    ],
)
def test_hot_questions_have_an_index(table: str, where: str, index: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT id FROM {table} WHERE {where}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan
