"""Finding courses by words, through Wagtail's database search; any string is safe to ask for."""

import re
import unicodedata

from django.db.models import Q
from wagtail.models import Locale
from wagtail.search.query import PlainText

from courses.models import CoursePage

MAX_WORDS = 8
MAX_LENGTH = 120
#: Results worth ranking; nobody reads further, and the database needn't either.
MAX_RESULTS = 300

_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def words_of(text: str) -> list[str]:
    """The words worth looking for: letters and digits only, bounded in number and length.

    SQLite's FTS5 raises on quotes, NUL and blanks; operators of any database stay words.
    """
    return _WORD.findall(fold(text[:MAX_LENGTH]))[:MAX_WORDS]


def fold(text: str) -> str:
    """Without accents and in lower case: “Élève” becomes “eleve”. Scripts without accents stay as they are."""
    parts = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(part for part in parts if not _is_latin_accent(part))).casefold()


def folded_words(text: str) -> str:
    """The words of ``text`` that folding changes beyond case, folded, each once."""
    changed = {
        fold(word) for word in _WORD.findall(unicodedata.normalize("NFKC", text)) if fold(word) != word.casefold()
    }
    return " ".join(sorted(changed))


def _is_latin_accent(character: str) -> bool:
    # Combining diacritical marks only: the vowel signs of Arabic or Devanagari carry meaning of their own.
    return "\u0300" <= character <= "\u036f"


def search_course_pks(text: str, language: str) -> list[int]:
    """Primary keys of published courses that match, best first.

    All words must match; where that finds nothing, the beginnings of words are tried, then any word.
    """
    words = words_of(text)
    if not words:
        return []
    # By the locale itself: the search backend filters on fields of the page, not of its neighbours.
    courses = CoursePage.objects.live().filter(locale=Locale.objects.filter(language_code=language).first()).only("pk")
    query = PlainText(" ".join(words))
    for results in (
        lambda: courses.search(PlainText(query.query_string, operator="and")),
        lambda: courses.autocomplete(query.query_string, operator="and"),
        lambda: courses.search(PlainText(query.query_string, operator="or")),
    ):
        found = [page.pk for page in results()[:MAX_RESULTS]]
        if found:
            return found
    return []


def suggest_titles(text: str, language: str, limit: int) -> list[tuple[str, int]]:
    """Titles of published courses whose words begin as typed, with their pks; cheap enough for every key stroke."""
    words = words_of(text)
    if not words:
        return []
    matching = Q()
    # As typed, accents and all: SQL's LIKE doesn't fold them.
    for word in _WORD.findall(text[:MAX_LENGTH])[:MAX_WORDS]:
        matching &= Q(title__istartswith=word) | Q(title__icontains=f" {word}")
    rows = CoursePage.objects.live().filter(matching, locale__language_code=language).order_by("title")
    return list(rows.values_list("title", "pk")[:limit])
