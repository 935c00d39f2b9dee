"""The list of comments for those who look after them: the reported ones first, each to be hidden or let stand."""

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from community.actions import hide_comment, restore_comment
from community.models import Comment, CommentReport
from community.policies import can_moderate_anything, moderated_comment
from core import formats
from core.errors import DomainError
from core.policies import is_person
from courses.models import CoursePage
from videos.moments import moment_text

__all__ = ["CommentViewSet"]


class ModeratorsPolicy(ModelPermissionPolicy):
    """For those who look after comments; rows are narrowed to theirs. Nobody adds, changes or deletes here."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and can_moderate_anything(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class CommentFilter(WagtailFilterSet):
    reported = django_filters.BooleanFilter(
        field_name="open_reports", lookup_expr="gt", label=_lazy("Reported"), method="only_reported"
    )

    class Meta:
        model = Comment
        fields = ["state"]

    def only_reported(self, rows: "QuerySet[Comment]", name: str, value: bool) -> "QuerySet[Comment]":
        """Those that wait for somebody, or the others."""
        return rows.filter(open_reports__gt=0) if value else rows.filter(open_reports=0)


class CommentIndexView(generic.IndexView):
    def get_base_queryset(self) -> "QuerySet[Comment]":
        rows = moderated_comment.filter(self.request.user)
        return rows.select_related("author", "thread").order_by("-open_reports", "-pk")


class CommentViewSet(ModelViewSet):
    """What is said in courses."""

    model = Comment
    name = "comments"
    icon = "comment"
    menu_label = _lazy("Comments")
    menu_order = 350
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = False
    list_per_page = 50
    form_fields: list[str] = []
    index_view_class = CommentIndexView
    filterset_class = CommentFilter
    search_fields = ["text"]
    list_display = [
        TitleColumn(
            "text",
            label=_lazy("Comment"),
            accessor=lambda comment: Truncator(comment.text).chars(160),
            get_url=lambda comment: reverse("comments:look", args=[comment.public_id]),
        ),
        Column("author", label=_lazy("Written by"), accessor=lambda comment: comment.author or ""),
        Column("state", label=_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("open_reports", label=_lazy("Reports"), sort_key="open_reports"),
        Column("written_at", label=_lazy("Written"), accessor=lambda comment: formats.moment(comment.written_at)),
    ]

    @property
    def permission_policy(self) -> ModeratorsPolicy:
        return ModeratorsPolicy(self.model)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<uuid:public_id>/", look, name="look"),
        ]


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, public_id: Any) -> HttpResponse:
    """One comment with what is reported about it. A POST hides it (``do=hide``) or lets it stand (``do=restore``)."""
    if not can_moderate_anything(request.user):
        raise PermissionDenied
    rows = moderated_comment.filter(request.user).select_related("author", "thread")
    comment = rows.filter(public_id=public_id).first()
    if comment is None or not is_person(request.user):
        raise Http404
    if request.method == "POST":
        return _decide(request, comment)
    thread = comment.thread
    course = CoursePage.objects.filter(translation_key=thread.course_key).order_by("pk").first()
    reasons = comment.reports.filter(settled_at=None).values_list("reason", flat=True)
    context = {
        "comment": comment,
        "course": course,
        "moment": moment_text(thread.at_ms) if thread.at_ms is not None else "",
        "reasons": [CommentReport.Reason(reason).label for reason in reasons],
        "written": formats.moment(comment.written_at),
        "page_title": _("Comment"),
        "header_title": _("Comment"),
        "header_icon": "comment",
    }
    return render(request, "community/back_office/comment.html", context)


def _decide(request: HttpRequest, comment: Comment) -> HttpResponse:
    try:
        if request.POST.get("do") == "hide":
            reason = comment.reports.filter(settled_at=None).values_list("reason", flat=True).first()
            hide_comment(actor=request.user, comment_id=comment.public_id, reason=reason or "")
            messages.success(request, _("The comment is hidden."))
        elif request.POST.get("do") == "restore":
            restore_comment(actor=request.user, comment_id=comment.public_id)
            messages.success(request, _("The comment may stand."))
    except DomainError as refused:
        messages.error(request, str(refused))
    return redirect("comments:index")
