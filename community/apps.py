"""The room where people of a course talk to each other."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _lazy("Community")
    default_auto_field = "django.db.models.BigAutoField"
