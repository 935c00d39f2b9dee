"""What takes the locks of this room, always in this order: person (what is theirs altogether) → upload → video.

SQLite has one writer at a time (``BEGIN IMMEDIATE``); there the lock is the transaction itself.
"""

from typing import Any

from django.contrib.auth import get_user_model

from videos.errors import VideoNotFound
from videos.models import Upload, Video

__all__ = ["lock_person", "locked_upload", "locked_video"]


def lock_person(person: Any) -> None:
    """Let nobody else add to or take from what ``person`` has uploaded until the transaction ends."""
    if person is not None:
        rows = get_user_model().objects.select_for_update(no_key=True).filter(pk=person.pk)
        rows.values_list("pk", flat=True).first()


def locked_upload(pk: int) -> Upload | None:
    """Lock and return an upload until the transaction ends, as it is now; None when it is gone."""
    return Upload.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()


def locked_video(pk: int) -> Video:
    """Lock and return a video until the transaction ends, as it is now.

    Raises:
        VideoNotFound: it was deleted.
    """
    video = Video.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if video is None:
        raise VideoNotFound
    return video
