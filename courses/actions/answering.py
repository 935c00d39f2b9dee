"""What approving and refusing have in common: the open review tasks of a course that a reviewer may answer."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, TaskState, WorkflowState

from core.errors import NotAllowed
from courses.errors import NothingToReview
from courses.queries.authoring import CourseTree

__all__ = ["open_tasks"]


def open_tasks(actor: Any, tree: CourseTree, action: str) -> list[TaskState]:
    """The running task of every page in review, in reading order.

    Raises:
        NothingToReview: no page is in review.
        NotAllowed: there is one that the actor may not answer with ``action``.
    """
    order = {str(page.pk): index for index, page in enumerate(tree.in_review)}
    states = list(
        WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS,
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id__in=list(order),
            current_task_state__isnull=False,
        ).select_related("current_task_state__task")
    )
    if not states:
        raise NothingToReview
    tasks = [state.current_task_state for state in sorted(states, key=lambda state: order[state.object_id])]
    for task in tasks:
        actions = task.task.specific.get_actions(task.workflow_state.content_object, actor)
        if not actor.is_active or action not in {name for name, _label, _modal in actions}:
            raise NotAllowed
    return tasks
