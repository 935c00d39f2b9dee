"""The room of messages: what is told to whom, and how."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _lazy("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import handlers  # noqa: F401
