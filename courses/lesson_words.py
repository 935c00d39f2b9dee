"""What lessons say, kept so that a course can be searched by those who may open it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from wagtail.models import Page

from core.folding import fold_text
from courses.models import LessonPage, LessonWords

__all__ = ["keep_missing_words", "keep_words", "lessons_saying"]


def keep_words(lesson: LessonPage) -> None:
    """Keep what ``lesson``, as it is published, says: summary and body, but nothing of its questions."""
    # Blocks say themselves what may be searched: questions say nothing.
    said = [lesson.summary, *lesson.body.stream_block.get_searchable_content(lesson.body)]
    text = " ".join(" ".join(said).split())
    LessonWords.objects.update_or_create(lesson=lesson, defaults={"text": text, "folded": fold_text(text)})


def on_published(sender: type[Page], instance: LessonPage, **kwargs: Any) -> None:
    """Receiver for Wagtail's ``page_published``."""
    keep_words(instance)


def keep_missing_words() -> int:
    """Keep the words of published lessons that none were ever kept of. Returns how many there were."""
    count = 0
    for lesson in LessonPage.objects.filter(live=True, words=None).iterator(chunk_size=50):
        keep_words(lesson)
        count += 1
    return count


def lessons_saying(words: Sequence[str], titles: Mapping[int, str]) -> Iterable[int]:
    """The pks of lessons that hold all ``words``, in their title or their text; one query.

    Args:
        words: as ``core.folding.search_words`` gives them.
        titles: folded, by the lesson's pk: the lessons to search.
    """
    if not words or not titles:
        return []
    condition = Q(pk__in=list(titles))
    for word in words:
        condition &= Q(folded__contains=word) | Q(pk__in=[pk for pk, title in titles.items() if word in title])
    return LessonWords.objects.filter(condition).values_list("pk", flat=True)
