"""What a template is given of a page's videos: ready for one visitor."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language_info

from core import clock
from core.policies import is_person
from learning.videos import Right
from videos.models import Chapter, MarkedCopy, Video
from videos.moments import moment_text
from videos.webvtt import Paragraph

__all__ = ["Download", "PageVideos", "Showing", "ShownVideo", "Track"]


@dataclass(frozen=True)
class Track:
    """Captions in one language."""

    language: str
    label: str
    url: str


@dataclass(frozen=True)
class Download:
    """One file that a learner may take along."""

    name: str
    #: Of one that is still to be made with the learner's name, roughly.
    size: str
    #: That one, once it was asked for.
    copy: MarkedCopy | None = None


@dataclass(frozen=True)
class ShownVideo:
    """One video for one visitor."""

    video: Video
    #: Where its files are, ending in ``/``; empty while there are none.
    base: str = ""
    poster: str = ""
    lite: str = ""
    audio: str = ""
    lite_size: str = ""
    audio_size: str = ""
    resume_ms: int = 0
    tracks: tuple[Track, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    #: Of the transcript; empty without one.
    transcript_language: str = ""
    #: The visitor chose that language, here and now.
    is_transcript_asked: bool = False
    #: Empty where the course doesn't allow it.
    downloads: tuple[Download, ...] = ()
    #: Downloads bear the learner's name, and are made when they are asked for.
    burns_name: bool = False
    #: What the player is told, as JSON.
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether there is something to watch."""
        return bool(self.base and self.lite)

    @property
    def plain_config(self) -> dict[str, Any]:
        """What is told where no player is: enough to report what is watched."""
        return {name: self.config[name] for name in ("lesson", "viewer", "duration", "report")}

    @property
    def awaits_copy(self) -> bool:
        """Whether a download is being made."""
        return any(one.copy is not None and one.copy.is_open for one in self.downloads)

    @property
    def look(self) -> int:
        """Makes the page's address another one, so that a link to a place on it asks the server again."""
        return int(clock.now().timestamp())

    @property
    def source(self) -> str:
        """What a plain player plays, from where the visitor was."""
        seconds = self.resume_ms // 1000
        return f"{self.lite}#t={seconds}" if seconds > 5 else self.lite

    @property
    def length(self) -> str:
        """``12:05``."""
        return moment_text(self.video.duration_ms)

    @property
    def is_transcript_right_to_left(self) -> bool:
        """In which direction it is written."""
        return bool(self.transcript_language) and _is_bidi(self.transcript_language)


@dataclass(frozen=True)
class PageVideos:
    """The videos of a page."""

    by_pk: dict[int, ShownVideo]
    #: Texts of the player, once for all of them.
    words: dict[str, Any]
    #: The visitor's browser asks for little data: a plain video, and what counts what is watched of it.
    is_plain: bool = False

    def __bool__(self) -> bool:
        return bool(self.by_pk)


@dataclass(frozen=True)
class Showing:
    """Who looks at which page."""

    request: HttpRequest
    language: str
    right: Right
    #: The lesson's translation key; None on other pages.
    lesson_key: uuid.UUID | None = None
    #: A draft: nothing is free, nothing is recorded.
    is_preview: bool = False

    @property
    def person(self) -> Any:
        """Who it is; None for visitors."""
        return self.request.user if is_person(self.request.user) else None

    @property
    def is_recorded(self) -> bool:
        """Whether what is watched here counts for somebody."""
        return self.person is not None and not self.is_preview


def _is_bidi(language: str) -> bool:
    try:
        return bool(get_language_info(language)["bidi"])
    except KeyError:
        return False
