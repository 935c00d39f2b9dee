"""Plain Markdown between divs: headings, paragraphs, lists, code, tables, formulas → blocks."""

import re
from html import escape
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from markdown_it.tree import SyntaxTreeNode

from interop.markdown.attributes import parse_attributes
from interop.markdown.blocks import Block
from interop.markdown.divs import Node, Text
from interop.markdown.html_blocks import HtmlReader
from interop.markdown.inline import code_html, image_block, plain, tidy
from interop.markdown.languages import code_language
from interop.markdown.surroundings import TargetKind
from interop.markdown.tables import MAX_COLUMNS, MAX_ROWS, grid_cells, table_value

if TYPE_CHECKING:
    from interop.markdown.reader import Reader

MAX_HEADING = 200
_TRAILING_ATTRIBUTES = re.compile(r"\s*(\{[^{}]*\})\s*$")
_TOP_HEADING = re.compile(r"^ {0,3}#(?:\s|$)")
_FORMULA_LIMIT = 2_000
_TASK = re.compile(r"^\[([ xX])\]\s+")


def escaped(text: str) -> str:
    """Text as HTML."""
    return escape(text, quote=False)


def heading_text(reader: "Reader", node: SyntaxTreeNode, line: int) -> str:
    """The words of a heading, without attributes in braces behind it."""
    text = plain(reader.writer.html(list(node.children[0].children), line)) if node.children else ""
    if (match := _TRAILING_ATTRIBUTES.search(text)) and parse_attributes(match[1]):
        text = text[: match.start()]
    return text


def take_title(reader: "Reader", nodes: list[Node]) -> str:
    """Take a first-level heading off the beginning, if one stands there; returns its words."""
    if not nodes or not isinstance(nodes[0], Text):
        return ""
    text = nodes[0]
    for number, line in enumerate(text.lines):
        if line.strip():
            if not _TOP_HEADING.match(line):
                return ""
            tree = reader.tree([line])
            text.lines[number] = ""
            return heading_text(reader, tree[0], text.line + number) if tree and tree[0].type == "heading" else ""
    return ""


def has_top_headings(nodes: list[Node]) -> bool:
    """Whether sections begin with ``#``, so that all levels are one too high for a lesson."""
    fence = ""
    for node in nodes:
        for line in node.lines if isinstance(node, Text) else []:
            if match := re.match(r"^\s*(`{3,}|~{3,})", line):
                fence = "" if fence and match[1].startswith(fence) else fence or match[1]
            elif not fence and _TOP_HEADING.match(line):
                return True
    return False


def footnote_blocks(reader: "Reader") -> list[Block]:
    """The footnotes that were referred to, as a numbered list under a heading at the end."""
    items: list[str] = []
    line = 0
    for label in reader.writer.notes:
        node = reader.footnotes.get(label)
        if node is None:
            reader.report.lost(0, f"The footnote [^{label}] has no text.", "Write [^…]: and its text.")
            items.append("<li>…</li>")
            continue
        line = line or _line(node, 1)
        items.append(f"<li>{inline_html(reader, node.children, line)}</li>")
    if not items:
        return []
    reader.report.changed(line, "Footnotes were gathered at the end.")
    heading = Block("heading", {"text": _("Notes"), "level": "2"}, line)
    return [heading, Block("rich_text", tidy(f"<ol>{''.join(items)}</ol>"), line)]


def grid_table(reader: "Reader", lines: list[str], line: int) -> list[Block]:
    """A grid table as a table block; cells hold running text, so code and lists in them are written in lines."""
    header, rows = grid_cells(lines)
    if not header and not rows:
        return []
    if not header:
        header, rows = rows[0], rows[1:]
    reader.report.changed(
        line, "A grid table was carried over as a table; code and lists in its cells are shown in lines.", "Look at it."
    )
    headings = [plain(inline_html(reader, reader.tree(cell.split("\n")), line))[:255] for cell in header]
    values = [[f"<p>{inline_html(reader, reader.tree(cell.split(chr(10))), line)}</p>" for cell in row] for row in rows]
    blocks = [Block("table", table_value(headings, [[tidy(cell) for cell in row] for row in values]), line)]
    return blocks + _pending_images(reader)


def inline_html(reader: "Reader", nodes: list[SyntaxTreeNode], line: int) -> str:
    """Any Markdown as running text with line breaks: for table cells, options, notes."""
    pieces: list[str] = []
    for node in nodes:
        match node.type:
            case "fence" | "code_block":
                pieces += [code_html(text) for text in node.content.rstrip("\n").split("\n") if text.strip()]
            case "bullet_list" | "ordered_list":
                start = int(node.attrs.get("start", 1) or 1)
                for number, item in enumerate(node.children, start=start):
                    mark = "•" if node.type == "bullet_list" else f"{number}."
                    pieces.append(f"{mark} {inline_html(reader, item.children, line)}")
            case "heading":
                pieces.append(f"<b>{escaped(heading_text(reader, node, line))}</b>")
            case "inline":
                pieces.append(reader.writer.html(list(node.children), line))
            case "html_block":
                words = plain(tidy(node.content))
                if words:
                    pieces.append(escaped(words))
            case "math_block" | "math_block_label":
                pieces.append(code_html(node.content.strip()))
            case "hr":
                continue
            case _:
                if node.children:
                    pieces.append(inline_html(reader, node.children, line))
    return "<br/>".join(piece for piece in pieces if piece)


def _pending_images(reader: "Reader") -> list[Block]:
    blocks = [image_block(found) for found in reader.writer.images]
    reader.writer.images.clear()
    return blocks


def _download(reader: "Reader", inline: list[SyntaxTreeNode], line: int) -> Block | None:
    """A paragraph of nothing but a link to a file of the folder: a download, whose size learners see first."""
    if len(inline) != 1 or inline[0].type != "link" or any(part.type == "image" for part in inline[0].walk()):
        return None
    target = reader.writer.surroundings.link(str(inline[0].attrs.get("href", "")))
    if target.kind is not TargetKind.FILE:
        return None
    words = plain(reader.writer.html(list(inline[0].children), line))
    return Block("file", {"document": target.value, "title": words[:200]}, line)


def _line(node: SyntaxTreeNode, first_line: int) -> int:
    return first_line + (node.map[0] if node.map else 0)


class TokenReader:
    """Walks a syntax tree and gathers blocks; text gathers until something else interrupts it."""

    def __init__(self, reader: "Reader", first_line: int, *, simple: bool) -> None:
        self.reader = reader
        self.report = reader.report
        self.first_line = first_line
        self.simple = simple
        self.found: list[Block] = []
        self.rich: list[str] = []
        self.rich_line = 0
        self.html = HtmlReader(reader.writer, self.say, self.emit)

    def read(self, nodes: list[SyntaxTreeNode]) -> list[Block]:
        """Blocks of these nodes."""
        for node in nodes:
            self.node(node)
        self.flush()
        return self.found

    def say(self, html: str, line: int) -> None:
        """Add rich text."""
        if html:
            self.rich_line = self.rich_line if self.rich else line
            self.rich.append(html)

    def emit(self, block: Block) -> None:
        """Add a block after the text so far."""
        if block.type == "rich_text":
            self.say(block.value, block.line)
        else:
            self.flush()
            self.found.append(block)

    def flush(self) -> None:
        """End the text so far."""
        html = tidy("".join(self.rich)) if self.rich else ""
        if plain(html) or "<hr/>" in html:
            self.found.append(Block("rich_text", html, self.rich_line))
        self.rich = []

    def line(self, node: SyntaxTreeNode) -> int:
        """Line of the file that a node begins in."""
        return _line(node, self.first_line)

    def node(self, node: SyntaxTreeNode) -> None:
        """Read one node of the block level."""
        line = self.line(node)
        match node.type:
            case "paragraph":
                self._paragraph(node, line)
            case "heading":
                self._heading(node, line)
            case "fence" | "code_block":
                self._code(node, line)
            case "bullet_list" | "ordered_list":
                self._list(node, line)
            case "blockquote":
                self._quote(node, line)
            case "table":
                self._table(node, line)
            case "math_block" | "math_block_label":
                self._math(node, line)
            case "html_block":
                self.html.read(node.content, line)
            case "hr":
                self.say("<hr/>", line)
            case "dl":
                self._definitions(node, line)
            case "footnote_reference":
                self.reader.footnotes[str(node.meta.get("label", ""))] = node
            case _:
                for child in node.children:
                    self.node(child)

    def _paragraph(self, node: SyntaxTreeNode, line: int, prefix: str = "") -> None:
        inline = list(node.children[0].children) if node.children else []
        if not self.simple and not prefix and (block := _download(self.reader, inline, line)):
            self.emit(block)
            return
        run: list[SyntaxTreeNode] = []
        for child in [*inline, None]:
            if child is not None and child.type != "image":
                run.append(child)
                continue
            html = self.reader.writer.html(run, line)
            line += sum(1 for piece in run if piece.type in ("softbreak", "hardbreak"))
            run = []
            html = re.sub(r"^(?:<br/>|\s)+|(?:<br/>|\s)+$", "", html)
            if html or prefix:
                self.say(f"<p>{prefix}{html}</p>", line)
                prefix = ""
            if child is not None:
                self.reader.writer.html([child], line)
            self._images()

    def _images(self) -> None:
        for block in _pending_images(self.reader):
            self.emit(block)

    def _heading(self, node: SyntaxTreeNode, line: int) -> None:
        text = heading_text(self.reader, node, line)
        level = min(4, max(2, int(node.tag[1]) + self.reader.heading_shift))
        if not text:
            self.report.lost(line, "A heading without words was left out.")
        elif self.simple:
            self.say(f"<h{max(3, level)}>{escaped(text)}</h{max(3, level)}>", line)
        else:
            if len(text) > MAX_HEADING:
                self.report.changed(line, f"A heading was cut after {MAX_HEADING} characters.", "Shorten it.")
            self.emit(Block("heading", {"text": text[:MAX_HEADING], "level": str(level)}, line))
        self._images()

    def _code(self, node: SyntaxTreeNode, line: int) -> None:
        code = node.content.rstrip("\n")
        if not code.strip():
            return
        name, caption = self._code_info(node.info if node.type == "fence" else "")
        language = code_language(name)
        if language is None:
            self.report.note(line, f"The language “{name}” has no colours here; the code is shown as plain text.")
        self.emit(Block("code", {"language": language or "text", "code": code, "caption": caption}, line))

    def _code_info(self, info: str) -> tuple[str, str]:
        info = info.strip()
        at = info.find("{")
        found = parse_attributes(info, at) if at >= 0 else None
        name = (info[:at] if at >= 0 else info).strip().split(" ", 1)[0].split(",", 1)[0]
        values = found.values if found else {}
        if found and not name and found.classes:
            name = found.classes[0]
        if not found and (match := re.search(r"""(?:title|filename|caption)\s*=\s*["']([^"']*)["']""", info)):
            values = {"caption": match[1]}
        caption = next((values[key] for key in ("caption", "title", "filename", "file") if key in values), "")
        if name.lower() == "error" and not caption:
            caption = _("Error message")
        return name, caption[:200]

    def _quote(self, node: SyntaxTreeNode, line: int) -> None:
        pieces: list[str] = []
        for child in node.children:
            if child.type == "paragraph":
                pieces.append(self.reader.writer.html(list(child.children[0].children), line))
                continue
            if pieces:
                self.say(f"<blockquote>{'<br/>'.join(pieces)}</blockquote>", line)
                pieces = []
            self.node(child)
        if pieces:
            self.say(f"<blockquote>{'<br/>'.join(pieces)}</blockquote>", line)
        self._images()

    def _table(self, node: SyntaxTreeNode, line: int) -> None:
        rows = [row for part in node.children for row in part.children]
        html = [
            [self.reader.writer.html(list(cell.children[0].children), line) for cell in row.children] for row in rows
        ]
        header = [plain(cell) for cell in html[0]]
        if len(header) > MAX_COLUMNS or len(rows) - 1 > MAX_ROWS:
            self.report.lost(
                line, f"Only {MAX_COLUMNS} columns and {MAX_ROWS} rows of the table were kept.", "Split it."
            )
        cells = [[tidy(f"<p>{cell}</p>") if cell else "" for cell in row] for row in html[1:]]
        self.emit(Block("table", table_value([_without_dots(text)[:255] for text in header], cells), line))
        self._images()

    def _math(self, node: SyntaxTreeNode, line: int) -> None:
        latex = node.content.strip()
        if not latex:
            return
        if len(latex) > _FORMULA_LIMIT or not _is_formula(latex):
            self.report.changed(line, "A formula that can't be read is shown as its source.", "Check its commands.")
            self.emit(Block("code", {"language": "text", "code": latex, "caption": ""}, line))
            return
        self.emit(Block("math", {"latex": latex, "description": ""}, line))

    def _definitions(self, node: SyntaxTreeNode, line: int) -> None:
        self.report.changed(line, "A list of definitions was written as paragraphs.")
        for child in node.children:
            text = inline_html(self.reader, list(child.children), line)
            if text:
                self.say(f"<p><b>{text}</b></p>" if child.type == "dt" else f"<p>{text}</p>", line)
        self._images()

    # Lists ------------------------------------------------------------------------------------------------------

    def _list(self, node: SyntaxTreeNode, line: int) -> None:
        start = int(node.attrs.get("start", 1) or 0) if node.type == "ordered_list" else 1
        if start == 1 and _is_plain_list(node):
            self.say(self._list_html(node), line)
            self._images()
            return
        # Rich text can't hold code or pictures in a list, nor begin at another number: write the numbers out.
        for number, item in enumerate(node.children, start=start):
            prefix = f"<b>{number}.</b> " if node.type == "ordered_list" else "• "
            for child in item.children:
                if child.type == "paragraph":
                    self._paragraph(child, self.line(child), prefix)
                elif prefix:
                    self.say(f"<p>{prefix.strip()}</p>", self.line(item))
                    self.node(child)
                else:
                    self.node(child)
                prefix = ""

    def _list_html(self, node: SyntaxTreeNode) -> str:
        tag = "ul" if node.type == "bullet_list" else "ol"
        items: list[str] = []
        for item in node.children:
            texts: list[str] = []
            inner = ""
            for child in item.children:
                if child.type == "paragraph":
                    texts.append(
                        self._task(self.reader.writer.html(list(child.children[0].children), self.line(child)))
                    )
                else:
                    inner += self._list_html(child)
            items.append(f"<li>{'<br/>'.join(texts)}{inner}</li>")
        return f"<{tag}>{''.join(items)}</{tag}>" if items else ""

    def _task(self, html: str) -> str:
        match = _TASK.match(html)
        return f"{'☐' if match[1] == ' ' else '☑'} {html[match.end() :]}" if match else html


def _without_dots(text: str) -> str:
    """A heading without the row of dots that some authors widen a column with (``action . . . .``)."""
    return re.sub(r"(?:\s\.){3,}\s*$", "", text)


def _is_plain_list(node: SyntaxTreeNode) -> bool:
    """Whether every item holds text and such lists only, and no picture."""
    for item in node.children:
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                if int(child.attrs.get("start", 1) or 0) != 1 or not _is_plain_list(child):
                    return False
            elif child.type != "paragraph" or any(inner.type == "image" for inner in child.walk()):
                return False
    return True


def _is_formula(latex: str) -> bool:
    from latex2mathml.converter import convert

    try:
        convert(latex)
    except Exception:  # latex2mathml raises a family of unrelated classes
        return False
    return True
