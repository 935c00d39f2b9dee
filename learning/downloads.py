"""What a learner takes along for places without a line: files with their hashes, and until when they may be kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commerce.access import gives_access
from commerce.models import Enrollment
from commerce.queries import held_enrollments, one_for_each_course
from core.texts import plain_line
from courses.models import CoursePage
from learning.videos import Right
from videos.delivery import content_type, pieces
from videos.models import Caption, Chapter, MarkedCopy, Rendition, Video
from videos.storage import video_storage

__all__ = ["DownloadFile", "Manifest", "Preparation", "burnt_text", "enrollment_behind", "files_of", "may_download"]


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
    #: The learner's own, where the course wants their name in the picture.
    copy: MarkedCopy | None = None

    @property
    def init_bytes(self) -> int:
        """Bytes before the first piece."""
        return self.copy.init_bytes if self.copy else self.rendition.init_bytes

    @property
    def segments(self) -> list[list[int]]:
        """``[offset, bytes, milliseconds]`` of each piece, so that a half that has come plays already."""
        found: list[list[int]] = self.copy.segments if self.copy else self.rendition.segments
        return found


@dataclass(frozen=True)
class Preparation:
    """A copy with the learner's name that is being made: ask again for the manifest."""

    video: Video
    rendition: Rendition
    #: Per cent.
    progress: int
    #: Roughly what it will have.
    bytes: int


def may_download(right: Right) -> bool:
    """Whether a right to watch is one to keep: the course says so, or it is one's own work."""
    if right.is_staff:
        return True
    course: CoursePage | None = right.course
    return course is not None and bool(course.allows_downloads)


def burnt_text(person: Any, right: Right) -> str:
    """What is written into the picture of a download: name or address, as over the player; empty where nothing is.

    Whoever works on the course takes it along as it is.
    """
    if right.is_staff or right.course is None or not right.course.burns_watermark:
        return ""
    name = "" if right.course.shows_watermark == CoursePage.Watermark.EMAIL else plain_line(person.name)
    return name or str(person.email)


def enrollment_behind(person: Any, right: Right) -> Enrollment | None:
    """The enrolment of a learner in the course of ``right``: of a free preview too, which opens without one."""
    if right.enrollment is not None or right.course is None:
        return right.enrollment
    key = right.course.translation_key
    held = held_enrollments(person).filter(course_key=key)
    found = one_for_each_course(held).get(key)
    return found if gives_access(found) else None


def files_of(video: Video, rendition: Rendition, base: str, copy: MarkedCopy | None = None) -> Iterator[DownloadFile]:
    """The files of a download, the video first.

    Args:
        base: path that they lie below, with a slash at its end.
        copy: what the learner gets instead of the rendition.
    """
    name = f"{rendition.name}.mp4"
    file = copy or rendition
    yield DownloadFile(name, base + name, file.bytes, file.sha256, content_type(name))
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
