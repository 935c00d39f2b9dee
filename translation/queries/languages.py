"""What learners' pages and the APIs need to know of languages."""

import uuid
from collections.abc import Iterable

from wagtail.models import Page

from translation.queries.rows import AvailableLocale, TranslationNotice

__all__ = ["notice_for", "translations_of"]


def translations_of(page_keys: Iterable[uuid.UUID], *, visible: bool = True) -> dict[uuid.UUID, list[AvailableLocale]]:
    """The languages that pages exist in, by page key; two queries at most. Keys without a page are left out.

    Args:
        visible: leave out what learners can't see.
    """
    raise NotImplementedError


def notice_for(page: Page) -> TranslationNotice | None:
    """What a learner should know of the translation being read; None for originals and good translations; one query."""
    raise NotImplementedError
