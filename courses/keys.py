"""How pages are named outside: one key for a thing in all its languages, one public id for a page in one.

``key`` is Wagtail's ``translation_key``: learners' records hang on it, so that progress belongs to the course and
not to its French page. A public id adds the language, so that an app's cache never mixes two translations.
"""

import uuid

from wagtail.models import Page


def page_public_id(page: Page) -> str:
    """The outward id of one page in one language: ``"<key in hex>.<language code>"``."""
    return public_id_of(page.translation_key, page.locale.language_code)


def public_id_of(key: uuid.UUID, language: str) -> str:
    """Build an outward id from its parts."""
    return f"{key.hex}.{language}"


def parse_page_public_id(text: str) -> tuple[uuid.UUID, str | None]:
    """Take an outward id apart; a bare UUID names the thing without a language.

    Raises:
        ValueError: neither an outward id nor a UUID.
    """
    head, dot, language = text.strip().partition(".")
    if len(head) not in (32, 36) or (dot and not language) or len(language) > 12:
        raise ValueError("not a page id")
    return uuid.UUID(head), language or None
