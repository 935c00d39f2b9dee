from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _lazy("Operations")
