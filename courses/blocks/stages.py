"""Small lists: outcomes of a course, stages of a learning path."""

from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks


class PlainListBlock(blocks.StreamBlock):
    """A list of short sentences, one an item."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        item = blocks.CharBlock(max_length=250, label=_lazy("Item"), icon="list-ul")
        super().__init__([("item", item), *(local_blocks or [])], **kwargs)


class StageBlock(blocks.StructBlock):
    """One stage of a learning path: a few courses in order."""

    title = blocks.CharBlock(max_length=150, label=_lazy("Stage"))
    summary = blocks.TextBlock(required=False, rows=2, max_length=500, label=_lazy("What it brings"))
    courses = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="courses.CoursePage", label=_lazy("Course")),
        min_num=1,
        max_num=20,
        label=_lazy("Courses, in order"),
    )

    class Meta:
        icon = "list-ol"
        label = _lazy("Stage")


class PathStagesBlock(blocks.StreamBlock):
    """The stages of a learning path, in order."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([("stage", StageBlock()), *(local_blocks or [])], **kwargs)
