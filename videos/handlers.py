"""Reactions to what happens to videos, and to ``migrate``."""

from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from core.outbox import handles
from videos.events import CopyOrdered, VideoUploaded
from videos.models import MarkedCopy, Passage, Video
from videos.passages import keep_missing_passages
from videos.tasks import start, start_copy

__all__ = ["cut_old_captions", "on_ordered", "on_uploaded"]


@handles(VideoUploaded, name="videos.process")
def on_uploaded(event: VideoUploaded) -> None:
    """Queue it; what takes hours has no place in a handler."""
    video_pk = Video.objects.filter(public_id=event.video_key).values_list("pk", flat=True).first()
    if video_pk is not None:
        transaction.on_commit(partial(start, video_pk), robust=True)


@handles(CopyOrdered, name="videos.make_copy")
def on_ordered(event: CopyOrdered) -> None:
    """Queue it, if nobody has made it meanwhile."""
    waiting = MarkedCopy.objects.filter(public_id=event.copy_key, state=MarkedCopy.State.WAITING)
    if copy_pk := waiting.values_list("pk", flat=True).first():
        transaction.on_commit(partial(start_copy, copy_pk), robust=True)


@receiver(post_migrate, dispatch_uid="videos.cut_old_captions")
def cut_old_captions(sender: Any, **kwargs: Any) -> None:
    """Captions from before they were searched are cut into paragraphs once."""
    # ``migrate`` may have gone back to before there were any.
    if sender.name == "videos" and Passage._meta.db_table in connection.introspection.table_names():
        keep_missing_passages()
