"""The one answer to “does this enrolment let the learner in?”."""

from datetime import datetime

from commerce.models import Enrollment
from core import clock

__all__ = ["gives_access", "is_over"]


def gives_access(enrollment: Enrollment | None, at: datetime | None = None) -> bool:
    """Return whether ``enrollment`` opens its course at ``at`` (now, when left out).

    Only the active state does, and only inside the window: from ``starts_at`` on, before ``ends_at``; an empty end of
    the window is open. However an enrolment came about (free, bought, granted), nothing else decides.
    """
    if enrollment is None or enrollment.state != Enrollment.State.ACTIVE:
        return False
    at = at or clock.now()
    has_begun = enrollment.starts_at is None or enrollment.starts_at <= at
    return has_begun and not is_over(enrollment, at)


def is_over(enrollment: Enrollment, at: datetime | None = None) -> bool:
    """Return whether the enrolment's window has closed, whatever its state says."""
    return enrollment.ends_at is not None and enrollment.ends_at <= (at or clock.now())
