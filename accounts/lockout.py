"""After too many wrong passwords: what django-axes counts by, and what it answers."""

from typing import Any

from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.base.response import RateLimitResponse
from axes.helpers import get_cool_off
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["respond", "username_of"]


def username_of(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """Return the address a log-in was tried with, in lower case.

    Allauth passes it as ``email``, Django's own forms as ``username``, and django-axes itself, after a success, under
    the name of its form field.
    """
    for name in ("email", "username", "login"):
        if value := (credentials or {}).get(name):
            return get_user_model().objects.normalize_email(str(value))
    return ""


def respond(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say that it is enough for now: 429 with ``Retry-After``, as JSON to an app, as a page to a browser.

    The same for addresses with and without an account.
    """
    wait = get_cool_off(request)
    seconds = int(wait.total_seconds()) if wait else 0
    if is_headless_request(request):
        answer = RateLimitResponse(request)
    else:
        answer = render(request, "429.html", {"is_locked_out": True, "minutes": seconds // 60}, status=429)
    if seconds:
        answer["Retry-After"] = str(seconds)
    return answer
