"""Devices of one account that play at a time: each holds a lease, renewed by playing, over after 90 seconds.

A browser is one device however many of its tabs play or reload; an app is one for each session it names.
"""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from core import clock
from videos.errors import TooManyStreams
from videos.models import StreamLease, Video

__all__ = ["LEASE", "end_stream", "hold_stream", "renew_stream", "stream_key", "streams_of"]

#: How long a device that says nothing more still counts.
LEASE = timedelta(seconds=90)


def stream_key(session: uuid.UUID, bound_to: str = "") -> uuid.UUID:
    """Which lease a showing plays under: that of its browser where it is bound to one, else one of its own."""
    if not bound_to:
        return session
    return uuid.UUID(bytes=hashlib.sha256(b"videos.streams:" + bound_to.encode()).digest()[:16], version=4)


def hold_stream(
    user_pk: int, stream: uuid.UUID, video: Video | int, *, device: str = "", takes_over: bool = False
) -> None:
    """Take a lease for a device, or renew the one it holds.

    A device that holds one costs one statement. Others of the account are looked at under a lock, so that two that
    start together don't both become the last one.

    Args:
        device: what the person reads to tell devices apart; left as it is when empty.
        takes_over: end those that began first where there are too many.

    Raises:
        TooManyStreams: others play already; names them.
    """
    now = clock.now()
    video_pk = video.pk if isinstance(video, Video) else video
    seen: dict[str, Any] = {"seen_at": now, "video_id": video_pk} | ({"device": device[:80]} if device else {})
    if StreamLease.objects.filter(user=user_pk, session=stream, seen_at__gt=now - LEASE).update(**seen):
        return
    with transaction.atomic():
        # The person's row, because an account that plays nowhere has no leases to lock.
        get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=user_pk)
        others = list(_playing(user_pk, now).exclude(session=stream))
        surplus = len(others) - settings.VIDEO_STREAMS + 1
        if surplus > 0:
            if not takes_over:
                raise TooManyStreams([other.device for other in others])
            StreamLease.objects.filter(pk__in=[other.pk for other in others[:surplus]]).delete()
        # A browser asks for several files at once: one of them may have taken the lease meanwhile.
        if StreamLease.objects.filter(user=user_pk, session=stream, seen_at__gt=now - LEASE).update(**seen):
            return
        # An own one that is over is made anew, too: leases are in the order in which devices began.
        StreamLease.objects.filter(user=user_pk, seen_at__lte=now - LEASE).delete()
        StreamLease.objects.create(user_id=user_pk, session=stream, **seen)


def renew_stream(user_pk: int, stream: uuid.UUID) -> bool:
    """Say that a device still plays; one statement.

    Returns:
        Whether it holds a lease; else :func:`hold_stream` has to say whether there is room.
    """
    now = clock.now()
    return bool(StreamLease.objects.filter(user=user_pk, session=stream, seen_at__gt=now - LEASE).update(seen_at=now))


def end_stream(user_pk: int, stream: uuid.UUID) -> None:
    """Give the lease back: another device may play at once."""
    StreamLease.objects.filter(user=user_pk, session=stream).delete()


def streams_of(user_pk: int) -> list[StreamLease]:
    """The devices that play now, those that began first at the front."""
    return list(_playing(user_pk, clock.now()))


def _playing(user_pk: int, now: datetime) -> Any:
    return StreamLease.objects.filter(user=user_pk, seen_at__gt=now - LEASE).order_by("pk")
