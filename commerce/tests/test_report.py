"""The report of payments: its figures, its page, its files, and how many questions it costs."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from commerce.models import OrderLineCourse
from commerce.reports import charts
from commerce.reports.payments import currencies_paid, payments_report
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order, make_refund
from core.clock import frozen
from core.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DAY = NOON.date()


def xaf(minor):
    return Money(minor, "XAF")


def report(since=DAY, until=DAY, currency="XAF"):
    return payments_report(currency=currency, since=since, until=until)


def test_figures_of_a_day():
    make_paid_order(prices=(20_000, 5_000), attempt={"fee_minor": 250})
    half = make_paid_order(prices=(10_000,), country="SN", provider="stripe", attempt={"fee_minor": 300})
    make_refund(half, 4_000, state_changed_at=NOON)
    make_refund(half, 1_000, state_changed_at=NOON, is_surplus=True)
    make_refund(half, 2_000, state_changed_at=NOON, state="pending")
    make_paid_order(currency="EUR", provider="stripe")
    make_order()
    found = report()
    assert (found.total.count, found.total.gross, found.total.refunded, found.total.net) == (
        2,
        xaf(35_000),
        xaf(4_000),
        xaf(31_000),
    )
    assert found.fees == xaf(550)
    assert [(row.key, row.count, row.net) for row in found.countries] == [("CM", 1, xaf(25_000)), ("SN", 1, xaf(6_000))]
    assert [(row.key, row.gross, row.fees) for row in found.providers] == [
        ("mtn", xaf(25_000), xaf(250)),
        ("stripe", xaf(10_000), xaf(300)),
    ]
    assert [(row.day, row.gross) for row in found.days] == [(DAY, xaf(35_000))]
    assert sorted((row.title, row.count, row.net_price.minor) for row in found.courses) == [
        ("Course 1", 1, 10_000),
        ("Course 1", 1, 20_000),
        ("Course 2", 1, 5_000),
    ]
    assert currencies_paid() == ["XAF", "EUR"]


def test_how_often_and_how_fast():
    for seconds in (20, 40, 60, 600):
        make_paid_order(paid_at=NOON + timedelta(seconds=seconds))
    for state in ("failed", "expired", "canceled"):
        make_attempt(make_order(), "mtn", state)
    make_attempt(make_order(), "mtn", "awaiting_customer")  # not ended: neither way
    make_attempt(make_order(), "mtn", "mismatch")
    (row,) = report().providers
    assert (row.tried, row.succeeded, row.median_seconds) == (7, 4, 40)


def test_a_provider_that_only_failed_is_there():
    make_attempt(make_order(), "airtel", "failed")
    (row,) = report().providers
    assert (row.key, row.count, row.tried, row.succeeded, row.median_seconds) == ("airtel", 0, 1, 0, None)


def test_days_are_the_schools(settings):
    settings.TIME_ZONE = "Africa/Douala"  # an hour before Greenwich
    late = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    make_paid_order(paid_at=late, attempt={"created_at": late})
    found = report(DAY - timedelta(days=1), DAY)
    assert [(row.day.day, row.gross.minor) for row in found.days] == [(1, 0), (2, 25_000)]
    assert report(DAY - timedelta(days=1), DAY - timedelta(days=1)).total.count == 0


def test_a_refund_counts_on_its_own_day():
    order = make_paid_order(paid_at=NOON - timedelta(days=40))
    make_refund(order, 5_000, state_changed_at=NOON)
    found = report()
    assert (found.total.count, found.total.gross, found.total.net) == (0, xaf(0), xaf(-5_000))


def test_beyond_fifty_courses_the_rest_is_one_row():
    make_paid_order(prices=tuple(range(1_000, 1_060)))
    rows = report().courses
    assert len(rows) == 51
    assert (rows[-1].key, rows[-1].count) == (None, 10)
    assert sum(row.net_price.minor for row in rows) == sum(range(1_000, 1_060))


def test_a_course_is_called_as_it_was_last_sold():
    first, second = make_paid_order(), make_paid_order()
    key = first.lines.get().key
    OrderLineCourse.objects.filter(line__order=second).update(course_key=key, title="New title")
    (row,) = report().courses
    assert (row.title, row.count) == ("New title", 2)


def test_questions_don_t_grow():
    counts = []
    for target in (10, 50):
        for number in range(target):
            order = make_paid_order(provider=("mtn", "stripe")[number % 2], paid_at=NOON - timedelta(days=number % 7))
            make_refund(order, 100, state_changed_at=NOON)
        with CaptureQueriesContext(connection) as captured:
            report(DAY - timedelta(days=30), DAY)
        counts.append(len(captured))
    assert counts[0] == counts[1] == 11


# The page


@pytest.fixture
def finance(client):
    client.force_login(make_user(permissions=("wagtailadmin.access_admin", "commerce.view_payment"), is_staff=True))
    with frozen(NOON):
        yield client


URL = "commerce_money:report"


def test_the_page_shows_the_last_thirty_days(finance):
    make_paid_order()
    make_paid_order(paid_at=NOON - timedelta(days=30))
    html = finance.get(reverse(URL)).content.decode()
    assert 'value="2026-10-04"' in html
    assert 'value="2026-11-02"' in html
    assert "25 000" in html.replace("\u202f", " ")
    assert html.count("<svg viewBox") == 4
    assert 'role="img" aria-label="What was paid by day"' in html
    assert "MTN MoMo" in html
    assert "Cameroon" in html


def test_an_empty_school_has_an_empty_report(finance):
    html = finance.get(reverse(URL)).content.decode()
    assert "Nothing was paid in this time." in html
    assert "<svg viewBox" not in html


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-11-03", "until": "2026-11-02"},
        {"since": "2020-01-01", "until": "2026-11-02"},
        {"since": "soon"},
        {"currency": "ZZZ"},
        {"currency": "EUR"},
    ],
)
def test_what_can_not_be_asked_is_said(finance, asked):
    make_paid_order()
    response = finance.get(reverse(URL), asked)
    assert response.status_code == 200
    assert "help-critical" in response.content.decode()


def test_the_same_figures_as_csv(finance):
    order = make_paid_order(currency="NGN", provider="paystack", prices=(150_050,), country="NG")
    OrderLineCourse.objects.filter(line__order=order).update(title="=1+1")
    response = finance.get(reverse(URL), {"export": "csv", "currency": "NGN"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="payments-NGN-2026-10-04-2026-11-02.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    (provider,) = [row for row in rows if row["section"] == "provider"]
    assert (provider["key"], provider["gross"], provider["tried"]) == ("paystack", "1500.50", "1")
    (course,) = [row for row in rows if row["section"] == "course"]
    assert course["title"] == "'=1+1"
    assert sum(row["section"] == "day" for row in rows) == 30


def test_the_same_figures_as_xlsx(finance):
    order = make_paid_order(currency="NGN", provider="paystack", prices=(150_050,))
    OrderLineCourse.objects.filter(line__order=order).update(title="=1+1")
    response = finance.get(reverse(URL), {"export": "xlsx", "currency": "NGN"})
    (sheet,) = load_workbook(io.BytesIO(response.content)).worksheets
    header, *rows = sheet.iter_rows()
    found = [{head.value: cell for head, cell in zip(header, row, strict=True)} for row in rows]
    (provider,) = [row for row in found if row["section"].value == "provider"]
    assert (provider["gross"].value, provider["gross"].data_type) == (1500.5, "n")
    (course,) = [row for row in found if row["section"].value == "course"]
    assert (course["title"].value, course["title"].data_type) == ("=1+1", "s")


def test_it_is_for_those_who_may_see_payments(client):
    for permissions in ((), ("commerce.view_order", "commerce.view_ledgertransaction")):
        user = make_user(permissions=("wagtailadmin.access_admin", *permissions), is_staff=True)
        client.force_login(user)
        for asked in ({}, {"export": "csv"}, {"export": "xlsx"}):
            response = client.get(reverse(URL), asked)
            assert response.status_code == 403 or response.url == reverse("wagtailadmin_home")


# Drawings


def test_bars_of_days_fit_into_the_drawing():
    days = range(1, 31)
    bars = [charts.Bar(date(2026, 11, day).isoformat(), day * 100, str(day), day * 10, f"{day} back") for day in days]
    drawn = charts.columns(bars, "Days & nights")
    assert "<title>2026-11-07: 7 back</title>" in drawn
    assert drawn.count('class="bar"') == drawn.count('class="bar-back"') == 30
    assert "Days &amp; nights" in drawn
    assert 'height="176"' in drawn  # the highest takes all the room
    assert charts.columns(bars, "Days", is_rtl=True).index("2026-11-30") != drawn.index("2026-11-30")


def test_nothing_to_draw_is_no_drawing():
    assert charts.columns([], "x") == charts.rows([], "x") == charts.rows([charts.Bar("a", 0, "0")], "x") == ""


def test_labels_are_escaped_and_cut():
    drawn = charts.rows([charts.Bar("<b>" + "x" * 40, 5, "<i>")], "By")
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "…" in drawn
