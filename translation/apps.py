"""The room of translation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class TranslationConfig(AppConfig):
    name = "translation"
    verbose_name = _lazy("Translation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from translation import handlers  # noqa: F401
