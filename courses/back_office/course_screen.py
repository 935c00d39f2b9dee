"""What the screens below a course's outline have in common."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from courses.back_office.overview import course_or_404

__all__ = ["CourseScreen"]


class CourseScreen(WagtailAdminTemplateMixin):
    """A screen of one course, which stands below its outline; the address names the course as ``pk``."""

    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.course = course_or_404(request, kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("courses_admin:index"), "label": _("Courses")},
            {"url": reverse("courses_admin:overview", args=[self.course.pk]), "label": self.course.draft_title},
            {"url": "", "label": self.get_page_title()},
        ]
