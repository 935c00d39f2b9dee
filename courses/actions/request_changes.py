"""Give a course back to its authors with words."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput
from core.outbox import publish
from courses.actions.answering import open_tasks
from courses.events import CourseChangesRequested
from courses.models import CoursePage
from courses.queries.authoring import course_tree
from courses.review import one_mail_for


@transaction.atomic
def request_changes(*, actor: Any, course: CoursePage, comment: str) -> int:
    """Ask for changes on every page in review; returns how many.

    Raises:
        InvalidInput: the comment is empty: an author must know what to change.
        NothingToReview: no page is in review.
        NotAllowed: the actor is not a reviewer of all of them.
    """
    comment = comment.strip()
    tree = course_tree(course)
    tasks = open_tasks(actor, tree, "reject")
    if not comment:
        raise InvalidInput("comment_required", _("Say what should change."), "comment")
    with one_mail_for(tree.in_review[0]):
        for task in tasks:
            task.task.specific.on_action(task, actor, "reject", comment=comment)
    audit.record(actor=actor, verb="courses.changes_requested", target=course, facts={"pages": len(tasks)})
    publish(CourseChangesRequested(course_key=course.translation_key, language=tree.language, comment=comment))
    return len(tasks)
