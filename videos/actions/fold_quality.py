"""Add how showings went to the figures of their day, country and network."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta

from django.db import transaction
from django.db.models import F

from core import clock
from videos.models import QualityDay, WatchSession

__all__ = ["IDLE", "fold_quality"]

#: A showing that was silent for so long is over. What its player says later of its quality changes nothing.
IDLE = timedelta(minutes=30)
_AT_ONCE = 500

_Key = tuple[date, int, str, str]


def fold_quality(*, most: int = 100_000) -> int:
    """Count showings that are over, each once; returns how many.

    The mark of a showing is set in the transaction that counts it: a worker that is killed has done all or nothing.
    Rivals take other showings, and rows of figures in one order.
    """
    counted = 0
    while counted < most:
        with transaction.atomic():
            rows = WatchSession.objects.select_for_update(skip_locked=True, no_key=True)
            over = rows.filter(is_counted=False, last_at__lt=clock.now() - IDLE).order_by("last_at", "pk")
            taken = list(over[:_AT_ONCE])
            if not taken:
                break
            _count(taken)
            WatchSession.objects.filter(pk__in=[row.pk for row in taken]).update(is_counted=True)
        counted += len(taken)
    return counted


def _count(showings: Iterable[WatchSession]) -> None:
    groups: dict[_Key, list[WatchSession]] = defaultdict(list)
    for row in showings:
        groups[row.started_at.astimezone(UTC).date(), row.video_id, row.country, row.network].append(row)
    keys = sorted(groups)
    QualityDay.objects.bulk_create(
        [
            QualityDay(day=day, video_id=video, country=country, network=network)
            for day, video, country, network in keys
        ],
        ignore_conflicts=True,
    )
    for day, video, country, network in keys:
        rows = groups[day, video, country, network]
        QualityDay.objects.filter(day=day, video=video, country=country, network=network).update(
            showings=F("showings") + len(rows),
            started=F("started") + sum(row.startup_ms is not None for row in rows),
            startup_ms=F("startup_ms") + sum(row.startup_ms or 0 for row in rows),
            stalls=F("stalls") + sum(row.stalls for row in rows),
            stalled_ms=F("stalled_ms") + sum(row.stalled_ms for row in rows),
            played_seconds=F("played_seconds") + sum(row.played_seconds for row in rows),
        )
