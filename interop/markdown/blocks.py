"""The neutral form that Markdown is read into: blocks with the names and fields of ``courses.blocks``.

Pictures, files and pages are still paths of the folder; ``interop.resolve`` puts numbers in their place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: Blocks that may stand inside a callout, a solution or a question.
SIMPLE = {"rich_text", "code", "image", "table", "math"}


@dataclass
class Block:
    """One block; ``value`` is a string (rich text) or a mapping whose ``body``/``prompt`` hold blocks again."""

    type: str
    value: Any
    line: int
    key: str = ""  #: the author's own name of a question, the same in every language

    def walk(self) -> Iterator["Block"]:
        """This block and all blocks inside it."""
        yield self
        if isinstance(self.value, dict):
            for field in ("body", "prompt"):
                for block in self.value.get(field) or []:
                    yield from block.walk()


def walk(blocks: list[Block]) -> Iterator[Block]:
    """Every block of a body, inner ones included, in reading order."""
    for block in blocks:
        yield from block.walk()
