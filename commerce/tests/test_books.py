"""Whatever happens in whatever order, the books agree; and where they don't, the check says so."""

import contextlib
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commerce import ledger, tasks
from commerce.actions.approve_payout_run import approve_payout_run
from commerce.actions.close_chargeback import close_chargeback
from commerce.actions.create_payout_run import create_payout_run
from commerce.actions.open_chargeback import open_chargeback
from commerce.actions.request_refund import request_refund
from commerce.actions.settle_payout_by_hand import settle_payout_by_hand
from commerce.actions.settle_refund_by_hand import settle_refund_by_hand
from commerce.bookkeeping import SHARED_ACCOUNTS, record_capture
from commerce.books_check import CHECKS, check_books
from commerce.errors import NothingToPayOut, NotRefundable, RefundAmountRefused
from commerce.ledger import Account, Entry, Kind
from commerce.models import (
    Chargeback,
    CourseShare,
    Fulfilment,
    LedgerEntry,
    LedgerTransaction,
    Order,
    OrderLine,
    OrderLineCourse,
    Payment,
    PaymentAttempt,
    Payout,
    PayoutAccount,
    Refund,
)
from commerce.refund_outcomes import REFUNDS
from commerce.refunds import locked_refund
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_attempt, make_paid_order
from core.money import Money
from core.tests.rivals import race

pytestmark = pytest.mark.django_db


def sell(lines: list[tuple[int, int, list[int]]], *, captured: int | None = None) -> Order:
    """A paid order: for each line its amount, the tax in it, and its authors' weights."""
    order = make_paid_order(
        prices=tuple(amount for amount, _tax, _weights in lines),
        tax_minor=sum(tax for _amount, tax, _weights in lines),
        attempt={"paid_minor": captured} if captured is not None else None,
    )
    if captured is not None:
        Payment.objects.filter(order=order).update(captured_minor=captured)
    for line, (amount, tax, weights) in zip(order.lines.order_by("pk"), lines, strict=True):
        OrderLine.objects.filter(pk=line.pk).update(tax_minor=tax)
        OrderLineCourse.objects.filter(line=line).update(net_minor=amount - tax)
        for weight in weights:
            CourseShare.objects.create(course_key=line.key, author=make_user(), weight=weight)
    attempt = order.payment.accepted_attempt
    Fulfilment.objects.create(order=order, attempt=attempt, created_at=NOON, granted_at=NOON)
    record_capture(order, attempt)
    return Order.objects.get(pk=order.pk)


class School:
    """One school in which things happen; every happening leaves the books in agreement."""

    def __init__(self) -> None:
        self.clerk = make_user(permissions=("commerce.change_refund", "commerce.change_payoutrun"))
        self.preparer = make_user(permissions=("commerce.add_payoutrun",))
        self.orders: list[Order] = []
        self.count = 0
        #: Orders of which money went back while it was disputed.
        self.mixed: set[int] = set()

    def sell(self, lines: list[tuple[int, int, list[int]]]) -> None:
        self.orders.append(sell(lines))
        for share in CourseShare.objects.filter(author__payout_accounts=None):
            PayoutAccount.objects.create(
                owner=share.author,
                currency="XAF",
                method="bank",
                provider="bank",
                country="CM",
                holder="Kofi",
                bank="Ecobank",
                account_number="0123456789",
            )

    def happen(self, what: str, which: int, part: int) -> None:
        order = Order.objects.get(pk=self.orders[which % len(self.orders)].pk)
        self.count += 1
        with contextlib.suppress(NotRefundable, RefundAmountRefused, NothingToPayOut):
            getattr(self, what)(order, part)

    def refund_all(self, order: Order, part: int) -> None:
        self._give(self._ask(order))

    def refund_some(self, order: Order, part: int) -> None:
        self._give(self._ask(order, amount=Money(1 + order.total_minor * part // 100, "XAF")))

    def refund_line(self, order: Order, part: int) -> None:
        lines = list(order.lines.all())
        self._give(self._ask(order, lines=[lines[part % len(lines)]]))

    def ask_only(self, order: Order, part: int) -> None:
        self._ask(order, amount=Money(1 + order.total_minor * part // 200, "XAF"))

    def give_waiting(self, order: Order, part: int) -> None:
        waiting = Refund.objects.filter(order=order, state=Refund.State.APPROVED).first()
        if waiting:
            self._give(waiting)

    def do_not_give(self, order: Order, part: int) -> None:
        waiting = Refund.objects.filter(order=order, state=Refund.State.APPROVED).first()
        if waiting:
            settle_refund_by_hand(actor=self.clerk, refund=waiting, is_given=False)

    def come_back(self, order: Order, part: int) -> None:
        done = Refund.objects.filter(order=order, state=Refund.State.SUCCEEDED).first()
        if done:
            self.mixed.add(order.pk)
            with transaction.atomic():
                REFUNDS.came_back(locked_refund(done.pk))

    def dispute(self, order: Order, part: int) -> None:
        attempt = PaymentAttempt.objects.get(accepted_for__order=order)
        open_chargeback(attempt, f"dp_{self.count}", Money(1 + order.total_minor * part // 101, "XAF"))

    def win(self, order: Order, part: int) -> None:
        for chargeback in order.chargebacks.filter(state=Chargeback.State.OPEN):
            close_chargeback(chargeback, True)

    def lose(self, order: Order, part: int) -> None:
        for chargeback in order.chargebacks.filter(state=Chargeback.State.OPEN):
            close_chargeback(chargeback, False, fee=Money(part, "XAF"))

    def pay_out(self, order: Order, part: int) -> None:
        run = create_payout_run(actor=self.preparer, currency="XAF")
        approve_payout_run(actor=self.clerk, run=run)

    def settle_payouts(self, order: Order, part: int) -> None:
        for payout in Payout.objects.filter(state=Payout.State.APPROVED):
            settle_payout_by_hand(actor=self.clerk, payout=payout, receipt="T", is_paid=bool(part % 3))

    def _ask(self, order: Order, **more: Any) -> Refund:
        key = f"key-{self.count}"
        return request_refund(actor=self.clerk, order=order, idempotency_key=key, by_hand=True, **more)

    def _give(self, refund: Refund) -> None:
        if refund.order.chargebacks.filter(state=Chargeback.State.OPEN).exists():
            self.mixed.add(refund.order_id)
        settle_refund_by_hand(actor=self.clerk, refund=refund, receipt=f"R{self.count}")

    def check(self) -> None:
        """What has to hold after every happening."""
        assert check_books() == []
        assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0
        for order in self.orders:
            payment = Payment.objects.get(order=order)
            assert 0 <= payment.refunded_minor <= payment.captured_minor
        self._check_authors()

    def _check_authors(self) -> None:
        """An author holds of a line what the others of that line hold in proportion, to a unit for each happening.

        Not while a dispute is open, which holds the authors' parts alone, or where a refund came between.
        """
        for order in self.orders:
            rows = LedgerEntry.objects.filter(transaction__order=order).exclude(detail="")
            parts = rows.filter(account__in=SHARED_ACCOUNTS)
            sold: dict[tuple[Any, ...], int] = {}
            held: dict[tuple[Any, ...], int] = {}
            columns = ("transaction__kind", "detail", "account", "party", "amount_minor")
            for kind, detail, account, party, minor in parts.values_list(*columns):
                key = (detail, account, party)
                held[key] = held.get(key, 0) - minor
                if kind == Kind.CAPTURE:
                    sold[key] = sold.get(key, 0) - minor
            is_open = order.chargebacks.filter(state=Chargeback.State.OPEN).exists()
            for key, part in sold.items():
                assert 0 <= held[key] <= part
                line_sold = sum(minor for other, minor in sold.items() if other[0] == key[0])
                line_held = sum(minor for other, minor in held.items() if other[0] == key[0])
                if not is_open and order.pk not in self.mixed:
                    assert abs(held[key] * line_sold - part * line_held) <= (self.count + 1) * line_sold


LINE = st.tuples(st.integers(1, 60_000), st.integers(0, 30), st.lists(st.integers(1, 9), max_size=3)).map(
    lambda line: (line[0], line[0] * line[1] // 130, line[2])
)
HAPPENINGS = (
    "refund_all refund_some refund_line ask_only give_waiting do_not_give come_back dispute win lose pay_out "
    "settle_payouts"
).split()
#: Explaining a failure takes minutes here, and says little.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
STEPS = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 1), st.integers(0, 100)), min_size=1, max_size=8)


@settings(max_examples=25, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(LINE, min_size=1, max_size=3), second=st.lists(LINE, min_size=1, max_size=2), steps=STEPS)
def test_whatever_happens_the_books_agree(
    first: list[tuple[int, int, list[int]]], second: list[tuple[int, int, list[int]]], steps: list[Any]
) -> None:
    with override_settings(EARNINGS_HOLD_DAYS=0, PAYOUT_MINIMUM={"XAF": 1}), transaction.atomic():
        school = School()
        school.sell(first)
        school.sell(second)
        for what, which, part in steps:
            school.happen(what, which, part)
            school.check()
        connection.check_constraints()
        transaction.set_rollback(True)


@settings(max_examples=25, phases=PHASES)
@given(
    lines=st.lists(LINE, min_size=1, max_size=3),
    parts=st.lists(st.integers(1, 40), max_size=6),
)
def test_refunds_of_all_of_it_in_any_pieces_leave_exactly_nothing(lines: list[Any], parts: list[int]) -> None:
    with transaction.atomic():
        school = School()
        school.sell(lines)
        order = school.orders[0]
        for part in parts:
            school.happen("refund_some", 0, part)
        school.happen("refund_all", 0, 0)
        for account in Account.values:
            left = ledger.balance(account, "XAF").minor
            assert left == 0, account
        order.refresh_from_db()
        assert order.state == Order.State.REFUNDED
        connection.check_constraints()
        transaction.set_rollback(True)


@settings(max_examples=25)
@given(lines=st.lists(LINE, min_size=1, max_size=3), percent=st.integers(1, 100))
def test_a_smaller_payment_is_split_to_the_unit(lines: list[Any], percent: int) -> None:
    with transaction.atomic():
        captured = max(1, sum(amount for amount, _tax, _weights in lines) * percent // 100)
        sell(lines, captured=captured)
        assert ledger.balance(Account.CLEARING, "XAF").minor == captured
        assert check_books() == []
        transaction.set_rollback(True)


# Rivals


@pytest.mark.django_db(transaction=True)
def test_rival_refunds_never_exceed_what_was_paid() -> None:
    order = sell([(10_000, 0, [1])])
    clerk = make_user(permissions=("commerce.change_refund",))

    def ask(number: int) -> Any:
        refund = request_refund(
            actor=clerk, order=order, amount=Money(4_000, "XAF"), idempotency_key=f"k{number}", by_hand=True
        )
        return settle_refund_by_hand(actor=clerk, refund=refund, receipt="R")

    results = race(5, ask)
    assert sum(isinstance(result, Refund) for result in results) == 2
    assert sum(isinstance(result, RefundAmountRefused) for result in results) == 3
    assert Payment.objects.get().refunded_minor == 8_000
    assert check_books() == []


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_key_are_one_refund() -> None:
    order = sell([(10_000, 0, [1])])
    clerk = make_user(permissions=("commerce.change_refund",))
    results = race(4, lambda _number: request_refund(actor=clerk, order=order, idempotency_key="one", by_hand=True).pk)
    assert len(set(results)) == 1
    assert Payment.objects.get().refunded_minor == 10_000


@pytest.mark.django_db(transaction=True)
def test_a_refund_and_a_dispute_at_once_take_it_once() -> None:
    order = sell([(10_000, 0, [1])])
    attempt = PaymentAttempt.objects.get(accepted_for__order=order)
    clerk = make_user(permissions=("commerce.change_refund",))

    def run(number: int) -> Any:
        if number:
            return open_chargeback(attempt, "dp_1")
        return request_refund(actor=clerk, order=order, idempotency_key="one", by_hand=True)

    refunded, disputed = race(2, run)
    assert isinstance(disputed, Chargeback)
    assert isinstance(refunded, Refund | NotRefundable)
    assert check_books() == []


def test_the_database_refuses_more_than_was_paid() -> None:
    sell([(10_000, 0, [1])])
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(refunded_minor=F("captured_minor") + 1)


# The check


def _break_captured(order: Order) -> None:
    Payment.objects.update(captured_minor=9_999)


def _break_refunded(order: Order) -> None:
    Payment.objects.update(refunded_minor=1)


def _break_refund(order: Order) -> None:
    attempt = order.payment.accepted_attempt
    Refund.objects.create(
        order=order,
        payment=order.payment,
        attempt=attempt,
        state="succeeded",
        currency="XAF",
        amount_minor=5,
        idempotency_key="x",
        is_surplus=True,
    )


def _break_orders(order: Order) -> None:
    Payment.objects.update(captured_minor=0, accepted_attempt=None)


def _break_state(order: Order) -> None:
    Order.objects.update(state="cancelled")


def _break_fulfilment(order: Order) -> None:
    Fulfilment.objects.all().delete()


def _break_lines(order: Order) -> None:
    OrderLine.objects.update(amount_minor=9_000)


def _break_surplus(order: Order) -> None:
    make_attempt(order, state="succeeded", is_surplus=True)


def _break_overdrawn(order: Order) -> None:
    author = CourseShare.objects.get().author
    detail = str(order.lines.get().pk)
    ledger.post(
        kind=Kind.CORRECTION,
        reference=uuid.uuid4(),
        currency="XAF",
        order=order,
        entries=[
            Entry(Account.INSTRUCTOR_PAYABLE, Money(9_999, "XAF"), author, order.lines.get().key, detail),
            Entry(Account.PLATFORM_REVENUE, Money(-9_999, "XAF")),
        ],
    )


def _break_chargeback(order: Order) -> None:
    open_chargeback(order.payment.accepted_attempt, "dp_1")
    Chargeback.objects.update(state="won")


def _break_payout(order: Order) -> None:
    school = School()
    author = CourseShare.objects.get().author
    PayoutAccount.objects.create(
        owner=author, currency="XAF", method="bank", provider="bank", country="CM", account_number="12345"
    )
    run = create_payout_run(actor=school.preparer, currency="XAF")
    run.payouts.update(state="approved")


@pytest.mark.parametrize(
    ("break_it", "codes"),
    [
        (_break_captured, {"captured"}),
        (_break_refunded, {"refunded"}),
        (_break_refund, {"refund"}),
        (_break_orders, {"captured", "given_unpaid"}),
        (_break_state, {"paid_not_given"}),
        (_break_fulfilment, {"no_fulfilment"}),
        (_break_lines, {"lines"}),
        (_break_surplus, {"surplus"}),
        (_break_overdrawn, {"overdrawn"}),
        (_break_chargeback, {"chargeback"}),
        (_break_payout, {"payout", "payouts_on_the_way"}),
    ],
)
def test_what_does_not_agree_is_named(
    break_it: Any, codes: set[str], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EARNINGS_HOLD_DAYS, settings.PAYOUT_MINIMUM = 0, {"XAF": 1}
    order = sell([(10_000, 0, [1])])
    assert check_books() == []
    call_command("check_books")
    break_it(Order.objects.select_related("payment__accepted_attempt").get(pk=order.pk))
    assert {fault.code for fault in check_books()} == codes
    with pytest.raises(CommandError, match="fault"):
        call_command("check_books")
    assert tasks.check_books() == len(codes)
    assert caplog.text.count("The books don't agree") == len(codes)


@pytest.mark.sqlite
def test_an_unbalanced_transaction_is_named() -> None:
    written = LedgerTransaction.objects.create(kind="correction", reference=uuid.uuid4(), currency="XAF")
    LedgerEntry.objects.bulk_create(
        [LedgerEntry(transaction=written, account="clearing", currency="XAF", amount_minor=7)]
    )
    assert [fault.code for fault in check_books()] == ["unbalanced"]


def test_the_check_asks_no_more_of_a_greater_school() -> None:
    counts = []
    for more in (1, 10):
        for _number in range(more):
            sell([(1_000, 0, [1])])
        with CaptureQueriesContext(connection) as queries:
            assert check_books() == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 2 * len(CHECKS)
