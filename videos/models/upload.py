"""A file on its way here, in pieces."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel
from videos.models.video import Video

__all__ = ["Upload"]


class Upload(PublicIdModel):
    """``offset`` bytes of ``size`` have arrived; a closed browser goes on from there until ``expires_at``.

    Pieces lie on this machine's disk (``DISK``: ``VIDEO_UPLOAD_FOLDER``/<public id>) or go to the store directly
    (``MULTIPART``: the store's own upload id and the parts that it acknowledged).
    """

    class State(models.TextChoices):
        OPEN = "open", _lazy("Being uploaded")
        DONE = "done", _lazy("Uploaded")
        REFUSED = "refused", _lazy("Refused")

    class Way(models.TextChoices):
        DISK = "disk", "disk"
        MULTIPART = "multipart", "multipart"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.DISK)
    filename = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=12, blank=True)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    #: Of the whole file in hex, if the sender told it: what arrives has to have it.
    sha256 = models.CharField(max_length=64, blank=True)
    #: Of multipart ones: key, upload_id, part_size and parts (number → etag).
    store = models.JSONField(default=dict, blank=True)
    #: Code of what was wrong with it.
    failure = models.CharField(max_length=60, blank=True)
    #: A new source for this video instead of a new video.
    replaces = models.ForeignKey(Video, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    #: What became of it.
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _lazy("upload")
        verbose_name_plural = _lazy("uploads")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(offset__lte=F("size")), name="videos_upload_offset"),
            models.CheckConstraint(condition=Q(size__gt=0), name="videos_upload_size"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="videos_upload_over"),
        ]

    def __str__(self) -> str:
        return self.filename
