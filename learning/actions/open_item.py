"""Open a lesson or a quiz: may one, and what does it change?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction

from commerce.access import gives_access
from commerce.locks import locked_enrollment
from core import clock
from courses.models import CoursePage
from courses.queries.outline import CourseOutline, OutlineItem
from learning.access import CourseAccess, course_access
from learning.errors import refusal
from learning.progress import is_done_by_opening, record

__all__ = ["open_item"]

#: Reading the same page again within this time writes nothing.
_ACTIVITY_STEP = timedelta(minutes=1)


def open_item(*, actor: Any, course: CoursePage, outline: CourseOutline, item: OutlineItem) -> CourseAccess:
    """Note that a learner opened ``item``, complete it where its rule says so, and remember it for “resume”.

    Visitors reading a free preview, and authors who aren't enrolled, leave no trace.

    Returns:
        The access as it is afterwards.

    Raises:
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: it may not be opened; nothing is written.
    """
    access = course_access(actor, course, outline)
    reason = access.lock_reason(item)
    if reason:
        raise refusal(reason)
    if access.enrollment is None or not access.has_access:
        return access
    done = [item.key] if is_done_by_opening(outline, item, access.completed) else []
    if _is_known(access, item, done):
        return access
    with transaction.atomic():
        enrollment = locked_enrollment(access.enrollment.pk)
        if not gives_access(enrollment):
            raise refusal("not_enrolled")
        recorded = record(enrollment, outline, opened=item.key, done=done)
    return replace(
        access,
        enrollment=enrollment,
        opened=recorded.opened,
        completed=recorded.completed,
        progress=recorded.progress,
    )


def _is_known(access: CourseAccess, item: OutlineItem, done: list[Any]) -> bool:
    progress = access.progress
    return (
        progress is not None
        and progress.last_item_key == item.key
        and progress.last_active_at is not None
        and clock.now() - progress.last_active_at < _ACTIVITY_STEP
        and item.key in access.opened
        and access.completed.issuperset(done)
    )
