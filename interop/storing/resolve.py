"""Neutral blocks → StreamField's stored form: numbers in place of paths, all checked by the blocks' own rules."""

import re
import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlock

from interop.markdown import Block
from interop.markdown.surroundings import FILE_SCHEME, PAGE_SCHEME
from interop.report import FileReport
from interop.storing.block_ids import keep_ids

_PLACEHOLDER = re.compile(
    rf'<a href="(?P<scheme>{PAGE_SCHEME}|{FILE_SCHEME}):(?P<path>[^"]*)">(?P<words>.*?)</a>', re.DOTALL
)
#: Fields of a block that hold rich text; others may show a tag as an example.
_RICH = {"caption", "explanation"}
_LISTS = {"options", "items", "pairs", "blanks"}


class Resolver:
    """Turns the blocks of one file into stored rows.

    Args:
        page_pk: number of the page that a source path became; None when there is none.
        document_pk: number of a download.
        image_pk: number of a picture, given its path and line; None when it can't be used.
        term_pk: number of a glossary word.
        page_key: key of the page the blocks stand on; named questions derive their ids from it.
    """

    def __init__(
        self,
        *,
        report: FileReport,
        page_key: uuid.UUID,
        page_pk: Callable[[str], int | None],
        document_pk: Callable[[str], int | None],
        image_pk: Callable[[str, FileReport, int], int | None],
        term_pk: Callable[[str], int | None],
    ) -> None:
        self.report = report
        self.page_key = page_key
        self.page_pk = page_pk
        self.document_pk = document_pk
        self.image_pk = image_pk
        self.term_pk = term_pk

    def rows(self, blocks: list[Block], stream: StreamBlock) -> list[dict[str, Any]]:
        """Stored rows; a block that its own rules refuse is reported and left out."""
        found: list[dict[str, Any]] = []
        for block in blocks:
            row = self._row(block)
            if row is None:
                continue
            child = stream.child_blocks[row["type"]]
            try:
                # With ids, on a copy: lists are only read as such when their items have one.
                child.clean(child.to_python(keep_ids(deepcopy([row]), [])[0]["value"]))
            except ValidationError as error:
                words = " ".join(dict.fromkeys(_messages(error)))
                self.report.lost(block.line, f"A block ({row['type']}) was left out: {words}", "Correct it.")
                continue
            found.append(row)
        return found

    def _row(self, block: Block) -> dict[str, Any] | None:
        value = block.value
        if isinstance(value, str):
            return {"type": block.type, "value": self._text(value)}
        value = {name: self._field(name, inner) for name, inner in value.items()}
        if block.type == "image":
            pk = self.image_pk(value["image"], self.report, block.line)
            if pk is None:
                # What the picture showed, in words, rather than a hole in the lesson.
                words = value["caption"] or (f"<p><i>{_escaped(value['alt'])}</i></p>" if value["alt"] else "")
                return {"type": "rich_text", "value": words} if words else None
            value["image"] = pk
        elif block.type == "file":
            value["document"] = self.document_pk(value["document"])
            if value["document"] is None:
                return {"type": "rich_text", "value": f"<p>{_escaped(value['title'])}</p>"} if value["title"] else None
        elif block.type == "glossary_term":
            value["term"] = self.term_pk(value["term"])
            if value["term"] is None:
                return None
        row: dict[str, Any] = {"type": block.type, "value": value}
        if block.key:
            row["id"] = str(uuid.uuid5(self.page_key, f"question:{block.key}"))
        return row

    def _field(self, name: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value) if name in _RICH else value
        if name in ("body", "prompt"):
            return [row for block in value if (row := self._row(block)) is not None]
        if name in _LISTS:
            return [{"type": "item", "value": self._item(item)} for item in value]
        if name == "table":
            rows = [{"values": [self._text(cell) for cell in row["values"]]} for row in value["rows"]]
            return {**value, "rows": rows}
        return value

    def _item(self, item: Any) -> Any:
        if isinstance(item, dict):
            return {name: self._text(inner) if name == "text" else inner for name, inner in item.items()}
        return item

    def _text(self, html: str) -> str:
        return _PLACEHOLDER.sub(self._link, html) if "<a href=" in html else html

    def _link(self, match: re.Match[str]) -> str:
        path = unquote(match["path"])
        if match["scheme"] == PAGE_SCHEME:
            pk, kind = self.page_pk(path), "page"
        else:
            pk, kind = self.document_pk(path), "document"
        return f'<a linktype="{kind}" id="{pk}">{match["words"]}</a>' if pk else match["words"]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _messages(error: Any) -> Iterator[str]:
    """The words of an error of any block, however deep they sit."""
    if hasattr(error, "as_json_data"):
        yield from _words(error.as_json_data())
    else:
        yield from getattr(error, "messages", [])


def _words(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _words(item)
    elif isinstance(data, dict):
        for item in data.values():
            yield from _words(item)
