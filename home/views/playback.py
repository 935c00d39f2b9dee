"""What the player asks while it is on a page: a place among the devices that play, and links that last longer."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.errors import Conflict, DomainError, InvalidInput, NotFound
from home.devices import device_of
from home.watch_cookie import secret_for, set_watch_cookie
from learning.actions.grant_playback import PlaybackGrant, grant_playback
from videos.errors import TooManyStreams

__all__ = ["play_video"]

#: Bytes of a question; an honest one has some 150.
_MOST = 2000


@require_POST
def play_video(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Claim a place for this device, and answer with links that begin to run now.

    The body is JSON: ``session``, ``lesson`` (or null), ``take_over``.
    """
    try:
        asked = _asked(request)
        grant = grant_playback(
            actor=request.user,
            video_key=public_id,
            lesson_key=asked["lesson"],
            session=asked["session"],
            device=device_of(request.headers.get("User-Agent", "")),
            bound_to=secret_for(request),
            takes_over=asked["take_over"],
        )
    except DomainError as error:
        return _refused(error)
    response = JsonResponse(_links(grant))
    response.headers["Cache-Control"] = "no-store"
    set_watch_cookie(request, response)
    return response


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What stands in the body.

    Raises:
        InvalidInput: it isn't what a player asks.
    """
    try:
        told = json.loads(request.body if len(request.body) <= _MOST else b"")
        lesson = told.get("lesson")
        return {
            "session": uuid.UUID(told["session"]),
            "lesson": uuid.UUID(lesson) if lesson else None,
            "take_over": told.get("take_over") is True,
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("invalid_json", _("Send JSON with a session."), "session") from error


def _links(grant: PlaybackGrant) -> dict[str, Any]:
    """As the player's own settings are called."""
    seconds = None
    if grant.expires_at is not None:
        seconds = max(0, int((grant.expires_at - clock.now()).total_seconds()))
    return {
        "base": grant.base_url,
        "hls": grant.hls_url,
        "lite": grant.lite_url,
        "audio": grant.audio_url,
        "seconds": seconds,
        "watermark": grant.watermark_text,
    }


def _refused(error: DomainError) -> HttpResponse:
    body: dict[str, Any] = {"code": error.code, "message": str(error)}
    if isinstance(error, TooManyStreams):
        body["devices"] = list(error.devices)
    kinds = ((Conflict, 409), (InvalidInput, 400), (NotFound, 404))
    status = next((status for kind, status in kinds if isinstance(error, kind)), 403)
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
