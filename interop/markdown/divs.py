"""Fenced divs and grid tables, found line by line before the Markdown in them is read.

Pandoc, Quarto, MyST and the Carpentries' Workbench all write ``:::`` fences with their own habits. Pandoc's rule
holds for all: a fence with words opens, a fence without words closes the innermost one, lengths don't count.
A pass of its own (instead of a block rule of markdown-it) keeps nesting off the call stack.
"""

import re
from dataclasses import dataclass, field

from interop.markdown.attributes import Attributes, parse_attributes
from interop.report import FileReport

#: Deeper than any lesson goes; what is deeper is kept as text of this level.
MAX_DEPTH = 12

_DIV = re.compile(r"^ {0,3}(?P<fence>:{3,})[ \t]*(?P<words>.*?)[ \t]*:*[ \t]*$")
_DIV_IN_LIST = re.compile(r"^\s+:{3,}[ \t]*[\w{]?")
_CODE = re.compile(r"^(?P<indent>\s*(?:(?:[-*+>]|\d{1,9}[.)])\s+)*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
_GRID = re.compile(r"^ {0,3}\+(?:[-=:]+\+)+\s*$")
_DETAILS_OPEN = re.compile(r"^\s*<details\b[^>]*>(?P<rest>.*)$", re.IGNORECASE)
_DETAILS_CLOSE = re.compile(r"^(?P<rest>.*?)</details>\s*$", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(?P<title>.*?)</summary>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"^(?P<name>[\w.-]+)(?P<rest>.*)$")


@dataclass
class Text:
    """Lines of plain Markdown."""

    line: int
    lines: list[str] = field(default_factory=list)


@dataclass
class GridTable:
    """Lines of a table drawn with ``+--+``."""

    line: int
    lines: list[str] = field(default_factory=list)


@dataclass
class Div:
    """A fenced div with what stands in it."""

    line: int
    names: list[str]
    attributes: Attributes
    title: str = ""
    children: list["Node"] = field(default_factory=list)


@dataclass
class RawDiv:
    """A div whose content is not Markdown: a question in YAML."""

    line: int  #: of its first line of content
    name: str
    lines: list[str] = field(default_factory=list)


Node = Text | GridTable | Div | RawDiv
RAW_NAMES = {"self-check"}


class _Splitter:
    """Walks the lines once, with a stack of open divs."""

    def __init__(self, line: int, report: FileReport) -> None:
        self.line = line
        self.report = report
        self.root = Div(line, [], Attributes())
        self.stack: list[Div] = [self.root]
        self.code_fence = ""
        self.raw: RawDiv | None = None
        self.in_comment = False
        self.too_deep = False

    def feed(self, text: str) -> list[Node]:
        for line in text.split("\n"):
            self._line(line)
            self.line += 1
        if self.raw:
            self.report.changed(self.raw.line - 1, f"The box “{self.raw.name}” has no end.", "Close it with :::.")
        for div in self.stack[1:]:
            name = div.names[0] if div.names else ":::"
            self.report.changed(
                div.line, f"The box “{name}” has no end; it was closed at the end.", "Close it with :::."
            )
        return self.root.children

    def _line(self, line: str) -> None:
        if self.raw is not None:
            self._raw_line(line)
        elif self.code_fence:
            self._keep(line)
            closing = line.strip()
            if closing and set(closing) == {self.code_fence[0]} and len(closing) >= len(self.code_fence):
                self.code_fence = ""
        elif self.in_comment or line.lstrip().startswith("<!--"):
            self._comment_line(line)
        elif code := self._opens_code(line):
            self.code_fence = code
            self._keep(line)
        else:
            self._plain_line(line)

    def _opens_code(self, line: str) -> str:
        match = _CODE.match(line)
        # Backticks in the rest of the line mean code in running text: ```like this```.
        if not match or (match["fence"][0] == "`" and "`" in match["info"]):
            return ""
        return match["fence"]

    def _raw_line(self, line: str) -> None:
        match = _DIV.match(line)
        if self.raw and match and not match["words"]:
            self.raw = None
        elif self.raw:
            self.raw.lines.append(line)

    def _comment_line(self, line: str) -> None:
        self.in_comment = "-->" not in line
        rest = "" if self.in_comment else line.partition("-->")[2]
        self._keep(rest if rest.strip() else "")

    def _plain_line(self, line: str) -> None:
        if match := _DIV.match(line):
            self._fence(line, match["words"])
        elif match := _DETAILS_OPEN.match(line):
            self._open(Div(self.line, ["details"], Attributes()))
            self._details_line(match["rest"])
        elif len(self.stack) > 1 and "details" in self.stack[-1].names and (match := _DETAILS_CLOSE.match(line)):
            self._details_line(match["rest"])
            self.stack.pop()
        elif len(self.stack) > 1 and "details" in self.stack[-1].names:
            self._details_line(line)
        elif _GRID.match(line) or (line.lstrip().startswith("|") and self._last_is_grid()):
            self._grid_line(line)
        else:
            if _DIV_IN_LIST.match(line):
                self.report.changed(
                    self.line, "A box inside a list is not read as a box.", "Write ::: at the beginning of the line."
                )
                line = ""
            self._keep(line)

    def _details_line(self, line: str) -> None:
        if (match := _SUMMARY.search(line)) and not self.stack[-1].title:
            self.stack[-1].title = " ".join(_TAG.sub(" ", match["title"]).split())
            line = line.replace(match[0], "", 1)
        self._keep(line)

    def _fence(self, line: str, words: str) -> None:
        if words:
            self._open_fence(words)
        elif len(self.stack) > 1:
            self.stack.pop()
        else:
            self.report.changed(self.line, "A ::: closes nothing; it was left out.", "Remove the line.")

    def _open_fence(self, words: str) -> None:
        attributes = Attributes()
        names: list[str] = []
        title = ""
        rest = words
        if match := _NAME.match(words):
            names, rest = [match["name"].lower()], match["rest"].strip()
        if found := parse_attributes(rest):
            attributes = found
            names += [name.lower() for name in found.classes]
            rest = rest[found.end :].strip()
        elif rest.startswith("[") and rest.endswith("]"):
            rest = rest[1:-1]
        title = attributes.values.get("title", rest)
        if set(names) & RAW_NAMES:
            self.raw = RawDiv(self.line + 1, names[0])
            self.stack[-1].children.append(self.raw)
            return
        self._open(Div(self.line, names, attributes, title))

    def _open(self, div: Div) -> None:
        if len(self.stack) > MAX_DEPTH:
            if not self.too_deep:
                self.report.changed(
                    self.line, f"Boxes are nested more than {MAX_DEPTH} deep; the inner ones were opened."
                )
            self.too_deep = True
            # The same children under another head: what follows stays at this level, and each ::: finds its partner.
            div.children = self.stack[-1].children
        else:
            self.stack[-1].children.append(div)
        self.stack.append(div)

    def _last_is_grid(self) -> bool:
        children = self.stack[-1].children
        last = children[-1] if children else None
        return isinstance(last, GridTable) and last.line + len(last.lines) == self.line

    def _grid_line(self, line: str) -> None:
        if not self._last_is_grid():
            self.stack[-1].children.append(GridTable(self.line))
        grid = self.stack[-1].children[-1]
        assert isinstance(grid, GridTable)  # noqa: S101  (narrowed by _last_is_grid)
        grid.lines.append(line.strip())

    def _keep(self, line: str) -> None:
        children = self.stack[-1].children
        if not children or not isinstance(children[-1], Text):
            if not line.strip():
                return
            children.append(Text(self.line))
        text = children[-1]
        assert isinstance(text, Text)  # noqa: S101  (appended above)
        # Lines that belong to nobody (comments) are blank, so that line numbers stay true.
        text.lines.extend([""] * (self.line - text.line - len(text.lines)))
        text.lines.append(line)


def split_divs(text: str, *, first_line: int, report: FileReport) -> list[Node]:
    """Take Markdown apart at its fenced divs and grid tables; code blocks and comments are left alone.

    ``<details>`` counts as a div. Divs without end, ends without beginning and divs inside lists are reported.
    """
    return _Splitter(first_line, report).feed(text)
