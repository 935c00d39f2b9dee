"""What payments mean for the books: who is credited with what, to the unit, and once."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from commerce import bookkeeping, ledger
from commerce.ledger import Account, Entry, Kind, Unbalanced, post
from commerce.models import CourseShare, CourseTerms, LedgerEntry, LedgerTransaction, Order, OrderLine, ReferralLink
from commerce.splits import Terms, split
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_attempt, make_paid_order
from core.clock import frozen
from core.money import Money
from courses.models import CourseMember

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terms(settings: Any) -> None:
    settings.PLATFORM_FEE_PERCENT, settings.REFERRAL_FEE_PERCENT, settings.EARNINGS_HOLD_DAYS = 30, 5, 30


def _capture(order: Order) -> LedgerTransaction | None:
    attempt = order.payment.accepted_attempt
    assert attempt is not None
    with frozen(NOON):
        return bookkeeping.record_capture(order, attempt)


def _entries(kind: str = Kind.CAPTURE) -> list[tuple[Any, ...]]:
    rows = LedgerEntry.objects.filter(transaction__kind=kind).order_by("pk")
    return list(rows.values_list("account", "amount_minor", "party", "course_key"))


def _author(order: Order, line: int = 0, **fields: Any) -> Any:
    author = make_user()
    key = order.lines.order_by("pk")[line].key
    CourseMember.objects.create(course_key=key, user=author, **{"role": CourseMember.Role.OWNER, **fields})
    return author


def test_a_course_with_an_owner_and_tax_inside() -> None:
    order = make_paid_order(prices=(10_000,), tax_minor=1925)
    line = order.lines.get()
    OrderLine.objects.filter(pk=line.pk).update(tax_minor=1925)
    line.courses.update(net_minor=8075)
    author = _author(order)
    written = _capture(order)
    assert written is not None
    assert (written.order, written.reference, written.happened_at) == (
        order,
        order.payment.accepted_attempt.public_id,
        NOON,
    )
    # 70 per cent of 8,075 are 5,652.5: the odd unit is the author's.
    assert _entries() == [
        ("clearing", 10_000, None, None),
        ("tax_payable", -1925, None, None),
        ("instructor_payable", -5653, author.pk, line.key),
        ("platform_revenue", -2422, None, line.key),
    ]
    held = LedgerEntry.objects.get(account="instructor_payable")
    assert held.available_at == NOON + timedelta(days=30)
    assert LedgerEntry.objects.get(account="clearing").detail == "mtn"
    assert held.detail == str(line.pk)


def test_a_payment_is_booked_once() -> None:
    order = make_paid_order()
    assert _capture(order) is not None
    assert _capture(order) is None
    assert LedgerTransaction.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_several_owners_named_members_and_nobody() -> None:
    order = make_paid_order(prices=(1000, 1000, 1000, 1000))
    first, second = _author(order), _author(order)
    _author(order, role=CourseMember.Role.CO_AUTHOR)
    co_author = _author(order, 1, role=CourseMember.Role.CO_AUTHOR)
    silent = _author(order, 2, is_listed=False)
    _capture(order)
    owed = {user.pk: ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=user).minor for user in (first, second)}
    assert owed == {first.pk: 350, second.pk: 350}
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=co_author) == Money(700, "XAF")
    assert not LedgerEntry.objects.filter(party=silent).exists()
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(300 + 300 + 1000 + 1000, "XAF")


def test_shares_and_terms_of_a_course_come_before_membership() -> None:
    order = make_paid_order(prices=(10_001,))
    key = order.lines.get().key
    owner, small, great = _author(order), make_user(), make_user()
    CourseShare.objects.create(course_key=key, author=small, weight=1)
    CourseShare.objects.create(course_key=key, author=great, weight=2)
    CourseTerms.objects.create(course_key=key, platform_percent=Decimal("12.5"))
    _capture(order)
    # 12.5 per cent are 1,250.125; 8,750.875 are shared 2 to 1: 5,833.92 and 2,916.96.
    assert _entries()[1:] == [
        ("instructor_payable", -5834, great.pk, key),
        ("instructor_payable", -2917, small.pk, key),
        ("platform_revenue", -1250, None, key),
    ]
    assert not LedgerEntry.objects.filter(party=owner).exists()


@pytest.mark.parametrize(
    ("platform", "referred", "is_author", "kept"),
    [
        (None, None, True, 50),
        (None, None, False, 300),
        (Decimal("40"), Decimal("7.5"), True, 75),
        # What is agreed for the course is less than what is usual for referred buyers.
        (Decimal("3"), None, True, 30),
        (Decimal("40"), Decimal("7.5"), False, 400),
    ],
)
def test_a_buyer_whom_an_author_brought(platform: Any, referred: Any, is_author: bool, kept: int) -> None:
    order = make_paid_order(prices=(1000,), referral="ko-fi")
    author = _author(order)
    ReferralLink.objects.create(code="KOFI", owner=author if is_author else make_user())
    if platform is not None:
        CourseTerms.objects.create(
            course_key=order.lines.get().key, platform_percent=platform, referred_percent=referred
        )
    _capture(order)
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(kept, "XAF")
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=author) == Money(1000 - kept, "XAF")


def test_a_link_that_was_switched_off_counts_no_more() -> None:
    order = make_paid_order(prices=(1000,), referral="KOFI")
    ReferralLink.objects.create(code="KOFI", owner=_author(order), is_active=False)
    _capture(order)
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(300, "XAF")


def test_a_plan_waits_in_the_pool() -> None:
    order = make_paid_order(prices=(5000,))
    order.lines.update(kind="plan")
    _capture(order)
    assert _entries() == [("clearing", 5000, None, None), ("subscription_pool", -5000, None, None)]


def test_too_much_is_the_customers() -> None:
    order = make_paid_order(prices=(5000,), attempt={"paid_minor": 5600, "fee_minor": 50})
    attempt = order.payment.accepted_attempt
    _capture(order)
    assert ledger.balance(Account.CLEARING, "XAF", detail="mtn") == Money(5550, "XAF")
    assert bookkeeping.surplus_of(attempt) == Money(600, "XAF")
    assert bookkeeping.captured_of(order, attempt) == Money(5000, "XAF")
    assert bookkeeping.record_surplus(order, attempt, Money(600, "XAF")) is None
    assert ledger.balance(Account.PROVIDER_FEES, "XAF") == Money(50, "XAF")


def test_too_little_makes_every_part_smaller() -> None:
    order = make_paid_order(prices=(4000, 6000), attempt={"paid_minor": 5000})
    author = _author(order)
    _capture(order)
    assert ledger.owed(Account.INSTRUCTOR_PAYABLE, "XAF", party=author) == Money(1400, "XAF")
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(3600, "XAF")


def test_another_currency_is_not_booked() -> None:
    order = make_paid_order(attempt={"paid_currency": "EUR"})
    with pytest.raises(ValueError, match="EUR"):
        _capture(order)
    assert not LedgerTransaction.objects.exists()


def test_a_second_payment_is_the_customers() -> None:
    order = make_paid_order(prices=(5000,))
    _capture(order)
    second = make_attempt(order, "orange_cm", "succeeded", paid_minor=5000, paid_currency="XAF", is_surplus=True)
    bookkeeping.record_surplus(order, second, Money(5000, "XAF"))
    assert bookkeeping.surplus_of(second) == Money(5000, "XAF")
    assert ledger.owed(Account.PLATFORM_REVENUE, "XAF") == Money(5000, "XAF")


def test_the_fee_is_booked_when_it_becomes_known() -> None:
    order = make_paid_order(prices=(5000,))
    _capture(order)
    attempt = order.payment.accepted_attempt
    assert bookkeeping.record_fee(order, attempt) is None
    assert bookkeeping.record_fee(order, attempt, Money(75, "XAF")) is not None
    assert bookkeeping.record_fee(order, attempt, Money(75, "XAF")) is None
    assert _entries(Kind.FEE) == [("provider_fees", 75, None, None), ("clearing", -75, None, None)]


def test_what_does_not_sum_to_nothing_is_refused() -> None:
    for entries in (
        [Entry(Account.CLEARING, Money(5, "XAF"))],
        [Entry(Account.CLEARING, Money(5, "XAF")), Entry(Account.PLATFORM_REVENUE, Money(-5, "EUR"))],
    ):
        with pytest.raises(Unbalanced):
            post(kind=Kind.CORRECTION, reference=uuid.uuid4(), currency="XAF", entries=entries)
    assert not LedgerTransaction.objects.exists()


def test_how_many_queries_a_capture_takes_does_not_grow_with_its_lines() -> None:
    counts = []
    for prices in ((100,) * 2, (100,) * 12):
        order = make_paid_order(prices=prices)
        for line in range(len(prices)):
            _author(order, line)
        order = Order.objects.select_related("payment__accepted_attempt").get(pk=order.pk)
        with CaptureQueriesContext(connection) as queries:
            _capture(order)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@given(
    net=st.integers(0, 10**12),
    platform=st.integers(0, 10_000),
    weights=st.lists(st.integers(1, 10**6), max_size=6),
)
def test_every_split_adds_up_and_nobody_is_a_unit_off(net: int, platform: int, weights: list[int]) -> None:
    terms = Terms(platform, tuple(enumerate(weights, 1)))
    parts = split(Money(net, "XAF"), terms)
    shares = dict(parts.authors)
    assert parts.platform.minor + sum(share.minor for share in shares.values()) == net
    assert parts.platform.minor >= 0
    for author, weight in terms.authors:
        exact = net * (10_000 - platform) * weight
        share = shares[author].minor if author in shares else 0
        assert abs(share * 10_000 * sum(weights) - exact) < 10_000 * sum(weights)
