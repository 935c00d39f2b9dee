"""The strings of a page, with everything that helps to translate them."""

import uuid

from translation.queries.rows import PageStrings

__all__ = ["page_strings"]


def page_strings(page_key: uuid.UUID, language: str) -> PageStrings:
    """The strings in the order of the page; a bounded number of queries however many there are.

    Raises:
        NotFound: no such page.
        NotInThisLanguage: it was not submitted into ``language``.
    """
    raise NotImplementedError
