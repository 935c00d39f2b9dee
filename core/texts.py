"""Texts that people type: without what no database holds and no reader sees, with line breaks of one kind."""

import re

__all__ = ["plain_line", "plain_text"]

#: Control characters, halves of surrogate pairs, and signs that turn the direction of what follows (``U+202A`` …
#: ``U+202E``) or have no meaning in a text; tabs and line breaks stay. Isolates (``U+2066`` …) end with their line.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{4,}")


def plain_text(text: str) -> str:
    """``text`` as it is kept: trimmed, at most two empty lines in a row, nothing invisible that does harm."""
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    lines = (line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n\n", "\n".join(lines)).strip()


def plain_line(text: str) -> str:
    """The same as one line."""
    return " ".join(plain_text(text).split())
