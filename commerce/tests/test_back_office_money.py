"""The money screens: who sees which list and sheet, what they say, and how many questions they cost."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.back_office.base import sheet_url
from commerce.models import (
    AttemptMove,
    Chargeback,
    CourseShare,
    CourseTerms,
    Discrepancy,
    Fulfilment,
    Invoice,
    LedgerTransaction,
    Order,
    PaymentAttempt,
    Payout,
    PayoutRun,
    ProviderEventRecord,
    ProviderExchange,
    ReconciliationRun,
    ReferralLink,
    Refund,
    StatementImport,
    StatementLine,
    Subscription,
    TransferProof,
)
from commerce.tests.factories import NOON, make_user
from commerce.tests.money_rows import make_everything
from core.clock import frozen

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

#: Models with a list, and the right to see it.
LISTS = {
    Order: "view_order",
    PaymentAttempt: "view_payment",
    ProviderEventRecord: "view_payment",
    Refund: "view_refund",
    Chargeback: "view_chargeback",
    StatementImport: "view_statementimport",
    StatementLine: "view_statementline",
    ReconciliationRun: "view_reconciliationrun",
    Discrepancy: "view_discrepancy",
    Invoice: "view_invoice",
    Subscription: "view_subscription",
    PayoutRun: "view_payoutrun",
    Payout: "view_payoutrun",
    LedgerTransaction: "view_ledgertransaction",
}
#: Lists without sheets.
PLAIN = {CourseShare: "view_courseshare", CourseTerms: "view_courseterms", ReferralLink: "view_courseshare"}
ALL_RIGHTS = tuple(f"commerce.{right}" for right in sorted({*LISTS.values(), *PLAIN.values(), "view_transferproof"}))
PAGES = {"queue": "view_refund", "balances": "view_ledgertransaction", "report": "view_payment"}


def login(client, *permissions):
    user = make_user(permissions=("wagtailadmin.access_admin", *permissions), is_staff=True)
    client.force_login(user)
    return user


def list_url(model):
    return reverse(f"commerce_{model._meta.model_name}_modeladmin_index")


def is_refused(response):
    return response.status_code == 403 or (response.status_code == 302 and response.url == reverse("wagtailadmin_home"))


@pytest.fixture(autouse=True)
def at_noon():
    with frozen(NOON):
        yield


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_lists_and_sheets_are_for_those_with_the_right(client, model):
    make_everything()
    row = model.objects.order_by("pk").first()
    others = [right for right in ALL_RIGHTS if right != f"commerce.{LISTS[model]}"]
    for permissions in ((), others):
        login(client, *permissions)
        for url in (list_url(model), sheet_url(row)):
            assert is_refused(client.get(url)), url
    login(client, f"commerce.{LISTS[model]}")
    for url in (list_url(model), sheet_url(row)):
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model._meta.model_name)
def test_plain_lists_are_for_those_with_the_right(client, model):
    make_everything()
    login(client, *(right for right in ALL_RIGHTS if right != f"commerce.{PLAIN[model]}"))
    assert is_refused(client.get(list_url(model)))
    login(client, f"commerce.{PLAIN[model]}")
    html = client.get(list_url(model)).content.decode()
    assert "commerce-actions" not in html
    assert "Bola" in html or "bola" in html or "25" in html


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_those_with_the_right(client, name):
    url = reverse(f"commerce_money:{name}")
    login(client)
    assert is_refused(client.get(url))
    login(client, f"commerce.{PAGES[name]}")
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.model_name)
def test_rows_are_added_edited_and_deleted_by_nobody_here(client, model):
    make_everything()
    row = model.objects.order_by("pk").first()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for verb in ("edit", "delete"):
        url = reverse(f"commerce_{model._meta.model_name}_modeladmin_{verb}", args=[row.pk])
        assert is_refused(client.get(url))
        assert is_refused(client.post(url, {}))
    assert model.objects.filter(pk=row.pk).exists()


def test_questions_of_lists_and_pages_don_t_grow(client):
    login(client, *ALL_RIGHTS)
    urls = [*map(list_url, [*LISTS, *PLAIN]), *(reverse(f"commerce_money:{name}") for name in PAGES)]
    counts = []
    for target in (10, 50):
        while Refund.objects.count() < target:
            make_everything()
        found = {}
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            found[url] = len(captured)
        counts.append(found)
    assert counts[0] == counts[1]


def test_the_sheet_of_a_payment_tells_everything(client):
    made = make_everything()
    attempt = made.attempt
    attempt.phone = "+237670000042"
    attempt.data = {"pay_token": "never-shown"}
    attempt.save()
    AttemptMove.objects.create(attempt=attempt, before="created", after="submitting", trigger="initiate")
    AttemptMove.objects.create(
        attempt=attempt, before="submitting", after="failed", trigger="poll", is_refused=True, note="not so"
    )
    ProviderExchange.objects.create(
        operation=attempt.public_id,
        provider="mtn",
        method="POST",
        url="https://mtn.example.com/pay",
        request={"amount": "25000", "pin": "***"},
        status=202,
        answer={"status": "<b>PENDING</b>"},
        milliseconds=120,
    )
    login(client, "commerce.view_payment", "commerce.view_order")
    html = client.get(sheet_url(attempt)).content.decode()
    for words in ("Being sent", "refused. not so", "POST https://mtn.example.com/pay · HTTP 202 · 120 ms", "sending"):
        assert words in html
    assert "&lt;b&gt;PENDING" in html
    assert "<b>PENDING" not in html
    assert "+237670000042" not in html
    assert "never-shown" not in html
    assert attempt.order.learner.email in html
    assert sheet_url(attempt.order) in html
    login(client, "commerce.view_payment")
    assert sheet_url(attempt.order) not in client.get(sheet_url(attempt)).content.decode()


def test_the_sheet_of_an_order_shows_what_the_person_may_see(client):
    made = make_everything()
    login(client, "commerce.view_order")
    html = client.get(sheet_url(made.order)).content.decode()
    assert "Course 1" in html
    for hidden in ("Attempts to pay", "Invoices and credit notes"):
        assert hidden not in html
    login(client, *ALL_RIGHTS)
    html = client.get(sheet_url(made.order)).content.decode()
    for shown in ("Attempts to pay", "Refunds", "Invoices and credit notes", made.invoice.number):
        assert shown in html
    assert "commerce-actions" not in html


@pytest.mark.parametrize(
    ("term", "finds"),
    [
        ("number", True),
        ("email", True),
        ("provider_ref", True),
        ("receipt", True),
        ("0042", True),
        ("70000042", True),
        ("0043", False),
        ("nobody@example.com", False),
    ],
)
def test_payments_are_found(client, term, finds):
    made = make_everything()
    attempt = made.attempt
    PaymentAttempt.objects.filter(pk=attempt.pk).update(phone="+237670000042", receipt="4711/A")
    attempt.refresh_from_db()
    given = {
        "number": attempt.order.number.lower(),
        "email": attempt.order.learner.email.upper(),
        "provider_ref": attempt.provider_ref,
        "receipt": "4711/a",
    }
    login(client, "commerce.view_payment")
    html = client.get(list_url(PaymentAttempt), {"q": given.get(term, term)}).content.decode()
    assert (sheet_url(attempt) in html) == finds


def test_lists_filter_by_provider(client):
    made = make_everything()
    login(client, "commerce.view_payment")
    assert sheet_url(made.attempt) in client.get(list_url(PaymentAttempt), {"provider": "mtn"}).content.decode()
    assert sheet_url(made.attempt) not in client.get(list_url(PaymentAttempt), {"provider": "stripe"}).content.decode()


def test_countries_and_formats_are_called_by_their_names(client):
    made = make_everything()
    PaymentAttempt.objects.filter(pk=made.attempt.pk).update(country="UG")
    login(client, *ALL_RIGHTS)
    assert "Cameroon" in client.get(sheet_url(made.order)).content.decode()
    assert "Uganda" in client.get(sheet_url(made.attempt)).content.decode()
    html = client.get(list_url(Order)).content.decode()
    assert "?country=CM" in html
    assert "Cameroon" in html
    assert sheet_url(made.order) in client.get(list_url(Order), {"country": "CM"}).content.decode()
    assert sheet_url(made.order) not in client.get(list_url(Order), {"country": "FR"}).content.decode()
    for form, name in (("camt053", "CAMT.053"), ("mt940", "MT940"), ("csv", "CSV")):
        StatementImport.objects.update(format=form)
        statement = StatementImport.objects.get()
        shown = client.get(sheet_url(statement)).content.decode().split("<main")[1]
        assert name in shown
        assert f">{form}<" not in shown.replace("\n", "").replace(" ", "")
        assert name in client.get(list_url(StatementImport), {"format": form}).content.decode()
    assert sheet_url(statement) not in client.get(list_url(StatementImport), {"format": "mt940"}).content.decode()


@pytest.mark.parametrize("model", [Order, PaymentAttempt, Refund, Invoice, Subscription])
def test_lists_are_handed_out(client, model):
    make_everything()
    login(client, *ALL_RIGHTS)
    response = client.get(list_url(model), {"export": "csv"})
    content = b"".join(response.streaming_content).decode()
    assert len(content.splitlines()) == 1 + model.objects.count()


def test_what_waits_is_counted_and_listed(client):
    made = make_everything()
    PaymentAttempt.objects.filter(pk=made.attempt.pk).update(state="mismatch", paid_minor=24_000, paid_currency="XAF")
    Refund.objects.filter(pk=made.refund.pk).update(state="requested")
    Fulfilment.objects.create(order=made.order, created_at=NOON.replace(hour=9), error="The course is gone.")
    login(client, *ALL_RIGHTS)
    html = client.get(reverse("commerce_money:queue")).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert "24 000 FCFA instead of 25 000 FCFA" in html
    assert "The course is gone." in html
    for row in (made.attempt, made.refund, made.order, made.chargeback, made.line, made.discrepancy):
        assert sheet_url(row) in html
    assert "matters of money to be looked at" in client.get(reverse("wagtailadmin_home")).content.decode()


def test_everybody_sees_their_own_queues_only(client):
    made = make_everything()
    login(client, "commerce.view_chargeback")
    html = client.get(reverse("commerce_money:queue")).content.decode()
    assert sheet_url(made.chargeback) in html
    assert sheet_url(made.line) not in html
    assert "Statement lines" not in html.split("<main")[1]
    login(client, "commerce.view_enrollment")
    assert "to be looked at" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_nothing_waits(client):
    login(client, *ALL_RIGHTS)
    assert "Nothing waits." in client.get(reverse("commerce_money:queue")).content.decode()


def test_an_invoice_is_handed_out_to_those_who_may_see_it(client):
    made = make_everything()
    url = reverse("commerce_back_office:invoice_pdf", args=[made.invoice.pk])
    login(client, "commerce.view_order")
    assert client.get(url).status_code == 404
    login(client, "commerce.view_invoice")
    response = client.get(url)
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF-")


def test_a_proof_is_shown_to_those_who_may_see_it_and_runs_nothing(client, settings, tmp_path):
    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = tmp_path
    attempt = make_everything().attempt
    picture = TransferProof(attempt=attempt, name="slip.png")
    picture.file.save("slip.png", ContentFile(b"\x89PNG"))
    page = TransferProof(attempt=attempt, name="slip.html")
    page.file.save("slip.html", ContentFile(b"<script>alert(1)</script>"))
    urls = [reverse("commerce_back_office:proof", args=[proof.pk]) for proof in (picture, page)]
    login(client, "commerce.view_payment")
    assert [is_refused(client.get(url)) for url in urls] == [True, True]
    login(client, "commerce.view_payment", "commerce.view_transferproof")
    shown, handed = (client.get(url) for url in urls)
    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/png", 'inline; filename="slip.png"')
    assert handed["Content-Type"] == "application/octet-stream"
    assert handed["Content-Disposition"] == 'attachment; filename="slip.html"'
    assert handed["X-Content-Type-Options"] == "nosniff"
    assert 'class="money-proof"' in client.get(sheet_url(attempt)).content.decode()


def test_balances_sum_to_nothing(client):
    make_everything()
    login(client, "commerce.view_ledgertransaction")
    html = client.get(reverse("commerce_money:balances")).content.decode()
    assert "Money at providers" in html
    assert "Owed to instructors" in html or "Revenue of the school" in html


def test_what_was_said_is_folded_up_as_json(client):
    made = make_everything()
    login(client, "commerce.view_payment")
    html = client.get(sheet_url(made.event)).content.decode()
    assert "<details" in html
    assert json.dumps(made.event.raw, indent=2).replace('"', "&quot;") in html
