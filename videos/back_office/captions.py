"""Captions and chapters of a video: uploaded, corrected beside the video, downloaded, taken away."""

import re
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError, NotAllowed
from videos.actions.remove_caption import remove_caption
from videos.actions.save_caption import save_caption
from videos.actions.save_chapters import save_chapters
from videos.back_office.detail import VideoView, act
from videos.back_office.files import video_or_refusal
from videos.back_office.forms import CaptionUploadForm, ChaptersForm, CuesForm
from videos.captions import language_choices, language_name
from videos.models import Caption, Video
from videos.webvtt import parse, write_srt

__all__ = ["CuesView", "chapters", "download", "remove", "upload"]

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file of captions; without one, begin an empty table."""
    video = video_or_refusal(request, pk)
    form = CaptionUploadForm(request.POST, request.FILES, prefix="caption")
    if not form.is_valid():
        messages.error(request, _("Choose a language and a file of captions."))
        return redirect("videos_admin:video", pk)
    language, data = form.cleaned_data["language"], form.cleaned_data["file"]
    if data is None:
        return redirect("videos_admin:cues", pk, language)
    name = language_name(language)

    def deed(video: Video) -> str:
        caption = save_caption(actor=request.user, video=video, language=language, source=data)
        count = len(parse(caption.vtt))
        return _("Captions in %(language)s are saved: %(count)d entries.") % {"language": name, "count": count}

    return act(request, video.pk, deed, back_to=reverse("videos_admin:cues", args=[pk, language]))


class CuesView(VideoView):
    """Captions of one language beside the video: a table by script, WebVTT without."""

    template_name = "videos/admin/cues.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.language = kwargs["language"]
        if self.language not in dict(language_choices()):
            raise Http404
        self.caption = Caption.objects.filter(video=self.video, language=self.language).first()

    def get_page_title(self) -> str:
        return _("Captions in %(language)s") % {"language": language_name(self.language)}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, here = super().get_breadcrumbs_items()
        video = {"url": reverse("videos_admin:video", args=[self.video.pk]), "label": self.video.title}
        return [*above, video, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        vtt = self.caption.vtt if self.caption else "WEBVTT\n"
        rows = [[cue.start_ms, cue.end_ms, cue.text, cue.settings] for cue in parse(vtt)]
        shown = {"cues_form": CuesForm(initial={"vtt": vtt}), "rows": rows, **kwargs}
        return {**super().get_context_data(**shown), "language": self.language, "caption": self.caption}

    def post(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:  # type: ignore[override]
        """Store them."""
        form = CuesForm(request.POST)
        if form.is_valid():
            try:
                save_caption(actor=request.user, video=self.video, language=language, source=form.source())
            except NotAllowed as error:
                raise PermissionDenied from error
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The captions are saved."))
                return redirect("videos_admin:cues", pk, language)
        return self.render_to_response(self.get_context_data(cues_form=form))


@require_GET
def download(request: HttpRequest, pk: int, language: str, ending: str) -> HttpResponse:
    """Captions as a file, ``vtt`` or ``srt``."""
    video = video_or_refusal(request, pk)
    caption = Caption.objects.filter(video=video, language=language).first()
    if caption is None or ending not in ("vtt", "srt"):
        raise Http404
    text = caption.vtt if ending == "vtt" else write_srt(parse(caption.vtt))
    kind = "text/vtt" if ending == "vtt" else "application/x-subrip"
    name = _NOT_IN_NAMES.sub("-", video.title)[:80].strip("-.") or "captions"
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{language}.{ending}"
    return response


@require_POST
def remove(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Take captions away."""

    def deed(video: Video) -> str:
        remove_caption(actor=request.user, video=video, language=language)
        return _("Captions in %(language)s are removed.") % {"language": language_name(language)}

    return act(request, pk, deed)


@require_POST
def chapters(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the chapters of one language."""
    form = ChaptersForm(request.POST)

    def deed(video: Video) -> str:
        text, language = form.cleaned_data["text"], form.cleaned_data["language"]
        count = len(save_chapters(actor=request.user, video=video, language=language, text=text))
        return _("Chapters in %(language)s: %(count)d.") % {"language": language_name(language), "count": count}

    if not form.is_valid():
        video_or_refusal(request, pk)
        messages.error(request, _("Choose the language of the chapters."))
        return redirect("videos_admin:video", pk)
    return act(request, pk, deed)
