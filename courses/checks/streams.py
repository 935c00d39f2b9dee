"""Content of a page as data: field name → value, streams as the list of blocks that is stored."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wagtail.blocks.stream_block import StreamValue
from wagtail.models import Page

#: Blocks whose own ``body`` or ``prompt`` is a stream again.
_INNER_STREAMS = ("body", "prompt")
STREAM_FIELDS = ("body", "introduction", "questions", "outcomes", "requirements", "audience", "stages")
_CONTENT_FIELDS = (
    *STREAM_FIELDS,
    "title",
    "summary",
    "cover",
    "trailer",
    "completion_rule",
    "watched_percent",
    "draw_count",
    "attempts_allowed",
    "show_when",
)


@dataclass(frozen=True)
class Content:
    """What a page says, from a page object, a form or a revision."""

    kind: str  #: ``course``, ``module``, ``lesson``, ``quiz``, ``path``, or ``""`` for pages of other rooms
    pk: int | None
    title: str
    fields: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text field without blanks around it; empty when absent."""
        return str(self.fields.get(name) or "").strip()

    def stream(self, name: str) -> list[dict[str, Any]]:
        """The blocks of a stream as stored."""
        raw = self.fields.get(name)
        if isinstance(raw, str):
            raw = json.loads(raw) if raw else []
        return raw if isinstance(raw, list) else []


KINDS = {
    "coursepage": "course",
    "modulepage": "module",
    "lessonpage": "lesson",
    "quizpage": "quiz",
    "learningpathpage": "path",
}


def kind_of(model_name: str) -> str:
    """The kind of a page by the name of its model."""
    return KINDS.get(model_name, "")


def content_of(page: Page) -> Content:
    """The content that a page object holds, saved or not."""
    fields: dict[str, Any] = {}
    for name in _CONTENT_FIELDS:
        if name in ("cover", "trailer"):
            fields[name] = getattr(page, f"{name}_id", None)
        elif hasattr(page, name):
            value = getattr(page, name)
            fields[name] = value.get_prep_value() if isinstance(value, StreamValue) else value
    return Content(kind=kind_of(page._meta.model_name), pk=page.pk, title=page.title, fields=fields)


def content_of_revision(kind: str, pk: int, content: dict[str, Any]) -> Content:
    """The content that a revision holds, without building the page."""
    fields = {name: content[name] for name in _CONTENT_FIELDS if name in content}
    return Content(kind=kind, pk=pk, title=content.get("title", ""), fields=fields)


def walk(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Every block of a stream and of the streams inside it, as ``(name, value)``, in reading order."""
    for block in blocks:
        if not isinstance(block, dict):
            continue
        value = block.get("value")
        yield block.get("type", ""), value
        if isinstance(value, dict):
            for inner in _INNER_STREAMS:
                if isinstance(value.get(inner), list):
                    yield from walk(value[inner])
            if block.get("type") == "video":
                for item in list_values(value.get("questions")):
                    if isinstance(item, dict) and isinstance(item.get("question"), list):
                        yield from walk(item["question"])


def has_video(blocks: list[dict[str, Any]]) -> bool:
    """Whether there is something to watch among the blocks of a body."""
    return any(name == "video" and isinstance(value, dict) and bool(value.get("video")) for name, value in walk(blocks))


def list_values(raw: Any) -> list[Any]:
    """The values of a ``ListBlock`` as stored: today's ``{type, value, id}`` items, or bare values of an importer."""
    return [
        item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
        for item in (raw if isinstance(raw, list) else [])
    ]
