"""Providers' books and ours: no difference is the rule, and every difference is found once."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.actions.reconcile import NOT_OFFERED, reconcile, reconcile_recent
from commerce.actions.reconcile_export import reconcile_export
from commerce.actions.resolve_discrepancy import resolve_discrepancy
from commerce.actions.settle_attempt import settle_attempt
from commerce.actions.submit_attempt import submit_attempt
from commerce.errors import DiscrepancyResolved, ExplanationRequired, ExportUnreadable, ProviderUnavailable
from commerce.models import Discrepancy, LedgerEntry, PaymentAttempt, ReconciliationRun
from commerce.providers.base import ProviderState, ProviderTransaction
from commerce.providers.statements.lines import StatementError
from commerce.providers.statements.provider_export import read_export
from commerce.reconciliation import compare, known_here
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order
from core.clock import frozen
from core.errors import NotAllowed
from core.models import AuditEntry, OutboxEvent
from core.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DAY = NOON.date()
#: Currency and country in which each imitated provider with a list is paid.
LISTED = {
    "stripe": ("EUR", "FR"),
    "paystack": ("NGN", "NG"),
    "flutterwave": ("XAF", "CM"),
    "btcpay": ("USD", ""),
}


@pytest.fixture
def at_noon(simulators):
    with frozen(NOON) as time:
        simulators.keep_time()
        yield time


def begin(simulators, code, amount=25_000):
    """An attempt that waits for its customer with the imitated provider."""
    currency, country = LISTED[code]
    order = make_order(prices=(amount,), currency=currency, country=country)
    attempt = make_attempt(order, code, "created", provider_ref=None, country=country)
    submit_attempt(attempt.pk)
    attempt.refresh_from_db()
    assert attempt.state == "awaiting_customer"
    return attempt


def pay(simulators, code, amount=25_000):
    """An attempt that was paid, and that we know of."""
    attempt = begin(simulators, code, amount)
    simulators.approve(code)
    settled = settle_attempt(attempt.public_id, trigger="poll")
    assert settled.state == "succeeded"
    return settled


def found(run):
    rows = run.discrepancies.order_by("pk")
    return [(row.kind, row.ours_minor, row.theirs_minor) for row in rows]


@pytest.mark.parametrize("code", LISTED)
def test_books_that_agree_have_no_difference(code, simulators, at_noon):
    pay(simulators, code)
    begin(simulators, code)  # waits still, which is nobody's difference
    at_noon.move(timedelta(days=1))
    run = reconcile(provider=code, day=DAY)
    assert (run.theirs, run.ours, run.error) == (1, 1, "")
    assert found(run) == []


@pytest.mark.parametrize("code", LISTED)
def test_a_payment_that_nobody_told_us_of_is_found_and_settled(code, simulators, at_noon):
    attempt = begin(simulators, code)
    simulators.approve(code)
    run = reconcile(provider=code, day=DAY)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.order.payment.accepted_attempt) == ("succeeded", attempt)
    assert (run.theirs, run.ours) == (1, 1)
    assert found(run) == []


@pytest.mark.parametrize("code", LISTED)
def test_a_payment_that_is_missing_here(code, simulators, at_noon, caplog):
    attempt = pay(simulators, code)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(provider="mtn")  # as if it were none of this provider's
    with caplog.at_level(logging.ERROR, logger="commerce"):
        run = reconcile(provider=code, day=DAY)
    assert found(run) == [("missing_here", None, 25_000)]
    assert "missing_here" in caplog.text
    told = OutboxEvent.objects.get(name="commerce.PaymentNeedsAttention").payload
    assert (told["kind"], told["provider"]) == ("reconciliation", code)
    # The same comparison finds the same difference, and tells nobody again.
    reconcile(provider=code, day=DAY)
    assert ReconciliationRun.objects.count() == Discrepancy.objects.count() == 1
    assert OutboxEvent.objects.filter(name="commerce.PaymentNeedsAttention").count() == 1
    # Once it is known again, the difference is gone, and it is put away.
    PaymentAttempt.objects.filter(pk=attempt.pk).update(provider=code)
    reconcile(provider=code, day=DAY)
    row = Discrepancy.objects.get()
    assert (row.resolved_by, bool(row.resolved_at), row.explanation) == (None, True, "Gone when it was compared again.")


@pytest.mark.parametrize("code", LISTED)
def test_a_payment_that_is_missing_there(code, simulators, at_noon):
    currency, _country = LISTED[code]
    order = make_paid_order(currency=currency, provider=code)
    run = reconcile(provider=code, day=DAY)
    assert (run.theirs, run.ours) == (0, 1)
    assert found(run) == [("missing_there", 25_000, None)]
    row = run.discrepancies.get()
    assert row.attempt == order.payment.accepted_attempt
    told = OutboxEvent.objects.get(name="commerce.PaymentNeedsAttention").payload
    assert (told["order_number"], told["kind"]) == (order.number, "reconciliation")


@pytest.mark.parametrize("code", LISTED)
def test_another_amount(code, simulators, at_noon):
    attempt = pay(simulators, code)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(paid_minor=24_000)
    assert found(reconcile(provider=code, day=DAY)) == [("amount", 24_000, 25_000)]


@pytest.mark.parametrize("code", ["stripe", "paystack", "flutterwave"])
def test_another_fee(code, simulators, at_noon):
    attempt = pay(simulators, code)
    fee = attempt.fee_minor
    assert fee > 0
    PaymentAttempt.objects.filter(pk=attempt.pk).update(fee_minor=fee + 1)
    assert found(reconcile(provider=code, day=DAY)) == [("fee", fee + 1, fee)]


@pytest.mark.parametrize("code", ["stripe", "paystack", "flutterwave"])
def test_a_fee_that_only_the_list_tells_is_booked(code, simulators, at_noon):
    order = make_paid_order(currency=LISTED[code][0], provider=code, attempt={"created_at": NOON})
    attempt = order.payment.accepted_attempt
    fee = Money(300, order.currency)
    line = ProviderTransaction(attempt.provider_ref, order.total, ProviderState.SUCCEEDED, NOON, fee=fee)
    simulators[code].reset()

    class Listed:
        def list_transactions(self, since, until):
            assert since < NOON < until
            return [line]

    from commerce.providers import registry

    adapters = registry._all().adapters
    adapters[code] = Listed()
    run = reconcile(provider=code, day=DAY)
    registry.reset()
    attempt.refresh_from_db()
    assert (attempt.fee_minor, found(run)) == (300, [])
    entries = LedgerEntry.objects.filter(transaction__reference=attempt.public_id, transaction__kind="fee")
    assert sorted(entries.values_list("account", "amount_minor")) == [("clearing", -300), ("provider_fees", 300)]


def test_underpaid_is_a_case_of_its_own_and_no_difference(simulators, at_noon):
    attempt = begin(simulators, "paystack")
    simulators.faults("paystack").wrong_amount = True
    simulators.approve("paystack")
    run = reconcile(provider="paystack", day=DAY)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.paid_minor) == ("mismatch", 24_900)
    assert found(run) == []


def test_a_provider_without_a_list_is_not_compared_and_says_so(simulators, at_noon):
    make_paid_order(provider="mtn")
    run = reconcile(provider="mtn", day=DAY)
    assert (run.error, run.ours) == (NOT_OFFERED, 1)
    assert found(run) == []


def test_a_provider_that_does_not_answer_is_noted_and_asked_again(simulators, at_noon):
    pay(simulators, "paystack")
    simulators.faults("paystack").http_500 = 10
    run = reconcile(provider="paystack", day=DAY)
    assert run.error
    assert found(run) == []
    simulators.faults("paystack").http_500 = 0
    assert reconcile(provider="paystack", day=DAY).error == ""
    assert ReconciliationRun.objects.count() == 1


def test_every_night_the_last_days_are_compared_with_every_provider(simulators, at_noon):
    pay(simulators, "paystack")
    at_noon.move(timedelta(days=2))
    runs = reconcile_recent()
    days = {run.day for run in runs if run.provider == "paystack"}
    assert days == {DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)}
    assert {run.provider for run in runs} >= {*LISTED, "mtn"}
    assert "bank" not in {run.provider for run in runs}
    assert [run.theirs for run in runs if run.provider == "paystack"] == [0, 1, 0]
    assert not Discrepancy.objects.exists()


def test_midnight_is_no_difference():
    """Begun on one day and paid on the next: listed by its beginning there, by its payment here."""
    began = datetime(2026, 11, 1, 23, 59, tzinfo=UTC)
    order = make_paid_order(currency="EUR", provider="stripe", paid_at=datetime(2026, 11, 2, 0, 1, tzinfo=UTC))
    attempt = order.payment.accepted_attempt
    line = ProviderTransaction(attempt.provider_ref, order.total, ProviderState.SUCCEEDED, began)
    for day, ours in ((began.date(), []), (DAY, [attempt])):
        assert compare([line], ours, known_here("stripe", [line]), day) == []


def test_comparing_asks_a_flat_number_of_questions(django_assert_num_queries):
    lines: list[Any] = []
    for count in (10, 50):
        while len(lines) < count:
            order = make_paid_order(currency="EUR", provider="stripe")
            attempt = order.payment.accepted_attempt
            lines.append(
                ProviderTransaction(
                    attempt.provider_ref, order.total, ProviderState.SUCCEEDED, NOON, str(attempt.public_id)
                )
            )
        with django_assert_num_queries(3):
            known = known_here("stripe", lines)
            assert compare(lines, [], known, DAY) == []


# Files of portals


def export(*rows, heading="reference,amount,currency,date,fee,status"):
    return "\n".join([heading, *rows]).encode()


def finance(**fields):
    return make_user(permissions=("commerce.change_discrepancy",), **fields)


def test_a_portals_file_is_compared(simulators):
    order = make_paid_order(provider="mtn", attempt={"receipt": "4711"})
    make_paid_order(provider="mtn")
    content = export(
        "4711,25000,XAF,2026-11-02T12:02:00,250,succeeded",
        "4713,1000,XAF,2026-11-02,,succeeded",
        "4714,9000,XAF,2026-11-02,,failed",
    )
    actor = finance()
    run = reconcile_export(actor=actor, provider="mtn", day=DAY, content=content)
    assert (run.theirs, run.ours, run.error) == (2, 2, "")
    assert found(run) == [("missing_here", None, 1_000), ("missing_there", 25_000, None)]
    order.payment.accepted_attempt.refresh_from_db()
    assert order.payment.accepted_attempt.fee_minor == 250
    assert AuditEntry.objects.get(verb="commerce.reconciled").actor == actor


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "missing_column", 1),
        (export(heading="reference,amount,currency"), "missing_column", 1),
        (export(heading="reference,amount,currency,date,date"), "missing_column", 1),
        (export("1,25 000,XAF,2026-11-02"), "bad_amount", 2),
        (export("1,10.50,XAF,2026-11-02"), "bad_amount", 2),
        (export("1,1e3,XAF,2026-11-02"), "bad_amount", 2),
        (export("1,-5,XAF,2026-11-02"), "bad_amount", 2),
        (export("1,5,ZZZ,2026-11-02"), "bad_amount", 2),
        (export("1,5,XAF,02/11/2026"), "bad_date", 2),
        (export("1,5,XAF,2026-11-02,,perhaps"), "bad_status", 2),
        (export(",5,XAF,2026-11-02"), "missing_column", 2),
        (b"\xff\xfe", "bad_encoding", None),
        (export("a\x00"), "not_csv", None),
        (b"a" * 5_000_001, "too_large", None),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(content, code, place):
    with pytest.raises(StatementError) as refused:
        read_export(content)
    assert (refused.value.code, refused.value.place) == (code, place)
    with pytest.raises(ExportUnreadable):
        reconcile_export(actor=finance(), provider="mtn", day=DAY, content=content)
    assert not ReconciliationRun.objects.exists()


def test_columns_in_any_order_and_semicolons():
    content = "\ufeffdate;currency;amount;reference;what\n2026-11-02T15:00:00+01:00;xaf;25000.0;4711;x\n".encode()
    (line,) = read_export(content)
    assert (line.provider_ref, line.amount, line.state) == ("4711", Money(25_000, "XAF"), "succeeded")
    assert line.happened_at == datetime(2026, 11, 2, 14, tzinfo=UTC)


def test_a_file_of_another_day_or_provider_is_refused():
    content = export("4711,25000,XAF,2026-11-03")
    with pytest.raises(ExportUnreadable) as refused:
        reconcile_export(actor=finance(), provider="mtn", day=DAY, content=content)
    assert (refused.value.code, refused.value.field) == ("export_other_day", "day")
    with pytest.raises(ProviderUnavailable):
        reconcile_export(actor=finance(), provider="nobody", day=DAY, content=content)


# Rights and explanations


def test_without_the_right_nothing_is_compared_or_explained(simulators):
    row = difference()
    for actor in (make_user(), make_user(permissions=("commerce.view_discrepancy",))):
        with pytest.raises(NotAllowed):
            reconcile(provider="stripe", day=DAY, actor=actor)
        with pytest.raises(NotAllowed):
            reconcile_export(actor=actor, provider="mtn", day=DAY, content=b"")
        with pytest.raises(NotAllowed):
            resolve_discrepancy(actor=actor, discrepancy=row, explanation="No.")
    row.refresh_from_db()
    assert (row.resolved_at, ReconciliationRun.objects.count(), AuditEntry.objects.count()) == (None, 1, 0)


def difference():
    run = ReconciliationRun.objects.create(provider="stripe", day=DAY)
    return run.discrepancies.create(kind="missing_here", provider_ref="pi_1", currency="EUR", theirs_minor=100)


def test_a_difference_is_explained_once():
    row, actor = difference(), finance()
    for wrong in ("", "  ", "x" * 301):
        with pytest.raises(ExplanationRequired):
            resolve_discrepancy(actor=actor, discrepancy=row, explanation=wrong)
    with frozen(NOON):
        resolve_discrepancy(actor=actor, discrepancy=row, explanation=" A  test payment ")
    row.refresh_from_db()
    assert (row.explanation, row.resolved_by, row.resolved_at) == ("A test payment", actor, NOON)
    with pytest.raises(DiscrepancyResolved):
        resolve_discrepancy(actor=actor, discrepancy=row, explanation="Again")
    assert AuditEntry.objects.get().facts == {"kind": "missing_here", "explanation": "A test payment"}
