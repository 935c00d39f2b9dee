"""Reactions to what happens to videos."""

from functools import partial

from django.db import transaction

from core.outbox import handles
from videos.events import VideoUploaded
from videos.models import Video
from videos.tasks import start

__all__ = ["on_uploaded"]


@handles(VideoUploaded, name="videos.process")
def on_uploaded(event: VideoUploaded) -> None:
    """Queue it; what takes hours has no place in a handler."""
    video_pk = Video.objects.filter(public_id=event.video_key).values_list("pk", flat=True).first()
    if video_pk is not None:
        transaction.on_commit(partial(start, video_pk), robust=True)
