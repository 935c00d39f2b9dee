"""What somebody wants to be told, and how."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class Preference(models.Model):
    """A choice that was made. Where none was made, people are told."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_lazy("person"),
    )
    #: Name of one of ``notifications.categories.CATEGORIES``.
    category = models.CharField(_lazy("category"), max_length=40)
    channel = models.CharField(_lazy("channel"), max_length=10)
    is_on = models.BooleanField(_lazy("on"))

    class Meta:
        verbose_name = _lazy("choice about notices")
        verbose_name_plural = _lazy("choices about notices")
        default_permissions: ClassVar = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "category", "channel"], name="notifications_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.channel}: {self.is_on}"
