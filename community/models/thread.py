"""A question and what is said to it, at a lesson, mostly at a moment of its video."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["Thread"]


class Thread(PublicIdModel):
    """What its first comment asks stands at a course and an item of it, by key: in all languages of the course.

    A thread that belongs to no lesson (a forum's) would have no ``item_key``; nothing else here asks for one.
    """

    class State(models.TextChoices):
        OPEN = "open", _lazy("open")
        ANSWERED = "answered", _lazy("answered")
        HIDDEN = "hidden", _lazy("hidden")

    course_key = models.UUIDField(_lazy("course"))
    item_key = models.UUIDField(_lazy("lesson"))
    #: Both or neither.
    video_key = models.UUIDField(_lazy("video"), null=True, blank=True)
    at_ms = models.PositiveBigIntegerField(_lazy("moment"), null=True, blank=True)
    #: None once the account is gone.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="threads",
        verbose_name=_lazy("asked by"),
    )
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.OPEN)
    #: The comment that answers it; of somebody who teaches the course, mostly.
    answer = models.ForeignKey(
        "community.Comment", on_delete=models.SET_NULL, null=True, blank=True, related_name="answers"
    )
    opened_at = models.DateTimeField(_lazy("asked at"), default=clock.now)
    answered_at = models.DateTimeField(_lazy("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("thread")
        verbose_name_plural = _lazy("threads")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = [models.F("at_ms").asc(nulls_first=True), "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(video_key=None, at_ms=None) | Q(video_key__isnull=False, at_ms__isnull=False),
                name="community_thread_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["item_key", "at_ms"], name="community_thread_item"),
            models.Index(fields=["course_key", "-opened_at"], name="community_thread_course"),
        ]

    def __str__(self) -> str:
        return f"{self.item_key} {self.at_ms}"

    @property
    def shown_state(self) -> str:
        """The state that it has when nobody hides it."""
        return self.State.ANSWERED if self.answered_at else self.State.OPEN
