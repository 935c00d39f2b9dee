"""Texts that stand in another language than the page around them."""

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from home.addresses import own_name

__all__ = ["ForeignText", "foreign_text"]


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
