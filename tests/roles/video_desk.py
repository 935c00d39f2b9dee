"""A video that no page shows, with everything that can be done to one."""

from typing import Any

from django.core.files.base import ContentFile

from videos.models import Caption, Video
from videos.storage import video_storage

__all__ = ["CAPTIONS", "fill_video_desk"]

CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nStill.\n"


def fill_video_desk(owner: Any) -> dict[str, Any]:
    """Make it; names for the tables."""
    video = Video.objects.create(
        title="Spare film",
        uploaded_by=owner,
        state=Video.State.FAILED,
        failure="video_unreadable",
        duration_ms=60_000,
        width=640,
        height=360,
    )
    storage, folder = video_storage(), f"{video.public_id.hex}/0a1b2c3d"
    video.folder = folder
    video.poster = storage.save(f"{folder}/poster.webp", ContentFile(b"picture"))
    video.original = storage.save(f"originals/{video.public_id.hex}.mp4", ContentFile(b"film"))
    video.save()
    Caption.objects.create(video=video, language="en", vtt=CAPTIONS)
    return {"spare_video": video}
