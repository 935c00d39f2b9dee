"""Write down what somebody really watched, as their player reports it."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core import clock
from videos.errors import ReportNotPlausible, SessionOfAnotherVideo, VideoNotReady
from videos.models import Video, Viewer, WatchBatch, WatchSession
from videos.reports import Quality, Watched, checked_report
from videos.seconds import add_number, bits_of, bytes_of, has_number, runs_of, whole_seconds

__all__ = ["MAX_SPEED", "record_watch"]

#: Faster than any player of ours plays, so that nobody is refused for rounding.
MAX_SPEED = 2.5
#: What may be reported without time having passed since the first report, as from a device that was offline: so many
#: times the whole video, and seconds.
_AHEAD_TIMES, _AHEAD_SECONDS = 10, 600


def record_watch(
    *,
    user: Any,
    video: Video,
    session: uuid.UUID,
    batches: Iterable[Mapping[str, Any]],
    position_ms: int,
    at: datetime,
    startup_ms: int | None = None,
    stalls: int = 0,
    stalled_ms: int = 0,
    network: str = "",
    country: str = "",
) -> Viewer:
    """Add a report to what ``user`` has watched of ``video``. Whether they may is the caller's question.

    Reports may come twice, late and in any order: a batch counts once by its number, and the position is that of the
    newest ``at``. Five queries however much was reported before; locked are rows of this viewer alone, and what all
    viewers did is added up later (:mod:`videos.actions.fold_watch`).

    Args:
        session: of this showing, made by the player.
        batches: ``number``, counted up by the player, and ``segments``: ``[start, end]`` in whole seconds.
        at: when the player was at ``position_ms``.
        startup_ms: until the first picture; None while there is none. This, ``stalls`` and ``stalled_ms`` are totals
            of the showing, not additions.
        network: as the browser names it.
        country: ISO 3166.

    Raises:
        VideoNotReady: nobody can have watched it.
        InvalidInput, ReportTooOld: what is said can't be; nothing is written.
        ReportNotPlausible: more was played than time has passed for; nothing is written.
        SessionOfAnotherVideo: the player used this session's key before.
    """
    seconds = whole_seconds(video.duration_ms)
    if not video.is_ready or not seconds:
        raise VideoNotReady
    report = checked_report(
        seconds=seconds,
        duration_ms=video.duration_ms,
        batches=batches,
        position_ms=position_ms,
        at=at,
        startup_ms=startup_ms,
        stalls=stalls,
        stalled_ms=stalled_ms,
        network=network,
        country=country,
    )
    with transaction.atomic():
        viewer = _locked_viewer(user, video)
        showing = _locked_session(viewer, session, report.at)
        new = [batch for batch in report.batches if not has_number(showing.numbers, batch.number)]
        _check_time(viewer, seconds, sum(batch.seconds for batch in new))
        rows = _add(viewer, showing, new)
        if viewer.position_at is None or report.at > viewer.position_at:
            viewer.position_ms, viewer.position_at = report.position_ms, report.at
        viewer.last_at = showing.last_at = clock.now()
        _note_quality(showing, report.quality)
        _save(viewer, showing, rows)
    return viewer


def _locked_viewer(user: Any, video: Video) -> Viewer:
    """The row that all reports of one person and video wait for, made by the first of them."""
    rows = Viewer.objects.select_for_update(no_key=True).filter(user=user, video=video)
    viewer = rows.first()
    if viewer is None:
        Viewer.objects.bulk_create([Viewer(user=user, video=video)], ignore_conflicts=True)
        viewer = rows.get()
    viewer.user, viewer.video = user, video
    return viewer


def _locked_session(viewer: Viewer, key: uuid.UUID, at: datetime) -> WatchSession:
    """The showing, not saved yet where this is its first report. Locked against being swept in between."""
    rows = WatchSession.objects.select_for_update(no_key=True).filter(user_id=viewer.user_id, key=key)
    showing = rows.first()
    if showing is None:
        return WatchSession(key=key, user=viewer.user, video=viewer.video, started_at=at)
    if showing.video_id != viewer.video_id:
        raise SessionOfAnotherVideo
    return showing


def _check_time(viewer: Viewer, seconds: int, played: int) -> None:
    """Refuse more than the fastest player can have played since the first report, and what a device had gathered."""
    passed = (clock.now() - viewer.first_at).total_seconds()
    most = passed * MAX_SPEED + _AHEAD_TIMES * seconds + _AHEAD_SECONDS
    if viewer.played_seconds + played > most:
        raise ReportNotPlausible


def _add(viewer: Viewer, showing: WatchSession, batches: list[Watched]) -> list[WatchBatch]:
    """Add the batches to both rows; returns what the worker has to add to the tally."""
    seen = int.from_bytes(viewer.seen, "little")
    rows = []
    for batch in batches:
        showing.numbers = add_number(showing.numbers, batch.number)
        if not batch.segments:
            continue
        fresh = bits_of(batch.segments) & ~seen
        rows.append(
            WatchBatch(
                session=showing,
                number=batch.number,
                segments=batch.segments,
                fresh=runs_of(fresh),
                is_first_of_viewer=not seen,
                is_first_of_session=not showing.is_view,
            )
        )
        seen |= fresh
        viewer.played_seconds += batch.seconds
        showing.played_seconds += batch.seconds
        showing.is_view = True
    viewer.seen, viewer.seen_seconds = bytes_of(seen), seen.bit_count()
    return rows


def _note_quality(showing: WatchSession, quality: Quality) -> None:
    """Keep the first start and the highest totals: so the order in which reports arrive makes no difference."""
    if showing.startup_ms is None:
        showing.startup_ms = quality.startup_ms
    showing.stalls = max(showing.stalls, quality.stalls)
    showing.stalled_ms = max(showing.stalled_ms, quality.stalled_ms)
    showing.network = showing.network or quality.network
    showing.country = showing.country or quality.country


#: All but ``is_counted``, which is the worker's.
_OF_SESSION = (
    "country",
    "is_view",
    "last_at",
    "network",
    "numbers",
    "played_seconds",
    "stalled_ms",
    "stalls",
    "startup_ms",
)
_OF_VIEWER = ("last_at", "played_seconds", "position_at", "position_ms", "seen", "seen_seconds")


def _save(viewer: Viewer, showing: WatchSession, rows: list[WatchBatch]) -> None:
    if showing.pk is None:
        try:
            with transaction.atomic():
                showing.save(force_insert=True)
        except IntegrityError as error:
            # Reports of one video wait for its viewer's row: it was another video's that came first.
            raise SessionOfAnotherVideo from error
    else:
        showing.save(update_fields=_OF_SESSION)
    WatchBatch.objects.bulk_create(rows)
    viewer.save(update_fields=_OF_VIEWER)
