"""Reading PO files that nobody vouches for: what can't be read is named by its line, the rest is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polib
from django.utils.translation import gettext as _

from translation.errors import BrokenFile

__all__ = ["Catalogue", "read_po"]

_LINE = re.compile(r"line (\d+)")
#: An entry is a run of lines that are neither empty nor white space.
_ENTRY = re.compile(r"(?:^[^\S\n]*\S.*(?:\n|\Z))+", re.MULTILINE)


@dataclass
class Catalogue:
    """What a file says: its header, entries with the line each begins at, and lines that could not be read."""

    header: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[int, polib.POEntry]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_po(data: bytes) -> Catalogue:
    """Read a file entry by entry, so that one broken entry costs only itself.

    Raises:
        BrokenFile: nothing in it is PO.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BrokenFile(
            message=_("Line %(line)d is not UTF-8. Save the file as UTF-8 and send it again.") % {"line": line}
        ) from error
    found = Catalogue()
    for first, chunk in _chunks(text):
        try:
            part = _parse(chunk)
        except (OSError, ValueError, IndexError) as error:
            found.problems.append(
                (first + _line_in(error) - 1, _("This can't be read: a quote or keyword is missing."))
            )
            continue
        found.header = found.header or {name: str(value) for name, value in part.metadata.items()}
        found.entries += [(first + max(entry.linenum, 1) - 1, entry) for entry in part if not entry.obsolete]
    if not found.entries and not found.header:
        raise BrokenFile
    return found


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    for match in _ENTRY.finditer(text):
        if "msgid" in match.group() or '"' in match.group():
            yield text.count("\n", 0, match.start()) + 1, match.group()


def _parse(chunk: str) -> polib.POFile:
    # The parser takes a text for the name of a file if there is such a file: a line break keeps it from that.
    return polib.pofile("\n" + chunk + "\n", check_for_duplicates=False)


def _line_in(error: Exception) -> int:
    """Lines from the beginning of the chunk, the first being 1; one line was put before it."""
    match = _LINE.search(str(error))
    return max(int(match.group(1)) - 1, 1) if match else 1
