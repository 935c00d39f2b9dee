"""Markdown as the Workbench, Quarto and Pandoc write it → blocks."""

import re

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from courses.blocks.simple import TEXT_FEATURES
from interop.markdown import Block, read_markdown
from interop.report import FileReport, Kind, LossReport


def read(text: str) -> tuple[list[Block], LossReport]:
    report = LossReport()
    return read_markdown(text, report=FileReport(report, "x.md")).blocks, report


def shapes(text: str) -> list[str]:
    return [block.type for block in read(text)[0]]


def html(text: str) -> str:
    blocks, _report = read(text)
    assert [block.type for block in blocks] == ["rich_text"]
    return str(blocks[0].value)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("One *two* **three** `four`", "<p>One <i>two</i> <b>three</b> <code>four</code></p>"),
        ("a\nb  \nc", "<p>a b<br/>c</p>"),
        ("~~old~~ <kbd>Q</kbd> x<sup>2</sup>", "<p><s>old</s> <code>Q</code> x<sup>2</sup></p>"),
        ("- a\n- b\n  - c\n", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("3. c\n4. d\n", "<p><b>3.</b> c</p><p><b>4.</b> d</p>"),
        ("> wise\n> words\n", "<blockquote>wise words</blockquote>"),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        ("type git <file name> now", "<p>type git &lt;file name&gt; now</p>"),
        ("[x](https://example.com/?a=1&b=2)", '<p><a href="https://example.com/?a=1&amp;b=2">x</a></p>'),
        ("<https://example.com>", '<p><a href="https://example.com">https://example.com</a></p>'),
        ("[x][y]\n\n[y]: https://example.com\n", '<p><a href="https://example.com">x</a></p>'),
        ("one <!-- hidden --> two", "<p>one  two</p>"),
        ("<!-- hidden\n::: note\n-->\n\nseen", "<p>seen</p>"),
        ("area $r^2$ and price $5 or $6", "<p>area <i>r</i><sup>2</sup> and price $5 or $6</p>"),
        ("word\n:   meaning\n", "<p><b>word</b></p><p>meaning</p>"),
        ("an <b>unclosed tag", "<p>an <b>unclosed tag</b></p>"),
        ("- [x] done\n- [ ] open\n", "<ul><li>☑ done</li><li>☐ open</li></ul>"),
    ],
)
def test_running_text(text: str, stored: str):
    assert html(text) == stored


def test_rich_text_is_what_the_editor_stores():
    text = "# A\n\npara *i* **b** `c`\n\n- one\n- two\n  1. three\n\n> quote\n\n### h\n\nword\n\n---\n\n[l](https://example.com)\n"
    converter = ContentstateConverter(TEXT_FEATURES)
    for block in read(text)[0]:
        if block.type == "rich_text":
            stored = converter.to_database_format(converter.from_database_format(block.value))
            assert re.sub(r' data-block-key="[^"]*"', "", stored) == block.value


def test_headings_begin_at_the_level_of_sections():
    assert [b.value for b in read("# One\n\n## Two\n\n### Three\n")[0]] == [
        {"text": "One", "level": "2"},
        {"text": "Two", "level": "3"},
        {"text": "Three", "level": "4"},
    ]
    assert [b.value["level"] for b in read("## Two\n\n#### Four {#id .class}\n")[0]] == ["2", "4"]
    assert read("#### Four {#id .class}\n")[0][0].value["text"] == "Four"


@pytest.mark.parametrize(
    ("fence", "language", "caption"),
    [
        ("```python", "python", ""),
        ("```{python}", "python", ""),
        ("```{r, echo=FALSE}", "r", ""),
        ('```{.python .numberLines caption="a.py"}', "python", "a.py"),
        ("~~~ sh", "bash", ""),
        ("```output", "output", ""),
        ("```error", "output", "Error message"),
        ("```", "text", ""),
        ('```js title="a.js"', "javascript", "a.js"),
    ],
)
def test_code_names_its_language(fence: str, language: str, caption: str):
    blocks, _report = read(f"{fence}\n  x = 1\n{fence[:3]}\n")
    assert [(b.type, b.value) for b in blocks] == [
        ("code", {"language": language, "code": "  x = 1", "caption": caption})
    ]


def test_unknown_language_is_told():
    blocks, report = read("```brainfuck\n+\n```\n")
    assert blocks[0].value["language"] == "text"
    assert [(f.kind, f.line) for f in report] == [(Kind.NOTE, 1)]


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("::: callout", "note"),
        (":::::::::::  objectives", "objectives"),
        ("::: {.callout-tip}", "tip"),
        (":::{.callout-warning}", "warning"),
        ("::: prereq", "prerequisites"),
        (":::{note}", "note"),
        ("::: keypoints :::", "keypoints"),
        ("::: challenge", "exercise"),
    ],
)
def test_boxes_of_every_habit(opening: str, kind: str):
    blocks, report = read(f"{opening}\n\n## Title here\n\nText.\n\n:::::::::\n\nAfter.\n")
    assert [block.type for block in blocks] == ["callout", "rich_text"]
    assert (blocks[0].value["kind"], blocks[0].value["title"]) == (kind, "Title here")
    assert [(b.type, b.value) for b in blocks[0].value["body"]] == [("rich_text", "<p>Text.</p>")]
    assert len(report) == 0


def test_solution_follows_its_exercise():
    text = "::: challenge\n## Try\n\nDo it.\n\n::: solution\n## Solution\n\nDone.\n:::\n\n::: hint\nLook.\n:::\n:::\n"
    blocks, _report = read(text)
    assert [(b.type, b.value["title"]) for b in blocks] == [("callout", "Try"), ("solution", ""), ("solution", "Hint")]


def test_details_are_a_solution():
    blocks, _report = read("<details>\n<summary>More</summary>\n\nHidden **text**.\n\n</details>\n\nAfter.\n")
    assert [b.type for b in blocks] == ["solution", "rich_text"]
    assert blocks[0].value["title"] == "More"
    assert blocks[0].value["body"][0].value == "<p>Hidden <b>text</b>.</p>"


def test_unclosed_and_stray_fences_are_reported():
    blocks, report = read("::: note\n\nText.\n\n::: tip\n\nMore.\n\n:::\n")
    assert [b.type for b in blocks] == ["callout"]
    assert ("x.md:1", Kind.CHANGED) in [(f.place, f.kind) for f in report]
    _blocks, report = read("Text.\n\n:::\n")
    assert [(f.line, f.kind) for f in report] == [(3, Kind.CHANGED)]


def test_colons_in_code_are_code():
    assert shapes("```text\n::: note\n```\n\nAfter.\n") == ["code", "rich_text"]


def test_list_with_code_keeps_its_numbers():
    blocks, _report = read("1. Type\n\n   ```bash\n   ls\n   ```\n\n2. Read\n")
    assert [(b.type, b.value if b.type == "rich_text" else b.value["code"]) for b in blocks] == [
        ("rich_text", "<p><b>1.</b> Type</p>"),
        ("code", "ls"),
        ("rich_text", "<p><b>2.</b> Read</p>"),
    ]


def test_tables():
    blocks, _report = read("| a | b |\n| - | - |\n| `1` | **2** |\n| 3 |\n")
    assert blocks[0].value["table"] == {
        "columns": [{"type": "text", "heading": "a"}, {"type": "text", "heading": "b"}],
        "rows": [{"values": ["<p><code>1</code></p>", "<p><b>2</b></p>"]}, {"values": ["<p>3</p>", ""]}],
    }


def test_grid_table():
    text = """
+-----+-------+
| a   | b     |
+=====+=======+
| ``` | - one |
| x   |       |
| ``` | - two |
+-----+-------+
"""
    blocks, report = read(text)
    assert [b.type for b in blocks] == ["table"]
    assert blocks[0].value["table"]["rows"][0]["values"] == ["<p><code>x</code></p>", "<p>• one<br/>• two</p>"]
    assert [f.kind for f in report] == [Kind.CHANGED]


def test_formula_of_its_own():
    blocks, _report = read("$$\n\\frac{a}{b}\n$$\n")
    assert [(b.type, b.value["latex"]) for b in blocks] == [("math", "\\frac{a}{b}")]
    blocks, report = read("$$\n\\left( a\n$$\n")
    assert [b.type for b in blocks] == ["code"]
    assert [f.line for f in report] == [1]


def test_rich_formula_in_a_sentence_is_shown_as_source():
    _blocks, report = read("See $\\frac{a}{b}$ here.\n")
    assert [f.kind for f in report] == [Kind.CHANGED]
    assert html("See $\\frac{a}{b}$ here.\n") == "<p>See <code>\\frac{a}{b}</code> here.</p>"


def test_dead_reference_is_reported_and_its_words_stay():
    assert html("See [the manual][manual] now.\n") == "<p>See the manual now.</p>"
    _blocks, report = read("\nSee [the manual][manual] now.\n")
    assert [(f.line, f.kind) for f in report] == [(2, Kind.LOST)]
    assert html("Write a[i][j] here.\n") == "<p>Write a[i][j] here.</p>"


def test_footnotes_are_gathered():
    blocks, _report = read("One[^a].\n\n[^a]: Note *here*.\n")
    assert [b.value for b in blocks] == [
        "<p>One<sup>[1]</sup>.</p>",
        {"text": "Notes", "level": "2"},
        "<ol><li>Note <i>here</i>.</li></ol>",
    ]


def options(text: str) -> list[tuple[str, bool]]:
    block = next(b for b in read(text)[0] if b.type in ("single_choice", "multiple_choice"))
    return [(option["text"], option["correct"]) for option in block.value["options"]]


EXERCISE = "::: challenge\n\nWhich?\n\n{options}\n\n::: solution\n\n{solution}\n\n:::\n:::\n"


@pytest.mark.parametrize(
    ("listed", "solution", "right"),
    [
        ("1. a\n2. b\n3. c", "The answer is 2.", 2),
        ("1. a\n2. b\n3. c", "The correct answer is (3), because.", 3),
        ("1. a\n2. b", "Answer 1 is not right; but answer 2 is correct.", 2),
        ("1. a\n2. b", "1. Would fail.\n2. Is correct: it works.", 2),
        ("- A) a\n- B) b", "The answer is B.", 2),
        ("1. a\n2. b", "Option 1 is the best.", 1),
    ],
)
def test_exercise_whose_solution_names_an_option_is_a_question(listed: str, solution: str, right: int):
    found = options(EXERCISE.format(options=listed, solution=solution))
    assert [number for number, (_text, correct) in enumerate(found, start=1) if correct] == [right]


@pytest.mark.parametrize(
    ("listed", "solution"),
    [
        ("1. Open it.\n2. Close it.", "Like this: open, then close."),
        ("1. a\n2. b", "Answer 1 is correct, and answer 2 is correct too."),
        ("1. a\n2. b", "The answer is 7."),
        ("- a\n- b", "The answer is 2."),
        ("1. a\n2. b", "Answer 2 is not correct."),
    ],
)
def test_in_doubt_it_stays_an_exercise(listed: str, solution: str):
    assert shapes(EXERCISE.format(options=listed, solution=solution)) == ["callout", "solution"]


def test_ticked_options_may_be_several():
    text = "::: challenge\nWhich?\n\n- [x] a\n- [ ] b\n- [x] c\n:::\n"
    assert options(text) == [("<p>a</p>", True), ("<p>b</p>", False), ("<p>c</p>", True)]
