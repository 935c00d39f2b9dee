"""“My courses”: on the first page of the admin and as a list of its own; and what waits for a reviewer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page, TaskState
from wagtail.permissions import page_permission_policy

from courses import policies
from courses.models import CoursePage
from courses.queries.authoring import CourseTree, course_trees

__all__ = ["CourseCard", "CourseListView", "MyCoursesPanel", "ReviewPanel", "cards", "courses_in_review", "courses_of"]

PANEL_SIZE = 6
PAGE_SIZE = 24


@dataclass(frozen=True)
class CourseCard:
    """A course in a list, with what its author can do next."""

    course: CoursePage
    tree: CourseTree

    @property
    def overview_url(self) -> str:
        """The course's own screen."""
        return reverse("courses_admin:overview", args=[self.course.pk])

    @property
    def lessons(self) -> int:
        """How many lessons there are, drafts included."""
        return self.tree.count("lesson")

    @property
    def quizzes(self) -> int:
        """How many quizzes there are, drafts included."""
        return self.tree.count("quiz")

    @property
    def continue_url(self) -> str:
        """Where to go on writing: a page a reviewer wants changed, else the draft edited last, else the course."""
        waiting = self.tree.comments or [page for page in self.tree.pending if page.kind != "module"]
        newest = max(waiting, key=lambda page: page.edited_at.timestamp() if page.edited_at else 0, default=None)
        return reverse("wagtailadmin_pages:edit", args=[newest.pk if newest else self.course.pk])

    @property
    def can_submit(self) -> bool:
        """Whether there is something to send, and nothing known to stand in its way."""
        return bool(self.tree.pending) and not self.tree.errors


def cards(courses: Iterable[CoursePage]) -> list[CourseCard]:
    """Cards in the order given; a fixed number of queries."""
    listed = list(courses)
    trees = course_trees(listed)
    return [CourseCard(course, trees[course.pk]) for course in listed]


def courses_of(user: Any) -> QuerySet[CoursePage]:
    """The courses a person writes, those edited last first; of administrators all."""
    mine = policies.courses_editable_by(user).select_related("locale", "cover")
    return mine.order_by("-latest_revision_created_at", "-pk")


def courses_in_review(user: Any) -> QuerySet[CoursePage]:
    """The courses of which at least one page waits for an answer of ``user``."""
    waiting = TaskState.objects.reviewable_by(user).values_list("workflow_state__object_id", flat=True)
    paths = Page.objects.filter(pk__in=[int(pk) for pk in waiting if pk.isdigit()]).values_list("path", flat=True)
    above = {path[:end] for path in paths for end in range(Page.steplen, len(path) + 1, Page.steplen)}
    return CoursePage.objects.filter(path__in=above).select_related("locale", "cover").order_by("path")


class MyCoursesPanel(Component):
    """What an instructor sees first: their courses, where each stands, what to do next."""

    name = "my_courses"
    template_name = "courses/admin/my_courses_panel.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Up to six cards."""
        courses = courses_of(self.request.user)
        total = courses.count()
        return {
            "request": self.request,
            "cards": cards(courses[:PANEL_SIZE]),
            "total": total,
            "more": max(0, total - PANEL_SIZE),
            "can_create": policies.can_create_course(self.request.user),
        }


class ReviewPanel(Component):
    """What waits for a reviewer, a course a row rather than a page a row."""

    name = "courses_waiting_for_review"
    template_name = "courses/admin/review_panel.html"
    order = 40

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All of them: what waits must not hide on a second page."""
        user = self.request.user
        return {
            "request": self.request,
            "cards": cards(courses_in_review(user)),
            "is_reviewer": may_see_courses(user) and not policies.can_create_course(user),
        }


class CourseListView(WagtailAdminTemplateMixin, TemplateView):
    """Every course a person may write, and for reviewers what waits for them."""

    template_name = "courses/admin/list.html"
    page_title = _lazy("Courses")
    header_icon = "clipboard-list"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For those who have something to do here."""
        if not may_see_courses(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        page = Paginator(courses_of(user), PAGE_SIZE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "cards": cards(page.object_list),
            "page": page,
            "waiting": cards(courses_in_review(user)),
            "can_create": policies.can_create_course(user),
        }


def may_see_courses(user: Any) -> bool:
    """Whether the menu offers “Courses”."""
    return (
        policies.can_create_course(user)
        or policies.courses_editable_by(user).exists()
        or page_permission_policy.user_has_permission(user, "lock")
    )
