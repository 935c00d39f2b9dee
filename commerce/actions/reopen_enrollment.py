"""Go on with an enrolment that a subscription had given for a time."""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from commerce.actions.change_enrollment_state import move_enrollment
from commerce.events import EnrollmentStateChanged
from commerce.locks import locked_enrollment
from commerce.models import Enrollment, OrderLine, Subscription
from core import clock, outbox
from core.audit import AuditEntry, target_key, target_type

__all__ = ["keep_for_good", "reopen_enrollment"]

State = Enrollment.State


def reopen_enrollment(
    *,
    learner: Any,
    course_key: uuid.UUID,
    source: str,
    ends_at: datetime | None,
    order_line: OrderLine | None = None,
    subscription: Subscription | None = None,
) -> Enrollment | None:
    """Take up a learner's enrolment again that ended with a subscription; None where there is none to take up.

    The one move out of ``expired``: only for what a subscription gave, since a lapse of some days must cost nobody
    their progress. What staff had suspended comes back suspended. Inside the caller's transaction; permission is the
    caller's business.
    """
    newest = Enrollment.objects.filter(learner=learner, course_key=course_key).order_by("-enrolled_at", "-pk").first()
    if newest is None or not _may_go_on(newest):
        return None
    enrollment = locked_enrollment(newest.pk)
    if not _may_go_on(enrollment):
        return enrollment if enrollment.state in Enrollment.OPEN_STATES else None
    enrollment.source = source
    enrollment.subscription = subscription
    enrollment.ends_at = ends_at
    if order_line is not None:
        enrollment.order_line = order_line
    enrollment.state = State.SUSPENDED if _was_suspended(enrollment) else State.ACTIVE
    enrollment.state_changed_at = clock.now()
    try:
        with transaction.atomic():
            enrollment.save(
                update_fields=["source", "subscription", "ends_at", "order_line", "state", "state_changed_at"]
            )
    except IntegrityError:
        # A rival enrolled anew meanwhile.
        return Enrollment.objects.get(learner=learner, course_key=course_key, state__in=Enrollment.OPEN_STATES)
    outbox.publish(
        EnrollmentStateChanged(
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            course_key=enrollment.course_key,
            before=str(State.EXPIRED),
            after=str(enrollment.state),
        )
    )
    return enrollment


def keep_for_good(enrollment: Enrollment, *, source: str, order_line: OrderLine | None) -> None:
    """Turn a locked open enrolment of a limited time into a bought one; its state stays, a waiting one begins."""
    enrollment.source = source
    enrollment.subscription = None
    enrollment.starts_at = enrollment.ends_at = None
    if order_line is not None:
        enrollment.order_line = order_line
    enrollment.save(update_fields=["source", "subscription", "starts_at", "ends_at", "order_line"])
    if enrollment.state == State.PENDING:
        move_enrollment(enrollment, State.ACTIVE)


def _may_go_on(enrollment: Enrollment) -> bool:
    return enrollment.state == State.EXPIRED and enrollment.source == Enrollment.Source.SUBSCRIPTION


def _was_suspended(enrollment: Enrollment) -> bool:
    """Whether the last that staff did to it was to suspend it: expiring hides that from the state."""
    verbs = ("commerce.enrollment_suspended", "commerce.enrollment_resumed")
    entries = AuditEntry.objects.filter(
        target_type=target_type(enrollment), target_key=target_key(enrollment), verb__in=verbs
    )
    last = entries.order_by("-pk").values_list("verb", flat=True).first()
    return last == verbs[0]
