"""ffmpeg on this worker."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from videos.errors import VideoOriginalMissing, VideoTooLong, VideoUnreadable
from videos.models import Rendition
from videos.processing import command
from videos.processing.files import fetch
from videos.processing.ladder import PlannedRung, plan
from videos.processing.probe import Source, probe
from videos.processors.base import Job, Processor, Stage, describe

__all__ = ["FfmpegProcessor", "described", "encode", "look", "measure"]

_LOUDNESS = re.compile(r"Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS")
#: What is measured of silence, or nearly.
_SILENCE = -60.0


class FfmpegProcessor(Processor):
    """Looks at the source, reads it once to measure it, then makes everything in one run."""

    @property
    def stages(self) -> Sequence[Stage]:
        """See :class:`Processor`."""
        return (Stage("look", 3, look), Stage("measure", 7, measure), Stage("encode", 80, _everything))


def look(job: Job) -> dict[str, Any]:
    """Fetch the source and see what it is.

    Raises:
        VideoRefused: it can't become a video.
    """
    try:
        fetch(job.video.original, job.work.source, tell=job.tell)
    except FileNotFoundError as error:
        raise VideoOriginalMissing from error
    return probe(job.work.source).to_data()


def measure(job: Job) -> dict[str, Any]:
    """Read all of the source: how long it really is, and how loud.

    Raises:
        VideoTooLong: it goes on beyond ``VIDEO_MAX_SECONDS``, whatever its header says.
        VideoUnreadable: there is nothing in it.
    """
    source = Source.from_data(job.work.results["look"])
    longest = settings.VIDEO_MAX_SECONDS + 10
    words, seconds = job.ffmpeg(
        command.measure(source, str(job.work.source), longest),
        seconds=source.seconds or longest,
        output_bytes=0,
        level="info",
    )
    if source.picture:
        # The last picture counts from where it begins: it is shown as long as one of this source, if the header agrees.
        seconds = max(seconds, min(source.seconds, seconds + 1 / source.picture.fps))
    if seconds > settings.VIDEO_MAX_SECONDS:
        raise VideoTooLong
    if seconds <= 0:
        raise VideoUnreadable
    found = _LOUDNESS.findall(words)
    loudness = float(found[-1]) if found else _SILENCE
    return {"seconds": seconds, "loudness": loudness if loudness > _SILENCE else None}


def encode(job: Job, rungs: list[PlannedRung]) -> None:
    """Make these rungs of the source, and the rendition with sound alone where there is sound.

    Raises:
        VideoRefused, Later, RunFailed: as :meth:`Job.ffmpeg`.
    """
    source = Source.from_data(job.work.results["look"])
    measured = command.Measured(**job.work.results["measure"])
    job.ffmpeg(
        command.encode(source, measured, rungs, str(job.work.source)),
        seconds=measured.seconds,
        # What lies in the folder already counts, too.
        output_bytes=command.expected_bytes(plan(source), measured.seconds),
    )


def described(job: Job) -> dict[str, Any]:
    """What a processor's last stage returns, for the files of all renditions of the source.

    Raises:
        VideoUnreadable: one of them is nothing that could be played.
    """
    source = Source.from_data(job.work.results["look"])
    rungs = {planned.name: planned for planned in plan(source)}
    made = []
    for name in command.outputs(source, rungs.values()):
        path = job.work.made / f"{name}.mp4"
        if planned := rungs.get(name):
            kind = Rendition.Kind.VIDEO
            made.append(describe(path, name, kind=kind, width=planned.width, height=planned.height, fps=planned.fps))
        else:
            made.append(describe(path, name, kind=Rendition.Kind.AUDIO))
    return {"renditions": [rendition.to_data() for rendition in made]}


def _everything(job: Job) -> dict[str, Any]:
    for old in job.work.made.iterdir():
        old.unlink()
    encode(job, plan(Source.from_data(job.work.results["look"])))
    return described(job)
