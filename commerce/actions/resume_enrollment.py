"""Give a suspended learner access again."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.change_enrollment_state import move_enrollment
from commerce.locks import locked_enrollment
from commerce.models import Enrollment
from core import audit
from core.policies import require

__all__ = ["resume_enrollment"]


def resume_enrollment(*, actor: Any, enrollment: Enrollment, reason: str = "") -> Enrollment:
    """Give a suspended learner access again. Asked twice, it is done once.

    Args:
        reason: for the audit log, at most 300 characters are kept.

    Raises:
        NotAllowed: the actor may not change enrolments.
        EnrollmentEnded: it has expired or was cancelled before.
    """
    require(policies.can_change_enrollments(actor))
    with transaction.atomic():
        locked = locked_enrollment(enrollment.pk)
        before = str(locked.state)
        if move_enrollment(locked, Enrollment.State.ACTIVE):
            audit.record(
                actor=actor,
                verb="commerce.enrollment_resumed",
                target=locked,
                label=locked.course_title,
                facts={"before": before, "reason": reason.strip()[:300]},
            )
    return locked
