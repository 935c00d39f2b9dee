"""Process a video again."""

from typing import Any

from django.conf import settings
from django.db import transaction

from core.errors import NotAllowed
from core.outbox import publish
from videos.errors import VideoOriginalMissing, VideoStillProcessed
from videos.events import VideoUploaded
from videos.locks import locked_video
from videos.models import Video
from videos.policies import can_change

__all__ = ["retry_video"]


def retry_video(*, actor: Any, video: Video) -> Video:
    """Begin anew with the original, be it that processing failed or that something better comes out now.

    Learners keep what they have until the new files are complete.

    Raises:
        NotAllowed: it is somebody else's.
        VideoNotFound: it was deleted.
        VideoOriginalMissing: the uploaded file was dropped.
        VideoStillProcessed: a worker is at it, or will be.
    """
    if not can_change(actor, video):
        raise NotAllowed
    with transaction.atomic():
        present = locked_video(video.pk)
        if present.state in (Video.State.WAITING, Video.State.PROCESSING):
            raise VideoStillProcessed
        if not present.original:
            raise VideoOriginalMissing
        present.state = Video.State.WAITING
        present.processor = settings.VIDEO_PROCESSOR
        present.progress = present.tries = 0
        present.failure = present.failure_detail = present.stage = ""
        present.lease = present.leased_until = None
        present.save()
        publish(VideoUploaded(present.public_id))
    return present
