"""The room of progress, attempts and grading."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _lazy("Learning")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from learning import handlers  # noqa: F401
