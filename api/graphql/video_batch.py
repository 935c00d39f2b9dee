"""Videos of one answer: each kind of thing about them is loaded once for all of them, and only when a field asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from api.graphql.context import Context
from videos.delivery import FREE_PREFIX
from videos.models import Caption, Chapter, Rendition, Video
from videos.watching import resume_positions

__all__ = ["VideoBatch", "VideoNode", "video_nodes"]


class VideoBatch:
    """The videos of one list, with everything their fields may ask for."""

    def __init__(self, videos: Iterable[Video], context: Context) -> None:
        self.videos = {video.pk: video for video in videos}
        self.context = context

    @cached_property
    def renditions(self) -> dict[int, list[Rendition]]:
        """By the video's pk, smallest first; one query."""
        return self._by_video(Rendition.objects.defer("segments"))

    @cached_property
    def captions(self) -> dict[int, list[Caption]]:
        """By the video's pk, without what they say; one query."""
        return self._by_video(Caption.objects.defer("vtt"))

    @cached_property
    def texts(self) -> dict[int, list[Caption]]:
        """By the video's pk, with what they say; one query."""
        return self._by_video(Caption.objects.all())

    @cached_property
    def chapters(self) -> dict[int, list[Chapter]]:
        """By the video's pk; one query."""
        return self._by_video(Chapter.objects.all())

    @cached_property
    def positions(self) -> dict[int, int]:
        """Where the person who asks goes on, in milliseconds, by the video's pk; one query."""
        return resume_positions(self.context.user, self.videos.values())

    def _by_video(self, rows: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in rows.filter(video__in=self.videos):
            found.setdefault(row.video_id, []).append(row)
        return found


@dataclass(frozen=True)
class VideoNode:
    """A video within the list it was loaded in."""

    video: Video
    batch: VideoBatch
    #: Path that its files lie below; empty where it takes a grant to know.
    base: str = ""

    @property
    def context(self) -> Context:
        return self.batch.context

    def file(self, name: str) -> str | None:
        """The absolute address of one of its files, where the asker may know it."""
        return self.context.url(f"{self.base}{name}") if self.base else None


def video_nodes(videos: Iterable[Video], context: Context, *, is_free: bool = False) -> dict[int, VideoNode]:
    """Nodes by the video's pk.

    Args:
        is_free: they stand on a page that is everyone's, so their addresses are, too.
    """
    batch = VideoBatch(videos, context)
    return {
        pk: VideoNode(video, batch, f"{FREE_PREFIX}{video.public_id}/" if is_free and video.is_ready else "")
        for pk, video in batch.videos.items()
    }
