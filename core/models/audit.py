"""Who did what, to what, and when: rows that are written once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.models.append_only import AppendOnly, AppendOnlyError

__all__ = ["AppendOnlyError", "AuditEntry"]


class AuditEntry(AppendOnly):
    """One deed. Facts hold keys and states, not personal data: they outlive the person's account."""

    at = models.DateTimeField(_lazy("when"), default=clock.now, db_index=True)
    #: Null: the platform itself, or a person whose account is gone (then ``actor_public_id`` remains).
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_lazy("who"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    actor_public_id = models.UUIDField(_lazy("account"), null=True)
    verb = models.CharField(_lazy("what"), max_length=80)
    target_type = models.CharField(_lazy("kind of target"), max_length=80, blank=True)
    target_key = models.CharField(_lazy("target"), max_length=80, blank=True)
    target_label = models.CharField(_lazy("name of target"), max_length=255, blank=True)
    facts = models.JSONField(_lazy("facts"), default=dict)
    ip = models.GenericIPAddressField(_lazy("address"), null=True)

    class Meta:
        verbose_name = _lazy("audit entry")
        verbose_name_plural = _lazy("audit log")
        default_permissions: ClassVar = ("view",)
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["target_type", "target_key"], name="core_audit_target"),
            models.Index(fields=["verb", "at"], name="core_audit_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_label or self.target_key}".strip()
