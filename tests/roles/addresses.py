"""Every address that the project answers, by the name that the tables use."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

__all__ = ["names_below", "names_elsewhere"]

#: Patterns without a name: the row that stands for each.
UNNAMED = {
    "admin/login/": "wagtailadmin_login",
    "admin/account/": "wagtailadmin_account",
    "admin/test404/": "/admin/test404/",
    "admin/^.*/$": "/admin/nowhere/",
    "admin/^.*$": "/admin/nowhere/",
    "_allauth/app/v1/account/phone": "headless:app:account:manage_phone",
    "_allauth/app/v1/auth/phone/verify": "headless:app:account:verify_phone",
    "_allauth/app/v1/auth/phone/verify/resend": "headless:app:account:resend_phone_verification_code",
}


def names_below(*prefixes: str) -> set[str]:
    """Names of the patterns whose route begins with one of ``prefixes``."""
    return {name for name, route in _patterns(get_resolver()) if route.startswith(prefixes)}


def names_elsewhere(*prefixes: str) -> set[str]:
    """Names of all other patterns."""
    return {name for name, route in _patterns(get_resolver()) if not route.startswith(prefixes)}


def _patterns(resolver: URLResolver, prefix: str = "", namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            inner = (*namespaces, found.namespace) if found.namespace else namespaces
            yield from _patterns(found, route, inner)
        elif isinstance(found, URLPattern):
            yield (":".join([*namespaces, found.name]) if found.name else UNNAMED.get(route, route)), route
