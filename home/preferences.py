"""A visitor's language and colours: a cookie, the profile, or what the browser asks for."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_from_request

from core.languages import accepted_languages, supported
from home.addresses import LanguageLink

__all__ = ["THEMES", "THEME_COOKIE", "chosen_language", "language_of", "offered_language", "theme_of"]

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` when the visitor chose, empty when the device decides."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def chosen_language(request: HttpRequest) -> str:
    """The language that the visitor has chosen, in the profile or by a cookie; empty when they never did."""
    profile = getattr(getattr(request, "user", None), "language", "")
    return supported(profile) or supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def language_of(request: HttpRequest) -> str:
    """The language for an address without one: the profile's, the cookie's, then what the browser asks for."""
    return chosen_language(request) or get_language_from_request(request)


def offered_language(request: HttpRequest, links: Iterable[LanguageLink]) -> LanguageLink | None:
    """The page in a language that the browser prefers to this one; None to those who have chosen a language."""
    there = {link.code: link for link in links if link.is_exact}
    for code in accepted_languages(request):
        if code == get_language():
            return None
        if code in there:
            return None if chosen_language(request) else there[code]
    return None
