"""Who watched what: seconds really played, never the time a page was open."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from videos.models.video import Video

__all__ = ["QualityDay", "StreamLease", "Viewer", "WatchBatch", "WatchSession", "WatchTally"]


class Viewer(models.Model):
    """One person and one video: which seconds were ever played, and where to go on."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="viewers")
    #: A bit a second, least significant first; as long as the video, however often it is watched.
    seen = models.BinaryField(default=bytes)
    #: Bits set.
    seen_seconds = models.PositiveIntegerField(default=0)
    #: All seconds played, repeated ones counted again.
    played_seconds = models.PositiveIntegerField(default=0)
    position_ms = models.PositiveBigIntegerField(default=0)
    #: When the device said it was there: an older report from another device moves nothing.
    position_at = models.DateTimeField(null=True, blank=True)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("viewer")
        verbose_name_plural = _lazy("viewers")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "video"], name="videos_viewer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.video}"


class WatchSession(models.Model):
    """One showing: from opening the player to leaving it. ``key`` is made by the player, so offline ones work too."""

    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="sessions")
    country = models.CharField(max_length=2, blank=True)
    #: As the browser names it: ``2g`` … ``4g``, ``wifi``, or nothing.
    network = models.CharField(max_length=12, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    #: Quality of the showing, as reported last: milliseconds until the first picture, stalls and how long they were.
    startup_ms = models.PositiveIntegerField(null=True, blank=True)
    stalls = models.PositiveIntegerField(default=0)
    stalled_ms = models.PositiveIntegerField(default=0)
    played_seconds = models.PositiveIntegerField(default=0)
    #: Numbers of the reports that arrived, as ``[first, last]``: one pair, unless some are missing.
    numbers = models.JSONField(default=list)
    #: Counted among the views: something was played.
    is_view = models.BooleanField(default=False)
    #: Its quality was added to :class:`QualityDay`.
    is_counted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _lazy("showing")
        verbose_name_plural = _lazy("showings")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "key"], name="videos_session_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["last_at"], condition=Q(is_counted=False), name="videos_session_uncounted"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class WatchBatch(models.Model):
    """What a player reported at once, until a worker has added it to the tally: then the row goes.

    What arrived is told by :attr:`WatchSession.numbers`, so nothing has to be kept to know a repeated report.
    """

    session = models.ForeignKey(WatchSession, on_delete=models.CASCADE, related_name="batches")
    #: Given by the player.
    number = models.PositiveIntegerField()
    #: ``[start, end]`` in whole seconds, end excluded; a second may be in several.
    segments = models.JSONField(default=list)
    #: Of these the seconds that this viewer had never seen before, in the same form.
    fresh = models.JSONField(default=list)
    #: The first that this viewer, and the first that this showing, has played.
    is_first_of_viewer = models.BooleanField(default=False)
    is_first_of_session = models.BooleanField(default=False)

    class Meta:
        verbose_name = _lazy("report of a player")
        verbose_name_plural = _lazy("reports of players")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["session", "number"], name="videos_batch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"


class WatchTally(models.Model):
    """What all viewers of a video did, added up by a worker from their reports."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="tally")
    views = models.PositiveIntegerField(default=0)
    unique_viewers = models.PositiveIntegerField(default=0)
    played_seconds = models.PositiveBigIntegerField(default=0)
    #: A number a bucket of ``bucket_seconds``. ``reached``: its seconds that somebody saw, each once a viewer (so its
    #: sum is what all viewers saw); ``plays``: its seconds played, repeated ones counted again.
    bucket_seconds = models.PositiveIntegerField(default=1)
    reached = models.JSONField(default=list)
    plays = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("tally")
        verbose_name_plural = _lazy("tallies")

    def __str__(self) -> str:
        return str(self.video)


class QualityDay(models.Model):
    """How videos played on one day, in one country, over one kind of network. Sums, for averages."""

    day = models.DateField()
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="quality")
    country = models.CharField(max_length=2, blank=True)
    network = models.CharField(max_length=12, blank=True)
    showings = models.PositiveIntegerField(default=0)
    #: Showings that told their start time, and the sum of those.
    started = models.PositiveIntegerField(default=0)
    startup_ms = models.PositiveBigIntegerField(default=0)
    stalls = models.PositiveIntegerField(default=0)
    stalled_ms = models.PositiveBigIntegerField(default=0)
    played_seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _lazy("quality of a day")
        verbose_name_plural = _lazy("quality of days")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["day", "video", "country", "network"], name="videos_quality_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.country} {self.network}"


class StreamLease(models.Model):
    """A device that plays; an account has few at a time. Renewed by playing, over when ``seen_at`` is old."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: Of the showing; made by the player.
    session = models.UUIDField()
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="+")
    #: What the person reads to tell devices apart: browser and system, shortened.
    device = models.CharField(max_length=80, blank=True)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("stream")
        verbose_name_plural = _lazy("streams")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "session"], name="videos_stream_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "seen_at"], name="videos_stream_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.device}"
