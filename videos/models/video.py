"""A video: what was uploaded, and where its processing stands."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["Rendition", "Video"]


class Video(PublicIdModel):
    """One source and everything made of it. Files are names in the storage ``videos`` (:mod:`videos.storage`).

    Each processing writes into a ``folder`` of its own, so learners who are watching keep their files until the new
    ones are complete. A video without picture is a recording; one without sound has no audio rendition.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _lazy("Waiting to be processed")
        PROCESSING = "processing", _lazy("Being processed")
        READY = "ready", _lazy("Ready")
        FAILED = "failed", _lazy("Failed")

    class Processor(models.TextChoices):
        FFMPEG = "ffmpeg", "ffmpeg"
        CLOUDINARY = "cloudinary", "Cloudinary"

    title = models.CharField(_lazy("title"), max_length=255)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="videos",
        verbose_name=_lazy("uploaded by"),
    )
    #: Spoken in it, where it was said; code of :data:`settings.LANGUAGES` or any other.
    language = models.CharField(_lazy("spoken language"), max_length=12, blank=True)
    state = models.CharField(_lazy("state"), max_length=10, choices=State.choices, default=State.WAITING)
    processor = models.CharField(
        _lazy("processed by"), max_length=10, choices=Processor.choices, default=Processor.FFMPEG, editable=False
    )
    #: Empty once it was dropped.
    original = models.CharField(max_length=255, blank=True, editable=False)
    original_name = models.CharField(_lazy("file"), max_length=255, blank=True, editable=False)
    original_bytes = models.BigIntegerField(_lazy("size of the file"), default=0, editable=False)
    #: Of the original, in hex.
    sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    keeps_original = models.BooleanField(_lazy("keep the uploaded file"), default=True)
    #: Of what learners get; while a newer one is being made this is still the former.
    folder = models.CharField(max_length=120, blank=True, editable=False)
    duration_ms = models.PositiveBigIntegerField(_lazy("length in milliseconds"), default=0, editable=False)
    #: As it is shown, after turning; zero without a picture.
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    has_audio = models.BooleanField(default=False, editable=False)
    #: Names of files; empty where there are none.
    poster = models.CharField(max_length=255, blank=True, editable=False)
    poster_avif = models.CharField(max_length=255, blank=True, editable=False)
    storyboard = models.CharField(max_length=255, blank=True, editable=False)
    #: Of the storyboard: columns, rows, tile_width, tile_height, interval_ms, count.
    storyboard_grid = models.JSONField(default=dict, blank=True, editable=False)
    #: How processing goes: stage, per cent, worker's lease, tries, what went wrong.
    stage = models.CharField(max_length=20, blank=True, editable=False)
    progress = models.PositiveSmallIntegerField(_lazy("progress, per cent"), default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    #: Code of :mod:`videos.errors`, and what ffmpeg said, for staff.
    failure = models.CharField(_lazy("failure"), max_length=60, blank=True, editable=False)
    failure_detail = models.TextField(blank=True, editable=False)
    #: What another processor needs to find it again.
    processor_data = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_lazy("uploaded"), default=clock.now, editable=False)
    ready_at = models.DateTimeField(_lazy("ready since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _lazy("video")
        verbose_name_plural = _lazy("videos")
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["leased_until"], condition=Q(state__in=["waiting", "processing"]), name="videos_video_due"
            ),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="videos_video_progress"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        """Whether there is something to watch, be it of a former processing."""
        return bool(self.folder)

    @property
    def has_picture(self) -> bool:
        """Whether it is more than a recording."""
        return self.height > 0


class Rendition(models.Model):
    """One file that learners get: a rung of the ladder, or the sound alone. A fragmented MP4 with an index."""

    class Kind(models.TextChoices):
        VIDEO = "video", _lazy("Video")
        AUDIO = "audio", _lazy("Audio only")

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.VIDEO)
    #: ``144p`` … ``720p``, ``audio``: by the shorter side, so a portrait 360p is 360 wide.
    name = models.CharField(max_length=10)
    #: In the storage; ``<folder>/<name>.mp4``.
    file = models.CharField(max_length=255)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    fps = models.FloatField(default=0)
    codecs = models.CharField(max_length=100)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    #: Bits a second, measured from the segments.
    bandwidth = models.PositiveIntegerField()
    average_bandwidth = models.PositiveIntegerField()
    #: Of ``ftyp`` and ``moov``, what players need before any segment. The index of the whole (``sidx``) lies between
    #: them and where the first segment begins: for those who play the file by itself.
    init_bytes = models.PositiveIntegerField()
    #: ``[offset, length, milliseconds]`` of each segment.
    segments = models.JSONField(default=list)

    class Meta:
        verbose_name = _lazy("rendition")
        verbose_name_plural = _lazy("renditions")
        ordering: ClassVar = ["video", "bandwidth", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["video", "name"], name="videos_rendition_once"),
        ]

    def __str__(self) -> str:
        return self.name
