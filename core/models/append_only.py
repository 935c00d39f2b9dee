"""Rows that are written once: never changed, never deleted."""

from typing import Any, NoReturn

from django.db import models

__all__ = ["AppendOnly", "AppendOnlyError", "AppendOnlyQuerySet"]


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is written once."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and inserts only."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"Rows of {self.model._meta.label} are only ever added.")

    update = delete = bulk_update = update_or_create = _refuse  # type: ignore[assignment]
    aupdate = adelete = abulk_update = aupdate_or_create = _refuse  # type: ignore[assignment]

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts"):
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of such rows. What is wrong is put right by a later row."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding or self.pk is not None:
            raise AppendOnlyError(f"A row of {self._meta.label} is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(f"A row of {self._meta.label} is never deleted.")
