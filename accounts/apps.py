"""The room of people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _lazy("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from accounts import admin_language, handlers

        admin_language.install()
        post_migrate.connect(handlers.complete_roles, sender=self, dispatch_uid="accounts.complete_roles")
