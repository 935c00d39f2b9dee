"""A message that stands in somebody's list on the website."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel


class Notification(PublicIdModel):
    """One message to one person. It holds what happened, not words: those are made when it is read.

    So it speaks the language that its reader has switched to, and a better text helps old messages, too.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_lazy("person")
    )
    #: ``public_id`` of the event that it tells of.
    event_key = models.UUIDField(_lazy("event"))
    #: Name of one of ``notifications.kinds.KINDS``.
    kind = models.CharField(_lazy("kind"), max_length=40)
    #: The event's payload, as ``core.events`` writes it.
    data = models.JSONField(_lazy("content"))
    created_at = models.DateTimeField(_lazy("written at"), default=clock.now)
    read_at = models.DateTimeField(_lazy("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _lazy("notice")
        verbose_name_plural = _lazy("notices")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "event_key", "kind"], name="notifications_told_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-created_at", "-id"], name="notifications_of_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notifications_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person}"
