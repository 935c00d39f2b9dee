"""Let a machine translate what nobody has."""

import uuid
from typing import Any

from translation.models import CourseTranslationJob

__all__ = ["translate_by_machine"]


def translate_by_machine(
    *, actor: Any, language: str, page_key: uuid.UUID | None = None, course_key: uuid.UUID | None = None
) -> int | CourseTranslationJob:
    """Translate the strings of a page that have no translation yet; returns how many. A course becomes a job.

    Raises:
        NotATranslator, NotFound, NotInThisLanguage.
        MachineTranslationOff, MachineTranslationFailed.
    """
    raise NotImplementedError
