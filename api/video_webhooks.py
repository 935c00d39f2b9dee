"""Where Cloudinary says that a video is made: verified, then the video's worker is woken. Nothing is stored.

Answers mean to them what those of :mod:`api.webhooks` mean to providers; what isn't taken they send three times more.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from api.webhooks import LARGEST_BODY, answer, is_flooding, length_of
from videos.actions.receive_notice import ForgedNotice, receive_notice
from videos.errors import VideoServiceNotConfigured

__all__ = ["CloudinaryWebhookView"]

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")
class CloudinaryWebhookView(View):
    """Takes notices; a notice is a reason to look, never what is believed."""

    http_method_names = ["post"]

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so, without a log line for every passing robot."""
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a notice in."""
        if length_of(request) > LARGEST_BODY:
            return answer("too_large", 413)
        if is_flooding(request, "cloudinary", settings.CLOUDINARY_WEBHOOK_RATE):
            return answer("too_many", 429)
        try:
            body = request.body
        except UnreadablePostError:  # hung up
            return answer("unreadable", 400)
        try:
            receive_notice(
                body=body,
                signature=request.headers.get("X-Cld-Signature", ""),
                timestamp=request.headers.get("X-Cld-Timestamp", ""),
            )
        except ForgedNotice as refusal:
            logger.warning("A notice of Cloudinary was refused: %s", refusal)
            return answer("forged", 401)
        except VideoServiceNotConfigured:
            # Whoever sends this has no account to send it for.
            return answer("forged", 401)
        except DatabaseError as error:
            logger.error("A notice of Cloudinary could not be heeded: %s", type(error).__name__)
            return answer("not_heeded", 503)
        return JsonResponse({"received": True})
