"""One person's copy of a rendition, with who they are written into its picture."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel
from videos.models.video import Rendition

__all__ = ["COPIES", "MarkedCopy"]

#: Where copies lie in the storage: ``copies/<video>/<eight hex digits>/<rendition>.mp4``.
COPIES = "copies"


class MarkedCopy(PublicIdModel):
    """Made when somebody asks for it, kept for some days after they asked last. Gone with person, video, rendition.

    A copy that says something else (the person has another name now) is another one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _lazy("Waiting to be made")
        MAKING = "making", _lazy("Being made")
        READY = "ready", _lazy("Ready")
        FAILED = "failed", _lazy("Failed")

    #: Those for which a worker has something to do.
    OPEN_STATES = (State.WAITING, State.MAKING)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="marked_copies")
    rendition = models.ForeignKey(Rendition, on_delete=models.CASCADE, related_name="marked_copies")
    #: What is written in the picture.
    text = models.CharField(max_length=254)
    #: ``public_id`` of what the person held when they asked last; whoever knows what it is lets go of the copy with it.
    right = models.UUIDField(null=True, blank=True, db_index=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    #: Code of :mod:`videos.errors`, and what ffmpeg said, for staff.
    failure = models.CharField(max_length=60, blank=True)
    failure_detail = models.TextField(blank=True)
    folder = models.CharField(max_length=60, unique=True)
    #: Until it is ready, what the rendition has: the two differ by little. Nothing of a failed one.
    bytes = models.PositiveBigIntegerField()
    #: Of the file, once it is ready: as of a rendition.
    sha256 = models.CharField(max_length=64, blank=True)
    init_bytes = models.PositiveIntegerField(default=0)
    segments = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    asked_at = models.DateTimeField(default=clock.now)
    #: When it came to its end, good or bad.
    done_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _lazy("copy with a name")
        verbose_name_plural = _lazy("copies with a name")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "rendition", "text"], name="videos_copy_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="videos_copy_progress"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["leased_until"], condition=Q(state__in=["waiting", "making"]), name="videos_copy_due"),
            models.Index(fields=["expires_at"], name="videos_copy_over"),
        ]

    def __str__(self) -> str:
        return f"{self.rendition_id} {self.state}"

    @property
    def is_ready(self) -> bool:
        """Whether there is something to fetch."""
        return self.state == self.State.READY

    @property
    def is_open(self) -> bool:
        """Whether it is on its way."""
        return self.state in self.OPEN_STATES

    @property
    def key(self) -> str:
        """The last part of its folder, which links carry."""
        return self.folder.rpartition("/")[2]

    @staticmethod
    def new_folder(video_key: uuid.UUID) -> str:
        """A folder that no other copy has."""
        return f"{COPIES}/{video_key.hex}/{uuid.uuid4().hex[:8]}"
