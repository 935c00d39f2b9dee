"""Take captions away."""

from typing import Any

from django.db import transaction

from core import audit
from core.policies import require
from videos.locks import locked_video
from videos.models import Caption, Video
from videos.policies import can_change

__all__ = ["remove_caption"]


@transaction.atomic
def remove_caption(*, actor: Any, video: Video, language: str) -> bool:
    """Remove the captions in ``language``; whether there were any.

    Raises:
        NotAllowed: the actor doesn't look after the video.
        VideoNotFound: it was deleted.
    """
    require(can_change(actor, video))
    video = locked_video(video.pk)
    count, _rows = Caption.objects.filter(video=video, language=language).delete()
    if count:
        audit.record(actor=actor, verb="videos.caption_removed", target=video, facts={"language": language})
    return bool(count)
