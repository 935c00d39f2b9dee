"""Enrol somebody as staff: a scholarship, a repaired payment, a pilot group."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from commerce import policies, queries
from commerce.access import is_over
from commerce.actions.enroll import open_instance
from commerce.errors import CourseNotFound, InvalidWindow
from commerce.models import Enrollment
from core import audit
from core.errors import InvalidInput
from core.policies import is_person, require
from courses.queries import pages

__all__ = ["grant_enrollment"]


def grant_enrollment(
    *,
    actor: Any,
    learner: Any,
    course_key: uuid.UUID,
    language: str = "en",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> Enrollment:
    """Enrol ``learner`` without payment; the open enrolment is returned as it is when there is one.

    Args:
        starts_at: when access begins, aware; at once when left out.
        ends_at: when access ends, aware; never when left out.

    Raises:
        NotAllowed: the actor may not grant.
        CourseNotFound: not published, private, or no such course.
        InvalidInput: the account is closed.
        InvalidWindow: it would close before it opens.
    """
    require(policies.can_grant_enrollments(actor))
    if not is_person(learner):
        raise InvalidInput(field="learner")
    if starts_at and ends_at and ends_at <= starts_at:
        raise InvalidWindow
    course = pages.course_by_key(course_key, language)
    if course is None:
        raise CourseNotFound
    with transaction.atomic():
        existing = queries.open_enrollment(learner, course_key)
        if existing and not is_over(existing):
            return existing
        enrollment = open_instance(
            learner=learner,
            course_key=course_key,
            title=course.title,
            source=Enrollment.Source.GRANT,
            language=language,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        audit.record(
            actor=actor,
            verb="commerce.enrollment_granted",
            target=enrollment,
            label=enrollment.course_title,
            facts={"learner": str(learner.public_id), "reason": reason.strip()[:300]},
        )
    return enrollment
