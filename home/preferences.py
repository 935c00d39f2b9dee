"""A visitor's language and colours: a cookie, the profile, or what the browser asks for."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from core.languages import supported

__all__ = ["THEMES", "THEME_COOKIE", "language_of", "theme_of"]

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` when the visitor chose, empty when the device decides."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def language_of(request: HttpRequest) -> str:
    """The language for an address without one: the profile's, the cookie's, then what the browser asks for."""
    chosen = supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    profile = getattr(getattr(request, "user", None), "language", "")
    return supported(profile) or chosen or get_language_from_request(request)
