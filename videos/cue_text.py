"""The text of a cue: which tags stay, which letters, and how it reads without them."""

import re
from html import unescape
from typing import Final

__all__ = ["clean_text", "plain_text", "speaker_of"]

_KEPT: Final = frozenset({"b", "i", "u", "v"})
#: A tag with its classes and what follows a blank; or a time within a cue, as karaoke has it.
_TAG = re.compile(r"<(?:(/?)([A-Za-z]+)((?:\.[^\s<>.]*)*)(?:[ \t\n]([^<>]*))?|[0-9:.]+|/)>")
#: What can't be shown, and what other programs take for the end of a line.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\t\r\x0b\x0c\x85\u2028\u2029]")
_OWN_TAG = re.compile(r"</?[biuv](?: [^<>]*)?>")
_VOICE = re.compile(r"<v ([^<>]*)>")
MAX_NAME: Final = 80


def clean_text(text: str) -> str:
    """``text`` with nothing in it but words, lines, and ``b``, ``i``, ``u``, ``v`` that are closed in order.

    Cleaning what is clean changes nothing. Tags of other kinds go, what stands in them stays; a ``<`` that begins no
    tag is a letter.
    """
    text = _showable(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts: list[str] = []
    open_tags: list[str] = []
    end = 0
    for match in _TAG.finditer(text):
        parts.append(_escape(text[end : match.start()]))
        end = match.end()
        name = (match[2] or "").lower()
        if name in _KEPT:
            parts.append(_close(name, open_tags) if match[1] else _open(name, match[4] or "", open_tags))
    parts.append(_escape(text[end:]))
    parts += [f"</{name}>" for name in reversed(open_tags)]
    return _lines("".join(parts))


def _open(name: str, annotation: str, open_tags: list[str]) -> str:
    if name in open_tags:
        return ""
    if name == "v":
        speaker = " ".join(_showable(unescape(annotation)).split())[:MAX_NAME].strip()
        if not speaker:
            return ""
        open_tags.append(name)
        return f"<v {_written(speaker)}>"
    open_tags.append(name)
    return f"<{name}>"


def _close(name: str, open_tags: list[str]) -> str:
    if name not in open_tags:
        return ""
    closed = ""
    while open_tags:
        last = open_tags.pop()
        closed += f"</{last}>"
        if last == name:
            break
    return closed


def _escape(text: str) -> str:
    """As WebVTT writes letters; what was escaped already is escaped once."""
    return _written(_showable(unescape(text)))


def _written(plain: str) -> str:
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _showable(text: str) -> str:
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))


def _lines(text: str) -> str:
    """Without empty lines and blanks around lines: an empty line would end the cue."""
    return "\n".join(line for line in (line.strip() for line in text.split("\n")) if line)


def plain_text(text: str) -> str:
    """The words of a clean text, line by line."""
    return unescape(_OWN_TAG.sub("", text))


def speaker_of(text: str) -> str:
    """Who speaks first in a clean text, where it says so."""
    match = _VOICE.search(text)
    return unescape(match[1]) if match else ""
