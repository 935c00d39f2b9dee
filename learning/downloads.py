"""What a learner takes along for places without a line: files with their hashes, and until when they may be kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from courses.models import CoursePage
from learning.videos import Right
from videos.delivery import content_type, pieces
from videos.models import Caption, Chapter, Rendition, Video
from videos.storage import video_storage

__all__ = ["DownloadFile", "Manifest", "files_of", "may_download"]


@dataclass(frozen=True)
class DownloadFile:
    """One file to fetch, as a path of this site."""

    name: str
    url: str
    bytes: int
    sha256: str
    content_type: str


@dataclass(frozen=True)
class Manifest:
    """A video for offline use. The first file is the video itself; captions and poster follow."""

    video: Video
    rendition: Rendition
    files: tuple[DownloadFile, ...]
    chapters: tuple[Chapter, ...]
    #: When the links end; ask for others then.
    expires_at: datetime
    #: When the learner's enrolment ends, and with it the right to keep the files; None: it doesn't.
    keep_until: datetime | None

    @property
    def segments(self) -> list[list[int]]:
        """``[offset, bytes, milliseconds]`` of each piece, so that a half that has come plays already."""
        found: list[list[int]] = self.rendition.segments
        return found


def may_download(right: Right) -> bool:
    """Whether a right to watch is one to keep: the course says so, or it is one's own work.

    A course that wants the learner's name in the picture gives no copies without it.
    """
    if right.is_staff:
        return True
    course: CoursePage | None = right.course
    return course is not None and course.allows_downloads and not course.burns_watermark


def files_of(video: Video, rendition: Rendition, base: str) -> Iterator[DownloadFile]:
    """The files of a download, the video first.

    Args:
        base: path that they lie below, with a slash at its end.
    """
    name = f"{rendition.name}.mp4"
    yield DownloadFile(name, base + name, rendition.bytes, rendition.sha256, content_type(name))
    for caption in Caption.objects.filter(video=video):
        yield _text_file(f"captions-{caption.language.lower()}.vtt", caption.vtt, base)
    if video.poster:
        size = video_storage().size(video.poster)
        digest = hashlib.sha256()
        for piece in pieces(video.poster, 0, size):
            digest.update(piece)
        yield DownloadFile("poster.webp", f"{base}poster.webp", size, digest.hexdigest(), content_type("poster.webp"))


def _text_file(name: str, text: str, base: str) -> DownloadFile:
    data = text.encode()
    return DownloadFile(name, base + name, len(data), hashlib.sha256(data).hexdigest(), content_type(name))
