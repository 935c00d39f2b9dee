"""Styles know start and end, never left and right: one sheet serves languages written from either side.

Every style sheet is looked at (website, admin), and the styles that stand in templates (certificate, mails).
"""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
SHEETS = sorted((ROOT / "frontend").rglob("*.css"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt", ".svg"))

_SIDE = r"(?:left|right)"
#: Properties and values that name a side of the page.
PHYSICAL = re.compile(
    rf"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-{_SIDE}[\w-]*(?=\s*:)"
    rf"|{_SIDE}(?=\s*:)"
    rf"|border-(?:top|bottom)-{_SIDE}-radius"
    rf"|(?:float|clear|text-align|caption-side)\s*:\s*{_SIDE}"
    rf"|(?:transform-origin|background-position|object-position|perspective-origin)\s*:[^;}}]*\b{_SIDE}"
    rf"|to\s+(?:(?:top|bottom)\s+)?{_SIDE}"
    rf"|translateX(?=\()"
    rf"|resize\s*:\s*horizontal)(?![\w-])"
)
#: Shorthands of four values, of which the second and the fourth are the two sides.
_SHORT = re.compile(
    r"(?<![\w-])(margin|padding|inset|border-width|border-style|border-color|border-radius)\s*:([^;}]+)"
)


def parts(value: str) -> list[str]:
    """The values of a shorthand; those with blanks inside brackets are one."""
    found, depth, word = [], 0, ""
    for sign in value.strip():
        depth += (sign == "(") - (sign == ")")
        if sign.isspace() and not depth:
            found += [word] if word else []
            word = ""
        else:
            word += sign
    return [part for part in [*found, word] if part and part != "!important"]


def lopsided(name: str, value: str) -> bool:
    """Whether a shorthand gives the two sides different values."""
    if name == "border-radius":  # top left, top right, bottom right, bottom left; after a slash the other radius
        corners = [parts(half) for half in value.split("/")]
        four = [[*half, half[0], half[1 % len(half)]] if len(half) == 2 else half for half in corners]
        if any(len(half) == 3 for half in corners):
            return True
        return any(len(half) == 4 and (half[0] != half[1] or half[2] != half[3]) for half in four)
    sides = parts(value)
    return len(sides) == 4 and sides[1] != sides[3]


def physical(styles: str) -> list[str]:
    """What in some styles names a side, or treats the two differently."""
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.S)
    found = [match[0] for match in PHYSICAL.finditer(styles)]
    found += [f"{match[1]}:{match[2]}" for match in _SHORT.finditer(styles) if lopsided(match[1], match[2])]
    return found


def styles_in(template: str) -> str:
    """The styles that stand in a template: in elements and in attributes."""
    elements = re.findall(r"<style[^>]*>(.*?)</style>", template, flags=re.S)
    attributes = re.findall(r"""\sstyle=(["'])(.*?)\1""", template, flags=re.S)
    return "\n".join([*elements, *(f"x {{ {text} }}" for _quote, text in attributes)])


def test_there_are_sheets() -> None:
    assert {"site.css", "base.css", "quiz.css", "courses.css"} <= {path.name for path in SHEETS}


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheet_knows_no_left_and_right(path: Path) -> None:
    assert physical(path.read_text(encoding="utf-8")) == []


def test_styles_in_templates_know_no_left_and_right() -> None:
    found = {path.name: physical(styles_in(path.read_text(encoding="utf-8"))) for path in TEMPLATES}
    assert {name: styles for name, styles in found.items() if styles} == {}
    assert any(styles_in(path.read_text(encoding="utf-8")) for path in TEMPLATES)


def test_elements_have_no_align_of_their_own() -> None:
    """The attributes that older mails set: ``align="left"``."""
    found = [
        f"{path.name}: {match[0]}"
        for path in TEMPLATES
        for match in re.finditer(r"""\s(?:v?align|hspace)=["']?(?:left|right)""", path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-left: 1em }",
        "a { padding-right: 0 }",
        "a { left: 0; top: 0 }",
        "a { border-left: 1px solid }",
        "a { border-top-left-radius: 2px }",
        "a { float: right }",
        "a { text-align: left }",
        "a { margin: 0 1em 0 2em }",
        "a { padding: 0 var(--gap) 0 0 }",
        "a { inset: 0 auto 0 0 }",
        "a { border-width: 0 2px 2px 0 }",
        "a { border-radius: 1em 0 0 1em }",
        "a { background: linear-gradient(to right, red, blue) }",
        "a { transform: translateX(1em) }",
        "a { transform-origin: top left }",
        "a { background-position: right 1em center }",
    ],
)
def test_what_names_a_side(rule: str) -> None:
    assert physical(rule) != []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-inline-start: 1em; inset-inline-end: 0 }",
        "a { margin: 0 1em 2em 1em }",
        "a { padding: calc(1em + 2px) 1em 0 }",
        "a { inset: 0 0 auto }",
        "a { border-radius: 1em 1em 0 0 }",
        "a { text-align: start; float: inline-start }",
        "a { --left-over: 1px; grid-area: left-hand }",
        "/* margin-left: 1em */",
        "a { background: linear-gradient(to bottom, red, blue); transform: scaleX(-1) }",
    ],
)
def test_what_names_none(rule: str) -> None:
    assert physical(rule) == []
