"""Take a course back from review, to go on writing."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page, WorkflowState

from core import audit
from courses import policies
from courses.errors import NothingToReview, NotYourCourse
from courses.models import CoursePage
from courses.queries.authoring import course_tree


def withdraw_course(*, actor: Any, course: CoursePage) -> int:
    """End the running reviews of a course without an answer; returns how many.

    Raises:
        NotYourCourse: the actor doesn't write it.
        NothingToReview: no page is in review.
    """
    if not policies.can_edit_page(actor, course):
        raise NotYourCourse
    return end_review(actor=actor, course=course)


@transaction.atomic
def end_review(*, actor: Any, course: CoursePage) -> int:
    """As :func:`withdraw_course`, for callers that have asked whether the actor may.

    Raises:
        NothingToReview: no page is in review.
    """
    tree = course_tree(course)
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(page.pk) for page in tree.in_review],
    )
    ended = 0
    for state in states:
        state.cancel(user=actor)
        ended += 1
    if not ended:
        raise NothingToReview
    audit.record(actor=actor, verb="courses.course_withdrawn", target=course, facts={"pages": ended})
    return ended
