"""Start a course: a title and a language, everything else later."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.errors import DomainError
from courses import policies
from courses.actions import create_course
from courses.models import CourseIndexPage

__all__ = ["NewCourseForm", "NewCourseView"]


class NewCourseForm(forms.Form):
    """The two things a course can't begin without."""

    title = forms.CharField(
        label=_lazy("Title"), max_length=255, help_text=_lazy("You can change it later, as long as you like.")
    )
    language = forms.ChoiceField(label=_lazy("Language it is written in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalogues = CourseIndexPage.objects.select_related("locale").order_by("path")
        language: Any = self.fields["language"]
        language.choices = [(index.locale.language_code, index.locale.get_display_name()) for index in catalogues]


class NewCourseView(WagtailAdminTemplateMixin, FormView):
    """The form; leads to the new course's own screen."""

    template_name = "courses/admin/new.html"
    form_class = NewCourseForm
    page_title = _lazy("New course")
    header_icon = "plus-inverse"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policies.can_create_course(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("courses_admin:index"), "label": _("Courses")},
            {"url": "", "label": self.get_page_title()},
        ]

    def form_valid(self, form: NewCourseForm) -> HttpResponse:
        try:
            course = create_course(actor=self.request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(course)s” is yours. Add its first module.") % {"course": course.title})
        return redirect("courses_admin:overview", course.pk)
