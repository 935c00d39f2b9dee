"""Make renditions of a video, stage by stage; may be killed anywhere and called again."""

import logging
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from core import clock
from core.outbox import publish
from videos.errors import ProcessingFailed, VideoNotFound, VideoRefused
from videos.events import VideoFailed, VideoProcessed
from videos.locks import locked_video
from videos.models import Rendition, Video
from videos.originals import drop_file
from videos.processing.files import delete_folder, put
from videos.processing.running import RunFailed
from videos.processing.stills import make_poster, make_storyboard
from videos.processing.work import WorkFolder
from videos.processors import processor_of
from videos.processors.base import Job, Later, Made, Processor, Stage

__all__ = ["LEASE", "TRIES", "process_video"]

logger = logging.getLogger(__name__)
State = Video.State

#: A worker that didn't say for so long that it is there has died; it says so every few seconds.
LEASE = timedelta(minutes=3)
_RENEW_SECONDS = 5.0
#: How often one stage is begun before we give up; a stage that ends well starts the count anew.
TRIES = 3
#: Seconds until the next try; where the disk is full somebody has to make room first.
_PAUSE, _PAUSE_FULL = 60, 600
#: The last stage: learners have the new files already, what is left is to clean up.
_TIDY = "tidy"
#: Of those that came before: what stands in ``Video.processor_data``.
_OURS = ("processing", "source", "discard")


class _LostLease(Exception):
    """The video was deleted, has a new source, or another worker."""


def process_video(video_pk: int) -> Video:
    """Go on with a video where it stands; returns it as it is then. Does nothing while another worker has it.

    Each stage's outcome is kept (:mod:`videos.processing.work`), so a worker that was killed costs the stage it was at.
    Learners keep what they had until everything new is in the storage; then one transaction changes over.

    Raises:
        VideoNotFound: there is none.
    """
    lease = _take(video_pk)
    video = _present(video_pk)
    if lease is None:
        return video
    try:
        _Processing(video, lease).run()
    except _LostLease:
        logger.info("Video %s is not ours any more", video.public_id)
    return _present(video_pk)


def _present(video_pk: int) -> Video:
    video = Video.objects.filter(pk=video_pk).first()
    if video is None:
        raise VideoNotFound
    return video


def _take(video_pk: int) -> uuid.UUID | None:
    lease = uuid.uuid4()
    now = clock.now()
    taken = Video.objects.filter(
        Q(lease=None) | Q(leased_until__lt=now), pk=video_pk, state__in=[State.WAITING, State.PROCESSING]
    ).update(state=State.PROCESSING, lease=lease, leased_until=now + LEASE, tries=F("tries") + 1)
    return lease if taken else None


class _Processing:
    """One worker's go at a video."""

    def __init__(self, video: Video, lease: uuid.UUID) -> None:
        self.video = video
        self.lease = lease
        self.processor: Processor = processor_of(video)
        self.stages = [*self.processor.stages, Stage("stills", 5, _stills), Stage("store", 5, self._store)]
        self.renewed_at = 0.0
        self.done = 0
        self.stage: Stage | None = None

    def run(self) -> None:
        """Do what is left to do."""
        try:
            self._begin()
            self._go_on()
        except _LostLease:
            self._forget_if_gone()
            raise

    def _go_on(self) -> None:
        try:
            if self.video.tries > TRIES:
                raise ProcessingFailed
            self._work()
        except _LostLease:
            raise
        except Later as wait:
            self._wait(wait)
        except (VideoRefused, ProcessingFailed) as refusal:
            self._fail(refusal)
        except RunFailed as failure:
            logger.error("Processing video %s stopped at %s: %s", self.video.public_id, self.video.stage, failure)
            is_full = failure.reason == "disk"
            self._wait(Later(_PAUSE_FULL if is_full else _PAUSE, is_try=True, words=str(failure)))
        except Exception as error:
            logger.exception("Processing video %s went wrong at %s", self.video.public_id, self.video.stage)
            self._wait(Later(_PAUSE, is_try=True, words=f"{type(error).__name__}: {error}"))

    # ── Beginning ─────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        """Give this processing a name that lasts, or learn that of the one that was interrupted."""
        data = dict(self.video.processor_data)
        # An original that was dropped at the end is not another one.
        is_other = bool(self.video.original) and data.get("source") != self.video.original
        is_new = is_other or not data.get("processing")
        if is_new:
            if data.get("processing"):  # of a source that was replaced meanwhile
                self._folder_of(data["processing"]).delete()
                data["discard"] = [*data.get("discard", []), self._name_of(data["processing"])]
            data |= {"processing": uuid.uuid4().hex[:8], "source": self.video.original}
        self.work = self._folder_of(data["processing"])
        self.folder = self._name_of(data["processing"])
        if is_new:
            self._update(processor_data=data, stage="", progress=0)

    def _folder_of(self, processing: str) -> WorkFolder:
        return WorkFolder(self.video.public_id, processing)

    def _name_of(self, processing: str) -> str:
        return f"{self.video.public_id.hex}/{processing}"

    # ── Working ───────────────────────────────────────────────────────────────

    def _work(self) -> None:
        if self.video.stage != _TIDY:
            self.work.open()
            job = Job(self.video, self.work, self._tell, time.monotonic() + settings.VIDEO_PROCESS_SECONDS)
            for stage in self.stages:
                if stage.name not in self.work.results:
                    self._enter(stage)
                    self.work.finish(stage.name, stage.run(job))
                    self._update(tries=1)
                self.done += stage.weight
            self._change_over()
        self._tidy()

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.renewed_at = time.monotonic()
        self._update(stage=stage.name, progress=min(99, self.done))

    def _tell(self, share: float) -> None:
        """Say that we are there, and how far."""
        now = time.monotonic()
        if now - self.renewed_at < _RENEW_SECONDS:
            return
        self.renewed_at = now
        weight = self.stage.weight if self.stage else 0
        self._update(progress=min(99, int(self.done + weight * max(0.0, min(1.0, share)))))

    def _store(self, job: Job) -> list[str]:
        """Put everything into the storage, under the names that rows will have."""
        names = [f"{made.name}.mp4" for made in _renditions(job)]
        names += job.work.results["stills"]["files"]
        for number, name in enumerate(names):
            job.tell(number / len(names))
            put(job.work.made / name, f"{self.folder}/{name}")
        return names

    def _change_over(self) -> None:
        """From here on learners get the new files."""
        results = self.work.results
        look, stills = results["look"], results["stills"]
        made = [Made.from_data(data) for data in _renditions_of(results)]
        picture = look["picture"] or {}
        with transaction.atomic():
            video = self._locked()
            video.renditions.all().delete()
            Rendition.objects.bulk_create(rendition.to_row(video, self.folder) for rendition in made)
            before = video.folder
            video.folder = self.folder
            # The sound's last frame lasts some milliseconds longer than what is shown.
            leading = [rendition for rendition in made if rendition.kind == Rendition.Kind.VIDEO] or made
            video.duration_ms = max(rendition.index.milliseconds for rendition in leading)
            video.width, video.height = picture.get("width", 0), picture.get("height", 0)
            video.has_audio = look["sound"] is not None
            for field in ("poster", "poster_avif", "storyboard"):
                setattr(video, field, f"{self.folder}/{stills[field]}" if stills[field] else "")
            video.storyboard_grid = stills["grid"]
            video.stage, video.progress = _TIDY, 99
            discard = [*video.processor_data.get("discard", []), before]
            video.processor_data = {**video.processor_data, "discard": [name for name in discard if name]}
            video.save()
        self.video = video

    def _tidy(self) -> None:
        """Take away what is not needed any more, then tell everybody."""
        self._discard(self.video.processor_data.get("discard", []))
        if not self.video.keeps_original and self.video.original:
            drop_file(self.video.original)
            self._update(original="")
        self.processor.forget(self.video)
        self.work.delete()
        with transaction.atomic():
            video = self._locked()
            self._end(video, State.READY)
            video.ready_at = clock.now()
            video.progress = 100
            video.failure = video.failure_detail = ""
            video.save()
            publish(VideoProcessed(video.public_id, _uploader_key(video), video.title))

    # ── Ending otherwise ──────────────────────────────────────────────────────

    def _fail(self, refusal: VideoRefused | ProcessingFailed) -> None:
        """Nothing of this processing stays; what learners had before does."""
        cause = refusal.__cause__
        words = cause.words if isinstance(cause, RunFailed) else str(cause or "")
        self.processor.forget(self.video)
        self._discard([*self.video.processor_data.get("discard", []), self.folder])
        self.work.delete()
        with transaction.atomic():
            video = self._locked()
            self._end(video, State.FAILED)
            video.failure = refusal.code
            video.failure_detail = words[-4000:] or video.failure_detail
            video.save()
            publish(VideoFailed(video.public_id, refusal.code, _uploader_key(video), video.title))

    def _wait(self, wait: Later) -> None:
        """Let somebody try again later; who has waited for the last time fails now."""
        if wait.is_try and self.video.tries >= TRIES:
            failure = ProcessingFailed()
            failure.__cause__ = wait
            return self._fail(failure)
        changes: dict[str, Any] = {"lease": None, "leased_until": clock.now() + timedelta(seconds=wait.seconds)}
        if str(wait):
            changes["failure_detail"] = str(wait)[-4000:]
        if not wait.is_try:
            changes["tries"] = 0
        return self._update(**changes)

    def _end(self, video: Video, state: Any) -> None:
        video.state = state
        video.stage = ""
        video.lease = video.leased_until = None
        video.tries = 0
        video.processor_data = {key: value for key, value in video.processor_data.items() if key not in _OURS}

    def _forget_if_gone(self) -> None:
        """Somebody deleted the video while we were at work on it: what we made has no owner."""
        if Video.objects.filter(pk=self.video.pk).exists():
            return
        self.processor.forget(self.video)
        for folder in [*self.video.processor_data.get("discard", []), self.folder]:
            delete_folder(folder)
        self.work.delete()

    def _discard(self, folders: Iterable[str]) -> None:
        for folder in folders:
            if folder != self.video.folder:
                delete_folder(folder)

    # ── The row ───────────────────────────────────────────────────────────────

    def _update(self, **changes: Any) -> None:
        """Write to our row, if it is still ours, and renew the lease."""
        changes = {"leased_until": clock.now() + LEASE, **changes}
        if not Video.objects.filter(pk=self.video.pk, lease=self.lease, state=State.PROCESSING).update(**changes):
            raise _LostLease
        for name, value in changes.items():
            setattr(self.video, name, value)

    def _locked(self) -> Video:
        try:
            video = locked_video(self.video.pk)
        except VideoNotFound as error:
            raise _LostLease from error
        if video.lease != self.lease or video.state != State.PROCESSING:
            raise _LostLease
        return video


def _stills(job: Job) -> dict[str, Any]:
    """Poster and storyboard, for what has a picture."""
    pictures = [made for made in _renditions(job) if made.kind == Rendition.Kind.VIDEO]
    found: dict[str, Any] = {"poster": "", "poster_avif": "", "storyboard": "", "grid": {}, "files": []}
    if not pictures:
        return found
    small = max((made for made in pictures if min(made.width, made.height) <= 240), default=pictures[0], key=_size)
    folder = job.work.made
    grid, second = make_storyboard(folder / f"{small.name}.mp4", small.index, folder / "storyboard.webp")
    job.tell(0.5)
    large = max(pictures, key=_size)
    make_poster(folder / f"{large.name}.mp4", second, folder / "poster.webp", folder / "poster.avif")
    files = ["poster.webp", "poster.avif", "storyboard.webp"]
    return dict(zip(("poster", "poster_avif", "storyboard"), files, strict=True)) | {
        "grid": grid.to_data(),
        "files": files,
    }


def _size(made: Made) -> int:
    return made.width * made.height


def _renditions_of(results: dict[str, Any]) -> list[dict[str, Any]]:
    """What the processor's last stage left."""
    return next(
        result["renditions"] for result in results.values() if isinstance(result, dict) and "renditions" in result
    )


def _renditions(job: Job) -> list[Made]:
    return [Made.from_data(data) for data in _renditions_of(job.work.results)]


def _uploader_key(video: Video) -> uuid.UUID | None:
    return video.uploaded_by.public_id if video.uploaded_by else None
