"""Where files are uploaded: one or many, with pause, resume and progress; without script one, in one request."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.errors import DomainError, NotAllowed
from videos.actions.upload_whole import upload_whole
from videos.back_office.listing import VideoScreen
from videos.models import Video
from videos.policies import can_change, can_upload

__all__ = ["UploadView"]


class WholeFileForm(forms.Form):
    """What the uploader's form sends without script."""

    file = forms.FileField()
    language = forms.CharField(required=False, max_length=12)
    replaces = forms.UUIDField(required=False)


class UploadView(VideoScreen):
    """The page around the uploader."""

    template_name = "videos/admin/upload.html"
    page_title = _lazy("Upload videos")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not can_upload(request.user):
            raise PermissionDenied

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a file that came in one request."""
        form = WholeFileForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, _("Choose a file."))
            return redirect("videos_admin:upload")
        sent = form.cleaned_data
        replaced = self._replaced(sent["replaces"])
        try:
            video = upload_whole(actor=request.user, file=sent["file"], language=sent["language"], replaces=replaced)
        except NotAllowed as error:
            raise PermissionDenied from error
        except DomainError as error:
            messages.error(request, str(error))
            if replaced is not None:
                return redirect("videos_admin:video", replaced.pk)
            return redirect("videos_admin:upload")
        messages.success(request, _("“%(video)s” is uploaded and being prepared.") % {"video": video.title})
        return redirect("videos_admin:video", video.pk)

    def _replaced(self, key: Any) -> Video | None:
        if key is None:
            return None
        video = get_object_or_404(Video, public_id=key)
        if not can_change(self.request.user, video):
            raise PermissionDenied
        return video
