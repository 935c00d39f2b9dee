"""Events written with the change they tell of, and one delivery for each of their handlers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock

__all__ = ["OutboxDelivery", "OutboxEvent"]


class OutboxEvent(models.Model):
    """An event as stored; never changed but for the two bookkeeping columns."""

    public_id = models.UUIDField(_lazy("identifier"), unique=True)
    name = models.CharField(_lazy("event"), max_length=120)
    payload = models.JSONField(_lazy("content"))
    occurred_at = models.DateTimeField(_lazy("happened at"))
    #: Fingerprint of the handlers that have a delivery row; differs from the code's when a handler is new.
    plan = models.CharField(max_length=16, editable=False)
    #: When the last delivery was done; such events are swept away after a while.
    settled_at = models.DateTimeField(_lazy("settled at"), null=True, editable=False)

    class Meta:
        verbose_name = _lazy("event")
        verbose_name_plural = _lazy("events")
        default_permissions: ClassVar = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["name", "plan"], condition=Q(settled_at=None), name="core_event_open"),
            models.Index(fields=["settled_at"], name="core_event_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"


class OutboxDelivery(models.Model):
    """One event on its way to one handler.

    A row is claimed by setting ``claimed_until``; when that passes the worker is taken for dead and any other may
    claim it again. ``attempts`` counts claims, so that an event which kills its worker is set aside as well.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _lazy("Waiting")
        DELIVERED = "delivered", _lazy("Delivered")
        SET_ASIDE = "set_aside", _lazy("Set aside")

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(_lazy("handler"), max_length=120)
    state = models.CharField(_lazy("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(_lazy("attempts"), default=0)
    due_at = models.DateTimeField(_lazy("due at"), default=clock.now)
    claimed_until = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(_lazy("delivered at"), null=True, editable=False)
    set_aside_at = models.DateTimeField(_lazy("set aside at"), null=True, editable=False)
    error = models.TextField(_lazy("last error"), blank=True)

    class Meta:
        verbose_name = _lazy("event delivery")
        verbose_name_plural = _lazy("event deliveries")
        default_permissions: ClassVar = ("view",)
        permissions: ClassVar = [("retry_outboxdelivery", "Can retry an event that was set aside")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "handler"], name="core_one_delivery_per_handler"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="core_delivery_due"),
            models.Index(fields=["set_aside_at"], condition=Q(state="set_aside"), name="core_delivery_set_aside"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event.name}"
