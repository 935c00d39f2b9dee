"""What every page of the website needs: name, theme, languages, currency, main addresses."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.time_zones import device_zone
from home.addresses import language_links, localized
from home.money import currencies_to_choose, currency_of
from home.preferences import theme_of

__all__ = ["website"]


def website(request: HttpRequest) -> dict[str, Any]:
    """Values for ``base.html``. A view may pass its own ``languages``, ``canonical`` and the like on top."""
    return {
        "site_name": settings.SITE_NAME,
        "theme": theme_of(request),
        "languages": SimpleLazyObject(lambda: language_links(request)),
        "currency": SimpleLazyObject(lambda: currency_of(request)),
        "currencies": SimpleLazyObject(currencies_to_choose),
        "asks_time_zone": SimpleLazyObject(lambda: _asks_time_zone(request)),
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


def _asks_time_zone(request: HttpRequest) -> bool:
    """Whether a script shall tell us the device's time zone: nobody has told us one so far."""
    user = getattr(request, "user", None)
    return not device_zone(request) and not getattr(user, "time_zone", "")
