"""The shapes that the room's reads come in."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

__all__ = [
    "AvailableLocale",
    "CourseRow",
    "CourseTree",
    "LanguageState",
    "PageRow",
    "PageStrings",
    "State",
    "StringRow",
    "Suggestion",
    "TermHit",
    "TranslationNotice",
]


class State(StrEnum):
    """Where a page, or a course as a whole, stands in one language."""

    MISSING = "missing"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    STALE = "stale"

    @property
    def label(self) -> str | Promise:
        """What a translator reads."""
        return _LABELS[self]


_LABELS = {
    State.MISSING: _lazy("Missing"),
    State.IN_PROGRESS: _lazy("In progress"),
    State.READY: _lazy("Ready"),
    State.IN_REVIEW: _lazy("In review"),
    State.PUBLISHED: _lazy("Published"),
    State.STALE: _lazy("Stale"),
}


@dataclass(frozen=True)
class LanguageState:
    """A course in one target language. ``job`` is the latest one, if any (``CourseTranslationJob``)."""

    language: str
    percent: int = 0
    state: State = State.MISSING
    stale_since: datetime | None = None
    pages: int = 0  #: translated at least in part or created: pages that exist in the language
    ready: int = 0  #: of them, with every string translated
    job: Any = None


@dataclass(frozen=True)
class CourseRow:
    """A course with its languages; every language of the school but the source's has an entry."""

    course_key: uuid.UUID
    title: str
    source_language: str
    page_pk: int  #: of the source
    pages: int  #: published pages of the source
    languages: dict[str, LanguageState] = field(default_factory=dict)


@dataclass(frozen=True)
class PageRow:
    """A page of a course in one target language."""

    page_key: uuid.UUID
    source_page_pk: int
    target_page_pk: int | None
    kind: str  #: ``course``, ``module``, ``lesson``, ``quiz``
    depth: int  #: 0 for the course
    title: str
    target_title: str
    state: State
    percent: int
    total: int
    translated: int
    changed: int
    stale_since: datetime | None
    is_live: bool
    published_percent: int = 0


@dataclass(frozen=True)
class CourseTree:
    """All pages of a course in reading order. ``course`` is the source's page, ``target`` the translated one."""

    course: Any
    target: Any
    language: str
    source_language: str
    rows: tuple[PageRow, ...]
    percent: int
    state: State
    stale_since: datetime | None = None
    job: Any = None


@dataclass(frozen=True)
class Suggestion:
    """Something to start from: ``text`` as :attr:`StringRow.translation`, ``score`` in percent (100: same source).

    ``source`` is the source string that it was made for.
    """

    text: str
    source: str
    score: int


@dataclass(frozen=True)
class TermHit:
    """A term of the glossary that occurs in the source string."""

    term: str
    translation: str
    note: str = ""


@dataclass(frozen=True)
class StringRow:
    """One string with its translation.

    ``source_html`` is HTML with inline tags only, safe to show. ``source_text`` and ``translation`` are what a form
    shows and takes: HTML where ``is_html``, else plain text with line breaks.
    """

    segment_id: int
    order: int
    field_label: str
    context_path: str
    source_html: str
    source_text: str
    translation: str
    is_html: bool = False
    is_machine: bool = False
    is_optional: bool = False  #: counts in no percentage: addresses
    max_length: int | None = None
    error: str = ""
    is_changed: bool = False  #: new or different since the target was published
    previous_source: str = ""  #: what stood here when it was published, if changed; HTML
    suggestions: tuple[Suggestion, ...] = ()
    terms: tuple[TermHit, ...] = ()


@dataclass(frozen=True)
class PageStrings:
    """A page's strings in one target language. ``page`` is the source, ``target`` None until it exists."""

    page: Any
    target: Any
    language: str
    source_language: str
    course_key: uuid.UUID | None
    rows: tuple[StringRow, ...]
    total: int
    translated: int
    percent: int
    stale_since: datetime | None = None
    changed: int = 0
    can_machine_translate: bool = False


@dataclass(frozen=True)
class AvailableLocale:
    """A page in one language, for learners."""

    language: str
    page_pk: int
    url_path: str
    is_source: bool
    is_stale: bool
    stale_since: datetime | None
    percent: int
    title: str = ""


@dataclass(frozen=True)
class TranslationNotice:
    """What a learner should know of the page being read."""

    percent: int
    is_untranslated: bool
    is_stale: bool
    stale_since: datetime | None
    source_language: str
