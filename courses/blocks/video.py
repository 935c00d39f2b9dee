"""A video in a page, and the questions that stop it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.blocks.questions import question_blocks
from courses.blocks.simple import GROUP_MEDIA
from courses.blocks.translation import MomentBlock
from videos.blocks import VideoChooserBlock
from videos.moments import moment_text, read_moment

__all__ = ["LessonVideoBlock", "VideoBlock", "VideoQuestionBlock", "self_checks_in"]

MAX_QUESTIONS = 30


class VideoBlock(blocks.StructBlock):
    """A video with a line below it. A translation may show another one: the same talk in its language."""

    video = VideoChooserBlock(label=_lazy("Video"))
    caption = blocks.CharBlock(
        required=False, max_length=200, label=_lazy("Caption"), help_text=_lazy("One line, shown below the video.")
    )

    class Meta:
        icon = "media"
        group = GROUP_MEDIA
        preview_template = "courses/samples/media.html"
        label = _lazy("Video")
        template = "courses/blocks/video.html"
        description = _lazy("A video that starts on slow lines, with captions and chapters.")


class SingleQuestionBlock(blocks.StreamBlock):
    """Exactly one question of any type; the id of its block is what an answer names."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*question_blocks(), *(local_blocks or [])], **{"min_num": 1, "max_num": 1, **kwargs})


class VideoQuestionBlock(blocks.StructBlock):
    """A self-check at a moment of the video; it counts for nothing."""

    at = MomentBlock(
        max_length=9,
        label=_lazy("Stops at"),
        help_text=_lazy("Minutes and seconds, for example 1:30."),
        search_index=False,
    )
    question = SingleQuestionBlock(label=_lazy("Question"))

    class Meta:
        icon = "help"
        label = _lazy("Question in the video")

    def clean(self, value: Any) -> Any:
        """The moment must be one; it is stored as ``m:ss``."""
        value = super().clean(value)
        if value.get("at"):
            try:
                value["at"] = moment_text(read_moment(value["at"]))
            except ValueError as error:
                message = _("Write minutes and seconds, for example 1:30.")
                raise StructBlockValidationError(block_errors={"at": ValidationError(message)}) from error
        return value


class LessonVideoBlock(VideoBlock):
    """In lessons: with questions that stop it. Elsewhere ``questions`` is missing from the value."""

    questions = blocks.ListBlock(
        VideoQuestionBlock(),
        default=[],
        min_num=0,
        max_num=MAX_QUESTIONS,
        label=_lazy("Questions in the video"),
        help_text=_lazy("The video stops and asks; learners answer or go on."),
        search_index=False,
    )

    def clean(self, value: Any) -> Any:
        """No question may come after the end, where that is known."""
        value = super().clean(value)
        length = value["video"].duration_ms if value.get("video") else 0
        late = {
            index: StructBlockValidationError(
                block_errors={
                    "at": ValidationError(
                        _("The video is over by then: it lasts %(length)s.") % {"length": moment_text(length)}
                    )
                }
            )
            for index, item in enumerate(value.get("questions") or [])
            if length and item.get("at") and read_moment(item["at"]) > length
        }
        if late:
            raise StructBlockValidationError(block_errors={"questions": ListBlockValidationError(block_errors=late)})
        return value


def self_checks_in(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The blocks of a lesson's stored body, and the questions inside its videos: whatever may be a self-check.

    Args:
        rows: ``body.get_prep_value()``.
    """
    for row in rows:
        if not isinstance(row, dict):
            continue
        yield row
        value = row.get("value")
        if row.get("type") == "video" and isinstance(value, dict):
            for item in value.get("questions") or []:
                inner = item.get("value", item) if isinstance(item, dict) else {}
                yield from (found for found in inner.get("question") or [] if isinstance(found, dict))
