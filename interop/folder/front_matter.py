"""The YAML block at the head of a Markdown file."""

import re
from dataclasses import dataclass

from interop.errors import CourseRefused
from interop.folder.yaml_source import YamlMapping, load_yaml

_END = re.compile(r"^(---|\.\.\.)[ \t]*$")


@dataclass(frozen=True)
class MarkdownFile:
    """A Markdown file taken apart."""

    path: str
    settings: YamlMapping
    text: str
    first_line: int  #: line of the file that ``text`` begins in


def split_front_matter(text: str, *, path: str) -> MarkdownFile:
    """Take the settings off the text.

    Raises:
        CourseRefused: the block has no end, is broken, or is not a list of ``name: value``.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return MarkdownFile(path, YamlMapping(), text, 1)
    end = next((number for number, line in enumerate(lines[1:], start=1) if _END.match(line)), None)
    if end is None:
        if ":" not in (lines[1] if len(lines) > 1 else ""):
            return MarkdownFile(path, YamlMapping(), text, 1)  # a rule across the page, not settings
        raise CourseRefused("The settings at the head of the file have no end: close them with ---.", path=path, line=1)
    data = load_yaml("\n".join(lines[1:end]), path=path, first_line=2)
    if data is None:
        data = YamlMapping()
    if not isinstance(data, YamlMapping):
        raise CourseRefused("The settings at the head of the file must be lines of “name: value”.", path=path, line=1)
    return MarkdownFile(path, data, "\n".join(lines[end + 1 :]), end + 2)
