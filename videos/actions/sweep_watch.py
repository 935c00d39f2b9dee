"""Let go of single showings after a while: who, when, where and over which network."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from core import clock
from videos.models import WatchBatch, WatchSession

__all__ = ["sweep_watch"]

_AT_ONCE = 1000


def sweep_watch() -> int:
    """Delete showings that were silent for ``VIDEO_SESSION_DAYS``; returns how many.

    Sums and each viewer's own seconds stay. A report of such a showing that comes once more could not be told from a
    new one: it is refused by its age (:func:`videos.reports.checked_report`). Showings with reports that wait to be
    added up, or whose quality isn't counted, stay until they are.
    """
    before = clock.now() - timedelta(days=settings.VIDEO_SESSION_DAYS)
    swept = 0
    while True:
        with transaction.atomic():
            # Locked, so that none is deleted while its player reports; who reports now isn't waited for.
            old = WatchSession.objects.select_for_update(skip_locked=True, of=("self",)).filter(
                last_at__lt=before, is_counted=True
            )
            pks = list(old.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
            waiting = set(WatchBatch.objects.filter(session__in=pks).values_list("session_id", flat=True))
            gone = [pk for pk in pks if pk not in waiting]
            deleting = WatchSession.objects.filter(pk__in=gone)
            deleting._raw_delete(deleting.db)
        swept += len(gone)
        if len(pks) < _AT_ONCE or not gone:
            return swept
