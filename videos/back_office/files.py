"""Pictures of videos for those who look after them; learners get theirs by signed links."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from videos.models import Video
from videos.policies import can_change
from videos.storage import video_storage

__all__ = ["poster", "video_or_refusal"]


def video_or_refusal(request: HttpRequest, pk: int) -> Video:
    """The video, for those who may look after it.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    video = get_object_or_404(Video.objects.select_related("uploaded_by"), pk=pk)
    if not can_change(request.user, video):
        raise PermissionDenied
    return video


@require_GET
@cache_control(private=True, max_age=86400)
def poster(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Its poster. The address in pages names the processing, so a new one is seen at once."""
    video = video_or_refusal(request, pk)
    if not video.poster:
        raise Http404
    try:
        return FileResponse(video_storage().open(video.poster), content_type="image/webp")
    except OSError as error:
        raise Http404 from error
