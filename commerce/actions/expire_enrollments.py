"""Move enrolments whose window has closed to where they belong."""

import logging

from django.db import transaction

from commerce.access import is_over
from commerce.actions.change_enrollment_state import move_enrollment
from commerce.entitlements import entitled
from commerce.locks import locked_enrollment
from commerce.models import Enrollment
from core import clock

__all__ = ["expire_enrollments"]

logger = logging.getLogger(__name__)


def expire_enrollments(*, limit: int = 1000) -> int:
    """Expire open enrolments whose end has passed, the longest over first; returns how many.

    Access ended with the window; this moves the state after it, so that lists, events and a new enrolment know. Each
    in a transaction of its own, so that one that fails doesn't hold up the others. Any number may run side by side.
    """
    over = Enrollment.objects.filter(state__in=Enrollment.OPEN_STATES, ends_at__lte=clock.now())
    expired = 0
    for key in over.order_by("ends_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            expired += _expire(key)
        except Exception:  # its own fault alone; it stays in the list and in the log
            logger.exception("The enrolment %s could not be moved to expired", key)
    return expired


def _expire(key: int) -> bool:
    with transaction.atomic():
        enrollment = locked_enrollment(key)
        # Moved by somebody else, or given more time, since the list was made.
        if enrollment.state not in Enrollment.OPEN_STATES or not is_over(enrollment):
            return False
        if enrollment.source == Enrollment.Source.SUBSCRIPTION:
            # Renewed just now, while it was being opened or before its window was moved along.
            entitlement = entitled(enrollment.learner, enrollment.course_key)
            if entitlement is not None:
                enrollment.subscription, enrollment.ends_at = entitlement.subscription, entitlement.ends_at
                enrollment.save(update_fields=["subscription", "ends_at"])
                return False
        return move_enrollment(enrollment, Enrollment.State.EXPIRED)
