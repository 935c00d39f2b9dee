"""Send everything new in a course to review."""

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


@transaction.atomic
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
    tree = course_tree(course)
    if not tree.pending:
        raise NothingToReview
    errors = list(tree.errors)
    drafts = Page.objects.in_bulk([page.pk for page in tree.pending])
    pages = [drafts[page.pk].specific for page in tree.pending]
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
