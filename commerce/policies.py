"""Who may see and change enrolments, orders, prices and certificates.

The rights are Django's own on the models, so that a role carries them and the back office reads the same ones:
``add_enrollment`` grants, ``change_enrollment`` suspends, resumes and cancels, ``change_certificate`` revokes and
reissues.
"""

from typing import Any

from django.db.models import QuerySet

from commerce.models import Certificate, Enrollment, Invoice, Order, Subscription
from core.policies import HasPermission, Policy, is_person

__all__ = [
    "can_change_certificates",
    "can_change_enrollments",
    "can_change_prices",
    "can_enter_rates",
    "can_explain_discrepancies",
    "can_grant_enrollments",
    "can_import_statements",
    "change_subscription",
    "view_certificate",
    "view_enrollment",
    "view_invoice",
    "view_order",
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


#: Rows a person may list: their own, or all with the right. Verifying one certificate by its number is for everyone.
view_enrollment = _OwnEnrollment() | HasPermission(Enrollment, "commerce.view_enrollment")
view_order = _OwnOrder() | HasPermission(Order, "commerce.view_order")
view_invoice = _OwnInvoice() | HasPermission(Invoice, "commerce.view_invoice")
view_subscription = _OwnSubscription() | HasPermission(Subscription, "commerce.view_subscription")
#: Whose a person may cancel, pause and change.
change_subscription = _OwnSubscription() | HasPermission(Subscription, "commerce.change_subscription")
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
