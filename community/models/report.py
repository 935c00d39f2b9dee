"""That somebody finds a comment wrong here, and why."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from community.models.comment import Comment
from core import clock

__all__ = ["CommentReport"]


class CommentReport(models.Model):
    """One person's word about one comment; said once."""

    class Reason(models.TextChoices):
        SPAM = "spam", _lazy("advertising or spam")
        ABUSE = "abuse", _lazy("insulting or hateful")
        PRIVATE = "private", _lazy("shows somebody’s private data")
        SOLUTION = "solution", _lazy("gives a solution away")
        OFF_TOPIC = "off_topic", _lazy("has nothing to do with the lesson")
        OTHER = "other", _lazy("something else")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    #: None once the account is gone: what was reported still waits for somebody.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="comment_reports"
    )
    reason = models.CharField(_lazy("reason"), max_length=10, choices=Reason.choices)
    reported_at = models.DateTimeField(default=clock.now)
    #: When somebody hid the comment, or let it stand.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _lazy("report")
        verbose_name_plural = _lazy("reports")
        default_permissions: ClassVar = ()
        ordering: ClassVar = ["pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["comment", "person"], name="community_reported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"
