"""The room of importers and exporters."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class InteropConfig(AppConfig):
    name = "interop"
    verbose_name = _lazy("Import and export")
