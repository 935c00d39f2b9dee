"""A body of blocks made ready to read: headings with anchors, self-checks as questions, pictures loaded at once."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from wagtail.blocks import StreamValue

from courses.blocks import QUESTION_TYPES
from home.pictures import load_renditions

__all__ = ["Part", "contents", "load_pictures", "parts_of", "scripts_for"]


@dataclass(frozen=True)
class Part:
    """One block of a lesson."""

    kind: str
    block: Any
    anchor: str = ""  #: of a heading
    level: int = 0
    text: str = ""
    question_key: uuid.UUID | None = None

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
        else:
            parts.append(Part(block.block_type, block))
    return parts


def contents(parts: list[Part]) -> list[Part]:
    """The headings, for a table of contents."""
    return [part for part in parts if part.kind == "heading"]


def load_pictures(*bodies: Any) -> None:
    """Load the renditions of every picture in the bodies, in one query however many there are."""
    load_renditions([image for body in bodies for image in _images(body)])


def scripts_for(body: Any) -> dict[str, bool]:
    """Which kinds of block with a script of their own stand in a body, however deep."""
    return {kind: True for kind in _kinds(body) if kind in ("code", "embed", "ordering")}


def _kinds(body: Any) -> Iterator[str]:
    for block in body or ():
        yield block.block_type
        if block.block_type in ("callout", "solution"):
            yield from _kinds(block.value["body"])
        elif block.block_type in QUESTION_TYPES:
            yield from _kinds(block.value["prompt"])


def _images(body: Any) -> Iterator[Any]:
    for block in body or ():
        if block.block_type == "image":
            yield block.value["image"]
        elif block.block_type in ("callout", "solution"):
            yield from _images(block.value["body"])
        elif block.block_type in QUESTION_TYPES:
            yield from _images(block.value["prompt"])


def _unique(anchor: str, taken: set[str]) -> str:
    candidate, number = anchor, 2
    while candidate in taken or candidate == "main":
        candidate, number = f"{anchor}-{number}", number + 1
    taken.add(candidate)
    return candidate
