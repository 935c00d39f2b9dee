"""What was watched, read: one viewer's seconds and place, what all viewers did, and how well it played."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Sum

from core import clock
from core.policies import is_person
from videos.models import QualityDay, Video, Viewer, WatchTally
from videos.seconds import whole_seconds

__all__ = [
    "QUALITY_DAYS",
    "QualityRow",
    "Statistics",
    "Stretch",
    "quality",
    "resume_position",
    "resume_positions",
    "statistics",
    "statistics_of",
    "watched_percent",
    "watched_seconds",
]

#: Who stopped so close to the end (milliseconds) has watched it: next time it begins anew.
_END = 5000
#: Days that :func:`quality` looks back on, unless told otherwise.
QUALITY_DAYS = 28


@dataclass(frozen=True)
class Stretch:
    """A piece of a video, seconds ``start`` to ``end``, and what viewers did in it."""

    start: int
    end: int
    #: Share of all viewers who have seen it, 0 to 1. Of a piece seen in part, that part counts.
    retention: float
    #: How often it was played, on average over its seconds, by all viewers together.
    plays: float
    #: How often a viewer who has seen it has played it; 0 where nobody has.
    replays: float


@dataclass(frozen=True)
class Statistics:
    """What all viewers of a video did, as far as reports are added up: some seconds behind at most."""

    views: int
    unique_viewers: int
    played_seconds: int
    #: How much of the video a viewer has seen on average, 0 to 100.
    average_percent: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class QualityRow:
    """How videos played in one country over one kind of network; either may be empty: not known."""

    country: str
    network: str
    showings: int
    #: Showings that came to a first picture.
    started: int
    #: Milliseconds until it, on average; None where no showing did.
    startup_ms: float | None
    #: Stalls in a showing, on average.
    stalls: float
    #: Share of the time that was spent waiting in the middle, 0 to 1.
    stalled: float


def statistics(video: Video) -> Statistics:
    """What all viewers of ``video`` did."""
    return statistics_of([video])[video.pk]


def statistics_of(videos: Iterable[Video]) -> dict[int, Statistics]:
    """What viewers did, by the video's pk; one query however many videos."""
    videos = list(videos)
    tallies = {tally.video_id: tally for tally in WatchTally.objects.filter(video__in=[video.pk for video in videos])}
    return {video.pk: _statistics(video, tallies.get(video.pk) or WatchTally(video=video)) for video in videos}


def quality(videos: Iterable[Video] | None = None, *, days: int = QUALITY_DAYS) -> list[QualityRow]:
    """How ``videos`` (all of the school, when left out) played in the last ``days``, most showings first; one query.

    Countries and networks with few showings are there too: who reads it judges.
    """
    rows = QualityDay.objects.filter(day__gt=clock.now().date() - timedelta(days=days))
    if videos is not None:
        rows = rows.filter(video__in=[video.pk for video in videos])
    names = ("showings", "started", "startup_ms", "stalls", "stalled_ms", "played_seconds")
    sums: Any = rows.order_by().values("country", "network").annotate(**{f"all_{name}": Sum(name) for name in names})
    found = [_quality({name: row[f"all_{name}"] for name in names}, row["country"], row["network"]) for row in sums]
    return sorted(found, key=lambda row: (-row.showings, row.country, row.network))


def resume_position(user: Any, video: Video) -> int:
    """Where ``user`` goes on watching, in milliseconds: 0 for visitors, and for who has come to the end."""
    return resume_positions(user, [video])[video.pk]


def resume_positions(user: Any, videos: Iterable[Video]) -> dict[int, int]:
    """Where to go on, by the video's pk; one query however many videos, none for visitors."""
    videos = list(videos)
    found = _of_viewer(user, [video.pk for video in videos], "position_ms")
    return {
        video.pk: position if (position := found.get(video.pk, 0)) < video.duration_ms - _END else 0 for video in videos
    }


def watched_percent(user: Any, video: Video) -> float:
    """How much of ``video`` the user has seen, 0 to 100; what was seen twice counts once."""
    seconds = whole_seconds(video.duration_ms)
    return min(100.0, 100 * watched_seconds(user, [video.pk])[video.pk] / seconds) if seconds else 0.0


def watched_seconds(user: Any, video_pks: Iterable[int]) -> dict[int, int]:
    """Seconds seen, by the video's pk; one query however many videos, none for visitors."""
    pks = list(video_pks)
    found = _of_viewer(user, pks, "seen_seconds")
    return {pk: found.get(pk, 0) for pk in pks}


def _of_viewer(user: Any, video_pks: Sequence[int], name: str) -> dict[int, int]:
    if not is_person(user) or not video_pks:
        return {}
    rows = Viewer.objects.filter(user=user, video__in=video_pks).order_by()
    return dict(rows.values_list("video_id", name))


def _statistics(video: Video, tally: WatchTally) -> Statistics:
    seconds = whole_seconds(video.duration_ms)
    viewers = tally.unique_viewers
    width = tally.bucket_seconds
    stretches = []
    for number, start in enumerate(range(0, seconds, width) if viewers else ()):
        end = min(start + width, seconds)
        reached, plays = (counts[number] if number < len(counts) else 0 for counts in (tally.reached, tally.plays))
        stretches.append(
            Stretch(
                start=start,
                end=end,
                retention=min(1.0, reached / (viewers * (end - start))),
                plays=plays / (end - start),
                replays=plays / reached if reached else 0.0,
            )
        )
    seen = sum(stretch.retention * (stretch.end - stretch.start) for stretch in stretches)
    return Statistics(
        views=tally.views,
        unique_viewers=viewers,
        played_seconds=tally.played_seconds,
        average_percent=100 * seen / seconds if seconds else 0.0,
        stretches=tuple(stretches),
    )


def _quality(sums: dict[str, int], country: str, network: str) -> QualityRow:
    waited = sums["stalled_ms"]
    played = sums["played_seconds"] * 1000
    return QualityRow(
        country=country,
        network=network,
        showings=sums["showings"],
        started=sums["started"],
        startup_ms=sums["startup_ms"] / sums["started"] if sums["started"] else None,
        stalls=sums["stalls"] / sums["showings"],
        stalled=waited / (waited + played) if waited else 0.0,
    )
