"""Keys that callers send along so that a repeated request does its work once."""

from typing import ClassVar

from django.db import models

from core import clock

__all__ = ["IdempotencyKey"]


class IdempotencyKey(models.Model):
    """The first run of a keyed request and what it answered.

    The row commits together with the run's own rows, so a visible row always holds a result.
    """

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="core_one_run_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
