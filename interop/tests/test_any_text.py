"""Whatever a file holds: reading never raises, and what comes out satisfies the blocks' own rules."""

import re
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.blocks import LessonBodyBlock
from interop.markdown import read_markdown
from interop.report import FileReport, LossReport
from interop.storing.resolve import Resolver

PIECES = [
    "::: note\n",
    "::::: challenge\n",
    "::: solution\n",
    ":::\n",
    ":::: self-check\n",
    "type: true_false\n",
    "::: {.x #y}\n",
    "# ",
    "## T\n",
    "- ",
    "1. ",
    "  ",
    "\n",
    "\n\n",
    "```python\n",
    "```\n",
    "~~~\n",
    "> ",
    "| a | b |\n",
    "| - | - |\n",
    "+---+\n",
    "| x |\n",
    "+===+\n",
    "$$\n",
    "$x^2$",
    "\\frac{",
    "[a](b)",
    "[a][b]",
    "![x](y.png){alt='z'}",
    "[^1]",
    "[^1]: n\n",
    "<script>",
    "</script>",
    "<b>",
    "</i>",
    "<a href=javascript:x>",
    "<div>",
    "<!--",
    "-->",
    "<details>\n",
    "</details>\n",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "*",
    "_",
    "`",
    "\\",
    "&amp;",
    "&#0;",
    "\u202e",
    "é",
    "😀",
    "The answer is 2.",
    "- [x] ",
    ":   d\n",
    "word ",
    "www ",
    "---\n",
    "===\n",
    "<",
    ">",
    '"',
    "'",
]
_UNSAFE = re.compile(r"<script|<iframe|\son\w+\s*=\s*[\"']|href=\"(?!https?:|mailto:|tel:)", re.IGNORECASE)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_any_text_becomes_valid_blocks(text: str):
    report = LossReport()
    read = read_markdown(text.replace("\0", ""), report=FileReport(report, "x.md"))
    before = len(report)
    resolver = Resolver(
        report=FileReport(report, "x.md"),
        page_key=uuid.UUID(int=1),
        page_pk=lambda path: None,
        document_pk=lambda path: None,
        image_pk=lambda path, where, line: None,
        term_pk=lambda name: None,
    )
    rows = resolver.rows(read.blocks, LessonBodyBlock())
    # Questions alone may be refused by their block: their key is the author's business.
    refused = [finding.message for finding in report.findings[before:]]
    assert [message for message in refused if not re.search(r"\((?:true_false|single_|multiple_)", message)] == []
    for row in rows:
        if row["type"] == "rich_text":
            assert not _UNSAFE.search(row["value"])
