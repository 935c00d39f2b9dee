"""What of a typed word doesn't matter: case, accents, spaces, typographic signs."""

import unicodedata

__all__ = ["fold"]

#: Letters and signs that decomposition leaves alone, as keyboards and autocorrection exchange them.
_SAME = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "−": "-",
        "‐": "-",
    }
)


def fold(text: str) -> str:
    """Return ``text`` without what learners shouldn't lose points for.

    Compatibility decomposition without combining marks, case folded, runs of white space as one space. Accents are
    marks in this sense in every script, so Yoruba's tones and Arabic's vowel signs are forgiven too.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))
    # Decomposing can bring capitals back (a circled A), and translating can join words: fold once more.
    return " ".join(bare.casefold().translate(_SAME).split())
