"""The face for programs: GraphQL and REST."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from api.rest import openapi  # noqa: F401
