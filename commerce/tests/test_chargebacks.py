"""Payments that a bank takes back, for now or for good."""

from typing import Any

import pytest

from commerce import ledger
from commerce.actions.close_chargeback import close_chargeback
from commerce.actions.open_chargeback import open_chargeback
from commerce.actions.request_refund import request_refund
from commerce.actions.settle_refund_by_hand import settle_refund_by_hand
from commerce.bookkeeping import record_capture, record_surplus, surplus_of
from commerce.books_check import check_books
from commerce.errors import NotRefundable
from commerce.events import ChargebackClosed, ChargebackOpened
from commerce.handlers_money import close_dispute, suspend_access
from commerce.ledger import Account
from commerce.models import Chargeback, Enrollment, Fulfilment, LedgerTransaction, Order, Payment, PaymentAttempt
from commerce.refunds import refundable
from commerce.tests.factories import NOON, make_enrollment, make_user
from commerce.tests.paid_orders import make_attempt, make_paid_order
from commerce.tests.test_payouts import earn
from core.dispatch import dispatch
from core.models.outbox import OutboxEvent
from core.money import Money
from courses.models import CourseMember

pytestmark = pytest.mark.django_db


def sold(prices: tuple[int, ...] = (10_000,)) -> Order:
    """An order by card, paid, booked and given."""
    order = make_paid_order(prices=prices, provider="stripe", currency="EUR")
    for line in order.lines.all():
        CourseMember.objects.create(course_key=line.key, user=make_user(), role=CourseMember.Role.OWNER)
        make_enrollment(order.learner, line.key, order_line=line)
    Fulfilment.objects.create(order=order, attempt=attempt_of(order), created_at=NOON, granted_at=NOON)
    record_capture(order, attempt_of(order))
    return order


def attempt_of(order: Order) -> PaymentAttempt:
    """The attempt that paid it."""
    return PaymentAttempt.objects.get(accepted_for__order=order)


def owed(account: str) -> int:
    """What an account of debts holds, in cents."""
    return ledger.owed(account, "EUR").minor


def states() -> list[str]:
    """States of all enrolments."""
    return list(Enrollment.objects.order_by("pk").values_list("state", flat=True))


def balances() -> dict[str, int]:
    """Every account that isn't even."""
    found = {account: ledger.balance(account, "EUR").minor for account in Account.values}
    return {account: minor for account, minor in found.items() if minor}


def test_money_is_held_and_access_suspended() -> None:
    order = sold()
    chargeback = open_chargeback(attempt_of(order), "dp_1")
    assert (chargeback.amount, chargeback.state) == (Money(10_000, "EUR"), Chargeback.State.OPEN)
    # The author's 7,000 can't be paid out; the school's 3,000 are in question.
    assert balances() == {"disputed": 3_000, "platform_revenue": -3_000}
    assert attempt_of(order).state == PaymentAttempt.State.DISPUTED
    dispatch()
    assert states() == ["suspended"]
    assert refundable(order, order.learner).why_not == "disputed"
    with pytest.raises(NotRefundable) as refused:
        request_refund(actor=None, order=order, idempotency_key="x")
    assert refused.value.code == "disputed"
    assert check_books() == []


def test_told_again_it_is_one() -> None:
    order = sold()
    attempt = attempt_of(order)
    first = open_chargeback(attempt, "dp_1")
    assert open_chargeback(attempt, "dp_1") == first
    assert open_chargeback(attempt, "another name of it") == first
    close_chargeback(first, True)
    assert open_chargeback(attempt, "dp_1").state == Chargeback.State.WON
    close_chargeback(first, False)
    assert Chargeback.objects.get().state == Chargeback.State.WON
    assert LedgerTransaction.objects.filter(kind__startswith="chargeback").count() == 2
    assert OutboxEvent.objects.filter(name=ChargebackOpened.event_name).count() == 1
    assert OutboxEvent.objects.filter(name=ChargebackClosed.event_name).count() == 1


def test_won_everything_is_as_before() -> None:
    order = sold((10_000, 333))
    before = balances()
    staff = Enrollment.objects.order_by("pk").last()
    assert staff is not None
    Enrollment.objects.filter(pk=staff.pk).update(state="suspended")
    chargeback = open_chargeback(attempt_of(order), "dp_1")
    dispatch()
    assert states() == ["suspended", "suspended"]
    close_chargeback(chargeback, True)
    dispatch()
    assert balances() == before
    # What staff had suspended stays so.
    assert states() == ["active", "suspended"]
    assert attempt_of(order).state == PaymentAttempt.State.SUCCEEDED
    assert check_books() == []


def test_lost_it_is_gone_for_everybody() -> None:
    order = sold((10_000, 333))
    chargeback = open_chargeback(attempt_of(order), "dp_1")
    close_chargeback(chargeback, False, fee=Money(1_500, "EUR"))
    dispatch()
    assert balances() == {"clearing": -1_500, "provider_fees": 1_500}
    assert states() == ["cancelled", "cancelled"]
    order.refresh_from_db()
    assert order.state == Order.State.REFUNDED
    assert Payment.objects.get().state == Payment.State.REFUNDED
    assert attempt_of(order).state == PaymentAttempt.State.REVERSED
    assert refundable(order, order.learner).amount == Money(0, "EUR")
    assert check_books() == []


def test_an_author_who_was_paid_already_owes_it() -> None:
    order = sold()
    author = CourseMember.objects.get().user
    earn(-7_000, "EUR", author)  # as a payout does
    open_chargeback(attempt_of(order), "dp_1")
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "EUR", party=author) == Money(-7_000, "EUR")


def test_a_part_of_it() -> None:
    order = sold()
    chargeback = open_chargeback(attempt_of(order), "dp_1", Money(1_001, "EUR"))
    close_chargeback(chargeback, False)
    assert owed(Account.INSTRUCTOR_PAYABLE) == 6_299
    assert owed(Account.PLATFORM_REVENUE) == 2_700
    order.refresh_from_db()
    assert order.state == Order.State.FULFILLED
    assert Payment.objects.get().state == Payment.State.PARTIALLY_REFUNDED
    assert refundable(order, None).amount == Money(8_999, "EUR")
    for wrong in (Money(5, "XAF"), Money(0, "EUR"), Money(-5, "EUR")):
        with pytest.raises(ValueError, match="dispute"):
            open_chargeback(attempt_of(order), "dp_2", wrong)


def test_more_than_is_left_the_school_bears() -> None:
    order = sold()
    make_refunded(order, 10_000)
    chargeback = open_chargeback(attempt_of(order), "dp_1")
    close_chargeback(chargeback, False)
    assert balances() == {"clearing": -10_000, "platform_revenue": 10_000}


def make_refunded(order: Order, minor: int) -> None:
    """Give a part back by hand."""
    refund = request_refund(
        actor=None, order=order, amount=Money(minor, "EUR"), idempotency_key=f"r{minor}", by_hand=True
    )
    clerk = make_user(permissions=("commerce.change_refund",))
    settle_refund_by_hand(actor=clerk, refund=refund, receipt="T 1")


@pytest.mark.parametrize("won", [True, False])
def test_of_what_was_paid_twice_touches_neither_order_nor_access(won: bool) -> None:
    order = sold()
    second = make_attempt(
        order, "stripe", "succeeded", paid_minor=10_000, paid_currency="EUR", amount_minor=10_000, is_surplus=True
    )
    record_surplus(order, second, Money(10_000, "EUR"))
    before = balances()
    chargeback = open_chargeback(second, "dp_1")
    dispatch()
    assert states() == ["active"]
    assert refundable(order, order.learner).why_not in ("disputed", "window_over")
    close_chargeback(chargeback, won)
    dispatch()
    assert states() == ["active"]
    assert surplus_of(second) == (Money(10_000, "EUR") if won else Money(0, "EUR"))
    if won:
        assert balances() == before
    assert check_books() == []


def test_events_that_overtake_each_other() -> None:
    order = sold()
    chargeback = open_chargeback(attempt_of(order), "dp_1")
    close_chargeback(chargeback, True)
    facts: dict[str, Any] = {
        "order_key": order.public_id,
        "learner_key": order.learner.public_id,
        "order_number": order.number,
        "amount": order.total,
        "titles": (),
        "language": "en",
        "chargeback_key": chargeback.public_id,
        "disputed_amount": chargeback.amount,
    }
    close_dispute(ChargebackClosed(**facts, is_won=True))
    suspend_access(ChargebackOpened(**facts))
    assert states() == ["active"]
