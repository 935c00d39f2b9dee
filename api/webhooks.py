"""Where payment providers send their messages: read, verified, stored, answered. Nothing else happens in the request.

What the answers mean to providers: 2xx, it is ours now; 401, it was not from them; 400, nobody we know; 413 and 429, as
everywhere; 5xx, we are in trouble, send it again. Trouble of ours is never a 4xx, after which some never try again.
What a message says is never written to a log.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from commerce.actions.receive_webhook import receive_webhook
from commerce.errors import ProviderUnavailable
from commerce.payments.messages import count_forged
from commerce.providers import registry
from commerce.providers.base import InvalidSignature

__all__ = ["LARGEST_BODY", "WebhookView", "answer", "is_flooding", "length_of"]

logger = logging.getLogger(__name__)

#: Bytes; no provider's message is near it.
LARGEST_BODY = 1_000_000
#: What M-Pesa takes for "arrived"; the others look at the status only.
_ACCEPTED = {"mpesa": {"ResultCode": 0, "ResultDesc": "Accepted"}}


@method_decorator(csrf_exempt, name="dispatch")
class WebhookView(View):
    """One address for each provider, with a token behind it where the provider signs nothing."""

    #: MTN has been seen to use both.
    http_method_names = ["post", "put"]

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so, without a log line for every passing robot."""
        return HttpResponseNotAllowed(["POST", "PUT"])

    def post(self, request: HttpRequest, provider: str, path_token: str | None = None) -> HttpResponse:
        """Take a message in."""
        if provider not in registry.CODES:
            return answer("unknown", 400)  # a 404 would be sent on to a language
        # Before anything is read.
        if length_of(request) > LARGEST_BODY:
            return answer("too_large", 413)
        if is_flooding(request, provider, settings.PAYMENT_WEBHOOK_RATE):
            return answer("too_many", 429)
        try:
            body = request.body
        except UnreadablePostError:  # hung up
            return answer("unreadable", 400)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            receive_webhook(provider=provider, headers=headers, body=body, path_token=path_token or "")
        except InvalidSignature as refusal:
            logger.warning("A message for %s was refused: %s", provider, refusal.detail or refusal.reason)
            return self._refuse(provider)
        except ProviderUnavailable:
            logger.error("A message for %s came, which is not configured", provider)
            return answer("not_configured", 503)
        except DatabaseError as error:
            logger.error("A message of %s could not be stored: %s", provider, type(error).__name__)
            return answer("not_stored", 503)
        return JsonResponse(_ACCEPTED.get(provider, {"received": True}))

    put = post

    def _refuse(self, provider: str) -> HttpResponse:
        try:
            count_forged(provider)
        except DatabaseError:
            logger.error("A refused message for %s could not be counted", provider)
        return answer("forged", 401)


def answer(code: str, status: int) -> HttpResponse:
    """Say why a message was not taken."""
    return JsonResponse({"errors": [{"code": code}]}, status=status)


def length_of(request: HttpRequest) -> int:
    """Bytes that a request says its body has; too many where it says nonsense."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return LARGEST_BODY + 1


def is_flooding(request: HttpRequest, provider: str, most: int) -> bool:
    """Whether this address sends more than ``most`` in a minute about a provider. A cache that is down lets all in."""
    key = f"webhooks:{provider}:{request.META.get('REMOTE_ADDR', '')}"
    try:
        if cache.add(key, 1, timeout=60):
            return False
        count = cache.incr(key)
    except ValueError:  # it ended between the two
        return False
    return count is not None and count > most
