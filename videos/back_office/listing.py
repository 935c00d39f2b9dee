"""The list of videos: one's own, of administrators everybody's."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton

from core.formats import per_cent
from videos.back_office.media import admin_media
from videos.back_office.usage import count_pages
from videos.errors import failure_sentence
from videos.models import Video
from videos.policies import CHANGE_EVERY_VIDEO, can_upload, videos_visible_to

__all__ = ["VideoListView", "VideoScreen", "may_see_videos", "progress"]

PAGE_SIZE = 50
#: Videos whose progress is told at once; a page of the list shows no more.
_MAX_ASKED = 100
_UNDER_WAY = (Video.State.WAITING, Video.State.PROCESSING)


def may_see_videos(user: Any) -> bool:
    """Whether the menu offers “Videos”."""
    return can_upload(user) or (user.is_active and user.has_perm(CHANGE_EVERY_VIDEO))


class VideoScreen(WagtailAdminTemplateMixin, TemplateView):
    """Common to the screens about videos: who may see them, and the way back."""

    header_icon = "media"
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only for those who upload videos or look after all of them."""
        super().setup(request, *args, **kwargs)
        if not may_see_videos(request.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("videos_admin:index"), "label": _("Videos")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "media": admin_media()}


class FilterForm(forms.Form):
    """Which videos to list."""

    q = forms.CharField(label=_lazy("Title, file or uploader"), max_length=200, required=False)
    state = forms.ChoiceField(
        label=_lazy("State"), choices=[("", _lazy("Any state")), *Video.State.choices], required=False
    )


@dataclass(frozen=True)
class VideoRow:
    """A video in the list."""

    video: Video
    pages: int

    @property
    def failure(self) -> str:
        """Why processing came to nothing, in words."""
        return failure_sentence(self.video.failure)


class VideoListView(VideoScreen):
    """The list; bars move while something is processed."""

    template_name = "videos/admin/list.html"
    page_title = _lazy("Videos")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Beside the title."""
        if not can_upload(self.request.user):
            return []
        return [HeaderButton(_("Upload videos"), url=reverse("videos_admin:upload"), icon_name="upload", priority=10)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FilterForm(self.request.GET)
        page = Paginator(self._videos(form), PAGE_SIZE).get_page(self.request.GET.get("p"))
        videos = list(page.object_list)
        pages = count_pages(videos)
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "page": page,
            "rows": [VideoRow(video, pages.get(video.pk, 0)) for video in videos],
            "is_filtered": form.is_valid() and any(form.cleaned_data.values()),
            "shows_uploader": self.request.user.has_perm(CHANGE_EVERY_VIDEO),
            "can_upload": can_upload(self.request.user),
            "is_under_way": any(video.state in _UNDER_WAY for video in videos),
        }

    def _videos(self, form: FilterForm) -> QuerySet[Video]:
        videos = videos_visible_to(self.request.user).select_related("uploaded_by")
        if not form.is_valid():
            return videos
        if form.cleaned_data["state"]:
            videos = videos.filter(state=form.cleaned_data["state"])
        for word in form.cleaned_data["q"].split():
            found = Q(title__icontains=word) | Q(original_name__icontains=word)
            videos = videos.filter(found | Q(uploaded_by__email__icontains=word) | Q(uploaded_by__name__icontains=word))
        return videos


@require_GET
def progress(request: HttpRequest) -> HttpResponseBase:
    """How processing goes, for the bars: ``?id=1&id=2``. Others' videos are left out."""
    if not may_see_videos(request.user):
        raise PermissionDenied
    asked = [int(pk) for pk in request.GET.getlist("id")[:_MAX_ASKED] if pk.isdecimal() and len(pk) < 19]
    videos = videos_visible_to(request.user).filter(pk__in=asked)
    rows = [
        {
            "id": video.pk,
            "state": video.state,
            "label": video.get_state_display(),
            "percent": video.progress,
            "words": per_cent(video.progress) if video.state == Video.State.PROCESSING else "",
        }
        for video in videos
    ]
    response = JsonResponse({"videos": rows, "under_way": any(video.state in _UNDER_WAY for video in videos)})
    response.headers["Cache-Control"] = "no-store"
    return response
