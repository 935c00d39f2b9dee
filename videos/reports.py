"""What players report, checked and cut to shape: nothing of it is believed before."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput
from videos.errors import ReportTooOld
from videos.seconds import Run

__all__ = ["MAX_BATCHES", "MAX_SEGMENTS", "NETWORKS", "Quality", "Report", "Watched", "checked_report"]

#: Batches in one report, and segments in one batch: twice what hours without a line bring together.
MAX_BATCHES, MAX_SEGMENTS = 50, 100
#: Highest number of a batch: what the database keeps.
_LAST_NUMBER = 2**31 - 1
#: Seconds by which a segment may go beyond the end, since players round up.
_ROUNDED_UP = 2
#: Kinds of network, as browsers name them. Others say nothing that could be compared.
NETWORKS = frozenset({"slow-2g", "2g", "3g", "4g", "5g", "wifi", "ethernet", "cellular"})
#: A device that slept in the middle says absurd things: these are the most that count, in milliseconds and times.
_MOST_STARTUP, _MOST_STALLED, _MOST_STALLS = 600_000, 3_600_000, 1000


@dataclass(frozen=True)
class Watched:
    """One batch: its number in the showing, and what was played, in whole seconds."""

    number: int
    segments: tuple[Run, ...]

    @property
    def seconds(self) -> int:
        """Seconds played, repeated ones counted again."""
        return sum(end - start for start, end in self.segments)


@dataclass(frozen=True)
class Quality:
    """How the showing went until now; None where the player doesn't know."""

    startup_ms: int | None
    stalls: int
    stalled_ms: int
    network: str
    country: str


@dataclass(frozen=True)
class Report:
    """All that a player says at once, in shape. Batches are in order, each number once."""

    batches: tuple[Watched, ...]
    position_ms: int
    at: datetime
    quality: Quality


def checked_report(
    *,
    seconds: int,
    duration_ms: int,
    batches: Iterable[Mapping[str, Any]],
    position_ms: int,
    at: datetime,
    startup_ms: int | None,
    stalls: int,
    stalled_ms: int,
    network: str,
    country: str,
) -> Report:
    """What a player says about a video of so many ``seconds``.

    A moment in the future is now: the clock is wrong. A network or country that we don't know is none.

    Raises:
        InvalidInput: something is no number, negative, outside the video, or too much; ``field`` says what.
        ReportTooOld: ``at`` is further back than showings are kept.
    """
    batches = list(batches)
    if len(batches) > MAX_BATCHES:
        raise _wrong("batches", _("A report has at most %(count)d batches.") % {"count": MAX_BATCHES})
    watched: dict[int, Watched] = {}
    for raw in batches:
        found = _batch(raw, seconds)
        watched.setdefault(found.number, found)
    now = clock.now()
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise _wrong("at", _("Say when, with a time zone."))
    if at < now - timedelta(days=settings.VIDEO_SESSION_DAYS):
        raise ReportTooOld
    quality = Quality(
        startup_ms=None if startup_ms is None else min(_count(startup_ms, "startupMs"), _MOST_STARTUP),
        stalls=min(_count(stalls, "stalls"), _MOST_STALLS),
        stalled_ms=min(_count(stalled_ms, "stalledMs"), _MOST_STALLED),
        network=network if network in NETWORKS else "",
        country=country if re.fullmatch("[A-Z]{2}", country) else "",
    )
    return Report(
        batches=tuple(watched[number] for number in sorted(watched)),
        position_ms=min(_count(position_ms, "positionMs"), duration_ms),
        at=min(at, now),
        quality=quality,
    )


def _batch(raw: Mapping[str, Any], seconds: int) -> Watched:
    number = _count(raw.get("number"), "number")
    if number > _LAST_NUMBER:
        raise _wrong("number", _("Count the batches of a showing from 0 on."))
    segments = raw.get("segments")
    if not isinstance(segments, list | tuple) or len(segments) > MAX_SEGMENTS:
        raise _wrong("segments", _("A batch has at most %(count)d segments.") % {"count": MAX_SEGMENTS})
    return Watched(number, tuple(_segment(segment, seconds) for segment in segments))


def _segment(raw: Any, seconds: int) -> Run:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != 2:
        raise _wrong("segments", _("A segment is a start and an end, in seconds."))
    start, end = (_count(value, "segments") for value in raw)
    if not start < end <= seconds + _ROUNDED_UP or start >= seconds:
        raise _wrong(
            "segments",
            _("A segment begins before it ends, and within the %(count)d seconds of the video.") % {"count": seconds},
        )
    return start, min(end, seconds)


def _count(value: Any, field: str) -> int:
    # True is an int to Python, and 1.0 is one to JavaScript.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(field, _("This has to be a whole number, not below zero."))
    return value


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("invalid_report", message, field)
