"""A body of blocks made ready to read: headings with anchors, self-checks as questions, pictures loaded at once.

The questions of a video follow it, to be answered where there is no script to stop the video for them.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from wagtail.blocks import StreamValue

from courses.blocks import QUESTION_TYPES
from home.pictures import load_renditions

__all__ = ["Part", "contents", "load_pictures", "parts_of", "scripts_for", "videos_in"]


@dataclass(frozen=True)
class Part:
    """One block of a lesson."""

    kind: str
    block: Any
    anchor: str = ""  #: of a heading
    level: int = 0
    text: str = ""
    question_key: uuid.UUID | None = None
    #: Of a question that stops a video: when, as ``1:30``.
    moment: str = ""

    @property
    def is_question(self) -> bool:
        """Whether it is a self-check."""
        return self.question_key is not None


def parts_of(body: StreamValue) -> list[Part]:
    """The blocks of a lesson in order; headings get anchors that stay unique on the page and skip no level."""
    parts = []
    above = 1  # the lesson's title
    taken: set[str] = set()
    for block in body:
        if block.block_type == "heading":
            text, level = block.value["text"], min(int(block.value["level"]), above + 1)
            above = level
            anchor = _unique(slugify(text, allow_unicode=True) or "section", taken)
            parts.append(Part("heading", block, anchor=anchor, level=level, text=text))
        elif block.block_type in QUESTION_TYPES:
            parts.append(Part("question", block, question_key=uuid.UUID(str(block.id))))
        elif block.block_type == "video":
            parts.append(Part("video", block))
            parts += [
                Part("question", question, question_key=uuid.UUID(str(question.id)), moment=moment)
                for moment, question in _asked_in(block)
            ]
        else:
            parts.append(Part(block.block_type, block))
    return parts


def contents(parts: list[Part]) -> list[Part]:
    """The headings, for a table of contents."""
    return [part for part in parts if part.kind == "heading"]


def load_pictures(*bodies: Any) -> None:
    """Load the renditions of every picture in the bodies, in one query however many there are."""
    load_renditions([image for body in bodies for image in _images(body)])


def videos_in(body: Any) -> list[Any]:
    """The videos of a body, as they stand in it; without those that were deleted."""
    return [block.value["video"] for block in body or () if block.block_type == "video" and block.value["video"]]


def scripts_for(body: Any) -> dict[str, bool]:
    """Which kinds of block with a script of their own stand in a body, however deep."""
    return {kind: True for kind in _kinds(body) if kind in ("code", "embed", "ordering", "video")}


def _kinds(body: Any) -> Iterator[str]:
    for block in body or ():
        yield block.block_type
        if block.block_type in ("callout", "solution"):
            yield from _kinds(block.value["body"])
        elif block.block_type in QUESTION_TYPES:
            yield from _kinds(block.value["prompt"])
        elif block.block_type == "video":
            yield from _kinds(question for _moment, question in _asked_in(block))


def _asked_in(video: Any) -> Iterator[tuple[str, Any]]:
    """The questions that stop a video, each with its moment; none outside of lessons."""
    for item in video.value.get("questions") or ():
        for question in item["question"]:
            yield item["at"], question


def _images(body: Any) -> Iterator[Any]:
    for block in body or ():
        if block.block_type == "image":
            yield block.value["image"]
        elif block.block_type in ("callout", "solution"):
            yield from _images(block.value["body"])
        elif block.block_type in QUESTION_TYPES:
            yield from _images(block.value["prompt"])
        elif block.block_type == "video":
            yield from _images(question for _moment, question in _asked_in(block))


def _unique(anchor: str, taken: set[str]) -> str:
    candidate, number = anchor, 2
    while candidate in taken or candidate == "main":
        candidate, number = f"{anchor}-{number}", number + 1
    taken.add(candidate)
    return candidate
