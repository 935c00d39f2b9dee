"""A learner takes a video along: a form with one button a size, whose sizes stand on the buttons.

Where the learner's name is written into the picture, the first press begins that; the page says how far it is.
"""

import uuid

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import DomainError, NotAllowed, NotFound
from home.videos import DOWNLOADS
from home.watch_cookie import secret_for, set_watch_cookie
from learning.actions.download_video import download_video
from learning.downloads import Preparation

__all__ = ["download"]


@require_POST
def download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lead to the file that ``rendition`` names, of the video in ``lesson``; ``next`` is where a refusal is told."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = ""
    if not request.user.is_authenticated:
        return redirect_to_login(back or "/")
    try:
        found = download_video(
            actor=request.user,
            video_key=public_id,
            lesson_key=_key(request.POST.get("lesson", "")),
            rendition=request.POST.get("rendition", ""),
            bound_to=secret_for(request),
        )
    except DomainError as error:
        if back:
            messages.error(request, str(error))
            return redirect(back)
        status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, NotAllowed) else 409
        return HttpResponse(str(error), status=status, content_type="text/plain; charset=utf-8")
    if isinstance(found, Preparation):
        told = _("Your download is being prepared: your name is written into the picture. Look again in a few minutes.")
        if back:
            messages.info(request, told)
            return redirect(f"{back}#{DOWNLOADS}-{public_id}")
        return HttpResponse(told, status=202, content_type="text/plain; charset=utf-8")
    response = redirect(found.files[0].url)
    set_watch_cookie(request, response)
    return response


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
