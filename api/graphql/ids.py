"""Ids and words from outside, read."""

import uuid

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from courses.keys import parse_page_public_id


def uuid_of(text: str, field: str) -> uuid.UUID:
    """A UUID from outside.

    Raises:
        InvalidInput: it isn't one.
    """
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidInput("invalid_id", _("This is not an id of ours."), field) from error


def page_key(text: str, field: str) -> uuid.UUID:
    """The key in a page's outward id.

    Raises:
        InvalidInput: it isn't one.
    """
    try:
        return parse_page_public_id(text)[0]
    except ValueError as error:
        raise InvalidInput("invalid_id", _("This is not an id of ours."), field) from error


def text_of(value: str | None, longest: int, field: str) -> str:
    """A text from outside, cut at ``longest`` characters; empty where there is none.

    Raises:
        InvalidInput: it holds what no text column can.
    """
    if value and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise InvalidInput(field=field)
    return (value or "")[:longest]
