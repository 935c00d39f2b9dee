"""GraphQL and REST: limits, schema, documentation."""

from typing import Any

from cms.settings.base import DEBUG, SITE_NAME
from cms.settings.env import env

__all__ = [
    "GRAPHENE",
    "GRAPHQL_INTROSPECTION",
    "GRAPHQL_MAX_ALIASES",
    "GRAPHQL_MAX_BODY_BYTES",
    "GRAPHQL_MAX_COST",
    "GRAPHQL_MAX_DEPTH",
    "GRAPHQL_MAX_DIRECTIVES",
    "GRAPHQL_MAX_FRAGMENTS",
    "GRAPHQL_MAX_PAGE_SIZE",
    "GRAPHQL_MAX_TOKENS",
    "GRAPHQL_PERSISTED_DIR",
    "GRAPHQL_PERSISTED_ONLY",
    "PAYMENT_RETURN_URLS",
    "REST_FRAMEWORK",
    "SPECTACULAR_SETTINGS",
]

GRAPHENE = {"SCHEMA": "api.graphql.schema.schema", "ATOMIC_MUTATIONS": True}
GRAPHQL_INTROSPECTION: bool = env.bool("GRAPHQL_INTROSPECTION", default=DEBUG)
#: Serve only documents registered in ``persisted_documents`` (for schools whose frontends are all their own).
GRAPHQL_PERSISTED_ONLY: bool = env.bool("GRAPHQL_PERSISTED_ONLY", default=False)
#: Folder of the registered documents, ``*.graphql``.
GRAPHQL_PERSISTED_DIR: str = env.str("GRAPHQL_PERSISTED_DIR", default="")
GRAPHQL_MAX_BODY_BYTES: int = env.int("GRAPHQL_MAX_BODY_BYTES", default=100_000)
GRAPHQL_MAX_TOKENS: int = env.int("GRAPHQL_MAX_TOKENS", default=1_000)
GRAPHQL_MAX_DEPTH: int = env.int("GRAPHQL_MAX_DEPTH", default=12)
GRAPHQL_MAX_ALIASES: int = env.int("GRAPHQL_MAX_ALIASES", default=20)
GRAPHQL_MAX_FRAGMENTS: int = env.int("GRAPHQL_MAX_FRAGMENTS", default=60)
GRAPHQL_MAX_DIRECTIVES: int = env.int("GRAPHQL_MAX_DIRECTIVES", default=20)
GRAPHQL_MAX_COST: int = env.int("GRAPHQL_MAX_COST", default=20_000)
GRAPHQL_MAX_PAGE_SIZE: int = env.int("GRAPHQL_MAX_PAGE_SIZE", default=100)

#: How addresses begin that apps may be led back to after paying (``https://app.example.com/paid/``), beside our own.
PAYMENT_RETURN_URLS: tuple[str, ...] = tuple(env.list("PAYMENT_RETURN_URLS", default=[]))

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.AppTokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # Forms are for the translation editor in the admin (wagtail-localize), whose views name no parsers of their own.
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min"},
    "EXCEPTION_HANDLER": "api.rest.errors.exception_handler",
    # The connection's address, which cms/proxies.py has set right; the default believes any X-Forwarded-For.
    "NUM_PROXIES": 0,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} REST API",
    "DESCRIPTION": "What GraphQL serves badly: files, certificates as PDF, health.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # It would judge Wagtail's own admin API as well; ours is judged by `manage.py export_schema --check`.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # Ours only: Wagtail's admin brings views of DRF too, which are no contract of this school.
    "SERVE_URLCONF": "api.urls",
}
