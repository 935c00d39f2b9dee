"""Strings as translators read them: the markup of rich text stays visible, and what changed in a text is marked."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["differences", "isolated", "with_visible_tags"]

_TAG = re.compile(r"(<[^<>]+>)")
_TOKEN = re.compile(r"<[^<>]+>|\w+|\s+|[^\w\s]")
#: Longer texts are shown whole: comparing takes time that grows with the product of their lengths.
MOST_TOKENS = 1500


def with_visible_tags(source: str) -> SafeString:
    """The text of a string with each tag as text of its own, set apart from the words."""
    parts = ((_mark(part),) for part in _TAG.split(source) if part)
    return format_html_join("", "{}", parts)


def isolated(text: str) -> str:
    """A text that keeps its own direction within a sentence of another language, by Unicode's isolates."""
    return f"\u2068{text}\u2069"


def differences(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Both texts word by word: in the first what went is marked as deleted, in the second what came as inserted."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) + len(after) > MOST_TOKENS:
        return with_visible_tags(old), with_visible_tags(new)
    went: list[SafeString] = []
    came: list[SafeString] = []
    for verb, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if verb == "equal":
            went.append(_joined(before[i1:i2]))
            came.append(_joined(after[j1:j2]))
            continue
        if i1 < i2:
            went.append(format_html("<del>{}</del>", _joined(before[i1:i2])))
        if j1 < j2:
            came.append(format_html("<ins>{}</ins>", _joined(after[j1:j2])))
    return _together(went), _together(came)


def _mark(part: str) -> SafeString | str:
    return format_html('<span class="tr-tag">{}</span>', part) if _TAG.fullmatch(part) else part


def _joined(tokens: Iterable[str]) -> SafeString:
    return with_visible_tags("".join(tokens))


def _together(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
