"""YAML from strangers: plain data only, bounded in depth and size, with lines kept for messages."""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

from interop.errors import CourseRefused

#: Deeper than any configuration or question needs; far below Python's own limit.
MAX_DEPTH = 24
#: Nodes of one document; a quiz of 200 questions has about 8,000.
MAX_NODES = 50_000


class YamlMapping(dict[str, Any]):
    """A mapping that knows the line it begins in."""

    line: int = 0


class _Loader(yaml.SafeLoader):
    """Safe tags only, and neither aliases (they multiply) nor deep nesting (it exhausts the stack)."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0
        self.nodes = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.YAMLError(_at(event.start_mark, "aliases (*name) are not read; write the value out"))
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise yaml.YAMLError(_at(self.peek_event().start_mark, "too deep or too large to be a course's settings"))
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Problem(str):
    line = 0


def _at(mark: yaml.Mark | None, text: str) -> _Problem:
    problem = _Problem(text)
    problem.line = mark.line if mark else 0
    return problem


def _mapping(loader: _Loader, node: MappingNode) -> YamlMapping:
    mapping = YamlMapping()
    mapping.line = node.start_mark.line
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in mapping:
            raise yaml.YAMLError(_at(key_node.start_mark, f"“{key}” is given twice"))
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _plain_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# A title like 2024-05-01 is text to its author, not a date.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _plain_text)


def load_yaml(text: str, *, path: str, first_line: int = 1) -> Any:
    """Read one YAML document into plain data; mappings are ``YamlMapping`` with lines of the file.

    Args:
        text: the document.
        path: file it stands in, for messages.
        first_line: line of the file that ``text`` begins in.

    Raises:
        CourseRefused: it is not YAML, uses aliases or tags that run code, repeats a key, or is too deep.
    """
    loader = _Loader(text)
    try:
        data = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "it can't be read"
        raise CourseRefused(
            f"broken YAML: {reason}.", path=path, line=first_line + (mark.line if mark else 0)
        ) from None
    except yaml.YAMLError as error:
        problem = error.args[0] if error.args and isinstance(error.args[0], _Problem) else _at(None, str(error))
        raise CourseRefused(f"broken YAML: {problem}.", path=path, line=first_line + problem.line) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise CourseRefused(f"broken YAML: {error}.", path=path, line=first_line) from None
    finally:
        loader.dispose()
    _shift_lines(data, first_line)
    return data


def _shift_lines(data: Any, first_line: int) -> None:
    if isinstance(data, YamlMapping):
        data.line += first_line
        for value in data.values():
            _shift_lines(value, first_line)
    elif isinstance(data, list):
        for value in data:
            _shift_lines(value, first_line)
