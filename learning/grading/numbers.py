"""Numbers as people type them, in English and in French."""

import re
import unicodedata
from decimal import Decimal

__all__ = ["parse_number"]

MAX_CHARACTERS = 64
_NUMBER = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?", re.ASCII)


def parse_number(text: str) -> Decimal | None:
    """Return the number typed, or None where there is none: ``"3,14"``, ``"1 000.5"``, ``"−2"``, ``"6.02e23"``.

    Spaces group digits. Where a comma and a point both stand, the last is the decimal sign; a sign that stands twice
    groups; a lone comma is a decimal sign, as in French. NaN, infinities and numbers beyond 10³⁰ are refused.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    text = "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-").replace("_", "")
    text = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    if text.count(",") > 1 or text.rfind(",") < text.rfind("."):
        text = text.replace(",", "")
    if text.count(".") > 1 or text.rfind(".") < text.rfind(","):
        text = text.replace(".", "")
    text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if not number or -60 <= number.adjusted() <= 30 else None
