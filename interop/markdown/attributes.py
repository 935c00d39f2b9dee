"""Attributes in braces, as Pandoc writes them: ``{.class #id key="value"}``, and where they may stand in text."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_ITEM = re.compile(
    r"""\s*(?:
        \#(?P<id>[^\s{}#.=]+)
      | \.(?P<class>[^\s{}#.=]+)
      | (?P<key>[A-Za-z_:][\w:.-]*)\s*=\s*
        (?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s{}"']+))
      | (?P<word>[^\s{}#.="',]+)
      | (?P<comma>,)
    )\s*""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
#: Inline tokens that attributes may follow.
_CARRIERS = {"image", "link_close", "code_inline", "span_close"}


@dataclass
class Attributes:
    """What stood in braces."""

    identifier: str = ""
    classes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    end: int = 0  #: position after the closing brace


def parse_attributes(text: str, start: int = 0) -> Attributes | None:
    """Read attributes from the brace at ``start``; None when it is not an attribute block.

    Bare words count as classes: ``{python}`` and ``{r, echo=FALSE}`` are how notebooks name a language.
    """
    if not text.startswith("{", start):
        return None
    found = Attributes()
    position = start + 1
    while position < len(text):
        if text[position] == "}":
            found.end = position + 1
            return found
        match = _ITEM.match(text, position)
        if not match or match.end() == position:
            if text[position].isspace():
                position += 1
                continue
            return None
        position = match.end()
        if match["id"]:
            found.identifier = match["id"]
        elif match["class"]:
            found.classes.append(match["class"])
        elif match["key"]:
            value = next(part for part in (match["double"], match["single"], match["bare"]) if part is not None)
            found.values[match["key"].lower()] = _ESCAPE.sub(r"\1", value)
        elif match["word"]:
            found.classes.append(match["word"])
    return None


def attributes_plugin(md: MarkdownIt) -> None:
    """Let attributes follow images, links, code and ``[spans]`` in text."""
    md.inline.ruler.before("link", "braced_attributes", _braced_attributes)
    md.inline.ruler.after("link", "span", _span)


def _braced_attributes(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    carrier = state.tokens[-1]
    if carrier.type not in _CARRIERS:
        return False
    found = parse_attributes(state.src, state.pos)
    if not found:
        return False
    carrier.meta = {**carrier.meta, "attributes": found}
    state.pos = found.end
    return True


def _span(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    label_end = state.md.helpers.parseLinkLabel(state, state.pos)
    if label_end < 0 or not state.src.startswith("{", label_end + 1):
        return False
    found = parse_attributes(state.src, label_end + 1)
    if not found:
        return False
    if not silent:
        outer_max = state.posMax
        state.push("span_open", "span", 1).meta = {"attributes": found}
        state.pos, state.posMax = state.pos + 1, label_end
        state.md.inline.tokenize(state)
        state.posMax = outer_max
        state.push("span_close", "span", -1)
    state.pos = found.end
    return True
