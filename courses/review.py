"""The review before publishing: one Wagtail workflow with one task for the reviewers, on every catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

__all__ = ["WORKFLOW_NAME", "assign_review", "one_mail_for", "review_workflow"]

WORKFLOW_NAME = "Review before publishing"
TASK_NAME = "Review"
REVIEWERS = "reviewer"

#: While a whole course is sent or answered: the page whose mail stands for all of them.
_spokesman: ContextVar[int | None] = ContextVar("courses_review_spokesman", default=None)


def review_workflow() -> Workflow:
    """The workflow, made where it is missing; an administrator may rename it or add tasks, it is found by its task."""
    group, _created = Group.objects.get_or_create(name=REVIEWERS)
    task = GroupApprovalTask.objects.filter(groups=group).order_by("pk").first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=TASK_NAME)
        task.groups.add(group)
    step = WorkflowTask.objects.filter(task=task, workflow__active=True).order_by("workflow_id").first()
    if step is None:
        workflow = Workflow.objects.create(name=WORKFLOW_NAME)
        step = WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return step.workflow


def assign_review(page: Page) -> None:
    """Put everything at and below ``page`` under review, unless a school chose another workflow for it."""
    if not WorkflowPage.objects.filter(page_id=page.pk).exists():
        WorkflowPage.objects.create(page=Page.objects.get(pk=page.pk), workflow=review_workflow())


@contextmanager
def one_mail_for(page: Page) -> Iterator[None]:
    """Within the block, Wagtail's review mails go out for ``page`` alone: a course of thirty pages is one matter."""
    token = _spokesman.set(page.pk)
    try:
        yield
    finally:
        _spokesman.reset(token)


def install() -> None:
    """Teach Wagtail's workflows what this review needs: publishing by approval, one mail a course."""
    from wagtail.models import WorkflowState
    from wagtail.workflows import publish_workflow_state

    if WorkflowState.on_finish is publish_workflow_state:  # unless the settings name another
        WorkflowState.on_finish = _publish_approved
    _install_mail_filter()


def _publish_approved(state: Any, user: Any = None) -> None:
    """Publish what was approved. Approving is the right to publish here: reviewers hold no other."""
    state.content_object.get_latest_revision().publish(user=user, skip_permission_checks=True)


def _install_mail_filter() -> None:
    """Let Wagtail's notifiers hold back mails about other pages than the one that :func:`one_mail_for` names."""
    from wagtail.admin.mail import Notifier

    send = Notifier.__call__

    def call(notifier: Notifier, instance: Any = None, **kwargs: Any) -> bool:
        spokesman = _spokesman.get()
        state = getattr(instance, "workflow_state", instance)
        if spokesman is not None and getattr(state, "object_id", None) != str(spokesman):
            return False
        return send(notifier, instance, **kwargs)

    Notifier.__call__ = call
