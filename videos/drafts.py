"""Pages whose newest draft shows a video. Wagtail's index of references knows pages as they were saved, not drafts."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Q, TextField
from django.db.models.functions import Cast
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, Block, ChooserBlock, ListBlock
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from videos.models import Video

__all__ = ["drafts_showing", "videos_in_drafts"]


def drafts_showing(video: Video) -> set[int]:
    """Keys of the pages whose newest draft shows ``video``; one query, whose time grows with the drafts there are."""
    # As JSON writes the value of a name, be it within a text within JSON: blocks of a body, or a field of the page.
    ends = Q(text__contains=f": {video.pk},") | Q(text__contains=f": {video.pk}}}")
    drafts = _drafts(Page.objects.all()).annotate(text=Cast("content", TextField())).filter(ends)
    return {int(draft.object_id) for draft in drafts if video.pk in _videos_of(draft)}


def videos_in_drafts(pages: Any) -> set[int]:
    """Keys of the videos that the newest drafts of ``pages`` show.

    Args:
        pages: a query of pages.
    """
    return {key for draft in _drafts(pages) for key in _videos_of(draft)}


def _drafts(pages: Any) -> Any:
    newest = pages.filter(has_unpublished_changes=True).order_by().values("latest_revision")
    return Revision.page_revisions.filter(pk__in=newest).only("content_type_id", "object_id", "content")


def _videos_of(draft: Revision) -> set[int]:
    """Read from the draft as it is stored: as a page it would cost a dozen queries."""
    model = ContentType.objects.get_for_id(draft.content_type_id).model_class()
    return set(_keys(draft.content, model._meta.concrete_fields)) if model is not None else set()


def _keys(content: dict[str, Any], fields: Iterable[Any]) -> Iterator[int]:
    for field in fields:
        stored = content.get(field.name)
        if not stored:
            continue
        if isinstance(field, ForeignKey) and issubclass(field.related_model, Video):
            yield int(stored)
        elif isinstance(field, StreamField):
            yield from _in_block(field.stream_block, json.loads(stored) if isinstance(stored, str) else stored)


def _in_block(block: Block, stored: Any) -> Iterator[int]:
    """The videos in a block's value as it is stored."""
    if isinstance(block, ChooserBlock):
        if stored and issubclass(block.model_class, Video):
            yield int(stored)
    elif isinstance(block, BaseStructBlock) and isinstance(stored, dict):
        for name, child in block.child_blocks.items():
            yield from _in_block(child, stored.get(name))
    elif isinstance(block, BaseStreamBlock) and isinstance(stored, list):
        for row in stored:
            if isinstance(row, dict) and row.get("type") in block.child_blocks:
                yield from _in_block(block.child_blocks[row["type"]], row.get("value"))
    elif isinstance(block, ListBlock) and isinstance(stored, list):
        for row in stored:
            yield from _in_block(block.child_block, row.get("value") if isinstance(row, dict) else row)
