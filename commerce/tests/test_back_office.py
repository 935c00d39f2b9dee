"""The back office: who sees which list, what its buttons do, and how many queries a list costs."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.models import Certificate, Enrollment, ExchangeRate, Order, OrderLine
from commerce.tests.factories import NOON, grant, make_certificate, make_enrollment, make_price, make_user
from core import clock
from core.models import AuditEntry, OutboxEvent
from courses.tests.factories import make_course

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LISTS = ["enrollment", "order", "certificate", "exchangerate"]


def login(client, *permissions, **fields):
    user = make_user(permissions=("wagtailadmin.access_admin", *permissions), is_staff=True, **fields)
    client.force_login(user)
    return user


def list_url(name):
    return reverse(f"commerce_{name}_modeladmin_index")


def act_url(name, pk):
    return reverse(f"commerce_back_office:{name}", args=[pk])


@pytest.fixture
def enrollment():
    return make_enrollment(make_user("awa@example.com", name="Awa Ndiaye"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_for_those_who_may_see_its_rows(client, name):
    login(client)
    assert client.get(list_url(name)).status_code in (302, 403)
    other = LISTS[LISTS.index(name) - 1]
    login(client, f"commerce.view_{other}")
    assert client.get(list_url(name)).status_code in (302, 403)
    login(client, f"commerce.view_{name}")
    assert client.get(list_url(name)).status_code == 200


def test_lists_search_and_filter(client, enrollment):
    login(client, "commerce.view_enrollment", "commerce.view_certificate")
    make_enrollment(make_user("bola@example.com"), state=Enrollment.State.SUSPENDED)
    page = client.get(list_url("enrollment"), {"q": "awa@"}).content.decode()
    assert "Awa Ndiaye" in page
    assert "bola@example.com" not in page
    page = client.get(list_url("enrollment"), {"state__exact": "suspended"}).content.decode()
    assert "bola@example.com" in page
    assert "awa@example.com" not in page
    make_certificate(enrollment, number="7K3MQ9PXAB2CDEFG")
    page = client.get(list_url("certificate"), {"q": "7k3m-q9px-ab2c-defg"}).content.decode()
    assert "7K3M-Q9PX-AB2C-DEFG" in page


@pytest.mark.parametrize("name", LISTS)
def test_queries_of_a_list_are_flat(client, name):
    user = login(client, f"commerce.view_{name}")
    counts = []
    for target in (5, 25):
        while Enrollment.objects.count() < target:
            learner = make_user()
            order = Order.objects.create(learner=learner, currency="XAF", total_minor=0, placed_at=NOON)
            line = OrderLine.objects.create(order=order, key=user.public_id, title="T", amount_minor=0)
            enrollment = make_enrollment(learner, order_line=line)
            make_certificate(enrollment)
            make_price(enrollment.course_key)
            rate, day = Decimal(1600 + target), NOON.date()
            rows = ExchangeRate(base="EUR", quote="NGN", rate=rate, valid_from=day, source="manual", entered_by=learner)
            rows.save()
        client.get(list_url(name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(list_url(name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_support_suspends_resumes_and_cancels(client, enrollment):
    staff = login(client, "commerce.view_enrollment", "commerce.change_enrollment")
    assert act_url("suspend", enrollment.pk) in client.get(list_url("enrollment")).content.decode()
    for name, state in (("suspend", "suspended"), ("resume", "active"), ("cancel", "cancelled")):
        url = act_url(name, enrollment.pk)
        assert client.get(url).status_code == 200
        assert client.post(url, {"reason": "They asked."}).url == list_url("enrollment")
        enrollment.refresh_from_db()
        assert enrollment.state == state
    assert AuditEntry.objects.filter(actor=staff).count() == 3
    page = client.get(list_url("enrollment")).content.decode()
    assert act_url("suspend", enrollment.pk) not in page
    refused = client.post(act_url("resume", enrollment.pk), {"reason": ""})
    assert refused.status_code == 200
    assert "does not allow this" in refused.content.decode()


def test_granting_by_address(client):
    login(client, "commerce.view_enrollment", "commerce.add_enrollment")
    course, learner = make_course("Loops"), make_user("chidi@example.com")
    url = reverse("commerce_enrollment_modeladmin_create")
    assert "Grant enrolment" in client.get(list_url("enrollment")).content.decode()
    assert "Loops" in client.get(url).content.decode()
    unknown = client.post(url, {"learner": "nobody@example.com", "course_key": str(course.translation_key)})
    assert "Nobody with this address" in unknown.content.decode()
    posted = {"learner": "Chidi@example.com", "course_key": str(course.translation_key), "reason": "Scholarship"}
    assert client.post(url, posted).status_code == 302
    assert Enrollment.objects.get().learner == learner


def test_certificates_are_revoked_and_reissued(client, enrollment):
    login(client, "commerce.view_certificate", "commerce.change_certificate")
    certificate = make_certificate(enrollment)
    assert client.post(act_url("revoke", certificate.pk), {"reason": ""}).status_code == 200
    certificate.refresh_from_db()
    assert not certificate.is_revoked
    assert client.post(act_url("reissue", certificate.pk), {"learner_name": "Awa N'Diaye"}).status_code == 302
    new = Certificate.objects.get(replaces=certificate)
    assert new.learner_name == "Awa N'Diaye"
    assert client.post(act_url("revoke", new.pk), {"reason": "Not their own work."}).status_code == 302
    new.refresh_from_db()
    assert new.revocation_reason == "Not their own work."
    page = client.get(list_url("certificate")).content.decode()
    assert act_url("reissue", certificate.pk) not in page
    assert act_url("revoke", new.pk) not in page


def test_rates_are_entered_and_a_jump_is_confirmed(client):
    treasurer = login(client, "commerce.view_exchangerate", "commerce.add_exchangerate")
    url = reverse("commerce_exchangerate_modeladmin_create")
    posted = {"base": "EUR", "quote": "NGN", "rate": "1680.5", "valid_from": "2026-11-02"}
    with clock.frozen(NOON):
        assert "655.957" in client.get(url).content.decode()
        assert client.post(url, posted).url == list_url("exchangerate")
        far = client.post(url, {**posted, "rate": "168.05"})
        assert far.status_code == 200
        assert "far from the one before" in far.content.decode()
        assert 'value="168.05"' in far.content.decode()  # nothing typed is lost
        assert client.post(url, {**posted, "rate": "168.05", "is_confirmed": "on"}).status_code == 302
        fixed = client.post(url, {**posted, "quote": "XAF", "rate": "700"})
        assert "nobody can change it" in fixed.content.decode()
        assert fixed.status_code == 200
        for wrong in ({"rate": "0"}, {"rate": "-1"}, {"rate": "x"}, {"rate": "1.123456789"}, {"quote": "EUR"}):
            assert client.post(url, {**posted, **wrong}).status_code == 200
    found = ExchangeRate.objects.order_by("pk").values_list("rate", "entered_by", "source")
    assert list(found) == [
        (Decimal("1680.5"), treasurer.pk, "manual"),
        (Decimal("168.05"), treasurer.pk, "manual"),
    ]


def test_the_list_says_which_rate_is_in_use(client):
    login(client, "commerce.view_exchangerate")
    today = NOON.date()
    for quote, rate, days in (
        ("NGN", "1700.25", 1),
        ("NGN", "1680", 0),
        ("NGN", "1650", -1),
        ("USD", "1.1602", -40),
    ):
        day = today + timedelta(days=days)
        ExchangeRate.objects.create(base="EUR", quote=quote, rate=Decimal(rate), valid_from=day, source="example")
    with clock.frozen(NOON):
        html = client.get(list_url("exchangerate")).content.decode()
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in html.split("<tbody>")[1].split("<tr")[1:]]
    assert len(rows) == 4
    for row, pair, rate, use in zip(
        rows,
        ["1 EUR → NGN"] * 3 + ["1 EUR → USD"],
        ["1,700.25", "1,680.00", "1,650.00", "1.1602"],
        ["not yet", "in use", "replaced", "too old to be shown"],
        strict=True,
    ):
        assert pair in row
        assert rate in row
        assert use in row
    assert reverse("commerce_exchangerate_modeladmin_create") not in html


def test_without_the_right_nothing_happens(client, enrollment):
    certificate = make_certificate(enrollment)
    login(client, *(f"commerce.view_{name}" for name in LISTS))
    urls = [
        *(act_url(name, enrollment.pk) for name in ("suspend", "resume", "cancel")),
        *(act_url(name, certificate.pk) for name in ("revoke", "reissue")),
        reverse("commerce_enrollment_modeladmin_create"),
        reverse("commerce_exchangerate_modeladmin_create"),
    ]
    posted = {"reason": "No.", "learner_name": "X", "amount": "1", "currency": "XAF", "learner": "awa@example.com"}
    for url in urls:
        for response in (client.get(url), client.post(url, posted)):
            assert response.status_code in (302, 403)
            assert response.status_code == 403 or response.url == reverse("wagtailadmin_home")
    enrollment.refresh_from_db()
    certificate.refresh_from_db()
    assert (enrollment.state, certificate.is_revoked) == ("active", False)
    assert (OutboxEvent.objects.count(), AuditEntry.objects.count()) == (0, 0)
    for name in LISTS:
        page = client.get(list_url(name)).content.decode()
        assert "commerce-actions" not in page


def test_rows_are_edited_and_deleted_by_nobody(client, enrollment):
    user = login(client, is_superuser=True)
    grant(user)
    for verb in ("edit", "delete"):
        url = reverse(f"commerce_enrollment_modeladmin_{verb}", args=[enrollment.pk])
        assert client.get(url).status_code in (302, 403)
    assert client.get(reverse("commerce_enrollment_modeladmin_inspect", args=[enrollment.pk])).status_code == 200
