"""Who calls the API: an app with a token, or the website's own session (which then needs a CSRF token)."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication as DrfSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed


class AppTokenAuthentication(JWTTokenAuthentication):
    """``Authorization: Bearer <access token>`` as the headless log-in issues it."""


class SessionAuthentication(DrfSessionAuthentication):
    """The website's session; unsafe methods are checked for CSRF."""


def app_user(request: HttpRequest) -> Any:
    """The active person whose access token the request carries.

    Raises:
        AuthenticationFailed: no Bearer token, or one that is malformed, expired, revoked or of a closed account.
    """
    authenticated = AppTokenAuthentication().authenticate(request)
    if authenticated is None or not authenticated[0].is_active:
        raise AuthenticationFailed
    return authenticated[0]
