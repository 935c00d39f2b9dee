"""Identifiers that leave the house: random, so that none can be guessed or counted."""

import secrets
import uuid

from django.db import models

__all__ = ["READABLE_ALPHABET", "PublicIdModel", "new_public_id", "normalize_code", "readable_code"]

#: Digits and capitals without those that people mix up when reading aloud: 0 O, 1 I L, U V.
READABLE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_public_id() -> uuid.UUID:
    """Return a random UUID (version 4) for a ``public_id`` column."""
    return uuid.uuid4()


def readable_code(length: int = 12, alphabet: str = READABLE_ALPHABET, *, group: int = 0) -> str:
    """Return a random code that people can type, from the operating system's random source.

    Twelve characters of the default alphabet carry 58 bits.

    Args:
        length: characters, without separators.
        alphabet: characters to draw from, each once.
        group: put a hyphen after every ``group`` characters; 0 for none.

    Raises:
        ValueError: ``length`` is below one, or the alphabet has fewer than two or repeated characters.
    """
    if length < 1:
        raise ValueError("A code has at least one character.")
    if len(alphabet) < 2 or len(set(alphabet)) != len(alphabet):
        raise ValueError("The alphabet needs at least two characters, each only once.")
    code = "".join(secrets.choice(alphabet) for _ in range(length))
    if group < 1:
        return code
    return "-".join(code[start : start + group] for start in range(0, length, group))


def normalize_code(text: str) -> str:
    """Return a typed-in code as stored: capitals, without spaces and hyphens (codes kept without groups)."""
    return "".join(text.upper().replace("-", " ").split())


class PublicIdModel(models.Model):
    """Adds ``public_id``, the only identifier of a row that goes out."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)

    class Meta:
        abstract = True
