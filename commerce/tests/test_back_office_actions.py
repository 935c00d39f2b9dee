"""Buttons of the money screens: each calls its action, asks first, and is for those with the right."""

import io
from datetime import timedelta

import pytest
from django.db.models import Model
from django.urls import reverse

from commerce.back_office.base import sheet_url
from commerce.bookkeeping import record_capture
from commerce.models import (
    CourseShare,
    CourseTerms,
    Fulfilment,
    Order,
    OrderLine,
    PayoutRun,
    ReconciliationRun,
    Refund,
    StatementImport,
    StatementLine,
)
from commerce.providers.statements.references import make_reference
from commerce.tests.factories import NOON, make_user
from commerce.tests.money_rows import make_everything
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order, make_refund
from core.clock import frozen
from core.models import AuditEntry, OutboxEvent
from courses.tests.factories import make_course

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def at_noon():
    with frozen(NOON) as time:
        yield time


def login(client, *permissions):
    names = ("wagtailadmin.access_admin", *(f"commerce.{permission}" for permission in permissions))
    user = make_user(permissions=names, is_staff=True)
    client.force_login(user)
    return user


def url(name, row=None):
    return reverse(f"commerce_back_office:{name}", args=[row.pk] if row is not None else [])


def is_refused(response):
    return response.status_code == 403 or (response.status_code == 302 and response.url == reverse("wagtailadmin_home"))


def do(client, name, row, leads_to=None, **data):
    """See the question, then act; the sheet comes back."""
    assert client.get(url(name, row)).status_code == 200
    response = client.post(url(name, row), data)
    assert response.status_code == 302, response.content.decode()[-3000:]
    assert response.url == (leads_to or sheet_url(row))
    row.refresh_from_db()


def refused_with(client, name, row, words, **data):
    response = client.post(url(name, row), data)
    assert response.status_code == 200
    assert words in response.content.decode().replace("&#x27;", "'")


# Orders


def test_an_order_is_cancelled(client):
    order = make_order()
    staff = login(client, "view_order", "change_order")
    assert url("cancel_order", order) in client.get(sheet_url(order)).content.decode()
    do(client, "cancel_order", order, reason="They asked.")
    assert order.state == "cancelled"
    assert AuditEntry.objects.get(verb="commerce.order_cancelled").actor == staff
    assert url("cancel_order", order) not in client.get(sheet_url(order)).content.decode()


def test_a_refund_is_asked_for_once(client):
    order = make_paid_order(prices=(20_000, 5_000))
    record_capture(order, order.payment.accepted_attempt)
    login(client, "view_order", "add_refund", "change_refund")
    page = client.get(url("request_refund", order)).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert "At most 25 000 FCFA" in page
    line = order.lines.get(title="Course 2")
    data = {"amount": "3000", "reason": "technical", "note": "x", "key": "k1"}
    refused_with(client, "request_refund", order, "fewer decimal digits", **{**data, "amount": "10.5"})
    for _time in range(2):
        do(client, "request_refund", order, **data)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.lines.count()) == (3_000, "technical", 0)
    refused_with(client, "request_refund", order, "", **{**data, "amount": "30000", "key": "k2"})
    assert Refund.objects.count() == 1
    do(client, "request_refund", order, lines=[line.pk], reason="other", key="k3", by_hand="on")
    other = Refund.objects.exclude(pk=refund.pk).get()
    assert (other.is_by_hand, list(other.lines.all())) == (True, [line])


def test_lines_of_another_order_are_no_choice(client):
    order, other = make_paid_order(), make_paid_order()
    login(client, "add_refund")
    data = {"lines": [OrderLine.objects.get(order=other).pk], "reason": "other", "key": "k"}
    assert client.post(url("request_refund", order), data).status_code == 200
    assert not Refund.objects.exists()


def test_what_is_paid_is_given_on_demand(client):
    course = make_course("Loops")
    order = make_paid_order()
    order.lines.update(key=course.translation_key, title="Loops")
    order.lines.get().courses.update(course_key=course.translation_key)
    Fulfilment.objects.create(order=order, attempt=order.payment.accepted_attempt, created_at=NOON)
    login(client, "view_order", "change_payment")
    html = client.get(sheet_url(order)).content.decode()
    assert "has not been given yet" in html
    assert url("retry_fulfilment", order) in html
    do(client, "retry_fulfilment", order)
    assert order.fulfilment.granted_at == NOON
    assert order.learner.enrollments.get().course_key == course.translation_key


# Payments


def test_a_payment_is_checked_and_cancelled(client, simulators):
    simulators.keep_time()
    order = make_order()
    attempt = make_attempt(order, "bank", provider_ref=None)
    attempt.provider_ref = make_reference(attempt.public_id)
    attempt.save()
    login(client, "view_payment", "change_payment")
    do(client, "recheck_attempt", attempt)
    assert (attempt.state, attempt.checked_at) == ("awaiting_customer", NOON)
    do(client, "cancel_attempt", attempt)
    assert attempt.state == "canceled"
    html = client.get(sheet_url(attempt)).content.decode()
    assert url("cancel_attempt", attempt) not in html
    assert url("recheck_attempt", attempt) in html


@pytest.mark.parametrize(("name", "state"), [("accept_mismatch", "succeeded"), ("refuse_mismatch", "refunded")])
def test_a_mismatch_is_resolved(client, name, state):
    order = make_order()
    attempt = make_attempt(order, "bank", "mismatch", paid_minor=24_000, paid_currency="XAF")
    staff = login(client, "view_payment", "change_payment")
    page = client.get(url(name, attempt)).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert name != "accept_mismatch" or "24 000 FCFA was paid" in page
    assert client.post(url(name, attempt), {"note": ""}).status_code == 200
    do(client, name, attempt, note="Bank charges")
    assert attempt.state == state
    assert attempt.moves.get(after=state).actor == staff


def test_a_failed_message_is_processed_again(client, simulators):
    made = make_everything()
    event = made.event
    login(client, "view_payment", "change_payment")
    do(client, "retry_provider_event", event)
    assert (event.state, event.error) != ("failed", "No answer")
    assert AuditEntry.objects.filter(verb="commerce.provider_event_retried").count() == 1
    refused_with(client, "retry_provider_event", event, "Only messages that failed")


# Refunds and disputes


def test_refunds_are_decided(client):
    login(client, "view_refund", "change_refund")
    first = make_refund(make_paid_order(), state="requested")
    second = make_refund(make_paid_order(), state="requested")
    do(client, "approve_refund", first, answer="Gladly.")
    assert first.state != "requested"
    do(client, "refuse_refund", second, answer="Too late.")
    assert (second.state, second.answer) == ("refused", "Too late.")


def test_refunds_are_given_by_hand(client):
    login(client, "view_refund", "change_refund")
    order = make_paid_order()
    refund = make_refund(order, 10_000, state="approved", is_by_hand=True)
    assert "note the receipt here" in client.get(sheet_url(refund)).content.decode()
    assert client.post(url("refund_given", refund), {"receipt": ""}).status_code == 200
    do(client, "refund_given", refund, receipt="4711")
    assert (refund.state, refund.receipt) == ("succeeded", "4711")
    other = make_refund(order, 10_000, state="approved", is_by_hand=True)
    do(client, "refund_not_given", other)
    assert (other.state, other.failure) == ("failed", "not_given")


def test_nobody_decides_about_their_own_money(client):
    staff = login(client, "view_refund", "change_refund", "view_chargeback", "change_chargeback")
    made = make_refund(make_paid_order(staff), state="requested")
    assert "commerce-actions" not in client.get(sheet_url(made)).content.decode()
    assert is_refused(client.post(url("approve_refund", made), {"answer": ""}))
    made.refresh_from_db()
    assert made.state == "requested"


@pytest.mark.parametrize(("name", "state"), [("chargeback_won", "won"), ("chargeback_lost", "lost")])
def test_disputes_are_decided_once(client, name, state):
    chargeback = make_everything().chargeback
    chargeback.attempt.state = "disputed"
    chargeback.attempt.save()
    login(client, "view_chargeback", "change_chargeback")
    do(client, name, chargeback)
    assert chargeback.state == state
    refused_with(client, name, chargeback, "The bank has decided about this already.")


# The bank


def upload(content, name="november.csv"):
    file = io.BytesIO(content)
    file.name = name
    return file


def test_a_statement_is_uploaded_matched_and_left_aside(client, settings, simulators):
    settings.BANK_CSV_PROFILES = {
        "ours": {
            "account": "CM21",
            "currency": "XAF",
            "booked_on": "Date",
            "text": "Text",
            "amount": "Amount",
            "date_format": "%d/%m/%Y",
        }
    }
    attempt = make_attempt(make_order(), "bank", provider_ref=None)
    attempt.provider_ref = make_reference(attempt.public_id)
    attempt.save()
    content = b"Date;Text;Amount\n02/11/2026;someone;25000\n02/11/2026;gift;500\n"
    login(client, "view_statementimport", "view_statementline", "add_statementimport", "view_payment")
    create = reverse("commerce_statementimport_modeladmin_create")
    assert "multipart/form-data" in client.get(create).content.decode()
    response = client.post(create, {"file": upload(content)})
    stored = StatementImport.objects.get()
    assert response.url == sheet_url(stored)
    assert "2 new lines; 2 wait to be looked at" in client.get(response.url).content.decode()
    again = client.post(create, {"file": upload(content)})
    assert "This file is here already" in again.content.decode()
    assert (
        "can't be read" in client.post(create, {"file": upload(b"PK\x03\x04")}).content.decode().replace("&#x27;", "'")
        or StatementImport.objects.count() == 1
    )
    assert client.post(create, {"file": upload(b"x" * 5_000_001)}).status_code == 200
    line, gift = StatementLine.objects.order_by("pk")
    page = client.get(sheet_url(line)).content.decode()
    assert attempt.order.number in page
    assert attempt.order.number in client.get(url("match_line", line)).content.decode()
    refused_with(client, "match_line", line, "name the order that was paid by bank transfer", other="B99999")
    refused_with(client, "match_line", line, "name the order that was paid by bank transfer")
    do(client, "match_line", line, other=attempt.order.number.lower())
    attempt.refresh_from_db()
    assert (line.state, line.attempt, attempt.state) == ("matched", attempt, "succeeded")
    assert "commerce-actions" not in client.get(sheet_url(line)).content.decode().split("<main")[1]
    do(client, "ignore_line", gift, note="A gift")
    assert (gift.state, gift.data["note"]) == ("ignored", "A gift")
    do(client, "reopen_line", gift)
    assert gift.state == "review"


def test_a_proposed_payment_is_chosen(client, simulators):
    attempt = make_attempt(make_order(), "bank")
    line = make_everything().line
    login(client, "view_statementline", "add_statementimport")
    do(client, "match_line", line, attempt=attempt.pk)
    assert line.attempt == attempt


# Reconciliation


def test_a_day_is_compared_and_a_difference_explained(client, simulators):
    simulators.keep_time()
    order = make_paid_order(currency="NGN", provider="paystack")
    staff = login(client, "view_reconciliationrun", "view_discrepancy", "change_discrepancy")
    create = reverse("commerce_reconciliationrun_modeladmin_create")
    assert "our_reference" in client.get(create).content.decode()
    response = client.post(create, {"provider": "paystack", "day": "2026-11-02"})
    run = ReconciliationRun.objects.get()
    assert response.url == sheet_url(run)
    row = run.discrepancies.get()
    html = client.get(sheet_url(run)).content.decode()
    assert sheet_url(row) in html
    assert order.number in html
    assert client.post(url("explain", row), {"explanation": ""}).status_code == 200
    do(client, "explain", row, explanation="A test payment")
    assert (row.explanation, row.resolved_by) == ("A test payment", staff)
    assert url("explain", row) not in client.get(sheet_url(row)).content.decode()


def test_a_portals_file_is_compared(client, simulators):
    make_paid_order(attempt={"receipt": "4711"})
    login(client, "view_reconciliationrun", "change_discrepancy")
    create = reverse("commerce_reconciliationrun_modeladmin_create")
    data = {"provider": "mtn", "day": "2026-11-02"}
    bad = client.post(create, {**data, "file": upload(b"a,b\n1,2\n")}).content.decode()
    assert "A column is missing" in bad
    good = b"reference,amount,currency,date\n4711,25000,XAF,2026-11-02\n"
    response = client.post(create, {**data, "file": upload(good)})
    assert response.url == sheet_url(ReconciliationRun.objects.get())
    assert "agrees" in client.get(response.url).content.decode()


# Subscriptions, payouts, shares


def test_a_subscription_is_cancelled(client):
    subscription = make_everything().subscription
    subscription.period_starts_at, subscription.period_ends_at = NOON, NOON + timedelta(days=30)
    subscription.save()
    login(client, "view_subscription", "change_subscription")
    do(client, "cancel_subscription", subscription, reason="They asked.")
    assert subscription.cancels_at_period_end
    do(client, "cancel_subscription", subscription, at_once="on")
    assert subscription.state == "ended"


def test_a_payout_run_needs_two_people(client):
    made = make_everything()
    run = made.payout_run
    maker = login(client, "view_payoutrun", "add_payoutrun", "change_payoutrun")
    PayoutRun.objects.filter(pk=run.pk).update(created_by=maker)
    html = client.get(sheet_url(run)).content.decode()
    assert url("approve_payout_run", run) not in html
    assert url("cancel_payout_run", run) in html
    run.refresh_from_db()
    assert is_refused(client.post(url("approve_payout_run", run)))
    run.refresh_from_db()
    assert run.state == "draft"
    login(client, "view_payoutrun", "change_payoutrun")
    assert url("approve_payout_run", run) in client.get(sheet_url(run)).content.decode()
    do(client, "approve_payout_run", run)
    assert run.state in ("approved", "done")
    response = client.get(url("payout_run_csv", run))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert AuditEntry.objects.filter(verb="commerce.payout_transfers_taken").count() == 1


def test_a_draft_of_payouts_is_cancelled(client):
    run = make_everything().payout_run
    login(client, "view_payoutrun", "change_payoutrun")
    do(client, "cancel_payout_run", run)
    assert run.state == "cancelled"


def test_an_empty_run_is_refused(client):
    login(client, "view_payoutrun", "add_payoutrun")
    create = reverse("commerce_payoutrun_modeladmin_create")
    assert client.get(create).status_code == 200
    assert client.post(create, {"currency": "KES"}).status_code == 200
    assert not PayoutRun.objects.exists()


def test_shares_of_a_course_are_set_together(client):
    course, awa, bola = make_course("Loops"), make_user("awa@example.com"), make_user("bola@example.com")
    login(client, "view_courseshare", "change_courseshare")
    create = reverse("commerce_courseshare_modeladmin_create")
    data = {"course_key": str(course.translation_key)}
    for wrong in ("awa@example.com", "nobody@example.com 1", "awa@example.com x", "awa@example.com 0"):
        assert client.post(create, {**data, "shares": wrong}).status_code == 200
    assert not CourseShare.objects.exists()
    assert client.post(create, {**data, "shares": "awa@example.com 2\n\nbola@example.com 1\n"}).status_code == 302
    assert list(CourseShare.objects.order_by("-weight").values_list("author", "weight")) == [(awa.pk, 2), (bola.pk, 1)]
    row = CourseShare.objects.earliest("pk")
    assert "awa@example.com 2" in client.get(url("shares", row)).content.decode()
    assert client.post(url("shares", row), {"shares": "bola@example.com 1"}).status_code == 302
    assert CourseShare.objects.get().author == bola
    assert "Loops" in client.get(reverse("commerce_courseshare_modeladmin_index")).content.decode()


def test_terms_of_a_course_are_set_and_removed(client):
    course = make_course("Loops")
    login(client, "view_courseterms", "change_courseterms")
    create = reverse("commerce_courseterms_modeladmin_create")
    data = {"course_key": str(course.translation_key), "platform_percent": "12.5"}
    assert client.post(create, {**data, "platform_percent": "101"}).status_code == 200
    assert client.post(create, data).status_code == 302
    terms = CourseTerms.objects.get()
    html = client.get(reverse("commerce_courseterms_modeladmin_index")).content.decode()
    assert "12.5" in html
    assert client.post(url("terms", terms), {"platform_percent": "20", "referred_percent": "5"}).status_code == 302
    terms.refresh_from_db()
    assert (terms.platform_percent, terms.referred_percent) == (20, 5)
    assert client.post(url("remove_terms", terms)).status_code == 302
    assert not CourseTerms.objects.exists()


# Without the right

#: Every button: whose row, and what is sent.
BUTTONS = {
    "cancel_order": ("order", {}),
    "retry_fulfilment": ("order", {}),
    "request_refund": ("order", {"reason": "other", "key": "k"}),
    "recheck_attempt": ("attempt", {}),
    "cancel_attempt": ("attempt", {}),
    "accept_mismatch": ("attempt", {"note": "x"}),
    "refuse_mismatch": ("attempt", {"note": "x"}),
    "retry_provider_event": ("event", {}),
    "approve_refund": ("refund", {}),
    "refuse_refund": ("refund", {}),
    "refund_given": ("refund", {"receipt": "x"}),
    "refund_not_given": ("refund", {}),
    "chargeback_won": ("chargeback", {}),
    "chargeback_lost": ("chargeback", {}),
    "match_line": ("line", {"other": "x"}),
    "ignore_line": ("line", {"note": "x"}),
    "reopen_line": ("line", {}),
    "explain": ("discrepancy", {"explanation": "x"}),
    "cancel_subscription": ("subscription", {}),
    "approve_payout_run": ("payout_run", {}),
    "cancel_payout_run": ("payout_run", {}),
    "payout_run_csv": ("payout_run", {}),
    "payout_paid": ("payout", {"receipt": "x"}),
    "payout_not_paid": ("payout", {}),
}
VIEWS = (
    "view_order", "view_payment", "view_refund", "view_chargeback", "view_statementimport", "view_statementline",
    "view_reconciliationrun", "view_discrepancy", "view_invoice", "view_subscription", "view_payoutrun",
    "view_ledgertransaction", "view_courseshare", "view_courseterms",
)  # fmt: skip
CREATE = ("statementimport", "reconciliationrun", "payoutrun", "courseshare", "courseterms")


def state_of(row: Model):
    row.refresh_from_db()
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_every_button_is_in_the_table():
    from commerce.back_office import money, shares

    names = {pattern.name for pattern in money.urlpatterns()} - {"proof", "invoice_pdf"}
    assert names == {*BUTTONS, *(pattern.name for pattern in shares.urlpatterns())}


def test_looking_is_not_acting(client):
    made = make_everything()
    login(client, *VIEWS)
    before = (AuditEntry.objects.count(), OutboxEvent.objects.count(), Order.objects.count(), Refund.objects.count())
    for name, (whose, data) in BUTTONS.items():
        row = getattr(made, whose)
        was = state_of(row)
        assert is_refused(client.get(url(name, row))), name
        assert is_refused(client.post(url(name, row), data)) or name == "payout_run_csv", name
        assert state_of(row) == was, name
    for name in CREATE:
        create = reverse(f"commerce_{name}_modeladmin_create")
        assert is_refused(client.get(create)), name
        assert is_refused(client.post(create, {"currency": "XAF"})), name
    for row in (CourseShare.objects.get(), CourseTerms.objects.get()):
        for name in ("shares",) if isinstance(row, CourseShare) else ("terms", "remove_terms"):
            assert is_refused(client.get(url(name, row)))
            assert is_refused(client.post(url(name, row), {"platform_percent": "1"}))
    after = (AuditEntry.objects.count(), OutboxEvent.objects.count(), Order.objects.count(), Refund.objects.count())
    assert after == before
    for row in (made.order, made.attempt, made.refund, made.line, made.discrepancy, made.payout_run, made.payout):
        assert "commerce-actions" not in client.get(sheet_url(row)).content.decode()
