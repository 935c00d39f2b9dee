"""Find videos that wait for a worker."""

from datetime import timedelta

from django.db.models import Q

from core import clock
from videos.models import Video

__all__ = ["QUEUED", "due_videos"]

#: A message that no worker took in this time is worth nothing: the video is queued again.
QUEUED = timedelta(minutes=10)
#: Time for the message that an upload itself sends.
_FIRST = timedelta(seconds=60)


def due_videos() -> list[int]:
    """Return videos that nobody has and whose time has come, and count them as queued for a while.

    A worker that is busy for hours doesn't find a message for each minute when it is done.
    """
    now = clock.now()
    open_ones = Video.objects.filter(state__in=[Video.State.WAITING, Video.State.PROCESSING])
    due = Q(leased_until__lt=now) | Q(leased_until=None, created_at__lt=now - _FIRST)
    pks = list(open_ones.filter(due).order_by("leased_until", "pk").values_list("pk", flat=True))
    # One that a worker took meanwhile has a lease that is not over.
    return [pk for pk in pks if open_ones.filter(due, pk=pk).update(lease=None, leased_until=now + QUEUED)]
