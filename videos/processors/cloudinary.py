"""Cloudinary's machines: they code the pictures; we look at the source before, and fit their files into our form after.

What they send is looked at like any stranger's file. A rung whose key frames don't lie where ours do, or that is not
what was asked for, is made here from the source after all: learners change between rungs at key frames.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.urls import reverse

from core import clock
from videos.cloudinary.account import Account, asset_of
from videos.cloudinary.client import Asset, Client, Refused, Trouble
from videos.cloudinary.transformations import eager, transformation
from videos.errors import ProcessingFailed, VideoRefused, VideoServiceNotConfigured, VideoServiceRefused
from videos.models import Video
from videos.processing import command
from videos.processing.boxes import NotIndexed, read_index
from videos.processing.ladder import SEGMENT_SECONDS, PlannedRung, plan
from videos.processing.probe import Source, probe
from videos.processors.base import Job, Later, Processor, Stage
from videos.processors.ffmpeg import described, encode, look, measure

__all__ = ["CloudinaryProcessor"]

logger = logging.getLogger(__name__)

#: How long they may be out of order before we give up.
_PATIENCE = timedelta(hours=24)
#: Seconds until the next look, at least and at most; in between a quarter of the time that has passed.
_SOONEST, _LATEST = 20, 300
#: Seconds after which we ask their delivery why something isn't there: nobody else says that making it has failed.
_ASK_WHY = 600
#: Times that an original may vanish there.
_LOSSES = 2
#: What a file may be larger than asked for: rates are an aim of theirs, and sound comes on top.
_LARGER = 4
_ROOM = 16 * 1024 * 1024
#: Bytes of the disk that are left to the rest of the house.
_LEAVE_FREE = 512 * 1024 * 1024
#: Lines that a picture may be shown wider or higher than ordered, and seconds that it may be shorter or longer.
_LINES = 2
_NEAR = 1.5


class CloudinaryProcessor(Processor):
    """Looks at the source, sends it, waits, and fits what comes back. A recording has nothing to send."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """See :class:`Processor`."""
        return (
            Stage("look", 3, look),
            Stage("measure", 7, measure),
            Stage("send", 20, _send),
            Stage("wait", 35, _wait),
            Stage("fetch", 15, _fetch),
            Stage("fit", 10, _fit),
        )

    def forget(self, video: Video) -> None:
        """Remove the original there; what can't be reached now is swept later (:mod:`videos.actions.sweep_assets`)."""
        name = asset_of(video)
        if not name:
            return
        try:
            with Client(Account.from_settings()) as client:
                client.destroy(name)
        except (Trouble, Refused, VideoServiceNotConfigured) as error:
            logger.warning("Video %s stays at Cloudinary for now: %s", video.public_id, error)


# ── Stages ────────────────────────────────────────────────────────────────────


def _send(job: Job) -> dict[str, Any]:
    """Send the original, unless it is there: a worker that was killed may have got so far."""
    source, rungs = _plan(job)
    if not rungs:
        return {}
    name = asset_of(job.video)
    with _service(job) as client:
        found = client.find(name)
        if found is None or found.bytes != job.work.source.stat().st_size:
            orders = eager(rungs, with_sound=source.sound is not None)
            tell_url = settings.SITE_URL.rstrip("/") + reverse("cloudinary_webhook")
            client.upload(job.work.source, name, orders, tell_url, job.tell)
    return {"at": clock.now().isoformat()}


def _wait(job: Job) -> dict[str, Any]:
    """See whether all is made. Woken by their notice, and by the clock: notices get lost."""
    source, rungs = _plan(job)
    if not rungs:
        return {}
    waited = (clock.now() - datetime.fromisoformat(job.work.results["send"]["at"])).total_seconds()
    with _service(job) as client:
        asset = client.find(asset_of(job.video))
        if asset is None:
            _send_again(job)
        orders = [transformation(planned, with_sound=source.sound is not None) for planned in rungs]
        missing = [order for order in orders if not asset.has(order)]
        if not missing:
            return {"version": asset.version, "bytes": asset.bytes}
        job.tell(1 - len(missing) / len(orders))
        if waited > settings.VIDEO_PROCESS_SECONDS:
            raise Refused(200, f"nothing after {round(waited)} seconds of: {', '.join(missing)}")
        if waited > _ASK_WHY and (words := client.why_not(asset, missing[0])):
            raise Refused(400, words)
    raise Later(round(min(_LATEST, max(_SOONEST, waited / 4))))


def _fetch(job: Job) -> dict[str, Any]:
    """Fetch every rung; what is here already isn't fetched again."""
    source, rungs = _plan(job)
    if not rungs:
        return {}
    asset = Asset(asset_of(job.video), **job.work.results["wait"])
    seconds = command.Measured(**job.work.results["measure"]).seconds
    job.work.fetched.mkdir(exist_ok=True)
    with _service(job) as client:
        for number, planned in enumerate(rungs):
            target = job.work.fetched / f"{planned.name}.mp4"
            if target.is_file():
                continue
            most = command.expected_bytes([planned], seconds) * _LARGER + _ROOM
            if shutil.disk_usage(job.work.fetched).free < most + _LEAVE_FREE:
                raise Later(600, is_try=True, words="no room for what Cloudinary made")
            order = transformation(planned, with_sound=source.sound is not None)

            def tell(share: float, done: int = number) -> None:
                job.tell((done + share) / len(rungs))

            client.download(asset, order, target, most, tell)
    return {}


def _fit(job: Job) -> dict[str, Any]:
    """Bring what was fetched into our files; make here what doesn't fit."""
    source, rungs = _plan(job)
    for old in job.work.made.iterdir():
        old.unlink()
    fitting = [planned for planned in rungs if _is_as_ordered(job, source, planned)]
    if fitting:
        fitting = _fitted(job, source, fitting)
    if left := [planned for planned in rungs if planned not in fitting]:
        names = ", ".join(planned.name for planned in left)
        logger.warning("Video %s: what Cloudinary made of %s does not fit; made here", job.video.public_id, names)
    if left or not rungs:
        encode(job, left)
    return described(job)


# ── Parts of them ─────────────────────────────────────────────────────────────


def _plan(job: Job) -> tuple[Source, list[PlannedRung]]:
    """The source, and what is ordered; nothing for a recording, whose sound costs us less than sending it would."""
    source = Source.from_data(job.work.results["look"])
    return source, plan(source)


def _send_again(job: Job) -> NoReturn:
    """The original isn't there any more: somebody removed it by hand, or they lost it."""
    lost = job.work.results.get("lost", 0) + 1
    if lost > _LOSSES:
        raise Refused(404, f"the original was lost {lost} times")
    job.work.finish("lost", lost)
    job.work.undo("send")
    raise Later(_SOONEST, words="Cloudinary has lost the original")


def _is_as_ordered(job: Job, source: Source, planned: PlannedRung) -> bool:
    """Whether a file is H.264 of that size, with sound where the source has some. Never believed by its name."""
    try:
        found = probe(job.work.fetched / f"{planned.name}.mp4")
    except VideoRefused:
        return False
    picture = found.picture
    is_picture = picture is not None and picture.codec == "h264"
    # With dots that are nearly square it is shown a line larger or smaller than it is.
    is_size = picture is not None and all(
        abs(side - ordered) <= _LINES
        for side, ordered in ((picture.width, planned.width), (picture.height, planned.height))
    )
    is_sound = source.sound is None or found.sound is not None
    return found.container.startswith("mov,") and is_picture and is_size and is_sound


def _fitted(job: Job, source: Source, rungs: list[PlannedRung]) -> list[PlannedRung]:
    """Copy pictures and code sound; returns the rungs that came out right."""
    measured = command.Measured(**job.work.results["measure"])
    names = [str(job.work.fetched / f"{planned.name}.mp4") for planned in rungs]
    try:
        job.ffmpeg(
            command.fit(source, measured, rungs, names),
            seconds=measured.seconds,
            output_bytes=command.expected_bytes(rungs, measured.seconds) * _LARGER,
        )
    except VideoRefused as refusal:
        # Not the uploader's fault: it is their file that ffmpeg didn't read.
        logger.warning("Video %s: Cloudinary's files can't be read: %s", job.video.public_id, refusal.__cause__)
        return []
    return [planned for planned in rungs if _is_in_step(job, planned, measured.seconds)]


def _is_in_step(job: Job, planned: PlannedRung, seconds: float) -> bool:
    """Whether a rung has a key frame each four seconds, no others, and is as long as its source."""
    try:
        index = read_index(job.work.made / f"{planned.name}.mp4")
    except (NotIndexed, FileNotFoundError):
        return False
    lengths = [segment[2] for segment in index.segments]
    frame = 1000 / planned.fps
    is_regular = all(abs(length - SEGMENT_SECONDS * 1000) <= frame for length in lengths[:-1])
    return is_regular and lengths[-1] <= SEGMENT_SECONDS * 1000 + frame and abs(sum(lengths) / 1000 - seconds) <= _NEAR


@contextmanager
def _service(job: Job) -> Iterator[Client]:
    """A client, and what its troubles mean for the video: pauses that grow, and an end to them after a day."""
    client = Client(Account.from_settings())
    try:
        with client:
            yield client
    except Refused as refusal:
        if refusal.is_key:
            raise VideoServiceNotConfigured from refusal
        raise VideoServiceRefused from refusal
    except Trouble as trouble:
        now = clock.now()
        since = datetime.fromisoformat(job.work.results.get("trouble") or now.isoformat())
        if now - since > _PATIENCE:
            raise ProcessingFailed from trouble
        job.work.finish("trouble", since.isoformat())
        wait = (now - since).total_seconds() / 2
        if trouble.after is not None:
            wait = max(wait, min(3600.0, (trouble.after - now).total_seconds()))
        raise Later(round(min(3600.0, max(_SOONEST, wait))), words=f"Cloudinary: {trouble}") from trouble
    job.work.undo("trouble")
