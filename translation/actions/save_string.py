"""Save the translation of one string."""

import uuid
from typing import Any

from translation.queries.rows import StringRow

__all__ = ["save_string"]


def save_string(*, actor: Any, page_key: uuid.UUID, language: str, segment_id: int, text: str) -> StringRow:
    """Store ``text`` for the string; empty text takes the translation away.

    Args:
        text: HTML for strings of running text, else plain text, as ``StringRow.is_html`` says.

    Raises:
        NotATranslator, NotFound, NotInThisLanguage.
        StringGone: the source changed.
        InvalidTranslation: with what was typed; nothing was saved.
    """
    raise NotImplementedError
