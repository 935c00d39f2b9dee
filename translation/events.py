"""What happened to originals and translations. Keys name a page in all its languages."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True)
class SourcePublished(Event):
    """A page that is translated, or stands in a course that is, went live."""

    page_key: UUID
    language: str


@dataclass(frozen=True)
class SourceUnpublished(Event):
    """The original of translations was taken off the website."""

    page_key: UUID
    language: str


@dataclass(frozen=True)
class SourceMoved(Event):
    """The original of translations stands in another place."""

    page_key: UUID
    language: str


@dataclass(frozen=True)
class SourceDeleted(Event):
    """The original of translations is gone."""

    page_key: UUID
    language: str


@dataclass(frozen=True)
class CourseTranslationSubmitted(Event):
    """A course can be translated into a language from now on."""

    course_key: UUID
    language: str
    pages: int


@dataclass(frozen=True)
class CourseTranslationSentToReview(Event):
    """What is translated of a course waits for its reviewers."""

    course_key: UUID
    language: str
    pages: int
    comment: str = ""
