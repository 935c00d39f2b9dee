"""Add players' reports to what all viewers of a video did."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from core import clock
from videos.models import Video, WatchBatch, WatchTally
from videos.seconds import spread, whole_seconds

__all__ = ["BUCKETS", "bucket_seconds_of", "fold_watch"]

#: Into so many pieces a video is cut at most: what a drawing can show, and what a tally costs to write.
BUCKETS = 240
#: Reports in one transaction: on SQLite nobody else writes while it lasts.
_AT_ONCE = 500


def bucket_seconds_of(video: Video) -> int:
    """How long each piece of a video's tally is: a second for short videos, a minute for four hours."""
    return max(1, -(-whole_seconds(video.duration_ms) // BUCKETS))


def fold_watch(*, most: int = 100_000) -> int:
    """Add waiting reports to the tallies and remove them; returns how many.

    A report goes in the transaction that counts it, so it counts once, whenever a worker is killed. Any number of
    workers may run: on PostgreSQL each takes reports that no other has, and waits only for rows of tallies, which all
    take in one order; SQLite has one writer at a time.

    Args:
        most: reports to add before coming back; the rest is the next run's.
    """
    folded = 0
    while folded < most:
        with transaction.atomic():
            rows = WatchBatch.objects.select_for_update(skip_locked=True, of=("self",)).select_related("session")
            taken = list(rows.order_by("pk")[:_AT_ONCE])
            if not taken:
                break
            _count(taken)
            # Nothing hangs off them, so no row has to be read for what would go along.
            deleting = WatchBatch.objects.filter(pk__in=[row.pk for row in taken])
            deleting._raw_delete(deleting.db)
        folded += len(taken)
    return folded


def _count(rows: Iterable[WatchBatch]) -> None:
    by_video: dict[int, list[WatchBatch]] = defaultdict(list)
    for row in rows:
        by_video[row.session.video_id].append(row)
    tallies = _locked_tallies(by_video)
    for tally in tallies:
        for row in by_video[tally.video_id]:
            tally.views += row.is_first_of_session
            tally.unique_viewers += row.is_first_of_viewer
            tally.played_seconds += sum(end - start for start, end in row.segments)
            spread(row.segments, tally.bucket_seconds, tally.plays)
            spread(row.fresh, tally.bucket_seconds, tally.reached)
        tally.changed_at = clock.now()
    WatchTally.objects.bulk_update(
        tallies, ["views", "unique_viewers", "played_seconds", "plays", "reached", "changed_at"]
    )


def _locked_tallies(video_pks: Iterable[int]) -> list[WatchTally]:
    """The rows of these videos, made where there are none, locked in the order of videos."""
    wanted = sorted(video_pks)
    rows = WatchTally.objects.filter(video__in=wanted).order_by("video_id")
    missing = set(wanted) - set(rows.values_list("video_id", flat=True))
    if missing:
        videos = Video.objects.filter(pk__in=missing).order_by("pk")
        WatchTally.objects.bulk_create(
            [WatchTally(video=video, bucket_seconds=bucket_seconds_of(video)) for video in videos],
            ignore_conflicts=True,
        )
    return list(rows.select_for_update(no_key=True))
