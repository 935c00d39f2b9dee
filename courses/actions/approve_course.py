"""Approve everything of a course that waits for review; approving publishes."""

from typing import Any

from django.db import transaction

from core import audit
from courses.actions.answering import open_tasks
from courses.errors import ContentProblems
from courses.models import CoursePage
from courses.queries.authoring import course_tree
from courses.review import one_mail_for


@transaction.atomic
def approve_course(*, actor: Any, course: CoursePage, comment: str = "") -> int:
    """Approve every page in review, the course first, then its modules and lessons; returns how many.

    Raises:
        NothingToReview: no page is in review.
        NotAllowed: the actor is not a reviewer of all of them.
        ContentProblems: a page in review got a problem since it was sent; nothing was approved.
    """
    tree = course_tree(course)
    tasks = open_tasks(actor, tree, "approve")
    in_review = {page.pk for page in tree.in_review}
    errors = [problem for problem in tree.errors if problem.page_pk in in_review]
    if errors:
        raise ContentProblems(errors)
    with one_mail_for(tree.in_review[0]):
        for task in tasks:
            task.task.specific.on_action(task, actor, "approve", comment=comment)
    audit.record(actor=actor, verb="courses.course_approved", target=course, facts={"pages": len(tasks)})
    return len(tasks)
