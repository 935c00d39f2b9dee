"""The one lock order: enrolment, then progress, attempt, answers, certificate.

Whoever writes anything that hangs off an enrolment locks the enrolment's row first, so two actions on one learner's
course wait for each other and never in a circle. SQLite has one writer at a time (``BEGIN IMMEDIATE``); there the
lock is the transaction itself.
"""

from django.db import connection

from commerce.errors import NoEnrollment
from commerce.models import Enrollment

__all__ = ["locked_enrollment"]


def locked_enrollment(pk: int) -> Enrollment:
    """Lock and return an enrolment until the transaction ends, as it is now.

    Raises:
        NoEnrollment: it was deleted.
        RuntimeError: no transaction is open, so nothing could be locked.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Lock an enrolment inside transaction.atomic().")
    # Not the key itself: rows may be added that refer to the enrolment while it is locked.
    found = Enrollment.objects.select_for_update(of=("self",), no_key=True).select_related("learner").filter(pk=pk)
    enrollment = found.first()
    if enrollment is None:
        raise NoEnrollment
    return enrollment
