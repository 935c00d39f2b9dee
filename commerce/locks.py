"""The one lock order of the house, and what takes the locks.

Money: cart → order → payment → attempt → refund, payout or chargeback → subscription → offer → coupon → number series →
rows of the books. Learning, in other transactions: enrolment → progress → attempt → answers → certificate.

Whoever writes anything that hangs off a row in that line locks the row first, so two actions on one order, or on one
learner's course, wait for each other and never in a circle. SQLite has one writer at a time (``BEGIN IMMEDIATE``);
there the lock is the transaction itself.
"""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from commerce.errors import AttemptNotFound, NoEnrollment
from commerce.models import Enrollment, Order, Payment, PaymentAttempt
from core.errors import NotFound

__all__ = ["locked_attempt", "locked_enrollment", "locked_order", "locked_payment"]

M = TypeVar("M", bound=Model)


def locked_enrollment(pk: int) -> Enrollment:
    """Lock and return an enrolment until the transaction ends, as it is now.

    Raises:
        NoEnrollment: it was deleted.
        RuntimeError: no transaction is open, so nothing could be locked.
    """
    enrollment = _locked(Enrollment.objects.select_related("learner").filter(pk=pk))
    if enrollment is None:
        raise NoEnrollment
    return enrollment


def locked_order(pk: int) -> Order:
    """Lock and return an order until the transaction ends, as it is now, with its learner.

    Raises:
        NotFound: it was deleted.
        RuntimeError: no transaction is open.
    """
    order = _locked(Order.objects.select_related("learner").filter(pk=pk))
    if order is None:
        raise NotFound
    return order


def locked_payment(order: Order) -> Payment:
    """Lock and return what ``order``, locked before, owes; made now where there is none yet.

    Raises:
        RuntimeError: no transaction is open.
    """
    payment = _locked(Payment.objects.filter(order=order))
    if payment is None:
        payment = Payment.objects.create(order=order, currency=order.currency, amount_minor=order.total_minor)
    payment.order = order
    return payment


def locked_attempt(pk: int) -> PaymentAttempt:
    """Lock and return a try to pay, as it is now; its order and payment are locked before.

    Raises:
        AttemptNotFound: it was deleted.
        RuntimeError: no transaction is open.
    """
    attempt = _locked(PaymentAttempt.objects.filter(pk=pk))
    if attempt is None:
        raise AttemptNotFound
    return attempt


def _locked(rows: "QuerySet[M]") -> M | None:
    if not connection.in_atomic_block:
        raise RuntimeError("Lock rows inside transaction.atomic().")
    # Not the key itself: rows may be added that refer to the row while it is locked.
    return rows.select_for_update(of=("self",), no_key=True).first()
