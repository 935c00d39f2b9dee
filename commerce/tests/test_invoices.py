"""Invoices and credit notes: numbers without gaps, frozen facts, the PDF."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from pypdf import PdfReader

from commerce import policies
from commerce.actions.issue_credit_note import issue_credit_note
from commerce.actions.issue_invoice import issue_invoice
from commerce.events import OrderPaid, RefundSucceeded
from commerce.invoices import invoices_of, locked_series, next_number, pdf_of, render_html
from commerce.models import Invoice, NumberSeries, Order
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import TVA, make_order, make_paid_order, make_refund
from core import outbox
from core.clock import frozen
from core.dispatch import dispatch
from core.models import OutboxEvent
from core.models.append_only import AppendOnlyError
from core.money import Money
from core.tests.rivals import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def seller(settings):
    settings.SELLER_NAME = "Baobab École"
    settings.SELLER_ADDRESS = "12, rue des Palmiers\nDouala"
    settings.SELLER_TAX_NUMBER = "P0123456789"


def paid(**fields):
    """An order of 25,000 francs with a discount, tax inside, paid by MTN."""
    learner = make_user(name="Awa Ndiaye")
    values = {
        "discount_minor": 5_000,
        "tax_minor": 4_036,
        "total_minor": 25_000,
        "tax": TVA,
        "billing": {"name": "Awa Ndiaye", "company": "Ndiaye & Filles", "address": "BP 12\nYaoundé"},
        **fields,
    }
    return make_paid_order(learner, (20_000, 10_000), attempt={"receipt": "4711"}, **values)


def words(invoice):
    """What the PDF says, with plain spaces and without direction marks."""
    pages = PdfReader(io.BytesIO(pdf_of(invoice))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_invoice_says_who_sold_what_to_whom():
    order = paid()
    with frozen(NOON):
        invoice = issue_invoice(order)
    assert (invoice.number, invoice.series, invoice.serial) == ("INV-2026-000001", "INV-2026", 1)
    assert (invoice.total, invoice.tax_minor, invoice.kind) == (Money(25_000, "XAF"), 4_036, "invoice")
    facts = invoice.facts
    assert facts["seller"] == {
        "name": "Baobab École",
        "address": "12, rue des Palmiers\nDouala",
        "tax_number": "P0123456789",
    }
    assert facts["buyer"]["company"] == "Ndiaye & Filles"
    assert [line["price"] for line in facts["lines"]] == [20_000, 10_000]
    assert (facts["subtotal"], facts["discount"], facts["tax"], facts["total"]) == (30_000, 5_000, 4_036, 25_000)
    assert facts["tax_rate"] == TVA
    assert facts["paid"] == {"provider": "mtn", "receipt": "4711", "on": "2026-11-02"}
    assert facts["order"] == order.number
    event = OutboxEvent.objects.get(name="commerce.InvoiceIssued").payload
    assert (event["number"], event["kind"], event["titles"]) == ("INV-2026-000001", "invoice", ["Course 1", "Course 2"])


def test_it_is_written_once_and_never_changed(settings):
    order = paid()
    first = issue_invoice(order)
    settings.SELLER_NAME = "Somebody else"
    order.billing = {"name": "Somebody else"}
    order.save()
    assert issue_invoice(order) == first
    assert Invoice.objects.get().facts["seller"]["name"] == "Baobab École"
    assert OutboxEvent.objects.filter(name="commerce.InvoiceIssued").count() == 1
    with pytest.raises(AppendOnlyError):
        first.save()
    with pytest.raises(AppendOnlyError):
        first.delete()


def test_nothing_owed_or_not_paid_is_no_invoice():
    assert issue_invoice(make_order(prices=(0,), state="fulfilled", paid_at=NOON)) is None
    assert issue_invoice(make_order()) is None
    assert not NumberSeries.objects.exists()


def test_each_year_and_kind_has_its_series():
    orders = [make_paid_order() for _number in range(3)]
    with frozen(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)):
        issue_invoice(orders[0])
    with frozen(datetime(2027, 1, 1, tzinfo=UTC)):
        issue_invoice(orders[1])
        issue_credit_note(make_refund(orders[0]))
        issue_invoice(orders[2])
    numbers = Invoice.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["INV-2026-000001", "INV-2027-000001", "CN-2027-000001", "INV-2027-000002"]


def test_the_year_is_the_schools(settings):
    settings.TIME_ZONE = "Africa/Douala"
    order = make_paid_order()
    with frozen(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        invoice = issue_invoice(order)
    assert (invoice.number, invoice.facts["dated"]) == ("INV-2027-000001", "2027-01-01")


def test_a_transaction_that_comes_to_nothing_gives_its_number_back():
    orders = [make_paid_order() for _number in range(2)]

    def fail():
        with transaction.atomic():
            issue_invoice(orders[0])
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert issue_invoice(orders[1]).serial == 1
    assert issue_invoice(orders[0]).serial == 2
    assert OutboxEvent.objects.filter(name="commerce.InvoiceIssued").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_number_is_taken_inside_a_transaction():
    with pytest.raises(RuntimeError):
        locked_series("INV-2026")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fifty_rivals_leave_no_gap():
    orders = [make_paid_order().pk for _number in range(50)]

    def run(number):
        order = Order.objects.select_related("learner").get(pk=orders[number])
        with transaction.atomic():
            issue_invoice(order)
            if number % 5 == 0:
                raise LookupError  # something else in the transaction fails
        # A handler may run twice.
        return issue_invoice(order).serial

    with frozen(NOON):
        results = race(50, run)
    assert sum(isinstance(result, LookupError) for result in results) == 10
    assert sorted(result for result in results if isinstance(result, int)) == list(range(1, 41))
    assert NumberSeries.objects.get().last_number == 40
    assert sorted(Invoice.objects.values_list("serial", flat=True)) == list(range(1, 41))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rivals_for_one_order_write_one():
    pk = make_paid_order().pk
    with frozen(NOON):
        results = race(20, lambda _number: issue_invoice(Order.objects.get(pk=pk)).number)
    assert set(results) == {"INV-2026-000001"}
    assert NumberSeries.objects.get().last_number == 1


def test_a_credit_note_takes_back_line_by_line():
    order = paid()
    order.lines.filter(title="Course 1").update(amount_minor=16_667)
    order.lines.filter(title="Course 2").update(amount_minor=8_333)
    invoice = issue_invoice(order)
    refund = make_refund(order, 8_333)
    refund.lines.set(order.lines.filter(title="Course 2"))
    note = issue_credit_note(refund)
    assert note.facts["lines"] == [{"title": "Course 2", "amount": -8_333, "gift_for": ""}]
    assert (note.total_minor, note.facts["invoice"]) == (-8_333, invoice.number)
    rest = make_refund(order, 16_667)
    second = issue_credit_note(rest)
    assert sum(line["amount"] for line in second.facts["lines"]) == second.total_minor == -16_667
    # The parts of the tax add up to the order's, to the last unit.
    assert note.tax_minor == -1_345  # 4,036 × 8,333 / 25,000 = 1,345.3
    assert note.tax_minor + second.tax_minor == -order.tax_minor
    assert issue_credit_note(rest) == second
    assert Invoice.objects.filter(kind="credit_note").count() == 2


def test_a_credit_note_of_an_amount_is_spread_over_the_lines():
    order = make_paid_order(prices=(10_000, 5_000, 5_000))
    note = issue_credit_note(make_refund(order, 3_333))
    assert [line["amount"] for line in note.facts["lines"]] == [-1_667, -833, -833]
    assert (note.total_minor, note.tax_minor) == (-3_333, 0)


def test_the_invoice_comes_before_the_credit_note_whatever_the_order_of_events():
    note = issue_credit_note(make_refund(make_paid_order()))
    assert list(Invoice.objects.order_by("pk").values_list("kind", flat=True)) == ["invoice", "credit_note"]
    assert note.facts["invoice"] == Invoice.objects.get(kind="invoice").number


def test_money_that_came_back_and_went_out_again_is_credited_once():
    order = make_paid_order()
    first = make_refund(order)
    note = issue_credit_note(first)
    order.payment.refunded_minor = 0
    again = make_refund(order, is_by_hand=True)
    first.state, first.data = "failed", {"again": str(again.public_id)}
    first.save()
    assert issue_credit_note(again) == note
    assert Invoice.objects.filter(kind="credit_note").count() == 1


@pytest.mark.parametrize("fields", [{"is_surplus": True}, {"state": "pending"}, {"state": "failed"}])
def test_no_credit_note_for_what_no_invoice_said_or_what_did_not_go_back(fields):
    assert issue_credit_note(make_refund(make_paid_order(), **fields)) is None
    assert not Invoice.objects.exists()


def test_events_of_payments_and_refunds_lead_to_documents():
    order = make_paid_order()
    refund = make_refund(order)
    told = {
        "order_key": order.public_id,
        "learner_key": order.learner.public_id,
        "order_number": order.number,
        "amount": order.total,
        "titles": ("Course 1",),
        "language": "en",
    }
    with transaction.atomic():
        for _time in range(2):
            outbox.publish(OrderPaid(**told))
            outbox.publish(RefundSucceeded(**told, refund_key=refund.public_id, refund_amount=refund.amount))
    dispatch()
    assert sorted(Invoice.objects.values_list("kind", flat=True)) == ["credit_note", "invoice"]


@pytest.mark.parametrize(
    ("language", "amounts"),
    [
        ("en", ["20 000 FCFA", "-5 000 FCFA", "25 000 FCFA", "4 036 FCFA"]),
        ("fr", ["20 000 FCFA", "-5 000 FCFA", "25 000 FCFA", "4 036 FCFA"]),
        ("ar", ["20,000", "5,000", "25,000", "4,036"]),
    ],
)
def test_the_pdf_says_the_amounts_in_its_language(language, amounts):
    invoice = issue_invoice(paid(language=language))
    html = render_html(invoice)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    said = words(invoice)
    for amount in amounts:
        assert amount in said
    assert invoice.number in said
    assert "4711" in said
    assert "Ndiaye" in said


def test_amounts_with_digits_after_the_point():
    order = make_paid_order(make_user(), (1_099,), "EUR", provider="stripe", language="fr")
    assert "10,99 €" in words(issue_invoice(order))


def test_tax_on_top_stands_between_prices_and_total():
    tax = {"name": "VAT", "percent": "7.5", "is_inclusive": False}
    order = make_paid_order(prices=(10_000,), tax=tax, tax_minor=750, total_minor=10_750)
    said = words(issue_invoice(order))
    assert said.index("10 000 FCFA") < said.index("VAT 7.5 % 750 FCFA") < said.index("10 750 FCFA")


def test_the_pdf_is_the_same_whenever_it_is_asked_for():
    invoice = issue_invoice(paid())
    first = pdf_of(invoice)
    with frozen(NOON + timedelta(days=400)):
        assert pdf_of(Invoice.objects.get()) == first
    assert first.startswith(b"%PDF-")
    assert len(first) < 150_000


def test_a_credit_note_is_drawn_with_negative_amounts():
    said = words(issue_credit_note(make_refund(paid(), 25_000)))
    assert "CN-" in said
    assert "-25 000 FCFA" in said
    assert "Takes back invoice INV-" in said


def test_texts_of_people_are_escaped_and_fetch_nothing():
    order = make_paid_order(billing={"name": '<img src="https://example.com/x.png">', "address": "<b>"})
    html = render_html(issue_invoice(order))
    assert "&lt;img" in html
    assert "<b>" not in html
    assert pdf_of(Invoice.objects.get()).startswith(b"%PDF-")


def test_a_hundred_lines_go_on_several_pages():
    order = make_paid_order(prices=tuple(range(100, 200)))
    reader = PdfReader(io.BytesIO(pdf_of(issue_invoice(order))))
    assert len(reader.pages) > 1
    assert "Course 100" in reader.pages[-1].extract_text() + reader.pages[-2].extract_text()


def test_own_documents_or_the_right():
    order = make_paid_order()
    invoice = issue_invoice(order)
    other, finance = make_user(), make_user(permissions=("commerce.view_invoice",))
    assert [policies.view_invoice.allows(user, invoice) for user in (order.learner, finance)] == [True, True]
    assert [policies.view_invoice.allows(user, invoice) for user in (other, AnonymousUser(), None)] == [False] * 3
    assert list(invoices_of(order.learner)) == [invoice]
    assert list(invoices_of(other)) == []


def test_serials_beyond_six_digits_go_on():
    NumberSeries.objects.create(code="X-2026", last_number=999_999)
    with transaction.atomic():
        assert next_number(locked_series("X-2026")) == (1_000_000, "X-2026-1000000")
