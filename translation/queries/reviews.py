"""Which pages wait for a reviewer."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, WorkflowState

__all__ = ["pages_in_review"]


def pages_in_review(pks: Iterable[int] | None = None) -> set[int]:
    """The pks of pages, of those named if any are, that are in review; one query."""
    running = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS, base_content_type=ContentType.objects.get_for_model(Page)
    )
    if pks is not None:
        running = running.filter(object_id__in=[str(pk) for pk in pks])
    return {int(pk) for pk in running.values_list("object_id", flat=True)}
