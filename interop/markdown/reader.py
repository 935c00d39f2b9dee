"""Markdown with fenced divs → blocks. The one entry is :func:`read_markdown`."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from markdown_it.tree import SyntaxTreeNode

from interop.markdown import boxes, tokens
from interop.markdown.blocks import SIMPLE, Block
from interop.markdown.divs import Div, GridTable, Node, RawDiv, Text, split_divs
from interop.markdown.inline import InlineWriter, plain
from interop.markdown.parser import markdown_parser
from interop.markdown.questions import read_inline_question, recognise_challenge
from interop.markdown.surroundings import NoFolder, Surroundings
from interop.report import FileReport, LossReport

MAX_TITLE = 200


@dataclass
class MarkdownText:
    """What a Markdown text became."""

    blocks: list[Block]
    title: str = ""  #: of a heading that stood first and belongs to the whole text
    terms: list[str] = field(default_factory=list)  #: glossary words that the text links to


@dataclass
class Reader:
    """Reads one file: its nodes, its references, its footnotes."""

    writer: InlineWriter
    report: FileReport
    with_questions: bool = True
    heading_shift: int = 0
    env: dict[str, Any] = field(default_factory=dict)
    footnotes: dict[str, SyntaxTreeNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parser = markdown_parser()

    # Reading ----------------------------------------------------------------------------------------------------

    def learn_references(self, nodes: list[Node]) -> None:
        """Collect link definitions and footnotes of the whole file first: they may stand after their use."""
        for node in _flat(nodes):
            if isinstance(node, Text):
                self._tokens_of(node.lines, block_only=True)

    def _tokens_of(self, lines: list[str], *, block_only: bool = False) -> list[Any]:
        source = "\n".join(lines)
        if not block_only:
            return self.parser.parse(source, self.env)
        found: list[Any] = []
        self.parser.block.parse(source, self.parser, self.env, found)
        return found

    def tree(self, lines: list[str]) -> list[SyntaxTreeNode]:
        """The syntax tree of some Markdown."""
        return list(SyntaxTreeNode(self._tokens_of(lines)).children)

    def blocks(self, nodes: list[Node], *, simple: bool = False) -> list[Block]:
        """Blocks of a level; ``simple`` for the inside of a box, where boxes can't stand."""
        found: list[Block] = []
        for node in nodes:
            match node:
                case Text():
                    found += self.text_blocks(node.lines, node.line, simple=simple)
                case GridTable():
                    found += tokens.grid_table(self, node.lines, node.line)
                case RawDiv():
                    found += self._question(node)
                case Div():
                    found += self._flattened(node) if simple else self._div(node)
        return _merge_text(found)

    def text_blocks(self, lines: list[str], line: int, *, simple: bool = False) -> list[Block]:
        """Blocks of plain Markdown that begins in ``line``."""
        return tokens.TokenReader(self, line, simple=simple).read(self.tree(lines))

    # Boxes ------------------------------------------------------------------------------------------------------

    def _question(self, node: RawDiv) -> list[Block]:
        if not self.with_questions:
            self.report.lost(node.line, "A question can stand in a lesson only.", "Move it into a lesson.")
            return []
        block = read_inline_question(self, node)
        return [block] if block else []

    def _div(self, div: Div) -> list[Block]:
        names = div.names
        if set(names) & boxes.TEACHERS:
            self.report.lost(div.line, "A note for teachers was left out: learners read this course.")
            return []
        kind = boxes.callout_kind(names)
        collapsed = next((name for name in names if name in boxes.COLLAPSED), "")
        if collapsed or div.attributes.values.get("collapse", "").lower() == "true":
            return self._solution(div, collapsed or "dropdown")
        if kind == "exercise" and self.with_questions and (found := recognise_challenge(self, div)):
            return found
        if kind:
            return self._callout(div, kind)
        if names and not set(names) & boxes.LAYOUT:
            self.report.changed(div.line, f"The box “{names[0]}” is unknown; its content stands without a box.")
        return self.blocks(div.children)

    def title_and_rest(self, div: Div) -> tuple[str, list[Node]]:
        """The title of a box: its own, or a heading that stands first in it."""
        if div.title or not div.children or not isinstance(div.children[0], Text):
            return plain_title(self, div.title, div.line), div.children
        first = div.children[0]
        for number, text in enumerate(first.lines):
            if not text.strip():
                continue
            if text.lstrip().startswith("#"):
                tree = self.tree([text])
                if tree and tree[0].type == "heading":
                    title = tokens.heading_text(self, tree[0], first.line + number)
                    rest = Text(first.line + number + 1, first.lines[number + 1 :])
                    return title[:MAX_TITLE], [rest, *div.children[1:]]
            break
        return "", div.children

    def _callout(self, div: Div, kind: str) -> list[Block]:
        title, children = self.title_and_rest(div)
        title = "" if boxes.is_generic(kind, title) else title
        found: list[Block] = []
        run: list[Node] = []

        def close(nodes: list[Node]) -> None:
            body, others = self._simple_and_others(nodes)
            first = not any(block.type == "callout" for block in found)
            if body and first:
                found.append(Block("callout", {"kind": kind, "title": title, "body": body}, div.line))
            else:
                found.extend(body)
            found.extend(others)

        for child in children:
            if isinstance(child, Div) and self._stands_apart(child):
                close(run)
                run = []
                found += self._div(child)
            else:
                run.append(child)
        close(run)
        if not any(block.type == "callout" for block in found):
            if not title:
                self.report.lost(div.line, "An empty box was left out.")
                return found
            words = Block("rich_text", f"<p>{tokens.escaped(title)}</p>", div.line)
            found.insert(0, Block("callout", {"kind": kind, "title": "", "body": [words]}, div.line))
        return found

    def _stands_apart(self, div: Div) -> bool:
        """Whether a box in a box follows it instead: solutions open on their own; teachers' notes go."""
        return bool(set(div.names) & (boxes.COLLAPSED | boxes.TEACHERS))

    def _simple_and_others(self, nodes: list[Node]) -> tuple[list[Block], list[Block]]:
        blocks = self.blocks(nodes, simple=True)
        return [b for b in blocks if b.type in SIMPLE], [b for b in blocks if b.type not in SIMPLE]

    def _solution(self, div: Div, name: str) -> list[Block]:
        title, children = self.title_and_rest(div)
        title = "" if boxes.is_generic("solution", title) else title
        if not title and name == "hint":
            title = _("Hint")
        elif not title and name in ("spoiler", "details", "dropdown", "collapse"):
            title = _("More on this")
        body, others = self._simple_and_others(children)
        if not body:
            self.report.lost(div.line, "An empty box was left out.")
            return others
        return [Block("solution", {"title": title, "body": body}, div.line), *others]

    def _flattened(self, div: Div) -> list[Block]:
        """The content of a box inside a box, with its title as a line in bold."""
        if set(div.names) & boxes.TEACHERS:
            return self._div(div)
        title, children = self.title_and_rest(div)
        blocks = self.blocks(children, simple=True)
        if div.names and not set(div.names) & boxes.LAYOUT:
            self.report.changed(div.line, f"The box “{div.names[0]}” inside another one was written into it.")
        if title:
            blocks.insert(0, Block("rich_text", f"<p><b>{tokens.escaped(title)}</b></p>", div.line))
        return blocks


def plain_title(reader: Reader, title: str, line: int) -> str:
    """A title's words, without Markdown, in the length that a title may have."""
    if not title:
        return ""
    tree = SyntaxTreeNode(reader.parser.parseInline(title, reader.env))
    return plain(reader.writer.html(list(tree.children[0].children), line))[:MAX_TITLE] if tree.children else ""


def read_markdown(
    text: str,
    *,
    first_line: int = 1,
    report: FileReport | None = None,
    surroundings: Surroundings | None = None,
    with_questions: bool = True,
    takes_title: bool = False,
) -> MarkdownText:
    """Read Markdown into blocks.

    Never raises for what a text may hold: what can't be kept is reported with its line.

    Args:
        text: Markdown without its front matter, lines ending in ``\\n``.
        first_line: line of the file that ``text`` begins in.
        report: takes the findings.
        surroundings: says where links and pictures lead; without it only addresses outside are kept.
        with_questions: whether self-check questions may stand in it (in lessons they may).
        takes_title: whether a heading of the first level at the beginning is the text's title, not a section.
    """
    report = report or FileReport(LossReport(), "")
    writer = InlineWriter(surroundings or NoFolder(), report)
    reader = Reader(writer, report, with_questions)
    nodes = split_divs(text, first_line=first_line, report=report)
    reader.learn_references(nodes)
    title = tokens.take_title(reader, nodes) if takes_title else ""
    reader.heading_shift = 1 if tokens.has_top_headings(nodes) else 0
    blocks = reader.blocks(nodes)
    blocks += tokens.footnote_blocks(reader)
    return MarkdownText(_merge_text(blocks), title, writer.terms)


def _flat(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    todo = list(nodes)
    while todo:
        node = todo.pop(0)
        found.append(node)
        if isinstance(node, Div):
            todo[:0] = node.children
    return found


def _merge_text(blocks: list[Block]) -> list[Block]:
    """Join neighbouring rich text: an author writes paragraphs, a lesson has text between its blocks."""
    merged: list[Block] = []
    for block in blocks:
        if block.type == "rich_text" and merged and merged[-1].type == "rich_text":
            last = merged[-1]
            merged[-1] = Block("rich_text", last.value + block.value, last.line)
        else:
            merged.append(block)
    return merged
