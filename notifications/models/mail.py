"""A mail on its way."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel


class MailDelivery(PublicIdModel):
    """One mail to one address, written in the transaction that handles its event and sent after that.

    ``public_id`` is part of the ``Message-ID``: the rare mail that goes out twice is the same mail to whoever gets it.
    A row is claimed as an outbox delivery is: by setting ``claimed_until``, and ``attempts`` counts claims.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _lazy("Waiting")
        SENT = "sent", _lazy("Sent")
        FAILED = "failed", _lazy("Failed")
        SKIPPED = "skipped", _lazy("Not wanted any more")

    #: Nobody for mails to an address that may have no account (gifts).
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mail_deliveries",
        verbose_name=_lazy("person"),
    )
    #: In lower case. A person's may change while a mail waits: it goes to the new one.
    address = models.EmailField(_lazy("address"), max_length=254)
    event_key = models.UUIDField(_lazy("event"))
    kind = models.CharField(_lazy("kind"), max_length=40)
    #: The event's payload; emptied when the mail is sent, for it may hold a gift's key.
    data = models.JSONField(_lazy("content"))
    state = models.CharField(_lazy("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(_lazy("attempts"), default=0)
    due_at = models.DateTimeField(_lazy("due at"), default=clock.now)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_lazy("written at"), default=clock.now)
    sent_at = models.DateTimeField(_lazy("sent at"), null=True, blank=True)
    message_id = models.CharField(_lazy("message id"), max_length=255, blank=True)
    error = models.TextField(_lazy("last error"), blank=True)

    class Meta:
        verbose_name = _lazy("mail")
        verbose_name_plural = _lazy("mails")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_key", "kind", "address"], name="notifications_mail_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="notifications_mail_due"),
            models.Index(fields=["created_at"], name="notifications_mail_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"
