"""The room of videos."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class VideosConfig(AppConfig):
    """Videos: uploaded, made into renditions, described, handed out, watched."""

    name = "videos"
    verbose_name = _lazy("Videos")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from videos import checks, handlers  # noqa: F401
