"""Videos that can be watched, without processing: rows as it writes them, and files of known bytes."""

import hashlib
import itertools
from typing import Any

from django.core.files.base import ContentFile

from core import clock
from videos.models import MarkedCopy, Rendition, Video
from videos.storage import video_storage

__all__ = ["SEGMENT_MS", "bytes_of", "copy_bytes", "finished", "ready_video"]

SEGMENT_MS = 4000
_HEAD = 100  #: bytes before the first segment
#: Name, height, bytes of a segment.
_LADDER = (("144p", 144, 3_000), ("360p", 360, 9_000))
_counter = itertools.count(1)


def bytes_of(name: str, size: int) -> bytes:
    """What the file of a rendition holds: no two places in it look alike."""
    blocks = (hashlib.sha256(f"{name}:{number}".encode()).digest() for number in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def ready_video(*, segments: int = 3, ladder: Any = _LADDER, has_audio: bool = True, **fields: Any) -> Video:
    """A processed video of ``segments`` times four seconds, with its files in the storage."""
    number = next(_counter)
    video = Video.objects.create(
        **{
            "title": f"Video {number}",
            "state": Video.State.READY,
            "duration_ms": segments * SEGMENT_MS,
            "width": 640 if ladder else 0,
            "height": 360 if ladder else 0,
            "has_audio": has_audio,
            "ready_at": clock.now(),
            **fields,
        }
    )
    folder = f"{video.public_id.hex}/{number:08x}"
    for name, height, size in ladder:
        _rendition(video, folder, name, segments, size, height=height, width=height * 16 // 9)
    if has_audio:
        _rendition(video, folder, "audio", segments, 1_000, kind=Rendition.Kind.AUDIO, codecs="mp4a.40.2")
    video.folder = folder
    if ladder:
        video.poster, video.poster_avif = f"{folder}/poster.webp", f"{folder}/poster.avif"
        video.storyboard = f"{folder}/storyboard.webp"
        video.storyboard_grid = {
            "columns": 2,
            "rows": 2,
            "tile_width": 160,
            "tile_height": 90,
            "interval_ms": SEGMENT_MS,
            "count": segments,
        }
        for name in (video.poster, video.poster_avif, video.storyboard):
            video_storage().save(name, ContentFile(bytes_of(name, 500)))
    video.save()
    return video


def _rendition(video: Video, folder: str, name: str, segments: int, size: int, **fields: Any) -> None:
    data = bytes_of(name, _HEAD + segments * size)
    file = video_storage().save(f"{folder}/{name}.mp4", ContentFile(data))
    bits = size * 8 * 1000 // SEGMENT_MS
    Rendition.objects.create(
        **{
            "video": video,
            "name": name,
            "file": file,
            "fps": 15,
            "codecs": "avc1.42c01e,mp4a.40.2",
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "bandwidth": bits,
            "average_bandwidth": bits,
            "init_bytes": _HEAD,
            "segments": [[_HEAD + number * size, size, SEGMENT_MS] for number in range(segments)],
            **fields,
        }
    )


def finished(copy: MarkedCopy) -> MarkedCopy:
    """A copy as a worker leaves it, with a file of known bytes."""
    data = copy_bytes(copy)
    video_storage().save(f"{copy.folder}/{copy.rendition.name}.mp4", ContentFile(data))
    copy.state, copy.progress, copy.done_at = MarkedCopy.State.READY, 100, clock.now()
    copy.bytes, copy.sha256 = len(data), hashlib.sha256(data).hexdigest()
    copy.init_bytes, copy.segments = _HEAD, [[_HEAD, len(data) - _HEAD, SEGMENT_MS]]
    copy.save()
    return copy


def copy_bytes(copy: MarkedCopy) -> bytes:
    """What :func:`finished` stores."""
    return bytes_of(f"{copy.user_id}:{copy.text}", 5_000)
