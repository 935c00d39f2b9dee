"""What the room adds to the Wagtail admin."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import register_snippet

from courses import policies
from courses.back_office import doors, listing, new_course, overview, people, video_lessons
from courses.back_office.media import admin_css
from courses.back_office.snippets import CatalogueGroup
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.video_rights import carried_off

register_snippet(CatalogueGroup)
doors.install()

#: How far above a page its course stands.
_LEVELS_TO_COURSE: dict[type[Page], int] = {CoursePage: 0, ModulePage: 1, LessonPage: 2, QuizPage: 2}


@hooks.register("register_admin_urls")
def register_course_screens() -> list[URLPattern | URLResolver]:
    patterns = [
        path("", listing.CourseListView.as_view(), name="index"),
        path("new/", new_course.NewCourseView.as_view(), name="new"),
        path("<int:pk>/", overview.OverviewView.as_view(), name="overview"),
        path("<int:pk>/order/", overview.reorder, name="reorder"),
        path("<int:pk>/send/", overview.send, name="send"),
        path("<int:pk>/withdraw/", overview.withdraw, name="withdraw"),
        path("<int:pk>/answer/", overview.answer, name="answer"),
        path("<int:pk>/videos/", video_lessons.VideoLessonsView.as_view(), name="video_lessons"),
        path("<int:pk>/people/", people.PeopleView.as_view(), name="people"),
        path("<int:pk>/people/<int:member_pk>/remove/", people.remove, name="remove_person"),
    ]
    return [path("courses/", include((patterns, "courses_admin"), namespace="courses_admin"))]


class CoursesMenuItem(MenuItem):
    """Shown to those who write or review."""

    def is_shown(self, request: HttpRequest) -> bool:
        return listing.may_see_courses(request.user)


@hooks.register("register_admin_menu_item")
def register_courses_menu_item() -> MenuItem:
    return CoursesMenuItem(
        _lazy("Courses"), reverse("courses_admin:index"), name="courses", icon_name="clipboard-list", order=90
    )


@hooks.register("insert_global_admin_css")
def insert_course_styles() -> SafeString:
    return admin_css()


@hooks.register("construct_homepage_panels")
def put_courses_first(request: HttpRequest, panels: list[Component]) -> None:
    """Courses instead of single pages: Wagtail's own panels list every lesson of a course as a matter of its own."""
    if not listing.may_see_courses(request.user):
        return
    replaced = {"workflow_objects_to_moderate", "user_objects_in_workflow_moderation"}
    if not request.user.is_superuser:
        panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in replaced]
    panels += [listing.ReviewPanel(request), listing.MyCoursesPanel(request)]


@hooks.register("construct_homepage_summary_items")
def leave_out_counts(request: HttpRequest, items: list[Component]) -> None:
    """“123 pages” tells an instructor nothing."""
    if not request.user.is_superuser:
        items.clear()


@hooks.register("construct_explorer_page_queryset")
def explore_own_pages(parent_page: Page, pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Wagtail shows the head of any page's listing, with its title; here only of pages that one may explore."""
    if parent_page.depth > 1:
        reachable = page_permission_policy.explorable_instances(request.user)
        if not reachable.filter(pk=parent_page.pk).exists():
            raise Http404
    return pages


@hooks.register("construct_page_chooser_queryset")
def choose_visible_pages(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Authors link to what learners can see and to what they may explore; others' drafts don't show."""
    reachable = page_permission_policy.explorable_instances(request.user)
    match = request.resolver_match
    parent_pk = match.kwargs.get("parent_page_id") if match else None
    if parent_pk is not None:
        # The chooser shows the page it browses, too, which is not in the queryset.
        visible = Page.objects.filter(pk=parent_pk).filter(Q(live=True) | Q(depth=1) | Q(pk__in=reachable.values("pk")))
        if not visible.exists():
            raise PermissionDenied
    return pages.filter(Q(live=True) | Q(pk__in=reachable.values("pk")))


@hooks.register("register_page_header_buttons")
def link_to_overview(page: Page, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    """From any page of a course to the course's own screen."""
    course = _course_pk(page)
    if course is None or not page.permissions_for_user(user).can_edit():
        return []
    url = reverse("courses_admin:overview", args=[course])
    return [Button(_("Course overview"), url=url, icon_name="clipboard-list", priority=5)]


@hooks.register("register_page_listing_more_buttons")
def link_listing_to_overview(page: Page, user: Any, next_url: str | None = None) -> list[Button]:
    return link_to_overview(page, user, "listing")


@hooks.register("before_move_page")
def movers_see_what_they_move(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Wagtail asks only once the move is confirmed; the question itself names the page."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied
    return _keeps_others_videos(request, page, destination)


@hooks.register("before_copy_page")
def copies_hand_out_nobodys_videos(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A copy goes past the editor's form, which asks whose videos a page shows."""
    asked = request.POST.get("new_parent_page", "")
    destination = Page.objects.filter(pk=int(asked)).first() if asked.isdecimal() else None
    return _keeps_others_videos(request, page, destination) if destination is not None else None


def _keeps_others_videos(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Back to where one came from when others' videos would get into another course."""
    videos = carried_off(request.user, page, destination)
    for video in videos:
        message = _("The video “%(video)s” is somebody else's. Ask them to put it into the course.")
        messages.error(request, message % {"video": video.title})
    return redirect("wagtailadmin_explore", page.get_parent().pk) if videos else None


@hooks.register("before_delete_page")
def owners_delete_courses(request: HttpRequest, page: Page) -> None:
    """A whole course is deleted by an owner or an administrator only; co-authors delete pages in it."""
    if page.specific_class is CoursePage and not policies.can_manage_members(request.user, page.translation_key):
        raise PermissionDenied


@hooks.register("before_bulk_action")
def moves_in_bulk_keep_others_videos(
    request: HttpRequest, action: str, objects: list[Any], view: Any
) -> HttpResponse | None:
    """As for a single page."""
    if action != "move" or not objects or not isinstance(objects[0], Page):
        return None
    destination = view.cleaned_form.cleaned_data["chooser"]
    return next(filter(None, (_keeps_others_videos(request, page, destination) for page in objects)), None)


@hooks.register("before_bulk_action")
def owners_delete_courses_in_bulk(request: HttpRequest, action: str, objects: list[Any], view: Any) -> None:
    """The same for several at once."""
    if action == "delete":
        for page in objects:
            if isinstance(page, Page):
                owners_delete_courses(request, page)


def _course_pk(page: Page) -> int | None:
    levels = _LEVELS_TO_COURSE.get(page.specific_class) if page.pk else None
    if levels is None:
        return None
    if levels == 0:
        return page.pk
    path_of_course = page.path[: -levels * Page.steplen]
    return CoursePage.objects.filter(path=path_of_course).values_list("pk", flat=True).first()
