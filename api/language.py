"""In which language a program is answered: what it accepts, else the profile's, else the school's own."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from core.languages import accepted_languages, supported

__all__ = ["answer_language", "tell_language"]


def answer_language(request: HttpRequest, user: Any = None) -> str:
    """The language for this caller.

    ``Accept-Language`` decides where it names one of ours: an app knows what its screen shows. Cookies don't count, for
    they are the website's.

    Args:
        user: who calls, where that is known yet.
    """
    accepted = accepted_languages(request)
    if accepted:
        return accepted[0]
    own = supported(getattr(user, "language", "") or "")
    return own or settings.LANGUAGE_CODE


def tell_language(response: HttpResponseBase, language: str) -> None:
    """Say which language the answer is in, and that another request may get another."""
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Authorization"])
