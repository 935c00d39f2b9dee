"""What a processor is: stages that turn a source into renditions in a work folder. The rest is the same for all."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from videos.errors import VideoBeyondLimits, VideoUnreadable
from videos.models import Rendition, Video
from videos.originals import sha256_of
from videos.playlists import rates
from videos.processing.boxes import Index, NotIndexed, read_index
from videos.processing.running import RunFailed, ffmpeg, limits_for
from videos.processing.work import WorkFolder

__all__ = ["Job", "Later", "Made", "Processor", "Stage", "describe"]


class Later(Exception):
    """Nothing to do now: somebody else is at work, or there is no room. Look again in so many seconds.

    Attributes:
        is_try: whether it counts among the tries after which one gives up.
    """

    def __init__(self, seconds: int, *, is_try: bool = False, words: str = "") -> None:
        self.seconds = seconds
        self.is_try = is_try
        super().__init__(words)


@dataclass(frozen=True)
class Made:
    """A rendition that lies in the work folder."""

    name: str
    kind: str
    width: int
    height: int
    fps: float
    codecs: str
    bytes: int
    sha256: str
    init_bytes: int
    segments: list[list[int]]

    def to_data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_data` made."""
        return cls(**data)

    @property
    def index(self) -> Index:
        """Where its segments lie."""
        return Index(self.init_bytes, self.segments, self.codecs)

    def to_row(self, video: Video, folder: str) -> Rendition:
        """The row of it, not saved."""
        bandwidth, average = rates(self.segments)
        return Rendition(
            video=video,
            kind=self.kind,
            name=self.name,
            file=f"{folder}/{self.name}.mp4",
            width=self.width,
            height=self.height,
            fps=self.fps,
            codecs=self.codecs,
            bytes=self.bytes,
            sha256=self.sha256,
            bandwidth=bandwidth,
            average_bandwidth=average,
            init_bytes=self.init_bytes,
            segments=self.segments,
        )


@dataclass
class Job:
    """A video in the hands of a worker."""

    video: Video
    work: WorkFolder
    #: Told what share of the present stage is done, 0 to 1. Raises when the video is not ours any more.
    tell: Callable[[float], None]
    #: When all has to be done, by ``time.monotonic()``.
    deadline: float

    def ffmpeg(
        self, arguments: Sequence[str], *, seconds: float, output_bytes: int, level: str = "error"
    ) -> tuple[str, float]:
        """Run ffmpeg in the folder of what is made; returns its last words and how many seconds it wrote.

        Args:
            seconds: of the source, of which progress is reckoned and limits are made.
            output_bytes: that it writes at most.

        Raises:
            VideoBeyondLimits: it took more than it may.
            VideoUnreadable: it said no.
            Later: the disk is full.
            RunFailed: it crashed, or was killed by somebody.
        """
        limits = limits_for(seconds, output_bytes)
        limits = replace(limits, seconds=min(limits.seconds, max(1.0, self.deadline - time.monotonic())))

        def progress(done: float) -> None:
            self.tell(min(1.0, done / seconds) if seconds else 0.0)

        try:
            return ffmpeg(arguments, folder=self.work.made, limits=limits, progress=progress, level=level)
        except RunFailed as failure:
            if failure.is_limit:
                raise VideoBeyondLimits from failure
            if failure.reason == "exit":
                raise VideoUnreadable from failure
            if failure.reason == "disk":
                raise Later(600, is_try=True, words=str(failure)) from failure
            raise


@dataclass(frozen=True)
class Stage:
    """A step whose outcome is kept."""

    name: str
    #: Its part of the whole, per cent.
    weight: int
    #: Does it; returns what JSON can keep.
    run: Callable[[Job], Any]


class Processor(ABC):
    """Turns a source into renditions.

    The last stage returns ``{"renditions": [Made.to_data(), …]}`` for files ``<name>.mp4`` in :attr:`WorkFolder.made`;
    the first is called ``look`` and returns :meth:`~videos.processing.probe.Source.to_data`.
    """

    @property
    @abstractmethod
    def stages(self) -> Sequence[Stage]:
        """What is done, in this order; each may be done again."""

    def forget(self, video: Video) -> None:  # noqa: B027  most have nothing to do
        """Clean up elsewhere once the video is done or given up; may be called twice."""


def describe(path: Path, name: str, *, kind: str, width: int = 0, height: int = 0, fps: float = 0) -> Made:
    """Read what there is to know of a rendition that was written.

    Raises:
        VideoUnreadable: nothing that could be played was written.
    """
    try:
        index = read_index(path)
    except (NotIndexed, FileNotFoundError) as error:
        raise VideoUnreadable from error
    return Made(
        name=name,
        kind=kind,
        width=width,
        height=height,
        fps=fps,
        codecs=index.codecs,
        bytes=path.stat().st_size,
        sha256=sha256_of(path),
        init_bytes=index.init_bytes,
        segments=index.segments,
    )
