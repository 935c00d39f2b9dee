"""Lessons of videos: many files at once become the lessons of a module."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.generic import FormView

from core.errors import DomainError, NotAllowed
from courses import policies
from courses.actions.create_video_lessons import create_video_lessons
from courses.back_office.course_screen import CourseScreen
from courses.models import ModulePage
from videos.back_office.media import admin_media
from videos.back_office.usage import count_pages
from videos.models import Video
from videos.policies import can_upload, videos_visible_to

__all__ = ["VideoLessonsView"]

#: Videos to choose from: those uploaded last.
MOST = 200


class VideoLessonsForm(forms.Form):
    """Which videos, into which module."""

    module = forms.ModelChoiceField(ModulePage.objects.none(), label=_lazy("Module"), empty_label=None)
    videos = forms.ModelMultipleChoiceField(
        Video.objects.none(), label=_lazy("Videos"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, modules: Any, videos: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module: Any = self.fields["module"]
        chosen: Any = self.fields["videos"]
        module.queryset, chosen.queryset = modules, videos
        module.label_from_instance = lambda page: page.draft_title


class VideoLessonsView(CourseScreen, FormView):
    """Upload, choose, make lessons."""

    template_name = "courses/admin/video_lessons.html"
    form_class = VideoLessonsForm
    page_title = _lazy("Lessons of videos")
    header_icon = "media"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not policies.can_edit_course(request.user, self.course.translation_key) or not can_upload(request.user):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        modules = ModulePage.objects.child_of(self.course).order_by("path")
        return {**super().get_form_kwargs(), "modules": modules, "videos": videos_visible_to(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        videos = list(videos_visible_to(self.request.user)[:MOST])
        pages = count_pages(videos)
        chosen = set(form.data.getlist("videos")) if form.is_bound else set()
        return {
            **context,
            "course": self.course,
            "modules": list(form.fields["module"].queryset),
            "rows": [
                {"video": video, "pages": pages.get(video.pk, 0), "is_chosen": str(video.pk) in chosen}
                for video in videos
            ],
            "media": admin_media(),
        }

    def form_valid(self, form: VideoLessonsForm) -> HttpResponse:
        chosen = form.cleaned_data
        try:
            made = create_video_lessons(actor=self.request.user, module=chosen["module"], videos=chosen["videos"])
        except NotAllowed as error:
            raise PermissionDenied from error
        except DomainError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if made:
            said = ngettext("%(count)d lesson is made.", "%(count)d lessons are made.", len(made))
            messages.success(self.request, said % {"count": len(made)})
        else:
            messages.warning(self.request, _("The module has a lesson of each of these videos already."))
        return redirect("courses_admin:overview", self.course.pk)
