"""What people keep for themselves: moments of a video, and words about a lesson. Nobody else ever sees either.

They hang off the person and off keys, not off an enrolment: they stay when it ends, and go with the account.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["LABEL_LENGTH", "NOTE_LENGTH", "Bookmark", "Note"]

#: Characters.
LABEL_LENGTH, NOTE_LENGTH = 120, 5000


class Bookmark(PublicIdModel):
    """A moment of a video that somebody wants to find again; one for each second."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    course_key = models.UUIDField()
    lesson_key = models.UUIDField()
    video_key = models.UUIDField()
    #: A whole second, so that the same one is kept once.
    at_ms = models.PositiveBigIntegerField()
    label = models.CharField(max_length=LABEL_LENGTH, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("bookmark")
        verbose_name_plural = _lazy("bookmarks")
        default_permissions: ClassVar = ()
        ordering: ClassVar = ["at_ms", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person", "lesson_key", "video_key", "at_ms"], name="learning_bookmark_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "course_key"], name="learning_bookmark_course")]

    def __str__(self) -> str:
        return f"{self.lesson_key} {self.at_ms}"


class Note(PublicIdModel):
    """Somebody's own words about a lesson, or about a moment of a video in it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    course_key = models.UUIDField()
    lesson_key = models.UUIDField()
    #: Both or neither.
    video_key = models.UUIDField(null=True, blank=True)
    at_ms = models.PositiveBigIntegerField(null=True, blank=True)
    text = models.TextField(validators=[MaxLengthValidator(NOTE_LENGTH)])
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _lazy("note")
        verbose_name_plural = _lazy("notes")
        default_permissions: ClassVar = ()
        ordering: ClassVar = [models.F("at_ms").asc(nulls_first=True), "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(video_key=None, at_ms=None) | Q(video_key__isnull=False, at_ms__isnull=False),
                name="learning_note_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "lesson_key"], name="learning_note_lesson"),
            models.Index(fields=["person", "course_key"], name="learning_note_course"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_key} {self.at_ms}"
