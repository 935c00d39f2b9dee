"""Terms of the translators' glossary that occur in source strings."""

import re
from collections.abc import Iterable

from wagtail.models import Locale

from translation.models import Term
from translation.queries.rows import TermHit
from translation.text import plain

__all__ = ["term_hits"]


def term_hits(texts: Iterable[str], source: Locale, target: Locale) -> dict[str, tuple[TermHit, ...]]:
    """The terms in each source string, in the order in which they occur; one query.

    Whole words, whatever their case; an English plural counts. Of two terms in one place the longer one counts.
    """
    terms = list(Term.objects.filter(source_locale=source, target_locale=target))
    if not terms:
        return {}
    by_word: dict[str, list[Term]] = {}
    for term in terms:
        by_word.setdefault(term.term.casefold(), []).append(term)
    longest_first = sorted(by_word, key=len, reverse=True)
    ending = "(?:e?s)?" if source.language_code.partition("-")[0] == "en" else ""
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))}){ending}(?!\w)")
    found = {}
    for text in texts:
        words = dict.fromkeys(match.group(1) for match in pattern.finditer(plain(text).casefold()))
        if words:
            found[text] = tuple(
                TermHit(term.term, term.translation, term.note) for word in words for term in by_word[word]
            )
    return found
