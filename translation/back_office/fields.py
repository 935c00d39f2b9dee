"""A string as a field of a form: what it shows, which filter it belongs to, and what stands against a text."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from translation.back_office.markup import differences, isolated, with_visible_tags
from translation.queries import StringRow
from translation.text import plain

__all__ = ["FILTERS", "LONGEST", "StringField", "belongs", "clash", "fingerprint", "normalised", "refusal_of"]

#: Characters of one translation; more is no translation of anything that fits a page.
LONGEST = 20_000

FILTERS: dict[str, str | Promise] = {
    "all": _lazy("All"),
    "untranslated": _lazy("Untranslated"),
    "changed": _lazy("Changed since"),
    "machine": _lazy("By machine"),
    "errors": _lazy("With errors"),
}


def fingerprint(text: str) -> str:
    """Names a text, so that a form can say which one it was made for."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def normalised(text: str) -> str:
    """As a form field sends it, with plain line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class StringField:
    """A string on the screen, with what was typed if that could not be saved."""

    row: StringRow
    typed: str | None = None
    refusal: str = ""

    @property
    def text(self) -> str:
        """What the field shows."""
        return self.row.translation if self.typed is None else self.typed

    @property
    def error(self) -> str:
        return self.refusal or self.row.error

    @property
    def was(self) -> str:
        """The stored translation that the field was made for."""
        return fingerprint(self.row.translation)

    @property
    def source(self) -> SafeString | str:
        """The source with its markup visible."""
        return with_visible_tags(self.row.source_text) if self.row.is_html else self.row.source_text

    @property
    def lines(self) -> int:
        """Rows of the field, for browsers that don't fit it to its text."""
        text = max(self.row.source_text, self.text, key=len)
        return min(20, 1 + len(text) // 60 + text.count("\n"))

    @property
    def change(self) -> tuple[SafeString, SafeString] | None:
        """The source as it was when the page was published, and as it is."""
        if not self.row.previous_source:
            return None
        old = self.row.previous_source
        return differences(old if self.row.is_html else plain(old), self.row.source_text)

    @property
    def offers(self) -> list[dict[str, Any]]:
        """What the memory suggests, each with the source that it was made for."""
        return [
            {"text": offer.text, "score": offer.score, "source": isolated(offer.source)}
            for offer in self.row.suggestions
        ]

    @property
    def offers_source(self) -> bool:
        """Whether there is markup, a gap or a line's end to keep, so that it helps to start from the source."""
        return not self.text and any(mark in self.row.source_text for mark in ("<", "[[", "\n"))


def belongs(name: str, field: StringField) -> bool:
    row = field.row
    match name:
        case "untranslated":
            return not row.translation and not row.is_optional
        case "changed":
            return row.is_changed
        case "machine":
            return row.is_machine
        case "errors":
            return bool(field.error)
    return True


def refusal_of(text: str) -> str:
    """Why a text is no translation of anything; empty when it may be one."""
    if len(text) > LONGEST:
        words = _("This is %(length)d characters long; %(max)d are the most.")
        return words % {"length": len(text), "max": LONGEST}
    if "\x00" in text:
        return _("There is a character in this text that can't be stored. Remove it.")
    return ""


def clash(stored: str, was: str) -> str:
    """Whether somebody else saved something since the form was made, in words for its user.

    Args:
        stored: the translation that is there now.
        was: fingerprint of the one that the form was made of; empty: not known.
    """
    if not was or was in (fingerprint(stored), fingerprint(plain(stored))):
        return ""
    words = _("Somebody else changed this meanwhile; it is “%(text)s” now. Save again to put yours in its place.")
    return words % {"text": Truncator(stored).chars(300)}
