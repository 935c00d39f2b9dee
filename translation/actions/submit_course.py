"""Bring a whole course into other languages."""

import uuid
from collections.abc import Iterable
from typing import Any

from translation.models import CourseTranslationJob

__all__ = ["submit_course_for_translation"]


def submit_course_for_translation(
    *, actor: Any, course_key: uuid.UUID, languages: Iterable[str]
) -> list[CourseTranslationJob]:
    """Queue one job a language; where one is open already, that one is returned.

    Raises:
        NotATranslator, NotFound, SourceNotPublished, UnknownLanguage.
    """
    raise NotImplementedError
