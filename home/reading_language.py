"""Texts that stand in another language than the page around them, and what readers are told about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page

from home.addresses import LanguageLink, own_name
from translation.queries import notice_for

__all__ = ["ForeignText", "ReadingNotice", "foreign_text", "reading_notice"]


@dataclass(frozen=True)
class ForeignText:
    """What a reader, a screen reader and the browser must know of such a text."""

    code: str

    @property
    def name(self) -> str:
        """The language in its own words."""
        return own_name(self.code)

    @property
    def attributes(self) -> SafeString:
        """``lang`` and ``dir`` for the element round the text, with a blank before."""
        direction = "rtl" if get_language_info(self.code)["bidi"] else "ltr"
        return format_html(' lang="{}" dir="{}"', self.code, direction)


def foreign_text(code: str) -> ForeignText | None:
    """A text in language ``code`` on a page in the active language; None where both are the same."""
    return None if code == get_language() else ForeignText(code)


@dataclass(frozen=True)
class ReadingNotice:
    """What a learner should know of a translation that is not whole, or older than its original."""

    percent: int
    is_untranslated: bool
    is_stale: bool
    stale_since: datetime | None
    source_language: str
    source_url: str  #: of the original, empty when it isn't public

    @property
    def is_partial(self) -> bool:
        """Some of it is translated."""
        return not self.is_untranslated and self.percent < 100

    @property
    def source_name(self) -> str:
        """The original's language in its own words."""
        return own_name(self.source_language)

    @property
    def foreign(self) -> ForeignText | None:
        """Set when the whole text stands in the original's language."""
        return foreign_text(self.source_language) if self.is_untranslated else None


def reading_notice(page: Page, links: Iterable[LanguageLink]) -> ReadingNotice | None:
    """What to tell about the translation that ``page`` is; None for originals and good translations; one query.

    Args:
        links: the page in its languages, as for the language switch.
    """
    found = notice_for(page)
    if found is None:
        return None
    source = next((link.url for link in links if link.code == found.source_language and link.is_exact), "")
    return ReadingNotice(
        percent=found.percent,
        is_untranslated=found.is_untranslated,
        is_stale=found.is_stale,
        stale_since=found.stale_since,
        source_language=found.source_language,
        source_url=source,
    )
