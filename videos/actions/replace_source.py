"""Give a video another source; what learners watch stays until the new one is ready."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from core import audit
from core.ids import new_public_id
from core.outbox import publish
from videos.events import VideoUploaded
from videos.locks import lock_person, locked_video
from videos.models import Video
from videos.originals import clean_filename, drop_file, original_name, take_file
from videos.storage import video_storage

__all__ = ["replace_source"]


def replace_source(
    *,
    actor: Any,
    video: Video,
    path_or_storage_name: Path | str,
    filename: str,
    sha256: str = "",
    name: str = "",
) -> Video:
    """Take a file as the new source of ``video`` and have it processed; the caller has asked whether ``actor`` may.

    Args:
        path_or_storage_name: a ``Path`` on this machine, which is moved away, or a name in the storage ``videos``.
        sha256: in hex, where the caller has read the file already.
        name: what it is to be called in the storage. The same one twice does it once.

    Raises:
        VideoNotFound: it was deleted.
        FileNotFoundError: there is no such file.
    """
    source = path_or_storage_name
    name = source if isinstance(source, str) else name or original_name(new_public_id(), filename)
    digest = take_file(source, name, sha256)
    size = video_storage().size(name)
    with transaction.atomic():
        lock_person(video.uploaded_by)
        locked = locked_video(video.pk)
        former = locked.original
        if former != name:
            locked.original, locked.original_name, locked.original_bytes = name, clean_filename(filename), size
            locked.sha256 = digest
            locked.processor = settings.VIDEO_PROCESSOR
            # Whoever processes the former source finds the lease gone.
            locked.state, locked.stage, locked.progress = Video.State.WAITING, "", 0
            locked.tries, locked.lease, locked.leased_until = 0, None, None
            locked.failure = locked.failure_detail = ""
            locked.save()
            audit.record(actor=actor, verb="videos.source_replaced", target=locked)
            publish(VideoUploaded(video_key=locked.public_id))
    if former != name:
        drop_file(former)
    return locked
