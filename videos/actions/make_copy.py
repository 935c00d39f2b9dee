"""Write somebody's name into the picture of a rendition; may be killed anywhere and called again."""

import logging
import time
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from core import clock
from videos.actions.process_video import LEASE, TRIES
from videos.actions.resume_videos import QUEUED
from videos.errors import CopyToolsMissing, ProcessingFailed, VideoOriginalMissing, VideoRefused, VideoUnreadable
from videos.models import MarkedCopy, Rendition
from videos.processing.burn import burn, burnt_bytes
from videos.processing.files import delete_folder, fetch, put
from videos.processing.mark import MarkNotPossible, draw_mark
from videos.processing.running import RunFailed
from videos.processing.work import WorkFolder
from videos.processors.base import Job, Later, Made, describe

__all__ = ["due_copies", "make_copy"]

logger = logging.getLogger(__name__)
State = MarkedCopy.State

_RENEW_SECONDS = 5.0
#: Seconds until the next try; for the message that an order itself sends.
_PAUSE = 60
#: Milliseconds that a copy may be longer or shorter than what it was made of.
_TOLERANCE = 500
#: What is kept in the work folder once the file is written.
_BURNT = "burnt"


class _LostLease(Exception):
    """The copy is gone, or another worker has it."""


def make_copy(copy_pk: int) -> MarkedCopy | None:
    """Make a copy, and return it as it is then; None when it is gone. Does nothing while another worker has it."""
    lease = uuid.uuid4()
    now = clock.now()
    taken = MarkedCopy.objects.filter(
        Q(lease=None) | Q(leased_until__lt=now), pk=copy_pk, state__in=MarkedCopy.OPEN_STATES
    ).update(state=State.MAKING, lease=lease, leased_until=now + LEASE, tries=F("tries") + 1)
    rows = MarkedCopy.objects.select_related("user", "rendition__video").filter(pk=copy_pk)
    copy = rows.first()
    if taken and copy is not None:
        _Making(copy, lease).run()
        return rows.first()
    return copy


def due_copies() -> list[int]:
    """Return copies that nobody has and whose time has come, and count them as queued for a while."""
    now = clock.now()
    open_ones = MarkedCopy.objects.filter(state__in=MarkedCopy.OPEN_STATES)
    due = Q(leased_until__lt=now) | Q(leased_until=None, created_at__lt=now - timedelta(seconds=_PAUSE))
    pks = list(open_ones.filter(due).order_by("leased_until", "pk").values_list("pk", flat=True))
    return [pk for pk in pks if open_ones.filter(due, pk=pk).update(lease=None, leased_until=now + QUEUED)]


class _Making:
    """One worker's go at a copy."""

    def __init__(self, copy: MarkedCopy, lease: uuid.UUID) -> None:
        self.copy = copy
        self.lease = lease
        self.rendition: Rendition = copy.rendition
        self.video = copy.rendition.video
        self.work = WorkFolder(self.video.public_id, copy.key)
        self.renewed_at = time.monotonic()

    def run(self) -> None:
        """Do it, or say what is in the way."""
        try:
            if self.copy.tries > TRIES:
                raise ProcessingFailed
            self._make()
        except _LostLease:
            logger.info("Copy %s is not ours any more", self.copy.public_id)
            self._forget_if_gone()
        except Later as wait:
            self._wait(wait)
        except (VideoRefused, ProcessingFailed, CopyToolsMissing) as refusal:
            self._fail(refusal)
        except Exception as error:
            logger.exception("Making copy %s went wrong", self.copy.public_id)
            self._wait(Later(_PAUSE, is_try=True, words=f"{type(error).__name__}: {error}"))

    def _make(self) -> None:
        self.work.open()
        if _BURNT not in self.work.results:
            self.work.finish(_BURNT, self._burn().to_data())
        made = Made.from_data(self.work.results[_BURNT])
        file = f"{made.name}.mp4"
        self._update(progress=99)
        put(self.work.made / file, f"{self.copy.folder}/{file}")
        self._update(
            state=State.READY,
            progress=100,
            bytes=made.bytes,
            sha256=made.sha256,
            init_bytes=made.init_bytes,
            segments=made.segments,
            lease=None,
            leased_until=None,
            tries=0,
            done_at=clock.now(),
            failure="",
            failure_detail="",
        )
        self.work.delete()

    def _burn(self) -> Made:
        """Write the file into the work folder."""
        job = Job(self.video, self.work, self._tell, time.monotonic() + settings.VIDEO_PROCESS_SECONDS)
        name, mark = self.rendition.name, self.work.path / "mark.png"
        try:
            fetch(self.rendition.file, self.work.source, tell=lambda _share: self._tell(0))
        except FileNotFoundError as error:
            raise VideoOriginalMissing from error
        self._draw(mark)
        seconds = sum(segment[2] for segment in self.rendition.segments) / 1000
        arguments = burn(self.rendition, self.copy.key, source=str(self.work.source), mark=str(mark))
        try:
            job.ffmpeg(arguments, seconds=seconds, output_bytes=burnt_bytes(self.rendition, seconds))
        except RunFailed as failure:
            if failure.reason == "missing":
                raise CopyToolsMissing from failure
            raise
        made = describe(self.work.made / f"{name}.mp4", name, kind=self.rendition.kind)
        if abs(made.index.milliseconds - round(seconds * 1000)) > _TOLERANCE:
            raise VideoUnreadable
        return made

    def _draw(self, mark: Any) -> None:
        """The name; of one that leaves no ink (signs that nobody sees), the address."""
        size = (self.rendition.width, self.rendition.height)
        try:
            if not draw_mark(self.copy.text, *size, mark) and not draw_mark(self.copy.user.email, *size, mark):
                raise ProcessingFailed
        except MarkNotPossible as error:
            raise CopyToolsMissing from error

    # ── The row ───────────────────────────────────────────────────────────────

    def _tell(self, share: float) -> None:
        """Say that we are there, and how far."""
        now = time.monotonic()
        if now - self.renewed_at >= _RENEW_SECONDS:
            self.renewed_at = now
            self._update(progress=min(99, int(99 * max(0.0, min(1.0, share)))))

    def _update(self, **changes: Any) -> None:
        """Write to our row, if it is still ours, and renew the lease."""
        changes = {"leased_until": clock.now() + LEASE, **changes}
        if not MarkedCopy.objects.filter(pk=self.copy.pk, lease=self.lease, state=State.MAKING).update(**changes):
            raise _LostLease

    def _wait(self, wait: Later) -> None:
        """Let somebody try again later; who has waited for the last time fails now."""
        if self.copy.tries >= TRIES:
            failure = ProcessingFailed()
            failure.__cause__ = wait
            self._fail(failure)
            return
        pause = clock.now() + timedelta(seconds=wait.seconds)
        self._settle(lease=None, leased_until=pause, failure_detail=str(wait)[-4000:])

    def _fail(self, refusal: VideoRefused | ProcessingFailed | CopyToolsMissing) -> None:
        """Nothing of it stays but the row, which says why."""
        cause = refusal.__cause__
        words = cause.words if isinstance(cause, RunFailed) else str(cause or "")
        try:
            self._update()  # what another worker made is not ours to delete
        except _LostLease:
            self._forget_if_gone()
            return
        delete_folder(self.copy.folder)
        self.work.delete()
        self._settle(
            state=State.FAILED,
            failure=refusal.code,
            failure_detail=words[-4000:] or self.copy.failure_detail,
            progress=0,
            bytes=0,
            lease=None,
            leased_until=None,
            tries=0,
            done_at=clock.now(),
        )

    def _settle(self, **changes: Any) -> None:
        try:
            self._update(**changes)
        except _LostLease:
            self._forget_if_gone()

    def _forget_if_gone(self) -> None:
        """Somebody deleted it while we were at work: what we made has no owner."""
        if not MarkedCopy.objects.filter(pk=self.copy.pk).exists():
            delete_folder(self.copy.folder)
            self.work.delete()
