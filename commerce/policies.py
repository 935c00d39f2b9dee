"""Who may see and change enrolments, orders, prices and certificates.

The rights are Django's own on the models, so that a role carries them and the back office reads the same ones:
``add_enrollment`` grants, ``change_enrollment`` suspends, resumes and cancels, ``change_certificate`` revokes and
reissues.
"""

import uuid
from typing import Any

from django.db.models import QuerySet

from commerce.models import (
    Certificate,
    Enrollment,
    Invoice,
    LedgerEntry,
    Order,
    PaymentAttempt,
    Payout,
    Refund,
    Subscription,
)
from core.errors import NotFound
from core.policies import HasPermission, Policy, is_person
from courses.policies import can_create_course, can_manage_members, member_keys

__all__ = [
    "can_change_certificates",
    "can_change_coupons",
    "can_change_enrollments",
    "can_change_orders",
    "can_change_payments",
    "can_change_payouts",
    "can_change_prices",
    "can_change_taxes",
    "can_decide_chargebacks",
    "can_decide_refunds",
    "can_earn",
    "can_enter_rates",
    "can_explain_discrepancies",
    "can_grant_enrollments",
    "can_import_statements",
    "can_prepare_payouts",
    "can_request_refunds",
    "can_see_books",
    "can_set_terms",
    "can_share_course",
    "change_subscription",
    "require_own_attempt",
    "view_attempt",
    "view_certificate",
    "view_earnings",
    "view_enrollment",
    "view_invoice",
    "view_order",
    "view_payout",
    "view_refund",
    "view_subscription",
]


class _OwnEnrollment(Policy[Enrollment]):
    model = Enrollment

    def for_user(self, user: Any, rows: "QuerySet[Enrollment]") -> "QuerySet[Enrollment]":
        return rows.filter(learner=user)


class _OwnOrder(Policy[Order]):
    model = Order

    def for_user(self, user: Any, rows: "QuerySet[Order]") -> "QuerySet[Order]":
        return rows.filter(learner=user)


class _OwnCertificate(Policy[Certificate]):
    model = Certificate

    def for_user(self, user: Any, rows: "QuerySet[Certificate]") -> "QuerySet[Certificate]":
        return rows.filter(enrollment__learner=user)


class _OwnInvoice(Policy[Invoice]):
    model = Invoice

    def for_user(self, user: Any, rows: "QuerySet[Invoice]") -> "QuerySet[Invoice]":
        return rows.filter(order__learner=user)


class _OwnSubscription(Policy[Subscription]):
    model = Subscription

    def for_user(self, user: Any, rows: "QuerySet[Subscription]") -> "QuerySet[Subscription]":
        return rows.filter(learner=user)


class _OwnRefund(Policy[Refund]):
    model = Refund

    def for_user(self, user: Any, rows: "QuerySet[Refund]") -> "QuerySet[Refund]":
        return rows.filter(order__learner=user)


class _OwnPayout(Policy[Payout]):
    model = Payout

    def for_user(self, user: Any, rows: "QuerySet[Payout]") -> "QuerySet[Payout]":
        return rows.filter(instructor=user)


class _OwnEarnings(Policy[LedgerEntry]):
    model = LedgerEntry

    def for_user(self, user: Any, rows: "QuerySet[LedgerEntry]") -> "QuerySet[LedgerEntry]":
        return rows.filter(party=user)


#: Rows a person may list: their own, or all with the right. Verifying one certificate by its number is for everyone.
view_enrollment = _OwnEnrollment() | HasPermission(Enrollment, "commerce.view_enrollment")
view_order = _OwnOrder() | HasPermission(Order, "commerce.view_order")
view_invoice = _OwnInvoice() | HasPermission(Invoice, "commerce.view_invoice")
view_subscription = _OwnSubscription() | HasPermission(Subscription, "commerce.view_subscription")
#: Whose a person may cancel, pause and change.
change_subscription = _OwnSubscription() | HasPermission(Subscription, "commerce.change_subscription")
view_refund = _OwnRefund() | HasPermission(Refund, "commerce.view_refund")
view_payout = _OwnPayout() | HasPermission(Payout, "commerce.view_payout")
#: Entries in the books: an instructor sees their own.
view_earnings = _OwnEarnings() | HasPermission(LedgerEntry, "commerce.view_ledgerentry")
view_certificate = _OwnCertificate() | HasPermission(Certificate, "commerce.view_certificate")


def can_grant_enrollments(user: Any) -> bool:
    """Whether ``user`` may enrol others, without payment."""
    return is_person(user) and user.has_perm("commerce.add_enrollment")


def can_change_enrollments(user: Any) -> bool:
    """Whether ``user`` may suspend, resume and cancel enrolments."""
    return is_person(user) and user.has_perm("commerce.change_enrollment")


def can_change_certificates(user: Any) -> bool:
    """Whether ``user`` may revoke and reissue certificates."""
    return is_person(user) and user.has_perm("commerce.change_certificate")


def can_change_prices(user: Any) -> bool:
    """Whether ``user`` may change offers: prices, discounts, what is in a bundle, plans."""
    return is_person(user) and user.has_perm("commerce.change_offer")


def can_enter_rates(user: Any) -> bool:
    """Whether ``user`` may enter exchange rates."""
    return is_person(user) and user.has_perm("commerce.add_exchangerate")


def can_import_statements(user: Any) -> bool:
    """Whether ``user`` may import statements of our bank, and say which line pays what."""
    return is_person(user) and user.has_perm("commerce.add_statementimport")


def can_explain_discrepancies(user: Any) -> bool:
    """Whether ``user`` may compare our books with providers' lists, and explain differences."""
    return is_person(user) and user.has_perm("commerce.change_discrepancy")


def can_request_refunds(user: Any) -> bool:
    """Whether ``user`` may ask for refunds of others' orders."""
    return is_person(user) and (user.has_perm("commerce.add_refund") or user.has_perm("commerce.change_refund"))


def can_decide_refunds(user: Any) -> bool:
    """Whether ``user`` may approve and refuse refunds, and give money back by hand. Never for their own orders."""
    return is_person(user) and user.has_perm("commerce.change_refund")


def can_share_course(user: Any, course_key: uuid.UUID) -> bool:
    """Whether ``user`` may say how authors share what a course earns: its owners, and who keeps the books."""
    return is_person(user) and (user.has_perm("commerce.change_courseshare") or can_manage_members(user, course_key))


def can_set_terms(user: Any) -> bool:
    """Whether ``user`` may change the school's part of what a course earns."""
    return is_person(user) and user.has_perm("commerce.change_courseterms")


def can_earn(user: Any) -> bool:
    """Whether ``user`` may have a referral link, earnings and an account for payouts: whoever writes courses."""
    return is_person(user) and (
        can_create_course(user)
        or member_keys(user).exists()
        or user.course_shares.exists()
        or user.ledger_entries.exists()
    )


def can_prepare_payouts(user: Any) -> bool:
    """Whether ``user`` may put payout runs together."""
    return is_person(user) and user.has_perm("commerce.add_payoutrun")


def can_change_payouts(user: Any) -> bool:
    """Whether ``user`` may approve others' payout runs, cancel them, and say what became of payouts by hand."""
    return is_person(user) and user.has_perm("commerce.change_payoutrun")


def can_see_books(user: Any) -> bool:
    """Whether ``user`` may see the books."""
    return is_person(user) and user.has_perm("commerce.view_ledgertransaction")


class _OwnAttempt(Policy[PaymentAttempt]):
    model = PaymentAttempt

    def for_user(self, user: Any, rows: "QuerySet[PaymentAttempt]") -> "QuerySet[PaymentAttempt]":
        return rows.filter(order__learner=user)


#: Tries to pay: one's own orders', or all with the right.
view_attempt = _OwnAttempt() | HasPermission(PaymentAttempt, "commerce.view_payment")


def can_change_payments(user: Any) -> bool:
    """Whether ``user`` may have payments looked at again, decide what doesn't fit, and have orders given again."""
    return is_person(user) and user.has_perm("commerce.change_payment")


def require_own_attempt(user: Any, attempt: PaymentAttempt) -> None:
    """Go on for who pays the order, for staff who change payments, and for the platform itself (``None``).

    Raises:
        NotFound: anybody else; from outside it looks as if there were no such attempt.
    """
    is_own = is_person(user) and attempt.order.learner_id == user.pk
    if not (user is None or is_own or can_change_payments(user)):
        raise NotFound


def can_change_orders(user: Any) -> bool:
    """Whether ``user`` may cancel others' orders."""
    return is_person(user) and user.has_perm("commerce.change_order")


def can_change_coupons(user: Any) -> bool:
    """Whether ``user`` may make coupons, change them and switch them off."""
    return is_person(user) and user.has_perm("commerce.change_coupon")


def can_change_taxes(user: Any) -> bool:
    """Whether ``user`` may enter tax rates and say how converted prices are rounded."""
    return is_person(user) and user.has_perm("commerce.change_taxrate")


def can_decide_chargebacks(user: Any) -> bool:
    """Whether ``user`` may say how a disputed payment ended."""
    return is_person(user) and user.has_perm("commerce.change_chargeback")
