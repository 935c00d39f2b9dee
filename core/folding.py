"""Text as a search compares it: without case, accents and vowel signs. Finding words in it, and showing where.

Folded when it is written, so that every database finds it with ``LIKE``, alike and without extensions.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

__all__ = ["MAX_LENGTH", "MAX_WORDS", "excerpt", "fold_text", "marked", "search_words"]

#: Letters of what somebody looks for, and words of it; more narrows nothing down.
MAX_LENGTH: Final = 120
MAX_WORDS: Final = 8
#: Words shown of a text, and how many of them stand before what was found.
_AROUND, _BEFORE = 32, 8

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
#: One letter for what people write in several ways. Arabic as in Lucene's ArabicNormalizer; its hamzas and long alefs
#: come apart by themselves.
_SAME: Final = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None, "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"}
)


def fold_text(text: str) -> str:
    """``text`` folded, its words separated by single blanks: as many as ``text.split()`` has, in the same order.

    “Élève” and “eleve” are one, as are Arabic words with and without vowel signs.
    """
    return " ".join(_fold(word) for word in text.split())


def search_words(text: str) -> list[str]:
    """What to look for: the words of a question, folded, each once; bounded in number and length."""
    words = (_fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text[:MAX_LENGTH])))
    return list(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def excerpt(text: str, folded: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The part of ``text`` where the first of ``words`` stands, as pieces; True: this is what was looked for.

    Args:
        folded: ``fold_text(text)``, kept from when it was written.
    """
    spoken = text.split()
    places = [place for word in words if (place := folded.find(word)) >= 0]
    first = folded.count(" ", 0, min(places)) if places else 0
    start = max(0, min(first - _BEFORE, len(spoken) - _AROUND))
    shown = spoken[start : start + _AROUND]
    pieces = marked(" ".join(shown), words)
    if start:
        pieces.insert(0, ("… ", False))
    if start + _AROUND < len(spoken):
        pieces.append((" …", False))
    return pieces


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """A short text as pieces; True for its words that hold one of ``words``."""
    pieces: list[tuple[str, bool]] = []
    for word in text.split():
        folded = _fold(word)
        is_found = any(wanted in folded for wanted in words)
        blank = " " if pieces else ""
        if pieces and not is_found and not pieces[-1][1]:
            pieces[-1] = (f"{pieces[-1][0]}{blank}{word}", False)
        elif is_found and blank:
            before, was_found = pieces[-1]
            pieces[-1:] = [(before, True), (" ", False)] if was_found else [(f"{before} ", False)]
            pieces.append((word, True))
        else:
            pieces.append((f"{blank}{word}", is_found))
    return pieces


def _fold(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold().translate(_SAME))
    bare = "".join(part for part in parts if not _is_sign(part)).translate(_SAME)
    # What decomposes into a blank would be two words.
    return "".join(unicodedata.normalize("NFKC", bare).casefold().split())


def _is_sign(character: str) -> bool:
    # Latin accents and Arabic vowel signs; the vowels of Devanagari and its like are no ornaments.
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u065f" or character == "\u0670"
