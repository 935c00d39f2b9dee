"""What players report while they play: by ``fetch`` with ``keepalive``, so that the last report outlives its page."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import Conflict, DomainError, InvalidInput, NotFound
from home.shop import country_of
from home.watch_cookie import secret_for
from learning.actions.watch_video import REPORTS_SECONDS, watch_video
from learning.errors import TooManyReports

__all__ = ["MAX_BYTES", "report_watch"]

#: Bytes of a report; forty batches that waited for a line have some 3,000.
MAX_BYTES = 16 * 1024


@never_cache
@require_POST
def report_watch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a report on a video, and say what the server holds.

    The body is JSON: ``session``, ``lesson`` (translation key or null), ``batches`` (``number`` and ``segments`` in
    whole seconds), ``position_ms``, ``at`` and ``sent`` (what the device's clock said then, and says now),
    ``startup_ms``, ``stalls``, ``stalled_ms``, ``network``. The language of the lesson is that of the address. As with
    every other form, the token against forged requests comes along, here as a header.

    Answers 200 when everything is counted, be it before; 429 and 5xx when to try again; anything else when the report
    is to be left out.
    """
    if len(request.body) > MAX_BYTES:
        return _answer({"code": "report_too_long", "message": _("Send fewer batches at once.")}, 413)
    try:
        found = watch_video(
            actor=request.user,
            video_key=public_id,
            country=country_of(request),
            bound_to=secret_for(request),
            **_told(request.body),
        )
    except DomainError as error:
        return _refused(error)
    return _answer(
        {
            "position_ms": found.position_ms,
            "watched_percent": found.watched_percent,
            "is_lesson_completed": found.is_lesson_completed,
        }
    )


def _told(body: bytes) -> dict[str, Any]:
    """What stands in the body; numbers are checked where they are used.

    Raises:
        InvalidInput: it isn't what a player reports.
    """
    try:
        told = json.loads(body)
        lesson, sent, network = told.get("lesson"), told.get("sent"), told.get("network") or ""
        if not isinstance(told["batches"], list) or not all(isinstance(batch, dict) for batch in told["batches"]):
            raise TypeError("batches")
        return {
            "session": uuid.UUID(told["session"]),
            "lesson_key": uuid.UUID(lesson) if lesson else None,
            "batches": told["batches"],
            "position_ms": told["position_ms"],
            "at": datetime.fromisoformat(told["at"]),
            "sent_at": datetime.fromisoformat(sent) if sent else None,
            "startup_ms": told.get("startup_ms"),
            "stalls": told.get("stalls", 0),
            "stalled_ms": told.get("stalled_ms", 0),
            "network": network if isinstance(network, str) else "",
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput("invalid_report", _("This is not what a player reports.")) from error


def _refused(error: DomainError) -> HttpResponse:
    kinds = ((TooManyReports, 429), (Conflict, 409), (InvalidInput, 400), (NotFound, 404))
    status = next((status for kind, status in kinds if isinstance(error, kind)), 403)
    response = _answer({"code": error.code, "message": str(error)}, status)
    if status == 429:
        response["Retry-After"] = str(REPORTS_SECONDS)
    return response


def _answer(body: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(body, status=status)
