"""Strings as a PO file, for translators who work elsewhere."""

import uuid
from typing import Any

import polib

__all__ = ["export_po"]


def export_po(
    *, actor: Any, language: str, page_key: uuid.UUID | None = None, course_key: uuid.UUID | None = None
) -> polib.POFile:
    """All strings of one page, or of all pages of a course, with the translations there are.

    Raises:
        NotATranslator, NotFound, NotInThisLanguage.
    """
    raise NotImplementedError
