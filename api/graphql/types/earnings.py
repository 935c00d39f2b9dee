"""What an instructor has earned, where it is paid to, and links that bring buyers."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import graphene
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.time_zones import time_zone_of
from api.graphql.batches import CourseBatch
from api.graphql.context import Context, context_of
from api.graphql.types.common import MoneyType, amount, money
from api.graphql.types.course import CourseNode, CourseType
from commerce import policies
from commerce.earnings import (
    CourseEarnings,
    Earnings,
    MonthEarnings,
    earnings_by_course,
    earnings_by_month,
    earnings_of,
)
from commerce.models import Payout, PayoutAccount, ReferralLink
from commerce.orders import checked_country, checked_currency
from commerce.payouts import destination_of, masked_destination, payout_providers
from commerce.provider_names import provider_name
from core.money import Money
from courses.models import CoursePage
from courses.queries.pages import courses_by_keys

#: Payouts of one person served at once, newest first.
MAX_PAYOUTS = 50


class EarningsSum(graphene.ObjectType):
    """Somebody's money of one currency."""

    currency = graphene.String(required=True, description="ISO 4217.")
    pending = graphene.Field(MoneyType, required=True, description="Held back, since it may still be refunded.")
    available = graphene.Field(
        MoneyType, required=True, description="To be paid out; below nothing after refunds of what was paid out."
    )
    on_the_way = graphene.Field(MoneyType, required=True, description="Sent, and not known to have arrived.")
    paid = graphene.Field(MoneyType, required=True, description="Has arrived.")
    earned = graphene.Field(MoneyType, required=True, description="All of it, refunds taken off.")
    least = graphene.Field(MoneyType, required=True, description="What is paid out at least.")

    @staticmethod
    def resolve_pending(found: Earnings, info: Any) -> MoneyType:
        return _money(found.pending, info)

    @staticmethod
    def resolve_available(found: Earnings, info: Any) -> MoneyType:
        return _money(found.available, info)

    @staticmethod
    def resolve_on_the_way(found: Earnings, info: Any) -> MoneyType:
        return _money(found.on_the_way, info)

    @staticmethod
    def resolve_paid(found: Earnings, info: Any) -> MoneyType:
        return _money(found.paid, info)

    @staticmethod
    def resolve_earned(found: Earnings, info: Any) -> MoneyType:
        return _money(found.earned, info)

    @staticmethod
    def resolve_least(found: Earnings, info: Any) -> MoneyType:
        return _money(found.least, info)


class EarningsMonth(graphene.ObjectType):
    """What was earned in a month, refunds of that month taken off."""

    month = graphene.Date(required=True, description="Its first day, in the person's time zone.")
    amount = graphene.Field(MoneyType, required=True)

    @staticmethod
    def resolve_month(found: MonthEarnings, info: Any) -> date:
        return found.month

    @staticmethod
    def resolve_amount(found: MonthEarnings, info: Any) -> MoneyType:
        return _money(found.amount, info)


class _CoursesOfEarnings:
    """The published courses of one list of earnings, loaded when the first of them is asked for."""

    def __init__(self, rows: list[CourseEarnings], context: Context) -> None:
        self.rows = rows
        self.context = context

    @cached_property
    def by_key(self) -> dict[Any, CoursePage]:
        return courses_by_keys({row.course_key for row in self.rows}, self.context.language)

    @cached_property
    def batch(self) -> CourseBatch:
        return CourseBatch(list(self.by_key.values()), self.context)


@dataclass(frozen=True)
class _CourseRow:
    found: CourseEarnings
    courses: _CoursesOfEarnings


class EarningsCourse(graphene.ObjectType):
    """What a course brought."""

    title = graphene.String(required=True, description="As it was last sold.")
    course = graphene.Field(CourseType, description="Null when the course was withdrawn.")
    amount = graphene.Field(MoneyType, required=True)
    sales = graphene.Int(required=True, description="Payments that had it in them.")

    @staticmethod
    def resolve_title(row: _CourseRow, info: Any) -> str:
        return row.found.title

    @staticmethod
    def resolve_course(row: _CourseRow, info: Any) -> CourseNode | None:
        page = row.courses.by_key.get(row.found.course_key)
        return CourseNode(page, row.courses.batch) if page else None

    @staticmethod
    def resolve_amount(row: _CourseRow, info: Any) -> MoneyType:
        return _money(row.found.amount, info)

    @staticmethod
    def resolve_sales(row: _CourseRow, info: Any) -> int:
        return row.found.sales


class PayoutMethod(graphene.Enum):
    """How earnings are paid out."""

    MOBILE = "mobile"
    BANK = "bank"


class PayoutState(graphene.Enum):
    """Where a payout stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"
    CANCELLED = "cancelled"


class PayoutType(graphene.ObjectType):
    """Money that was paid out, or is about to be."""

    class Meta:
        name = "Payout"

    id = graphene.ID(required=True)
    state = graphene.Field(PayoutState, required=True)
    amount = graphene.Field(MoneyType, required=True)
    method_name = graphene.String(required=True, description="What people call the way that it takes.")
    destination = graphene.String(required=True, description="Where to, all but the last digits hidden.")
    created_at = graphene.DateTime(required=True)
    state_changed_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(payout: Payout, info: Any) -> str:
        return str(payout.public_id)

    @staticmethod
    def resolve_state(payout: Payout, info: Any) -> str:
        return str(payout.state)

    @staticmethod
    def resolve_amount(payout: Payout, info: Any) -> MoneyType | None:
        return amount(payout.amount_minor, payout.currency, info)

    @staticmethod
    def resolve_method_name(payout: Payout, info: Any) -> str:
        return provider_name(payout.provider)

    @staticmethod
    def resolve_destination(payout: Payout, info: Any) -> str:
        return masked_destination(payout.destination)


class PayoutAccountType(graphene.ObjectType):
    """Where earnings of a currency are paid to."""

    class Meta:
        name = "PayoutAccount"

    currency = graphene.String(required=True, description="ISO 4217.")
    method = graphene.Field(PayoutMethod, required=True)
    provider = graphene.String(required=True)
    method_name = graphene.String(required=True)
    country = graphene.String(required=True, description="ISO 3166.")
    holder = graphene.String(required=True)
    destination = graphene.String(required=True, description="The account, all but the last digits hidden.")
    changed_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_method(account: PayoutAccount, info: Any) -> str:
        return str(account.method)

    @staticmethod
    def resolve_method_name(account: PayoutAccount, info: Any) -> str:
        return provider_name(account.provider)

    @staticmethod
    def resolve_destination(account: PayoutAccount, info: Any) -> str:
        return masked_destination(destination_of(account))


class PayoutProvider(graphene.ObjectType):
    """Who can carry a payout."""

    provider = graphene.String(required=True, description="What `savePayoutAccount` takes.")
    name = graphene.String(required=True)


class ReferralLinkType(graphene.ObjectType):
    """A code that brings buyers: of what they buy, its owner keeps more."""

    class Meta:
        name = "ReferralLink"

    id = graphene.ID(required=True)
    code = graphene.String(required=True, description="Put `?via=` and it behind the address of a course.")
    label = graphene.String(required=True)
    is_active = graphene.Boolean(required=True)
    created_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(link: ReferralLink, info: Any) -> str:
        return str(link.public_id)


class EarningsType(graphene.ObjectType):
    """All that an instructor sees of their money. Buyers are not named."""

    class Meta:
        name = "Earnings"

    hold_days = graphene.Int(required=True, description="So long earnings are held back after a sale.")
    sums = graphene.List(graphene.NonNull(EarningsSum), required=True, description="By currency.")
    months = graphene.List(graphene.NonNull(EarningsMonth), required=True, description="The latest first.")
    courses = graphene.List(
        graphene.NonNull(EarningsCourse), required=True, description="Most first, in each currency."
    )
    payouts = graphene.List(graphene.NonNull(PayoutType), required=True, description="The latest 50.")
    payout_accounts = graphene.List(graphene.NonNull(PayoutAccountType), required=True, description="One a currency.")
    payout_providers = graphene.List(
        graphene.NonNull(PayoutProvider),
        required=True,
        currency=graphene.String(required=True, description="ISO 4217."),
        country=graphene.String(required=True, description="ISO 3166, of the wallet or bank."),
        method=PayoutMethod(required=True),
        description="Who can pay there.",
    )
    referral_links = graphene.List(graphene.NonNull(ReferralLinkType), required=True)

    @staticmethod
    def resolve_hold_days(person: User, info: Any) -> int:
        return settings.EARNINGS_HOLD_DAYS

    @staticmethod
    def resolve_sums(person: User, info: Any) -> list[Earnings]:
        return earnings_of(person)

    @staticmethod
    def resolve_months(person: User, info: Any) -> list[MonthEarnings]:
        with timezone.override(time_zone_of(person)):
            return earnings_by_month(person)

    @staticmethod
    def resolve_courses(person: User, info: Any) -> list[_CourseRow]:
        rows = earnings_by_course(person)
        courses = _CoursesOfEarnings(rows, context_of(info))
        return [_CourseRow(row, courses) for row in rows]

    @staticmethod
    def resolve_payouts(person: User, info: Any) -> list[Payout]:
        return list(person.payouts.all()[:MAX_PAYOUTS])

    @staticmethod
    def resolve_payout_accounts(person: User, info: Any) -> list[PayoutAccount]:
        return list(person.payout_accounts.order_by("currency"))

    @staticmethod
    def resolve_payout_providers(
        person: User, info: Any, currency: str, country: str, method: Any
    ) -> list[PayoutProvider]:
        codes = payout_providers(checked_currency(currency), checked_country(country), getattr(method, "value", method))
        return [PayoutProvider(provider=code, name=provider_name(code)) for code in codes]

    @staticmethod
    def resolve_referral_links(person: User, info: Any) -> list[ReferralLink]:
        return list(person.referral_links.all())


class EarningsQueries(graphene.ObjectType):
    """Part of ``Query``."""

    earnings = graphene.Field(
        EarningsType, description="One's own earnings; null for people who write no courses. As CSV over REST."
    )

    @staticmethod
    def resolve_earnings(root: Any, info: Any) -> User | None:
        person = context_of(info).person
        return person if policies.can_earn(person) else None


def _money(found: Money, info: Any) -> MoneyType:
    return money(found, context_of(info).language)
