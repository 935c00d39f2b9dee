"""How the files of a video are handed out: which names there are, ranges of bytes, addresses at a store.

Files lie on this machine (then Python or nginx sends them) or in a store like S3 (then a signed address of the store
leads there). Nothing here knows who may have them.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from django.core.files.storage import Storage
from django.utils.http import content_disposition_header

from videos.models import Rendition, Video
from videos.storage import video_storage

__all__ = [
    "FREE_PREFIX",
    "WATCH_PREFIX",
    "FileFacts",
    "asked_range",
    "content_type",
    "file_facts",
    "is_media_name",
    "is_remote",
    "pieces",
    "rungs",
    "store_address",
    "storyboard_vtt",
]

#: Addresses of this site; ``home.urls`` has them.
WATCH_PREFIX = "/watch/"
FREE_PREFIX = "/watch/free/"

#: Bytes read at a time.
_PIECE = 64 * 1024
#: Files that are handed out as they lie in a video's folder; everything else in it is nobody's business.
_MEDIA = re.compile(r"(?:\d{3,4}p|audio)\.mp4|poster\.(?:webp|avif)|storyboard\.webp")
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)\Z")
_TYPES = {"m3u8": "application/vnd.apple.mpegurl", "mp4": "video/mp4", "vtt": "text/vtt; charset=utf-8"}


@dataclass(frozen=True)
class FileFacts:
    """What caches ask of a file. Files of a processing never change, so name and size tell it from all others."""

    size: int
    etag: str
    changed_at: datetime

    def is_current(self, if_range: str) -> bool:
        """Whether what the asker has of it, by ``If-Range`` (RFC 9110, 13.1.5), is of this file."""
        if not if_range or if_range == self.etag:
            return True
        try:
            date = parsedate_to_datetime(if_range)
        except ValueError:
            return False
        return date.tzinfo is not None and date == self.changed_at.replace(microsecond=0)


def is_media_name(name: str) -> bool:
    """Whether ``name`` is that of a file that lies in a video's folder for those who may watch."""
    return _MEDIA.fullmatch(name) is not None


def content_type(name: str) -> str:
    """The media type of a file by its name."""
    ending = name.rpartition(".")[2]
    if name == "audio.mp4":
        return "audio/mp4"
    return _TYPES.get(ending) or mimetypes.types_map.get(f".{ending}") or f"image/{ending}"


def rungs(renditions: Iterable[Rendition]) -> list[Rendition]:
    """What a plain player may be given, smallest first: those with a picture, or the sound where there is none."""
    found = sorted(renditions, key=lambda rendition: (rendition.bandwidth, rendition.pk))
    return [rendition for rendition in found if rendition.kind == Rendition.Kind.VIDEO] or found


def is_remote() -> bool:
    """Whether files lie in a store that browsers are led to."""
    return _is_remote(video_storage())


@lru_cache(maxsize=8)
def _is_remote(storage: Storage) -> bool:
    try:
        storage.path("")
    except NotImplementedError:
        return True
    return False


def store_address(name: str, seconds: int, *, download_as: str = "") -> str:
    """An address at the store that works for ``seconds``, signed by its key, or by its CDN's where that has one.

    Args:
        download_as: the file name that a browser saves it under.
    """
    parameters = {}
    if download_as:
        parameters["ResponseContentDisposition"] = content_disposition_header(True, download_as) or "attachment"
    # A week is the longest that signatures of version 4 live.
    address: str = video_storage().url(name, parameters=parameters, expire=max(1, min(seconds, 604_800)))  # type: ignore[call-arg]
    return address


def file_facts(name: str) -> FileFacts:
    """Size, tag and date of a file on this machine.

    Raises:
        FileNotFoundError: there is none.
    """
    storage = video_storage()
    size = storage.size(name)
    tag = hashlib.sha256(f"{name}:{size}".encode()).hexdigest()[:20]
    return FileFacts(size, f'"{tag}"', storage.get_modified_time(name).astimezone(UTC))


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that a ``Range`` header asks of ``size`` bytes; None: everything (RFC 9110, 14.2).

    Several ranges at once, other units and what makes no sense are ignored, as the standard allows.

    Raises:
        ValueError: it asks for what lies behind the end alone.
    """
    found = _RANGE.match(header.strip()) if len(header) < 100 else None
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size - 1
        if int(last) == 0:
            raise ValueError("no bytes")
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size:
        raise ValueError("behind the end")
    return start, end


def pieces(name: str, start: int, length: int) -> Iterator[bytes]:
    """The bytes of a file on this machine from ``start`` on, never more than a piece of it in memory."""
    with video_storage().open(name, "rb") as file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(_PIECE, length))):
            length -= len(piece)
            yield piece


def storyboard_vtt(video: Video, picture: str = "storyboard.webp") -> str:
    """WebVTT that says which part of the storyboard shows which moment; empty where there is no storyboard.

    Args:
        picture: address of the storyboard, relative to that of this file or absolute.
    """
    grid = video.storyboard_grid
    if not video.storyboard or not grid:
        return ""
    lines = ["WEBVTT", ""]
    for number in range(grid["count"]):
        start = number * grid["interval_ms"]
        end = min(start + grid["interval_ms"], video.duration_ms)
        if end <= start:
            break
        row, column = divmod(number, grid["columns"])
        x, y = column * grid["tile_width"], row * grid["tile_height"]
        lines += [
            f"{_stamp(start)} --> {_stamp(end)}",
            f"{picture}#xywh={x},{y},{grid['tile_width']},{grid['tile_height']}",
            "",
        ]
    return "\n".join(lines)


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
