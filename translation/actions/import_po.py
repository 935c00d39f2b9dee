"""Take translations from a PO file."""

import uuid
from dataclasses import dataclass, field
from typing import Any

__all__ = ["MAX_BYTES", "PoProblem", "PoReport", "import_po"]

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class PoProblem:
    """Something that was not saved, and the line where it stands."""

    line: int
    message: str


@dataclass
class PoReport:
    """What an import did, in strings."""

    saved: int = 0
    unchanged: int = 0
    problems: list[PoProblem] = field(default_factory=list)


def import_po(
    *,
    actor: Any,
    data: bytes,
    language: str,
    page_key: uuid.UUID | None = None,
    course_key: uuid.UUID | None = None,
) -> PoReport:
    """Save what is right in the file and report the rest by line; twice the same file changes nothing.

    Raises:
        NotATranslator, NotFound, NotInThisLanguage.
        FileTooLarge, BrokenFile, WrongLanguage: nothing was saved.
    """
    raise NotImplementedError
