"""A course on one screen: its modules and lessons, where each stands, what to do next."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton

from core.errors import DomainError, NotAllowed
from courses import actions, policies
from courses.actions.reorder_course import Order
from courses.back_office.media import admin_media
from courses.errors import ContentProblems, OutlineMismatch
from courses.models import CoursePage
from courses.queries.authoring import AuthoredPage, CourseTree, PageState, course_tree
from videos.policies import can_upload

__all__ = ["OverviewView", "answer", "course_or_404", "reorder", "say_refusal", "send", "withdraw"]


def course_or_404(request: HttpRequest, pk: int) -> CoursePage:
    """The course, for those who may see its drafts.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    course = get_object_or_404(CoursePage.objects.select_related("locale"), pk=pk)
    if not policies.can_see_drafts(request.user, course):
        raise PermissionDenied
    return course


class OverviewView(WagtailAdminTemplateMixin, TemplateView):
    """The outline with its states; order is changed here, everything else in the page editor."""

    template_name = "courses/admin/overview.html"
    header_icon = "clipboard-list"
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.course = course_or_404(request, kwargs["pk"])
        self.tree = course_tree(self.course)

    def get_page_title(self) -> str:
        return self.tree.course.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("courses_admin:index"), "label": _("Courses")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.course.locale.get_display_name()},
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Beside the title."""
        pk, found = self.course.pk, []
        if self.course.permissions_for_user(self.request.user).can_edit():
            found.append(
                HeaderButton(
                    _("Course page"), url=reverse("wagtailadmin_pages:edit", args=[pk]), icon_name="edit", priority=10
                )
            )
        if policies.can_edit_course(self.request.user, self.course.translation_key) and can_upload(self.request.user):
            found.append(
                HeaderButton(
                    _("Lessons of videos"),
                    url=reverse("courses_admin:video_lessons", args=[pk]),
                    icon_name="media",
                    priority=15,
                )
            )
        if policies.can_manage_members(self.request.user, self.course.translation_key):
            found.append(
                HeaderButton(
                    _("People"), url=reverse("courses_admin:people", args=[pk]), icon_name="group", priority=20
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, tree = self.request.user, self.tree
        is_author = policies.can_edit_course(user, self.course.translation_key)
        return {
            **super().get_context_data(**kwargs),
            "course": self.course,
            "tree": tree,
            "modules": [_row(module, tree) for module in tree.modules],
            "course_row": _row(tree.course, tree),
            "is_author": is_author,
            "can_submit": policies.can_edit_page(user, self.course),
            "can_answer": _may_answer(user, self.course, tree),
            "others_languages": _translations(self.course),
            "PageState": PageState,
            "panels": _panels_of_others(self.request, self.course),
            "media": admin_media(),
        }


def _panels_of_others(request: HttpRequest, course: CoursePage) -> list[Component]:
    """What higher floors have to say about a course: hook ``construct_course_panels(request, course, panels)``."""
    panels: list[Component] = []
    for construct in hooks.get_hooks("construct_course_panels"):
        construct(request, course, panels)
    return panels


def _row(page: AuthoredPage, tree: CourseTree) -> dict[str, Any]:
    problems = tree.problems_on(page.pk)
    return {
        "page": page,
        "problems": problems,
        "errors": sum(1 for problem in problems if problem.is_error),
        "items": [_row(child, tree) for child in page.children],
    }


def _translations(course: CoursePage) -> list[CoursePage]:
    others = CoursePage.objects.filter(translation_key=course.translation_key).exclude(pk=course.pk)
    return list(others.select_related("locale"))


def _may_answer(user: Any, course: CoursePage, tree: CourseTree) -> bool:
    """Whether the first page in review is one that ``user`` may approve; the action asks for every one."""
    if not tree.in_review:
        return False
    from courses.actions.answering import open_tasks

    try:
        open_tasks(user, tree, "approve")
    except DomainError:
        return False
    return True


def say_refusal(request: HttpRequest, error: DomainError) -> None:
    """Tell a person why nothing was done, with what is to be put right."""
    if isinstance(error, ContentProblems):
        items = format_html_join("", "<li>{}</li>", ((str(problem),) for problem in error.problems[:12]))
        messages.error(request, format_html("{} <ul>{}</ul>", error.message, items), extra_tags="safe")
    else:
        messages.error(request, str(error))


def _act(request: HttpRequest, pk: int, deed: Callable[[CoursePage], str]) -> HttpResponse:
    """Do something to a course, say how it went, and come back to its screen."""
    course = course_or_404(request, pk)
    try:
        done = deed(course)
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, done)
    return redirect("courses_admin:overview", pk)


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the course to review; hook ``before_send_course(request, course)`` may answer instead."""
    for instead in hooks.get_hooks("before_send_course"):
        if answered := instead(request, course_or_404(request, pk)):
            return answered

    def deed(course: CoursePage) -> str:
        count = actions.submit_course(actor=request.user, course=course)
        return ngettext("%(count)d page was sent to review.", "%(count)d pages were sent to review.", count) % {
            "count": count
        }

    return _act(request, pk, deed)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the course back from review."""

    def deed(course: CoursePage) -> str:
        actions.withdraw_course(actor=request.user, course=course)
        return _("The course is yours to edit again. Send it to review when it is ready.")

    return _act(request, pk, deed)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A reviewer's answer to the whole course: ``approve`` or ``request_changes``, with a comment."""
    comment = request.POST.get("comment", "")

    def deed(course: CoursePage) -> str:
        if request.POST.get("answer") == "approve":
            count = actions.approve_course(actor=request.user, course=course, comment=comment)
            return ngettext(
                "%(count)d page is approved and published.",
                "%(count)d pages are approved and published.",
                count,
            ) % {"count": count}
        actions.request_changes(actor=request.user, course=course, comment=comment)
        return _("The authors were asked for changes.")

    return _act(request, pk, deed)


@require_POST
def reorder(request: HttpRequest, pk: int) -> HttpResponse:
    """Save an order: the whole of it from the outline's script, or one step from a button without script."""
    version = request.POST.get("version", "")

    def deed(course: CoursePage) -> str:
        tree = course_tree(course)
        step = request.POST.get("step", "")
        order = _stepped(tree, step) if step else _posted(request.POST.get("order", ""))
        moved = actions.reorder_course(actor=request.user, course=course, order=order, version=version)
        return _("The new order is saved.") if moved else _("The order is as it was.")

    return _act(request, pk, deed)


def _posted(text: str) -> Order:
    """Read ``[[module, [item, …]], …]``.

    Raises:
        OutlineMismatch: it is anything else.
    """
    try:
        rows = json.loads(text)
        order = {int(module): [int(item) for item in items] for module, items in rows}
    except (ValueError, TypeError) as error:
        raise OutlineMismatch from error
    if len(order) != len(rows):
        raise OutlineMismatch
    return order


def _stepped(tree: CourseTree, step: str) -> Order:
    """The order after moving one page one place ``up:<pk>`` or ``down:<pk>``, into the next module at the edge."""
    direction, _colon, number = step.partition(":")
    if direction not in ("up", "down") or not number.isdigit():
        raise Http404
    by, pk = (-1 if direction == "up" else 1), int(number)
    modules = [(module.pk, [item.pk for item in module.children]) for module in tree.modules]
    for index, (module, items) in enumerate(modules):
        if module == pk:
            other = index + by
            if 0 <= other < len(modules):
                modules[index], modules[other] = modules[other], modules[index]
            return dict(modules)
        if pk in items:
            place = items.index(pk)
            if 0 <= place + by < len(items):
                items[place], items[place + by] = items[place + by], items[place]
            elif 0 <= index + by < len(modules):
                items.remove(pk)
                target = modules[index + by][1]
                target.insert(len(target) if by < 0 else 0, pk)
            return dict(modules)
    raise OutlineMismatch
