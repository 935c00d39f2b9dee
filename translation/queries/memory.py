"""The translation memory: what the same or a near string was translated to elsewhere.

There is no store of its own: every translation of wagtail-localize is in it, whichever page it was made for.
"""

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation

from translation.queries.rows import Suggestion
from translation.text import as_typed, fitted, hash_of

__all__ = ["NEAR", "Asked", "suggestions_for"]

#: Percent of likeness from which another string's translation is worth a look.
NEAR = 70
#: Suggestions for one string.
_MOST = 3
#: Translations looked through for near ones, the latest first.
_HORIZON = 20_000
_CHUNK = 500

#: A string without translation: its id of any kind, its source, whether it is HTML.
Asked = tuple[int, str, bool]


def suggestions_for(asked: Iterable[Asked], source: Locale, target: Locale) -> dict[int, tuple[Suggestion, ...]]:
    """Earlier translations of the same string, or else of near ones; two queries however many strings.

    Accepted answers of questions are no help to others, and are nobody's business outside their course.
    """
    wanted = list(asked)
    if not wanted:
        return {}
    memory = (
        StringTranslation.objects.filter(locale=target, translation_of__locale=source, has_error=False)
        .exclude(context__field_path__endswith=".accepted")
        .exclude(context__path="slug")
        .order_by("-updated_at", "-pk")
    )
    exact: dict[str, list[str]] = {}
    same = memory.filter(translation_of__data_hash__in={hash_of(text) for _id, text, _html in wanted})
    for text, data in same.values_list("translation_of__data", "data"):
        if data not in exact.setdefault(text, []):
            exact[text].append(data)
    found = {}
    open_ones = []
    for number, text, is_html in wanted:
        if text in exact:
            found[number] = tuple(
                Suggestion(as_typed(fitted(text, data), is_html=is_html), text, 100) for data in exact[text][:_MOST]
            )
        else:
            open_ones.append((number, text, is_html))
    if open_ones:
        found |= _near(open_ones, dict(reversed(memory.values_list("translation_of__data", "data")[:_HORIZON])))
    return found


def _near(wanted: list[Asked], memory: dict[str, str]) -> dict[int, tuple[Suggestion, ...]]:
    """Translations of near strings, the nearest first."""
    sources = list(memory)
    found = {}
    for number, text, is_html in wanted:
        hits = process.extract(text, sources, scorer=fuzz.ratio, score_cutoff=NEAR, limit=_MOST)
        if hits:
            found[number] = tuple(
                # A string that only looks the same is not the same.
                Suggestion(as_typed(fitted(text, memory[near]), is_html=is_html), near, min(99, int(score)))
                for near, score, _index in hits
            )
    return found
