"""Where the files of videos lie: a folder of this machine that no web server shows, or S3 by ``STORAGES``."""

from django.core.files.storage import Storage, storages

__all__ = ["video_storage"]


def video_storage() -> Storage:
    """The storage ``videos``; names in it are those of :class:`~videos.models.Video` and ``Rendition``."""
    return storages["videos"]
