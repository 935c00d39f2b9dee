"""Who earns what: shares, terms, links, subscriptions shared out, and what an instructor sees of it."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce import ledger
from commerce.actions.create_referral_link import create_referral_link, switch_referral_link
from commerce.actions.set_course_shares import set_course_shares
from commerce.actions.set_course_terms import set_course_terms
from commerce.actions.share_pool import share_due_periods, share_period
from commerce.bookkeeping import record_capture
from commerce.csv_tables import as_csv, plain_amount
from commerce.earnings import earnings_by_course, earnings_by_month, earnings_csv, earnings_of
from commerce.errors import ReferralCodeRefused, SharesRefused, TermsRefused
from commerce.ledger import Account
from commerce.models import (
    CourseShare,
    CourseTerms,
    Offer,
    Order,
    OrderLine,
    Plan,
    ReferralLink,
    Subscription,
    SubscriptionPeriod,
)
from commerce.referrals import referral_of
from commerce.returns import taken_from
from commerce.tests.factories import NOON, make_enrollment, make_user
from commerce.tests.paid_orders import make_paid_order
from core.clock import frozen
from core.errors import NotAllowed
from core.money import Money
from courses.models import CourseMember

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _terms(settings: Any) -> None:
    settings.PLATFORM_FEE_PERCENT, settings.REFERRAL_FEE_PERCENT, settings.EARNINGS_HOLD_DAYS = 30, 5, 30


def sell(author: Any, minor: int = 10_000, *, at: Any = NOON, key: uuid.UUID | None = None, **fields: Any) -> Order:
    """A course of ``author``'s, sold and booked."""
    order = make_paid_order(prices=(minor,), **fields)
    if key:
        order.lines.update(key=key)
        order.lines.get().courses.update(course_key=key)
    CourseMember.objects.get_or_create(course_key=order.lines.get().key, user=author, defaults={"role": "owner"})
    with frozen(at):
        record_capture(order, order.payment.accepted_attempt)
    return order


# What an instructor sees


def test_held_back_then_to_be_paid_out() -> None:
    kofi = make_user()
    sell(kofi)
    sell(kofi, 2_000, currency="EUR", country="FR", provider="stripe")
    with frozen(NOON + 29 * DAY):
        euros, francs = earnings_of(kofi)
        assert (euros.currency, euros.pending, euros.available) == ("EUR", Money(1_400, "EUR"), Money(0, "EUR"))
        assert (francs.pending, francs.available) == (Money(7_000, "XAF"), Money(0, "XAF"))
    with frozen(NOON + 31 * DAY):
        (francs,) = earnings_of(kofi, "XAF")
        assert (francs.pending, francs.available, francs.paid) == tuple(Money(m, "XAF") for m in (0, 7_000, 0))
        assert (francs.earned, francs.least) == (Money(7_000, "XAF"), Money(10_000, "XAF"))
    assert earnings_of(make_user()) == []


def test_by_month_and_by_course() -> None:
    kofi, key = make_user(), uuid.uuid4()
    sell(kofi, key=key)
    sell(kofi, key=key, at=NOON + 40 * DAY)
    sell(kofi, 1_000, at=NOON + 40 * DAY)
    months = [(row.month.isoformat(), row.amount.minor) for row in earnings_by_month(kofi)]
    assert months == [("2026-12-01", 7_700), ("2026-11-01", 7_000)]
    courses = [(row.course_key == key, row.title, row.amount.minor, row.sales) for row in earnings_by_course(kofi)]
    assert courses == [(True, "Course 1", 14_000, 2), (False, "Course 1", 700, 1)]


def test_everybody_sees_their_own() -> None:
    kofi, awa = make_user(), make_user()
    sell(kofi)
    for read in (earnings_of, earnings_by_month, earnings_by_course):
        assert read(kofi) != []
        assert read(kofi, actor=awa) == []
        assert read(awa) == []
    assert earnings_csv(kofi, actor=awa) == earnings_csv(awa)
    clerk = make_user(permissions=("commerce.view_ledgerentry",))
    assert earnings_of(kofi, actor=clerk) == earnings_of(kofi)
    kofi.is_active = False
    assert earnings_of(kofi) == []


def test_the_table_runs_nothing_and_names_nobody() -> None:
    kofi = make_user()
    order = sell(kofi)
    order.lines.get().courses.update(title='=HYPERLINK("http://evil.example")')
    ledger.post(
        kind="refund",
        reference=uuid.uuid4(),
        currency="XAF",
        order=order,
        entries=[
            ledger.Entry(Account.CLEARING, Money(-1_000, "XAF"), detail="mtn"),
            *taken_from(order, Money(1_000, "XAF")),
        ],
    )
    lines = earnings_csv(kofi).split("\r\n")
    assert lines[0] == "\ufeffDay,What,Course,Order,Amount,Currency,To be paid out from"
    course = '"\'=HYPERLINK(""http://evil.example"")"'
    assert lines[1] == f"2026-11-02,Payment,{course},{order.number},7000,XAF,2026-12-02"
    assert lines[2].endswith(f",Refund,{course},{order.number},-700,XAF,2026-12-02")
    assert order.learner.email not in "".join(lines)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|x"])
def test_text_that_looks_like_a_formula(text: str) -> None:
    assert as_csv(["a"], [[text]]).split("\r\n", 1)[1].lstrip('"').startswith("'")
    assert as_csv(["a"], [[-5], [plain_amount(Money(-5, "EUR"))]]) == "\ufeffa\r\n-5\r\n-0.05\r\n"


def test_how_many_queries_it_takes_does_not_grow() -> None:
    kofi = make_user()
    earnings_of(kofi)  # their rights are read once
    counts = []
    for more in (3, 12):
        for _number in range(more):
            sell(kofi)
        with CaptureQueriesContext(connection) as queries:
            earnings_of(kofi), earnings_by_month(kofi), earnings_by_course(kofi), earnings_csv(kofi)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Shares, terms, links


def test_owners_and_those_who_keep_the_books_say_who_shares() -> None:
    key, owner, kofi, awa = uuid.uuid4(), make_user(), make_user(), make_user()
    CourseMember.objects.create(course_key=key, user=owner, role="owner")
    CourseMember.objects.create(course_key=key, user=kofi, role="co_author")
    for nobody in (None, kofi, make_user()):
        with pytest.raises(NotAllowed):
            set_course_shares(actor=nobody, course_key=key, shares=[(kofi, 1)])
    assert not CourseShare.objects.exists()
    rows = set_course_shares(actor=owner, course_key=key, shares=[(kofi, 1), (awa, 3)])
    assert [(row.author, row.weight) for row in rows] == [(awa, 3), (kofi, 1)]
    clerk = make_user(permissions=("commerce.change_courseshare",))
    rows = set_course_shares(actor=clerk, course_key=key, shares=[(kofi, 2)])
    assert [(row.author, row.weight) for row in rows] == [(kofi, 2)]
    assert set_course_shares(actor=owner, course_key=key, shares=[]) == []


@pytest.mark.parametrize("weights", [[0], [-1], [True], [1.5], [1_000_001], [1, 1]])
def test_shares_that_are_none(weights: list[Any]) -> None:
    key, owner = uuid.uuid4(), make_user()
    CourseMember.objects.create(course_key=key, user=owner, role="owner")
    with pytest.raises(SharesRefused):
        set_course_shares(actor=owner, course_key=key, shares=[(owner, weight) for weight in weights])
    gone = make_user(is_active=False)
    with pytest.raises(SharesRefused):
        set_course_shares(actor=owner, course_key=key, shares=[(gone, 1)])
    assert not CourseShare.objects.exists()


def test_terms() -> None:
    key, clerk = uuid.uuid4(), make_user(permissions=("commerce.change_courseterms",))
    with pytest.raises(NotAllowed):
        set_course_terms(actor=make_user(), course_key=key, platform_percent=20)
    terms = set_course_terms(actor=clerk, course_key=key, platform_percent="12.5", referred_percent=3)
    assert terms is not None
    assert CourseTerms.objects.get().platform_percent == Decimal("12.50")
    for wrong in ("101", "-1", "12.345", "x", "NaN"):
        with pytest.raises(TermsRefused):
            set_course_terms(actor=clerk, course_key=key, platform_percent=wrong)
        with pytest.raises(TermsRefused) as refused:
            set_course_terms(actor=clerk, course_key=key, platform_percent=1, referred_percent=wrong)
        assert refused.value.field == "referred_percent"
    assert set_course_terms(actor=clerk, course_key=key, platform_percent=None) is None
    assert not CourseTerms.objects.exists()


def test_links() -> None:
    kofi = make_user(permissions=("courses.add_coursepage",))
    with pytest.raises(NotAllowed):
        create_referral_link(actor=make_user())
    link = create_referral_link(actor=kofi, label=" My  blog ", code="kofi-2026")
    assert (link.code, link.label) == ("KOFI2026", "My blog")
    assert len(create_referral_link(actor=kofi).code) == 8
    for wrong in ("KOFI2026", "abc", "a" * 33, "kofi!", "köfi"):
        with pytest.raises(ReferralCodeRefused):
            create_referral_link(actor=kofi, code=wrong)
    assert referral_of(" kofi-2026 ") == "KOFI2026"
    for wrong in ("", "nobody", "x" * 1000, "\x00", "köfi"):
        assert referral_of(wrong) == ""
    with pytest.raises(NotAllowed):
        switch_referral_link(actor=make_user(permissions=("courses.add_coursepage",)), link=link, is_active=False)
    switch_referral_link(actor=kofi, link=link, is_active=False)
    assert referral_of("KOFI2026") == ""
    assert ReferralLink.objects.count() == 2


# Subscriptions


def subscribe(minor: int = 1_001, **fields: Any) -> SubscriptionPeriod:
    """A paid period of thirty days from noon on."""
    order = make_paid_order(prices=(minor,), **fields)
    order.lines.update(kind=OrderLine.Kind.PLAN)
    with frozen(NOON):
        record_capture(order, order.payment.accepted_attempt)
    subscription = Subscription.objects.create(
        learner=order.learner, plan=make_plan(), state="active", currency="XAF", amount_minor=minor
    )
    return SubscriptionPeriod.objects.create(
        subscription=subscription, number=1, starts_at=NOON, ends_at=NOON + 30 * DAY, order=order, paid_at=NOON
    )


def make_plan() -> Plan:
    """A monthly plan."""
    return Plan.objects.create(offer=Offer.objects.create(kind=Offer.Kind.PLAN, key=uuid.uuid4()))


def take(period: SubscriptionPeriod, author: Any, **fields: Any) -> uuid.UUID:
    """A course that the subscriber took through it."""
    key = uuid.uuid4()
    CourseMember.objects.create(course_key=key, user=author, role="owner")
    subscription = period.subscription
    values = {"enrolled_at": NOON + DAY, "source": "subscription", **fields}
    make_enrollment(subscription.learner, key, subscription=subscription, **values)
    return key


def test_a_period_is_shared_among_the_courses_that_were_taken() -> None:
    period = subscribe()
    kofi, awa = make_user(), make_user()
    take(period, kofi)
    take(period, awa)
    take(period, make_user(), enrolled_at=NOON + 31 * DAY)
    take(period, make_user(), ends_at=NOON, enrolled_at=NOON - DAY, state="expired")
    with frozen(NOON + 29 * DAY):
        assert share_due_periods() == 0
    with frozen(NOON + 30 * DAY):
        assert share_due_periods() == 1
        assert share_due_periods() == 0
        assert share_period(period.pk) is False
    # 1,001 in two parts of 501 and 500, 70 per cent of each.
    parts = sorted(ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=who).minor for who in (kofi, awa))
    assert parts == [350, 351]
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(300, "XAF")
    assert ledger.owed(Account.SUBSCRIPTION_POOL, "XAF") == Money(0, "XAF")
    with frozen(NOON + 59 * DAY):
        (earned,) = earnings_of(kofi)
        assert earned.available == Money(0, "XAF")
    with frozen(NOON + 61 * DAY):
        (earned,) = earnings_of(kofi)
        assert earned.pending == Money(0, "XAF")
        assert [row.sales for row in earnings_by_course(kofi)] == [0]


def test_a_period_in_which_nothing_was_taken_is_the_schools() -> None:
    subscribe()
    with frozen(NOON + 31 * DAY):
        assert share_due_periods() == 1
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(1_001, "XAF")


def test_a_refund_after_sharing_is_taken_from_those_who_got_it() -> None:
    period = subscribe(1_000)
    kofi = make_user()
    take(period, kofi)
    with frozen(NOON + 31 * DAY):
        share_due_periods()
    assert period.order is not None
    taken = {entry.account: entry.amount.minor for entry in taken_from(period.order, Money(1_000, "XAF"))}
    assert taken == {"instructor_payable": 700, "platform_revenue": 300}


def test_only_what_was_not_refunded_is_shared() -> None:
    period = subscribe(1_000)
    order = period.order
    assert order is not None
    kofi = make_user()
    take(period, kofi)
    ledger.post(
        kind="refund",
        reference=uuid.uuid4(),
        currency="XAF",
        order=order,
        entries=[
            ledger.Entry(Account.CLEARING, Money(-400, "XAF"), detail="mtn"),
            *taken_from(order, Money(400, "XAF")),
        ],
    )
    with frozen(NOON + 31 * DAY):
        share_due_periods()
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=kofi) == Money(420, "XAF")
