"""Send everything new in a course to review."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from wagtail.models import Page, WorkflowState

from core import audit
from core.outbox import publish
from courses import policies
from courses.errors import ContentProblems, NothingToReview, NotYourCourse
from courses.events import CourseSubmitted
from courses.models import CoursePage
from courses.queries.authoring import course_tree
from courses.required import required_problems
from courses.review import one_mail_for


def submit_course(*, actor: Any, course: CoursePage) -> int:
    """Start the review of every page of ``course`` that learners don't see as it is; returns how many.

    Pages for which a reviewer asked for changes go back to that reviewer's task.

    Raises:
        NotYourCourse: the actor doesn't write it.
        NothingToReview: everything is published or already in review.
        ContentProblems: something must be put right first; nothing was sent.
    """
    if not policies.can_edit_page(actor, course):
        raise NotYourCourse
    return start_review(actor=actor, course=course)


@transaction.atomic
def start_review(*, actor: Any, course: CoursePage, only: Collection[int] | None = None) -> int:
    """As :func:`submit_course`, for callers that have asked whether the actor may.

    Args:
        only: pks of the pages that may be sent; whatever else is new in the course stays as it is.

    Raises:
        NothingToReview: everything is published or already in review.
        ContentProblems: something must be put right first; nothing was sent.
    """
    tree = course_tree(course)
    pending = [page for page in tree.pending if only is None or page.pk in only]
    if not pending:
        raise NothingToReview
    errors = [problem for problem in tree.errors if only is None or problem.page_pk in only]
    drafts = Page.objects.in_bulk([page.pk for page in pending])
    pages = [drafts[page.pk].specific for page in pending]
    flawed = {problem.page_pk for problem in errors}
    for page in pages:
        if page.pk not in flawed:
            errors += required_problems(page)
    if errors:
        raise ContentProblems(errors)
    with one_mail_for(pages[0]):
        for page in pages:
            _submit(page, actor)
    audit.record(actor=actor, verb="courses.course_submitted", target=course, facts={"pages": len(pages)})
    publish(CourseSubmitted(course_key=course.translation_key, language=tree.language, pages=len(pages)))
    return len(pages)


def _submit(page: Page, actor: Any) -> None:
    if page.latest_revision_id is None:
        page.save_revision(user=actor, clean=False)
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=actor)
        return
    page.get_workflow().start(page, actor)
