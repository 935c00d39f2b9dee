"""Captions and chapters: the languages they may have, and chapters as people type them."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from videos.errors import CaptionsNotReadable, ChaptersNotReadable
from videos.models import Chapter, Video
from videos.moments import moment_text, read_moment
from videos.webvtt import Cue

__all__ = [
    "chapter_lines",
    "known_language",
    "language_choices",
    "language_name",
    "read_chapters",
    "require_within",
]

MAX_CHAPTERS = 100
#: A cue may outlast the file a little: players that cut the end off are common.
_TOLERANCE_MS = 1500
_CHAPTER = re.compile(r"(\S+)[ \t]+(?:[-–—][ \t]+)?(\S.*)")


def language_choices() -> list[tuple[str, str]]:
    """Languages that captions and speech may have, each called what it calls itself; the school's own come first."""
    own = [code for code, _name in settings.LANGUAGES]
    others = sorted((language_name(code), code) for code in LANG_INFO if "name_local" in LANG_INFO[code])
    return [(code, language_name(code)) for code in own] + [(code, name) for name, code in others if code not in own]


def language_name(code: str) -> str:
    """What a language calls itself: ``Français``."""
    return capfirst(str(LANG_INFO.get(code, {}).get("name_local") or code))


def known_language(code: str) -> str:
    """``code``, if it is one of :func:`language_choices`.

    Raises:
        CaptionsNotReadable: it isn't.
    """
    if code not in LANG_INFO:
        raise CaptionsNotReadable("unknown_language", _("Say in which language this is."), "language")
    return code


def require_within(video: Video, cues: Iterable[Cue]) -> None:
    """Go on only if every cue begins before the video ends: what doesn't belongs to another one.

    Raises:
        CaptionsNotReadable: one begins later, and the video's length is known.
    """
    last = max((cue.start_ms for cue in cues), default=0)
    if video.duration_ms and last > video.duration_ms + _TOLERANCE_MS:
        message = _("A caption begins at %(time)s, but the video lasts %(length)s. Is this the right file?")
        raise CaptionsNotReadable(
            message=message % {"time": moment_text(last), "length": moment_text(video.duration_ms)}
        )


def read_chapters(text: str, *, duration_ms: int = 0) -> list[tuple[int, str]]:
    """Chapters typed one a line, as ``1:30 Loops``, in order of time; empty lines are nothing.

    Args:
        duration_ms: of the video; 0 when it is unknown.

    Raises:
        ChaptersNotReadable: a line is no time with a title, comes twice or after the end; the message names it.
    """
    found: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _CHAPTER.fullmatch(line.strip())
        try:
            start = read_moment(match[1]) if match else -1
        except ValueError:
            start = -1
        title = " ".join(match[2].split()) if match else ""
        if match is None or start < 0 or "\0" in title:
            raise _wrong(number, _("write when it begins and what it is called, for example “1:30 Loops”."))
        if len(title) > 200:
            raise _wrong(number, _("the title has more than 200 characters."))
        if start in found:
            raise _wrong(number, _("another chapter begins at %(time)s.") % {"time": moment_text(start)})
        if duration_ms and start >= duration_ms:
            raise _wrong(
                number, _("the video is over by then: it lasts %(time)s.") % {"time": moment_text(duration_ms)}
            )
        found[start] = title
    if len(found) > MAX_CHAPTERS:
        raise ChaptersNotReadable(message=_("There are more than %(limit)d chapters.") % {"limit": MAX_CHAPTERS})
    return sorted(found.items())


def chapter_lines(chapters: Iterable[Chapter]) -> str:
    """Chapters as :func:`read_chapters` reads them."""
    return "\n".join(f"{moment_text(chapter.start_ms)} {chapter.title}" for chapter in chapters)


def _wrong(number: int, what: str) -> ChaptersNotReadable:
    return ChaptersNotReadable(message=_("Line %(line)d: %(what)s") % {"line": number, "what": what})
