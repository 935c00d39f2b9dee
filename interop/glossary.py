"""A glossary written as a definition list → terms."""

import re

from django.utils.text import slugify
from markdown_it.tree import SyntaxTreeNode

from interop.course_source import TermSource
from interop.folder.front_matter import MarkdownFile
from interop.markdown.inline import InlineWriter, plain
from interop.markdown.parser import markdown_parser
from interop.markdown.surroundings import NoFolder
from interop.markdown.tokens import escaped
from interop.report import FileReport, LossReport

_LAZY = re.compile(r"^:\s")


def read_glossary(source: MarkdownFile, report: FileReport) -> list[TermSource]:
    """The terms of a glossary; links inside definitions become plain words.

    Definitions may go on in lines without indentation, as CommonMark's lazy paragraphs do.
    """
    quiet = InlineWriter(NoFolder(), FileReport(LossReport(), source.path))
    tree = SyntaxTreeNode(markdown_parser().parse(source.text, {}))
    found: list[TermSource] = []
    rest = False
    for node in tree.children:
        if node.type != "dl":
            rest = rest or node.type not in ("heading", "hr")
            continue
        heads: list[tuple[str, str, int]] = []
        for child in node.children:
            line = source.first_line + (child.map[0] if child.map else 0)
            if child.type == "dt":
                heads.append((*_head(quiet, child, line), line))
            else:
                words = plain(" ".join(_paragraphs(quiet, child, line)))
                found += [TermSource(name, term, words[:1000], at) for name, term, at in heads if words and term]
                heads = []
    if rest:
        report.lost(0, "Only the words of the glossary were carried over; the rest of this file was not.")
    return found


def _head(writer: InlineWriter, node: SyntaxTreeNode, line: int) -> tuple[str, str]:
    term = plain(writer.html([inner for child in node.children for inner in child.children], line))[:100]
    attributes = (inner.meta.get("attributes") for inner in node.walk() if inner.type == "span")
    identifier = next((found.identifier for found in attributes if found), "")
    return identifier or slugify(term), term


def _paragraphs(writer: InlineWriter, node: SyntaxTreeNode, line: int) -> list[str]:
    return [
        writer.html(list(inner.children), line) if inner.type == "inline" else escaped(inner.content)
        for inner in node.walk()
        if inner.type in ("inline", "fence", "code_block")
    ]
