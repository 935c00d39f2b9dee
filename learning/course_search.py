"""Search inside a course: its lessons' titles and texts, and what is said in their videos, with the moment.

Only lessons that the person may open are searched, so nothing that is paid for, locked or a draft shows: not its words,
and not how often they occur.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.counting import count_in
from core.folding import excerpt, fold_text, marked, search_words
from core.policies import is_person
from courses.lesson_words import lessons_saying
from courses.models import LessonWords
from courses.queries.outline import OutlineItem
from courses.queries.videos import video_pks_of
from learning.access import CourseAccess
from learning.errors import TooManySearches
from videos.models import Passage, Video
from videos.moments import moment_text
from videos.passages import find_said, spoken_in

__all__ = ["MAX_SEARCHES", "SEARCHES_SECONDS", "CourseSearch", "Hit", "Place", "search_course", "searchable_items"]

#: Searches of one person, or of one address, in so many seconds.
MAX_SEARCHES, SEARCHES_SECONDS = 60, 60

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Place:
    """Where something was found, before it is shown."""

    item: OutlineItem
    #: None: in the lesson's title or text.
    passage_pk: int | None = None


@dataclass(frozen=True)
class Hit:
    """A place with what stands there."""

    item: OutlineItem
    #: Pieces of text; True: this is what was looked for.
    title: Pieces
    excerpt: Pieces
    #: Of what is said in a video: which, in what language, and the second at which it begins to be said.
    video: Video | None = None
    language: str = ""
    at_ms: int = 0

    @property
    def locale(self) -> str:
        """Language of the excerpt."""
        return self.language or self.item.language

    @property
    def seconds(self) -> int:
        """For the address."""
        return self.at_ms // 1000

    @property
    def moment(self) -> str:
        """``12:34``."""
        return moment_text(self.at_ms)


@dataclass(frozen=True)
class CourseSearch:
    """All places of one search in order; ``hits`` shows some of them."""

    words: list[str]
    places: list[Place]
    #: Captions searched: video's pk and language, by their pk.
    spoken: dict[int, tuple[int, str]]

    def hits(self, places: Sequence[Place]) -> list[Hit]:
        """What stands at some of the places; at most three queries."""
        pks = [place.passage_pk for place in places if place.passage_pk is not None]
        passages = {row.pk: row for row in Passage.objects.filter(pk__in=pks)} if pks else {}
        shown = {self.spoken[row.caption_id][0] for row in passages.values()}
        videos = Video.objects.in_bulk(shown) if shown else {}
        lessons = [place.item.page_pk for place in places if place.passage_pk is None]
        texts = LessonWords.objects.in_bulk(lessons) if lessons else {}
        found = []
        for place in places:
            if place.passage_pk is None:
                found.append(self._in_lesson(place.item, texts.get(place.item.page_pk)))
            elif place.passage_pk in passages:  # captions may be written anew meanwhile
                passage = passages[place.passage_pk]
                video_pk, language = self.spoken[passage.caption_id]
                if video_pk in videos:
                    found.append(self._said(place.item, passage, videos[video_pk], language))
        return found

    def _in_lesson(self, item: OutlineItem, text: LessonWords | None) -> Hit:
        pieces = excerpt(text.text, text.folded, self.words) if text and text.text else []
        return Hit(item, marked(item.title, self.words), pieces)

    def _said(self, item: OutlineItem, passage: Passage, video: Video, language: str) -> Hit:
        # The first cue that says any of it: a paragraph lasts half a minute.
        at_ms = next(
            (start for start, text in passage.cues if any(word in fold_text(text) for word in self.words)),
            passage.start_ms,
        )
        pieces = excerpt(str(passage), passage.folded, self.words)
        return Hit(item, marked(item.title, self.words), pieces, video, language, at_ms)


def searchable_items(access: CourseAccess) -> list[OutlineItem]:
    """The lessons that this person may open, in reading order."""
    return [item for item in access.outline.items if item.kind == "lesson" and access.can_open(item)]


def search_course(user: Any, access: CourseAccess, text: str, *, address: str = "") -> CourseSearch:
    """Look for all words of ``text`` in the lessons that may be opened; four queries however many there are.

    Lessons whose title has all words come first, the others in reading order; within a lesson its own text, then what
    is said, in order of time. All words have to stand in one lesson, or in one paragraph of what is said. Captions are
    those in the course's language, else those of the spoken one, else any.

    Args:
        user: whose ``access`` it is.
        text: as typed; case, accents and vowel signs make no difference.
        address: of the device; visitors are told apart by it.

    Raises:
        TooManySearches: more than :data:`MAX_SEARCHES` of this person in :data:`SEARCHES_SECONDS`.
    """
    words = search_words(text)
    items = searchable_items(access) if words else []
    if not items:
        return CourseSearch(words, [], {})
    _count_search(str(user.public_id) if is_person(user) else address)
    titles = {item.page_pk: fold_text(item.title) for item in items}
    named = {pk for pk, title in titles.items() if all(word in title for word in words)}
    in_text = set(lessons_saying(words, titles)) | named
    videos = video_pks_of(titles)
    spoken = spoken_in({pk for pks in videos.values() for pk in pks}, access.outline.language)
    said: dict[int, list[int]] = {}
    for found in find_said(spoken, words) if spoken else []:
        said.setdefault(spoken[found.caption_pk][0], []).append(found.passage_pk)
    places = []
    for item in sorted(items, key=lambda item: item.page_pk not in named):
        if item.page_pk in in_text:
            places.append(Place(item))
        places += [Place(item, pk) for video in videos.get(item.page_pk, ()) for pk in said.get(video, ())]
    return CourseSearch(words, places, spoken)


def _count_search(asker: str) -> None:
    if count_in(f"learning:searches:{asker}", SEARCHES_SECONDS) > MAX_SEARCHES:
        raise TooManySearches
