"""Videos that can be watched, without files, and players that report."""

import itertools
import uuid
from datetime import datetime
from typing import Any

from commerce.tests.factories import NOON
from videos.actions.record_watch import record_watch
from videos.models import Video, Viewer

__all__ = ["NOON", "as_sent", "make_video", "report"]

_counter = itertools.count(1)


def make_video(seconds: int = 100, **fields: Any) -> Video:
    """A video of so many seconds that is ready, as far as the database knows."""
    number = next(_counter)
    defaults = {
        "title": f"Talk {number}",
        "state": Video.State.READY,
        "folder": f"talk/{number}",
        "duration_ms": seconds * 1000,
        "width": 640,
        "height": 360,
        "has_audio": True,
        "progress": 100,
    }
    return Video.objects.create(**{**defaults, **fields})


def report(
    user: Any,
    video: Video,
    *batches: tuple[int, list[list[int]]],
    session: uuid.UUID | None = None,
    position_ms: int = 0,
    at: datetime = NOON,
    **more: Any,
) -> Viewer:
    """Report batches, ``(number, segments)`` each, of a showing of its own unless ``session`` is given."""
    return record_watch(
        user=user,
        video=video,
        session=session or uuid.uuid4(),
        batches=as_sent(batches),
        position_ms=position_ms,
        at=at,
        **more,
    )


def as_sent(batches: Any) -> list[dict[str, Any]]:
    """As the player sends them."""
    return [{"number": number, "segments": segments} for number, segments in batches]
