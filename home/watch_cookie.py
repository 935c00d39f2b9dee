"""The cookie that binds links to videos to one browser: a link that is passed on does not play elsewhere.

It goes to ``/watch/`` alone, so pages never see it; they make it anew, the same for as long as somebody is logged in,
from the key of their session, which no one else knows.
"""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from videos.delivery import WATCH_PREFIX

__all__ = ["WATCH_COOKIE", "browser_secret", "secret_for", "set_watch_cookie"]

WATCH_COOKIE = "watch"
_SECRET = re.compile(r"[0-9a-f]{64}")


def secret_for(request: HttpRequest) -> str:
    """What to bind links to that are made in this request (``grant_playback``'s ``bound_to``); empty for visitors."""
    key = request.session.session_key if request.user.is_authenticated else None
    return salted_hmac("home.watch_cookie", key, algorithm="sha256").hexdigest() if key else ""


def set_watch_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser what its links are bound to; for every answer that carries such links."""
    if secret := secret_for(request):
        response.set_cookie(
            WATCH_COOKIE,
            secret,
            max_age=settings.SESSION_COOKIE_AGE,
            path=WATCH_PREFIX,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def browser_secret(request: HttpRequest) -> str:
    """What a browser that asks for a file is known by; empty when it has nothing."""
    found = request.COOKIES.get(WATCH_COOKIE, "")
    return found if _SECRET.fullmatch(found) else ""
