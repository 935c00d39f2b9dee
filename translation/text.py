"""Strings as wagtail-localize keeps them, and as people type them."""

import re
from collections.abc import Iterable

from bs4 import BeautifulSoup
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail_localize.models import String
from wagtail_localize.strings import StringValue, extract_ids, validate_translation_links

from courses.blocks.questions import GAP
from translation.errors import InvalidTranslation

__all__ = ["as_typed", "checked", "fitted", "from_typed", "hash_of", "is_slug_path", "plain"]

_BLANKS = re.compile(r"\s+")


def hash_of(text: str) -> str:
    """How a source string is noted in a :class:`~translation.models.PageTranslation`."""
    return String._get_data_hash(text).hex


def plain(text: str) -> str:
    """A string without markup, its lines kept."""
    return StringValue(text).render_text()


def as_typed(text: str, *, is_html: bool) -> str:
    """What a form shows of a stored string."""
    return text if is_html else plain(text)


def from_typed(text: str, *, is_html: bool) -> str:
    """What is stored of a typed text."""
    text = text.replace("\r\n", "\n").strip()
    if not is_html:
        return StringValue.from_plaintext(text).data
    # Line breaks of a form are blanks in HTML; a paragraph of one string has no place for others.
    return _BLANKS.sub(" ", text)


def is_slug_path(path: str) -> bool:
    """Whether a context is the page's address: it may stay as it is and counts in no percentage."""
    return path == "slug"


def checked(source: str, text: str, *, path: str, max_length: int | None = None, typed: str | None = None) -> str:
    """``text`` as it may be stored as translation of ``source``.

    Args:
        source: the source string as stored.
        text: the translation as stored.
        path: the context, to know an address.
        max_length: characters of plain text that fit the field.
        typed: what the person wrote, if that is another form of ``text``.

    Raises:
        InvalidTranslation: it would break the page.
    """
    shown = text if typed is None else typed
    if any(sign < " " and sign not in "\n\t" for sign in text):
        raise InvalidTranslation(_("It holds a character that can't be shown. Type it again."), text=shown)
    try:
        value = StringValue.from_translated_html(text).data
        validate_translation_links(source, value)
    except ValueError as error:
        raise InvalidTranslation(str(error), text=shown) from error
    lost = extract_ids(source) - extract_ids(value)
    if lost:
        links = ", ".join(f'<a id="{name}">' for name in sorted(lost))
        raise InvalidTranslation(_("Keep the links of the original: %(links)s.") % {"links": links}, text=shown)
    words = plain(value)
    if is_slug_path(path) and (not words or slugify(words) != words):
        raise InvalidTranslation(
            _("An address has small Latin letters, digits and hyphens only, for example “first-steps”."), text=shown
        )
    if max_length and len(words) > max_length:
        raise InvalidTranslation(
            _("This is %(length)d characters long; %(max)d fit here. Shorten it.")
            % {"length": len(words), "max": max_length},
            text=shown,
        )
    gaps = sorted(GAP.findall(source))
    if gaps != sorted(GAP.findall(value)):
        raise InvalidTranslation(_("Keep the gaps of the original, each once: %s.") % _gap_list(gaps), text=shown)
    return value


def _gap_list(numbers: Iterable[str]) -> str:
    return ", ".join(f"[[{number}]]" for number in numbers)


def fitted(source: str, text: str) -> str:
    """A translation of another string, made fit to start from: links that ``source`` lacks become plain words."""
    if extract_ids(text) <= extract_ids(source):
        return text
    soup = BeautifulSoup(text, "html.parser")
    known = extract_ids(source)
    for link in soup.find_all("a"):
        if link.get("id") not in known:
            link.unwrap()
    return str(soup)
