"""The moves between an enrolment's states, as data, and the one function that makes them."""

from commerce.errors import EnrollmentEnded
from commerce.events import EnrollmentStateChanged
from commerce.models import Enrollment
from core import clock, outbox

__all__ = ["LEGAL_MOVES", "move_enrollment"]

State = Enrollment.State

#: From where one may come to each state. Nothing leads out of expired and cancelled: a new go is a new enrolment. Only
#: what a subscription gave goes on after a lapse, by ``reopen_enrollment``.
LEGAL_MOVES: dict[str, frozenset[str]] = {
    State.ACTIVE: frozenset({State.PENDING, State.SUSPENDED}),
    State.SUSPENDED: frozenset({State.PENDING, State.ACTIVE}),
    State.EXPIRED: frozenset({State.PENDING, State.ACTIVE, State.SUSPENDED}),
    State.CANCELLED: frozenset({State.PENDING, State.ACTIVE, State.SUSPENDED}),
}


def move_enrollment(enrollment: Enrollment, after: str) -> bool:
    """Move a locked enrolment and publish it; False when it stood there already.

    Raises:
        EnrollmentEnded: no move leads from its state to ``after``.
    """
    before = enrollment.state
    if before == after:
        return False
    if before not in LEGAL_MOVES[after]:
        raise EnrollmentEnded
    enrollment.state = after
    enrollment.state_changed_at = clock.now()
    enrollment.save(update_fields=["state", "state_changed_at"])
    outbox.publish(
        EnrollmentStateChanged(
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            course_key=enrollment.course_key,
            before=str(before),
            after=str(after),
        )
    )
    return True
