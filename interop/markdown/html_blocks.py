"""HTML that stands between paragraphs, read into blocks; what could harm a reader is removed and reported."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag

from interop.markdown.blocks import Block
from interop.markdown.html_tags import SILENT_ELEMENTS, UNSAFE_ELEMENTS
from interop.markdown.inline import FoundImage, InlineWriter, image_block
from interop.markdown.surroundings import TargetKind, outside_address
from interop.markdown.tables import table_value

_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)((?:[\s/][^>]*)?)>", re.DOTALL)
_EVENT = re.compile(r"""[\s/"']on[a-z]+\s*=""", re.IGNORECASE)
_SOURCE = re.compile(r"""\b(?:src|data)\s*=\s*["']?(https?://[^\s"'>]+)""", re.IGNORECASE)
_ALLOWED = {
    "a", "b", "blockquote", "br", "caption", "center", "code", "del", "div", "em", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "samp", "section", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_INLINE = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "var": "i", "code": "code", "kbd": "code", "samp": "code",
    "tt": "code", "sup": "sup", "sub": "sub", "s": "s", "del": "s",
}  # fmt: skip
_GROUPS = {"div", "section", "center", "figure", "[document]"}


@dataclass
class HtmlReader:
    """Reads one piece of HTML; ``emit_rich`` and ``emit`` take what comes out, in order."""

    writer: InlineWriter
    emit_rich: Callable[[str, int], None]
    emit: Callable[[Block], None]

    def read(self, html: str, line: int) -> None:
        """Report what is unsafe, then turn the rest into rich text and blocks."""
        self._report(html, line)
        clean = nh3.clean(
            html,
            tags=_ALLOWED,
            clean_content_tags={"script", "style"},
            attributes={"a": {"href"}, "img": {"src", "alt", "title"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel=None,
        )
        soup = BeautifulSoup(clean, "html.parser")
        try:
            self._group(soup, line)
        except RecursionError:
            self.writer.report.changed(line, "HTML nested too deep was carried over as plain text.")
            self.emit_rich(f"<p>{escape(' '.join(soup.get_text().split()), quote=False)}</p>", line)

    def _report(self, html: str, line: int) -> None:
        report = self.writer.report
        for match in _OPENING.finditer(html):
            at = line + html[: match.start()].count("\n")
            name = match[1].lower()
            if name in UNSAFE_ELEMENTS:
                source = _SOURCE.search(match[2])
                advice = f"Link to {source[1]} instead." if source else "Lessons hold no scripts, frames or forms."
                report.unsafe(at, f"<{name}> was removed.", advice)
            if _EVENT.search(match[2]):
                report.unsafe(at, f"A script in an attribute of <{name}> was removed.")
            for address in re.findall(r"""\b(?:href|src)\s*=\s*["']?([^\s"'>]+)""", match[2], re.IGNORECASE):
                target = outside_address(address)
                if target and target.is_unsafe and name not in SILENT_ELEMENTS:
                    report.unsafe(at, target.reason, target.advice)

    def _group(self, group: Tag, line: int) -> None:
        inline: list[str] = []

        def flush() -> None:
            text = "".join(inline).strip()
            inline.clear()
            if text:
                self.emit_rich(f"<p>{text}</p>", line)

        for child in group.children:
            if isinstance(child, Tag) and child.name not in _INLINE and child.name not in ("a", "span", "u", "br"):
                flush()
                self._element(child, line)
            else:
                inline.append(self._inline(child, line))
        flush()
        self._images(line)

    def _element(self, element: Tag, line: int) -> None:
        name = element.name
        if name in _GROUPS:
            self._group(element, line)
        elif name == "img":
            self._image(element, line)
        elif name == "pre":
            code = element.get_text().strip("\n")
            if code.strip():
                self.emit(Block("code", {"language": "text", "code": code, "caption": ""}, line))
        elif name == "table":
            self._table(element, line)
        elif name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            tag = "h3" if name in ("h1", "h2", "h3") else "h4"
            self.emit_rich(f"<{tag}>{self._children(element, line)}</{tag}>", line)
        elif name == "hr":
            self.emit_rich("<hr/>", line)
        elif name in ("ul", "ol"):
            self.emit_rich(self._list(element, line), line)
        elif name == "blockquote":
            self.emit_rich(f"<blockquote>{self._children(element, line)}</blockquote>", line)
        else:
            text = self._children(element, line)
            if text.strip():
                self.emit_rich(f"<p>{text}</p>", line)
        self._images(line)

    def _images(self, line: int) -> None:
        """Pictures met inside running HTML follow it."""
        for found in self.writer.images:
            self.emit(image_block(found))
        self.writer.images.clear()

    def _children(self, element: Tag, line: int) -> str:
        return "".join(self._inline(child, line) for child in element.children)

    def _inline(self, node: object, line: int) -> str:
        if isinstance(node, NavigableString):
            return escape(" ".join(str(node).split(" ")).replace("\n", " "), quote=False)
        if not isinstance(node, Tag):
            return ""
        if node.name == "br":
            return "<br/>"
        if node.name == "img":
            self._image(node, line)
            return ""
        inner = self._children(node, line)
        if node.name in _INLINE:
            tag = _INLINE[node.name]
            return f"<{tag}>{inner}</{tag}>"
        if node.name == "a" and node.get("href"):
            return self.writer.link_html(str(node["href"]), inner, line)
        return inner

    def _image(self, element: Tag, line: int) -> None:
        target = self.writer.surroundings.image(str(element.get("src", "")))
        if target.kind is TargetKind.FILE:
            self.writer.images.append(FoundImage(target.value, str(element.get("alt", "")), "", line))
        else:
            self.writer.report.lost(line, target.reason or "A picture was not carried over.", target.advice)

    def _list(self, element: Tag, line: int) -> str:
        items = []
        for item in element.find_all("li", recursive=False):
            parts = [
                self._list(child, line)
                if isinstance(child, Tag) and child.name in ("ul", "ol")
                else self._inline(child, line)
                for child in item.children
            ]
            items.append(f"<li>{''.join(parts).strip()}</li>")
        return f"<{element.name}>{''.join(items)}</{element.name}>" if items else ""

    def _table(self, element: Tag, line: int) -> None:
        rows = [row.find_all(["th", "td"], recursive=False) for row in element.find_all("tr")]
        if not rows:
            return
        caption = element.find("caption")
        header = [" ".join(cell.get_text().split())[:255] for cell in rows[0]]
        cells = [[f"<p>{self._children(cell, line).strip()}</p>" for cell in row] for row in rows[1:]]
        words = " ".join(caption.get_text().split())[:200] if caption else ""
        self.emit(Block("table", table_value(header, cells, words), line))
