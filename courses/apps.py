"""The room of what is taught."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _lazy("Courses")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from courses import handlers, page_permissions, review

        page_permissions.install()
        review.install()
        del handlers  # imported for its receivers
