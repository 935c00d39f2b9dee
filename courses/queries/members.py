"""Who writes which course."""

import uuid
from collections.abc import Iterable

from courses.models.membership import CourseMember


def listed_members(course_keys: Iterable[uuid.UUID]) -> list[CourseMember]:
    """The people named on the course pages, in the order they are named, with their users; one query."""
    return list(
        CourseMember.objects.filter(course_key__in=list(course_keys), is_listed=True, user__is_active=True)
        .select_related("user")
        .order_by("course_key", "sort_order", "pk")
    )
