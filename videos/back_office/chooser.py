"""Choosing a video in the page editor: one's own, newest first, with what there is to tell them apart."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.chooser import (
    ChooseResultsView,
    ChooseView,
    ChosenMultipleView,
    ChosenView,
    CreateView,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet

from videos.models import Video
from videos.policies import can_upload, videos_visible_to

__all__ = ["video_chooser"]


class VideoFilterForm(BaseFilterForm):
    """Find by words of the title or of the file's name."""

    q = forms.CharField(
        label=_lazy("Search term"), widget=forms.TextInput(attrs={"placeholder": _lazy("Search")}), required=False
    )

    def filter(self, objects: QuerySet[Video]) -> QuerySet[Video]:
        """Those in which every word stands."""
        objects = super().filter(objects)
        text = self.cleaned_data.get("q") or ""
        for word in text.split():
            objects = objects.filter(Q(title__icontains=word) | Q(original_name__icontains=word))
        if text:
            self.is_searching, self.search_query = True, text
        return objects


class UploadedVideoForm(forms.Form):
    """What the upload tab sends once everything has arrived: which video it became."""

    video = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_video(self) -> Video:
        """One's own, as in the list."""
        found = videos_visible_to(self.user).filter(public_id=self.cleaned_data["video"]).first()
        if found is None:
            raise forms.ValidationError(_lazy("There is no such video."), code="video_not_found")
        return found

    def save(self) -> Video:
        """The video; it is stored already."""
        return self.cleaned_data["video"]


class VideoColumn(Column):
    """A column with a template of its own, ``videos/admin/cells/<name>.html``, that is given the video."""

    @property
    def cell_template_name(self) -> str:  # type: ignore[override]
        return f"videos/admin/cells/{self.name}.html"

    def get_value(self, instance: Video) -> Video:
        return instance


class _Upload:
    """The tab in which a file is uploaded and chosen at once."""

    creation_tab_id = "upload"
    creation_form_class = UploadedVideoForm
    creation_form_template_name = "videos/admin/chooser_upload.html"
    request: Any

    def can_create(self) -> bool:
        return can_upload(self.request.user)

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_creation_form_kwargs(), "user": self.request.user}  # type: ignore[misc]


class _Listing(_Upload):
    """What both the dialogue and its list of results show."""

    filter_form_class = VideoFilterForm

    def get_object_list(self) -> QuerySet[Video]:
        return videos_visible_to(self.request.user)

    @property
    def columns(self) -> list[Column]:
        return [
            VideoColumn("poster", label=_lazy("Picture"), width="8rem"),
            self.title_column,  # type: ignore[attr-defined]
            VideoColumn("state", label=_lazy("State"), width="16%"),
            VideoColumn("length", label=_lazy("Length"), width="10%"),
            DateColumn("created_at", label=_lazy("Uploaded"), width="18%"),
        ]


class VideoChooseView(_Listing, ChooseView):
    """The dialogue."""


class VideoChooseResultsView(_Listing, ChooseResultsView):
    """Its list alone, searched or turned a page."""


class VideoChosenView(ChosenView):
    """The answer to a click; others' videos don't exist."""

    def get_object(self, pk: Any) -> Video:
        if not str(pk).isdecimal():
            raise Video.DoesNotExist
        return videos_visible_to(self.request.user).get(pk=pk)


class VideosChosenView(ChosenMultipleView):
    """The same for several."""

    def get_objects(self, pks: list[str]) -> QuerySet[Video]:
        return videos_visible_to(self.request.user).filter(pk__in=[pk for pk in pks if pk.isdecimal()])


class VideoUploadedView(_Upload, CreateView):
    """Takes what was uploaded in the dialogue."""


class VideoChooserViewSet(ChooserViewSet):
    """The dialogue's views, its widget for forms, its block for pages."""

    choose_view_class = VideoChooseView
    choose_results_view_class = VideoChooseResultsView
    chosen_view_class = VideoChosenView
    chosen_multiple_view_class = VideosChosenView
    create_view_class = VideoUploadedView
    creation_form_class = UploadedVideoForm
    icon = "media"
    choose_one_text = _lazy("Choose a video")
    choose_another_text = _lazy("Choose another video")
    edit_item_text = _lazy("Look after this video")
    create_action_label = _lazy("Upload")


video_chooser = VideoChooserViewSet("video_chooser", model="videos.Video", url_prefix="videos/chooser")
