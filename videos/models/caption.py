"""What is said in a video, and its parts, by language."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from videos.models.video import Video

__all__ = ["Caption", "Chapter", "Passage"]


class Caption(models.Model):
    """Captions in one language, as WebVTT. The transcript is made of them; whoever corrects one corrects both."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(_lazy("language"), max_length=12)
    #: Checked and written anew by :mod:`videos.webvtt`: only what it understands gets in.
    vtt = models.TextField(_lazy("WebVTT"))
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _lazy("captions")
        verbose_name_plural = _lazy("captions")
        ordering: ClassVar = ["video", "language"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["video", "language"], name="videos_caption_once"),
        ]

    def __str__(self) -> str:
        return f"{self.video} ({self.language})"


class Chapter(models.Model):
    """Where a part of the video begins, in one language."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="chapters")
    language = models.CharField(_lazy("language"), max_length=12)
    start_ms = models.PositiveBigIntegerField(_lazy("begins at, in milliseconds"))
    title = models.CharField(_lazy("title"), max_length=200)

    class Meta:
        verbose_name = _lazy("chapter")
        verbose_name_plural = _lazy("chapters")
        ordering: ClassVar = ["video", "language", "start_ms"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["video", "language", "start_ms"], name="videos_chapter_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A paragraph of what captions say, kept so that a search finds the moment; made anew whenever they change."""

    caption = models.ForeignKey(Caption, on_delete=models.CASCADE, related_name="passages")
    start_ms = models.PositiveBigIntegerField()
    #: ``[start in milliseconds, text]`` of each cue, in order.
    cues = models.JSONField()
    #: The text of all cues as :func:`core.folding.fold_text` has it.
    folded = models.TextField()

    class Meta:
        verbose_name = _lazy("passage")
        verbose_name_plural = _lazy("passages")
        ordering: ClassVar = ["caption", "start_ms", "pk"]

    def __str__(self) -> str:
        return " ".join(text for _start, text in self.cues)
