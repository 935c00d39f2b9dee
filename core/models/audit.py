"""Who did what, to what, and when: rows that are written once."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock

__all__ = ["AppendOnlyError", "AuditEntry"]


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is written once."""


class AppendOnlyQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and inserts only."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("The audit log is only ever added to.")

    update = delete = bulk_update = update_or_create = _refuse  # type: ignore[assignment]
    aupdate = adelete = abulk_update = aupdate_or_create = _refuse  # type: ignore[assignment]

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        if kwargs.get("update_conflicts"):
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AuditEntry(models.Model):
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

    objects = AppendOnlyQuerySet.as_manager()

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or self.pk is not None:
            raise AppendOnlyError("An audit entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("An audit entry is never deleted.")
