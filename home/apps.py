"""The face for people: the website."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _lazy("Website")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from home import (
            handlers,  # noqa: F401
            views,  # noqa: F401  (registers the views of page types)
        )
