"""What one person says in a thread."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _lazy

from community.models.thread import Thread
from core import clock
from core.ids import PublicIdModel

__all__ = ["COMMENT_LENGTH", "Comment", "take_words_along"]

#: Characters.
COMMENT_LENGTH = 3000


def take_words_along(collector: Collector, field: Any, rows: Any, using: str) -> None:
    """What becomes of comments when their author's account goes (an ``on_delete``): the place stays, the words don't.

    So a thread still reads, and nothing that the person wrote is left, by whichever way the account was deleted.
    """
    model = field.model
    # In this order: once the author is gone from the row, the first two would not find it any more.
    collector.add_field_update(model._meta.get_field("text"), "", rows)
    collector.add_field_update(model._meta.get_field("state"), Comment.State.REMOVED, rows)
    collector.add_field_update(field, None, rows)


take_words_along.lazy_sub_objs = True  # type: ignore[attr-defined]  # as Django's SET_NULL: rows are updated unread


class Comment(PublicIdModel):
    """The first one of a thread is the question. A removed one has no text any more and keeps its place."""

    class State(models.TextChoices):
        VISIBLE = "visible", _lazy("visible")
        HIDDEN = "hidden", _lazy("hidden")
        REMOVED = "removed", _lazy("removed")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments", verbose_name=_lazy("thread"))
    #: None once the account is gone.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=take_words_along,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_lazy("written by"),
    )
    is_opening = models.BooleanField(default=False)
    #: Written by somebody who taught the course then.
    is_teaching = models.BooleanField(_lazy("by the instructor"), default=False)
    text = models.TextField(_lazy("text"), blank=True, validators=[MaxLengthValidator(COMMENT_LENGTH)])
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.VISIBLE)
    written_at = models.DateTimeField(_lazy("written at"), default=clock.now)
    edited_at = models.DateTimeField(_lazy("edited at"), null=True, blank=True)
    #: Reports that nobody has settled yet.
    open_reports = models.PositiveIntegerField(_lazy("reports"), default=0)

    class Meta:
        verbose_name = _lazy("comment")
        verbose_name_plural = _lazy("comments")
        #: ``change``: hide and restore comments of every course.
        default_permissions: ClassVar = ("view", "change")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["thread"], condition=Q(is_opening=True), name="community_one_opening"),
            models.CheckConstraint(condition=~Q(state="removed") | Q(text=""), name="community_removed_has_no_text"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["author", "-written_at"], name="community_comment_author"),
            models.Index(fields=["-open_reports"], condition=Q(open_reports__gt=0), name="community_comment_reported"),
        ]

    def __str__(self) -> str:
        return self.text[:80] or str(self.get_state_display())
