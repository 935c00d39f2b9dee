"""One video: to watch, to describe, to process again, to delete."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.permissions import page_permission_policy

from core import clock
from core.errors import DomainError, NotAllowed
from videos.actions.delete_video import delete_video
from videos.actions.retry_video import retry_video
from videos.actions.update_video import update_video
from videos.back_office.files import video_or_refusal
from videos.back_office.forms import CaptionUploadForm, ChaptersForm, VideoForm
from videos.back_office.listing import VideoScreen
from videos.back_office.usage import pages_showing
from videos.captions import chapter_lines, language_name
from videos.delivery import WATCH_PREFIX, rungs
from videos.errors import failure_sentence
from videos.models import Chapter, Rendition, Video
from videos.policies import can_delete
from videos.signing import grant_token

__all__ = ["VideoView", "act", "delete", "retry", "staff_base"]

#: How long the preview's links work, in seconds.
_PREVIEW_SECONDS = 3600


def staff_base(request: HttpRequest, video: Video) -> str:
    """Where the files of a video are for one who looks after it, ending in ``/``; empty while there are none."""
    if not video.is_ready:
        return ""
    expires_at = clock.now() + timedelta(seconds=_PREVIEW_SECONDS)
    viewer: Any = request.user
    return f"{WATCH_PREFIX}{grant_token(video, expires_at=expires_at, viewer=viewer.public_id)}/"


class VideoView(VideoScreen):
    """Everything about one video on one page."""

    template_name = "videos/admin/video.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.video = video_or_refusal(request, kwargs["pk"])

    def get_page_title(self) -> str:
        return self.video.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        video = self.video
        under_way = video.state in (Video.State.WAITING, Video.State.PROCESSING)
        renditions = list(video.renditions.defer("segments"))
        pages = pages_showing(video)
        editable = set(
            page_permission_policy.instances_user_has_permission_for(self.request.user, "change")
            .filter(pk__in=[page.pk for page, _is_draft in pages])
            .values_list("pk", flat=True)
        )
        shown = {
            "form": VideoForm(
                initial={
                    "title": video.title,
                    "language": video.language,
                    "keeps_original": video.keeps_original,
                }
            ),
            "caption_form": CaptionUploadForm(prefix="caption"),
            **kwargs,
        }
        return {
            **super().get_context_data(**shown),
            "video": video,
            "failure": failure_sentence(video.failure),
            "is_under_way": under_way,
            "renditions": renditions,
            "total_bytes": sum(rendition.bytes for rendition in renditions),
            "base": staff_base(self.request, video),
            "lite": _lite(renditions),
            "captions": [
                {"caption": caption, "name": language_name(caption.language)} for caption in video.captions.defer("vtt")
            ],
            "chapters": _chapter_forms(video),
            "pages": [
                {"page": page, "in_draft": in_draft, "can_edit": page.pk in editable} for page, in_draft in pages
            ],
            "is_writer": bool(editable),
            "can_delete": can_delete(self.request.user, video),
            "can_retry": bool(video.original) and not under_way,
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store what was typed."""
        form = VideoForm(request.POST)
        if form.is_valid():
            try:
                update_video(actor=request.user, video=self.video, **form.cleaned_data)
            except NotAllowed as error:
                raise PermissionDenied from error
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("“%(video)s” is saved.") % {"video": form.cleaned_data["title"]})
                return redirect("videos_admin:video", pk)
        return self.render_to_response(self.get_context_data(form=form))


def _lite(renditions: list[Rendition]) -> Rendition | None:
    """The smallest rendition, for the preview."""
    return next(iter(rungs(renditions)), None)


def _chapter_forms(video: Video) -> list[dict[str, Any]]:
    """A form for each language that has chapters, and one for another."""
    by_language: dict[str, list[Chapter]] = {}
    for chapter in video.chapters.all():
        by_language.setdefault(chapter.language, []).append(chapter)
    found = [
        {
            "name": language_name(language),
            "language": language,
            "form": ChaptersForm(
                auto_id=f"chapters-{language}-%s", initial={"language": language, "text": chapter_lines(chapters)}
            ),
        }
        for language, chapters in sorted(by_language.items())
    ]
    new = ChaptersForm(auto_id="chapters-new-%s", initial={"language": video.language})
    return [*found, {"name": "", "language": "", "form": new}]


def act(request: HttpRequest, pk: int, deed: Callable[[Video], str], *, back_to: str = "") -> HttpResponse:
    """Do something to a video, say how it went, and come back to its page."""
    video = video_or_refusal(request, pk)
    address = reverse("videos_admin:video", args=[pk])
    try:
        done = deed(video)
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(address)
    messages.success(request, done)
    return redirect(back_to or address)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Process the video again."""

    def deed(video: Video) -> str:
        retry_video(actor=request.user, video=video)
        return _("“%(video)s” waits to be processed again.") % {"video": video.title}

    return act(request, pk, deed)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete it, unless pages show it."""

    def deed(video: Video) -> str:
        delete_video(actor=request.user, video=video)
        return _("“%(video)s” is deleted.") % {"video": video.title}

    return act(request, pk, deed, back_to=reverse("videos_admin:index"))
