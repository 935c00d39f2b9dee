"""Statements of our bank: certain lines settle payments, the others wait for a person."""

from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.actions import import_statement as module
from commerce.actions.ignore_line import ignore_line
from commerce.actions.import_statement import MAX_BYTES, import_statement
from commerce.actions.match_line import assign, match_line
from commerce.actions.reopen_line import may_be_reopened, reopen_line
from commerce.errors import ExplanationRequired, LineFitsNothing, LineSettled, StatementKnown, StatementUnreadable
from commerce.models import PaymentAttempt, StatementImport, StatementLine
from commerce.providers.statements.lines import StatementError
from commerce.providers.statements.read import read_statement
from commerce.providers.statements.references import make_reference
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_attempt, make_order
from core.clock import frozen
from core.errors import NotAllowed
from core.models import AuditEntry, OutboxEvent
from core.tests.rivals import race

pytestmark = pytest.mark.django_db

PROFILE = {
    "account": "CM21 1000 2000 3000",
    "currency": "XAF",
    "booked_on": "Date",
    "text": "Libelle",
    "amount": "Montant",
    "payer": "Donneur",
    "bank_reference": "Ref",
    "date_format": "%d/%m/%Y",
}


@pytest.fixture(autouse=True)
def bank(settings, simulators):
    settings.BANK_CSV_PROFILES = {"ours": PROFILE}
    with frozen(NOON):
        yield


def rows(*lines, first=1):
    """A file; each line is text, amount and payer."""
    body = [
        f"02/11/2026;{text};{amount};{payer};R{number}" for number, (text, amount, payer) in enumerate(lines, first)
    ]
    return "\n".join(["Date;Libelle;Montant;Donneur;Ref", *body]).encode()


def transfer(amount=25_000, name="Awa Ndiaye", **fields):
    """An order that waits for a transfer, and its attempt."""
    order = make_order(make_user(name=name), prices=(amount,))
    attempt = make_attempt(order, "bank", provider_ref=None, **fields)
    attempt.provider_ref = make_reference(attempt.public_id)
    attempt.save()
    return attempt


def cashier():
    return make_user(permissions=("commerce.add_statementimport",))


def imported(content, actor=None, name="november.csv"):
    return import_statement(actor=actor or cashier(), name=name, content=content)


def lines():
    return list(StatementLine.objects.order_by("pk").values_list("state", "finding"))


def test_a_certain_line_pays_its_order():
    attempt, actor = transfer(), cashier()
    content = rows((f"VIR {attempt.provider_ref} merci", 25000, "NDIAYE AWA"), ("LOYER", -90000, "SCI"))
    stored = imported(content, actor, "C:\\bank\\november.csv")
    assert (stored.name, stored.format, stored.lines_read, stored.lines_new) == ("november.csv", "csv", 2, 2)
    attempt.refresh_from_db()
    order = attempt.order
    assert (attempt.state, attempt.paid_minor, order.payment.accepted_attempt) == ("succeeded", 25_000, attempt)
    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert lines() == [("matched", "exact"), ("ignored", "outgoing")]
    line = StatementLine.objects.earliest("pk")
    assert (line.attempt, line.decided_by, line.booked_on, line.counterparty) == (
        attempt,
        actor,
        NOON.date(),
        "NDIAYE AWA",
    )
    assert attempt.moves.get(after="succeeded").trigger == "statement"
    verbs = AuditEntry.objects.filter(actor=actor).values_list("verb", flat=True)
    assert sorted(verbs) == ["commerce.line_matched", "commerce.statement_imported"]
    assert OutboxEvent.objects.filter(name="commerce.OrderPaid").count() == 1


def test_the_same_file_is_told_kindly_and_an_overlapping_one_adds_what_is_new():
    attempt = transfer()
    first = rows((attempt.provider_ref, 25000, "A"))
    imported(first)
    with pytest.raises(StatementKnown) as known:
        imported(first, name="again.csv")
    assert known.value.field == "file"
    second = imported(rows((attempt.provider_ref, 25000, "A"), ("DON", 500, "B")))
    assert (second.lines_read, second.lines_new) == (2, 1)
    assert lines() == [("matched", "exact"), ("review", "no_reference")]
    attempt.refresh_from_db()
    assert len(attempt.data["lines"]) == 1
    assert StatementImport.objects.count() == 2


@pytest.mark.parametrize(
    ("amount", "finding"),
    [(24_000, "underpaid"), (26_000, "overpaid")],
)
def test_another_amount_waits_for_a_person_and_then_goes_its_way(amount, finding):
    attempt = transfer()
    imported(rows((attempt.provider_ref, amount, "A")))
    assert lines() == [("review", finding)]
    attempt.refresh_from_db()
    assert (attempt.state, attempt.data) == ("awaiting_customer", {})
    line = StatementLine.objects.get()
    assert line.data["candidates"] == [str(attempt.public_id)]
    match_line(actor=cashier(), line=line, attempt=attempt)
    attempt.refresh_from_db()
    assert (attempt.paid_minor, attempt.data["lines"][0]["minor"]) == (amount, amount)
    assert attempt.state == ("mismatch" if amount < 25_000 else "succeeded")
    assert lines() == [("matched", "by_hand")]


def test_two_lines_add_up():
    attempt = transfer()
    imported(rows((attempt.provider_ref, 20000, "A"), ("le reste", 5000, "A")))
    first, second = StatementLine.objects.order_by("pk")
    actor = cashier()
    match_line(actor=actor, line=first, attempt=attempt)
    attempt.refresh_from_db()
    assert attempt.state == "mismatch"
    match_line(actor=actor, line=second, attempt=attempt)
    attempt.refresh_from_db()
    assert (attempt.paid_minor, len(attempt.data["lines"])) == (25_000, 2)


def test_late_money_still_arrives():
    attempt = transfer(state="expired", created_at=NOON - timedelta(days=20), watch_until=NOON + timedelta(days=70))
    attempt.order.state = "cancelled"
    attempt.order.save()
    imported(rows((attempt.provider_ref, 25000, "A")))
    assert lines() == [("review", "expired")]
    match_line(actor=cashier(), line=StatementLine.objects.get(), attempt=attempt)
    attempt.refresh_from_db()
    assert attempt.state in ("succeeded", "mismatch")
    assert attempt.paid_minor == 25_000


def test_a_second_transfer_for_a_paid_order_waits():
    attempt = transfer()
    imported(rows((attempt.provider_ref, 25000, "A"), (f"{attempt.provider_ref} encore", 25000, "A")))
    assert lines() == [("matched", "exact"), ("review", "already_paid")]


def test_a_payer_with_the_right_amount_is_only_proposed():
    attempt = transfer(name="Awa Ndiaye")
    transfer(name="Bola Ade")
    imported(rows(("achat cours", 25000, "AWA NDIAYE")))
    assert lines() == [("review", "amount_and_payer")]
    assert StatementLine.objects.get().data["candidates"] == [str(attempt.public_id)]


@pytest.mark.parametrize("content", [b"", b"junk", b"<Document/>", b"<!DOCTYPE x>", b"Date;Libelle\n", b"\xff"])
def test_a_file_that_is_no_statement_is_refused(content):
    with pytest.raises(StatementUnreadable) as refused:
        imported(content)
    assert refused.value.field == "file"
    assert not StatementImport.objects.exists()


def test_a_mistake_is_named_with_its_place():
    with pytest.raises(StatementUnreadable) as refused:
        imported(rows(("x", "12.3.4", "A")))
    assert "Row or entry 2" in str(refused.value)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(StatementUnreadable) as refused:
        imported(b"a" * (MAX_BYTES + 1))
    assert refused.value.code == "statement_too_large"


def test_without_the_right_nothing_happens():
    attempt = transfer()
    imported(rows(("x", 500, "A"), (attempt.provider_ref, 26000, "A")))
    first, second = StatementLine.objects.order_by("pk")
    before = (AuditEntry.objects.count(), OutboxEvent.objects.count())
    for actor in (make_user(), make_user(permissions=("commerce.view_statementimport",)), None):
        with pytest.raises(NotAllowed):
            imported_by(actor)
        with pytest.raises(NotAllowed):
            match_line(actor=actor, line=second, attempt=attempt)
        with pytest.raises(NotAllowed):
            ignore_line(actor=actor, line=first, note="No.")
        with pytest.raises(NotAllowed):
            reopen_line(actor=actor, line=first)
    assert lines() == [("review", "no_reference"), ("review", "overpaid")]
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == before


def imported_by(actor):
    import_statement(actor=actor, name="x.csv", content=rows(("y", 1, "B")))


def test_a_line_is_left_aside_with_a_word_and_taken_up_again():
    actor = cashier()
    imported(rows(("DON", 500, "A")))
    line = StatementLine.objects.get()
    for wrong in ("", " ", "x" * 301):
        with pytest.raises(ExplanationRequired) as refused:
            ignore_line(actor=actor, line=line, note=wrong)
        assert refused.value.field == "note"
    ignore_line(actor=actor, line=line, note="A gift to the school")
    assert lines() == [("ignored", "not_ours")]
    with pytest.raises(LineSettled):
        ignore_line(actor=actor, line=line, note="Again")
    line.refresh_from_db()
    assert may_be_reopened(line)
    reopen_line(actor=actor, line=line)
    assert lines() == [("review", "no_reference")]
    with pytest.raises(LineSettled):
        reopen_line(actor=actor, line=line)


def test_a_settled_line_stays_where_it_is():
    attempt, actor = transfer(), cashier()
    imported(rows((attempt.provider_ref, 25000, "A")))
    line = StatementLine.objects.select_related("attempt").get()
    assert not may_be_reopened(line)
    for call in (
        lambda: reopen_line(actor=actor, line=line),
        lambda: match_line(actor=actor, line=line, attempt=transfer()),
        lambda: ignore_line(actor=actor, line=line, note="No."),
    ):
        with pytest.raises(LineSettled):
            call()
    attempt.refresh_from_db()
    assert len(attempt.data["lines"]) == 1


def test_a_match_that_has_settled_nothing_is_taken_back():
    """As when the process dies between matching and settling."""
    attempt, actor = transfer(), cashier()
    imported(rows(("x", 25000, "A")))
    line = StatementLine.objects.get()
    assert assign(line.pk, attempt, actor=actor, finding="by_hand")
    attempt.refresh_from_db()
    assert attempt.next_check_at == NOON
    line.refresh_from_db()
    reopen_line(actor=actor, line=line)
    attempt.refresh_from_db()
    assert (attempt.data["lines"], lines()) == ([], [("review", "reopened")])


def test_only_transfers_are_paid_by_lines():
    imported(rows(("x", 25000, "A")))
    other = make_attempt(make_order(), "mtn")
    with pytest.raises(LineFitsNothing):
        match_line(actor=cashier(), line=StatementLine.objects.get(), attempt=other)


def test_a_line_that_can_not_be_settled_keeps_no_other_back(monkeypatch):
    first, second = transfer(), transfer()
    settle = module.settle_assigned

    def fail_once(thing, *, actor):
        if thing == first:
            raise RuntimeError
        settle(thing, actor=actor)

    monkeypatch.setattr(module, "settle_assigned", fail_once)
    imported(rows((first.provider_ref, 25000, "A"), (second.provider_ref, 25000, "B")))
    second.refresh_from_db()
    assert second.state == "succeeded"
    # It is due at once, so that whoever asks next counts its money.
    first.refresh_from_db()
    assert (first.next_check_at, len(first.data["lines"])) == (NOON, 1)


def test_questions_don_t_grow_with_lines():
    counts = []
    actor = cashier()
    imported(rows(("before", 1, "A")), actor)
    for count in (10, 50):
        content = rows(*((f"{count} {number}", 100 + number, "A") for number in range(count)))
        with CaptureQueriesContext(connection) as captured:
            imported(content, actor)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_profile_whose_columns_a_file_has_reads_it(settings):
    other = {**PROFILE, "booked_on": "Value", "delimiter": ",", "decimal_separator": "."}
    settings.BANK_CSV_PROFILES = {"other": other, "ours": PROFILE}
    (statement,) = read_statement("x.txt", rows(("x", 500, "A")))
    assert statement.lines[0].amount.minor == 500
    with pytest.raises(StatementError) as refused:
        read_statement("x.csv", b"a,b\n1,2\n")
    assert refused.value.code == "unknown_format"


def test_a_table_where_no_bank_s_tables_are_described(settings):
    settings.BANK_CSV_PROFILES = {}
    with pytest.raises(StatementUnreadable, match="no bank's tables"):
        imported(b"a,b\n1,2\n")


def test_the_simulated_bank_s_statement_is_read(simulators):
    attempt = transfer()
    simulators.transfer(f"Cours {attempt.provider_ref}", "25000")
    content = httpx.get(f"{simulators.url}/bank/statement.xml").content
    stored = imported(content, name="statement.xml")
    assert stored.format == "camt053"
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rivals_import_a_file_once_and_pay_once():
    attempt, actor = transfer(), cashier()
    content = rows((attempt.provider_ref, 25000, "A"))

    def run(_number):
        return import_statement(actor=actor, name="x.csv", content=content)

    with frozen(NOON, all_threads=True):
        results = race(8, run)
    assert sum(isinstance(result, StatementImport) for result in results) == 1
    assert sum(isinstance(result, StatementKnown) for result in results) == 7
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == "succeeded"
    assert OutboxEvent.objects.filter(name="commerce.OrderPaid").count() == 1
