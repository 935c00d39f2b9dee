"""What happens to videos."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event

__all__ = ["CopyOrdered", "VideoFailed", "VideoProcessed", "VideoUploaded"]


@dataclass(frozen=True)
class VideoUploaded(Event):
    """A source is here and waits to be processed."""

    video_key: UUID


@dataclass(frozen=True)
class VideoProcessed(Event):
    """A video can be watched, for the first time or made anew."""

    video_key: UUID
    uploader_key: UUID | None = None
    title: str = ""


@dataclass(frozen=True)
class VideoFailed(Event):
    """Processing has come to nothing; ``failure`` is a code of :mod:`videos.errors`."""

    video_key: UUID
    failure: str
    uploader_key: UUID | None = None
    title: str = ""


@dataclass(frozen=True)
class CopyOrdered(Event):
    """Somebody wants a rendition with their name in it, and a worker has to make it."""

    copy_key: UUID
