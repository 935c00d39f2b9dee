"""What the room adds to the Wagtail admin."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _lazy
from wagtail import hooks
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.menu import MenuItem

from videos.back_office import captions, detail, files, listing, upload
from videos.back_office.chooser import video_chooser
from videos.back_office.media import admin_css, editor_scripts
from videos.models import Video
from videos.policies import can_change


@hooks.register("register_admin_viewset")
def register_video_chooser() -> Any:
    return video_chooser


@hooks.register("register_admin_urls")
def register_video_screens() -> list[URLPattern | URLResolver]:
    patterns = [
        path("", listing.VideoListView.as_view(), name="index"),
        path("progress/", listing.progress, name="progress"),
        path("upload/", upload.UploadView.as_view(), name="upload"),
        path("<int:pk>/", detail.VideoView.as_view(), name="video"),
        path("<int:pk>/poster/", files.poster, name="poster"),
        path("<int:pk>/retry/", detail.retry, name="retry"),
        path("<int:pk>/delete/", detail.delete, name="delete"),
        path("<int:pk>/captions/", captions.upload, name="upload_captions"),
        path("<int:pk>/captions/<slug:language>/", captions.CuesView.as_view(), name="cues"),
        path("<int:pk>/captions/<slug:language>/remove/", captions.remove, name="remove_captions"),
        path("<int:pk>/captions/<slug:language>/<slug:ending>/", captions.download, name="download_captions"),
        path("<int:pk>/chapters/", captions.chapters, name="chapters"),
    ]
    return [path("videos/", include((patterns, "videos_admin"), namespace="videos_admin"))]


class VideosMenuItem(MenuItem):
    """Shown to those who upload videos."""

    def is_shown(self, request: HttpRequest) -> bool:
        return listing.may_see_videos(request.user)


@hooks.register("register_admin_menu_item")
def register_videos_menu_item() -> MenuItem:
    return VideosMenuItem(_lazy("Videos"), reverse("videos_admin:index"), name="videos", icon_name="media", order=95)


@hooks.register("insert_global_admin_css")
def insert_video_styles() -> SafeString:
    return admin_css()


@hooks.register("insert_editor_js")
def insert_video_scripts() -> SafeString:
    return editor_scripts()


class VideoFinder:
    """Leads from a chosen video to its page, those who look after it."""

    def __init__(self, user: Any = None) -> None:
        self.user = user

    def get_edit_url(self, video: Video) -> str | None:
        """Its page in the admin; None for others."""
        if self.user is not None and not can_change(self.user, video):
            return None
        return reverse("videos_admin:video", args=[video.pk])


register_admin_url_finder(Video, VideoFinder)
