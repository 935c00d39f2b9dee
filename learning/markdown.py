"""What people wrote as Markdown that shows exactly those words: nothing in them becomes a link, a heading or HTML.

By CommonMark 0.31: every sign of ASCII punctuation may stand behind a backslash; what opens a block does so at the
beginning of a line only. ``~``, ``|`` and ``$`` mean something to readers that know more than CommonMark.
"""

import re

__all__ = ["escaped", "link", "paragraphs"]

_ANYWHERE = re.compile(r"([\\`*_\[\]<>&~|${}])")
#: Headings, lists, rules and underlines of headings, numbered lists.
_AT_START = re.compile(r"^(?:([#+=-])|(\d{1,9})([.)]))")


def escaped(text: str) -> str:
    """One line of plain text as Markdown, at whichever place of a line it comes to stand."""
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _AT_START.sub(_opened, line)


def paragraphs(text: str, indent: str = "") -> str:
    """Text of several lines as Markdown: each stays a line, empty ones part paragraphs, code keeps its indentation.

    Args:
        indent: put before every line but the first, for texts inside a list.
    """
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(_indented(line))
        elif blocks[-1]:
            blocks.append([])
    joined = (f"\\\n{indent}".join(block) for block in blocks if block)
    return f"\n\n{indent}".join(joined)


def link(label: str, url: str) -> str:
    """A link. ``url`` is one of ours: without blanks, brackets and line breaks, which are written as per cent."""
    safe = re.sub(r"[\s()<>\\\"]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
    return f"[{escaped(label)}]({safe})"


def _indented(line: str) -> str:
    text = line.expandtabs(4)
    blanks = len(text) - len(text.lstrip(" "))
    # Four blanks would make it code, fewer would be dropped.
    return "&nbsp;" * blanks + _escaped(text.strip(), is_start=not blanks)


def _escaped(text: str, *, is_start: bool) -> str:
    """``text`` with its inner blanks kept; ``is_start``: it begins a line."""
    line = _ANYWHERE.sub(r"\\\1", text)
    return _AT_START.sub(_opened, line) if is_start else line


def _opened(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"
