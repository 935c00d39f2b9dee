"""What every page of the website needs: name, theme, languages, main addresses."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from home.addresses import language_links, localized
from home.preferences import theme_of

__all__ = ["website"]


def website(request: HttpRequest) -> dict[str, Any]:
    """Values for ``base.html``. A view may pass its own ``languages``, ``canonical`` and the like on top."""
    return {
        "site_name": settings.SITE_NAME,
        "theme": theme_of(request),
        "languages": SimpleLazyObject(lambda: language_links(request)),
        "home_url": localized(""),
        "catalogue_url": localized("courses/"),
        "paths_url": localized("paths/"),
        "login_next": SimpleLazyObject(lambda: _login_next(request)),
        "can_open_admin": SimpleLazyObject(lambda: _can_open_admin(request)),
        "is_demo_school": settings.DEMO_SCHOOL,
    }


def _login_next(request: HttpRequest) -> str:
    if "/account/" in request.path:
        given = request.GET.get("next", "")
        return f"?{urlencode({'next': given})}" if given else ""
    return f"?{urlencode({'next': request.get_full_path()})}"


def _can_open_admin(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
