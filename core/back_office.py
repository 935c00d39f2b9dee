"""Screens of the Wagtail admin for operators: events that were set aside, and the audit log. Nothing is edited here."""

import json
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button
from wagtail.permission_policies import ModelPermissionPolicy

from core import audit, dispatch
from core.models import AuditEntry, OutboxDelivery

__all__ = ["RETRY_PERMISSION", "AuditLogViewSet", "OutboxViewSet"]

RETRY_PERMISSION = "core.retry_outboxdelivery"


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Looking needs the model's view permission; changing is for nobody, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class ReadOnlyViewSet(ModelViewSet):
    """A list and a page for each row; the URLs for adding and changing don't exist."""

    add_to_settings_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    form_fields: list[str] = []

    @property
    def permission_policy(self) -> ReadOnlyPolicy:
        return ReadOnlyPolicy(self.model)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
        ]


class DeliveryFilter(WagtailFilterSet):
    class Meta:
        model = OutboxDelivery
        fields = ["state", "handler"]


class DeliveryIndexView(generic.IndexView):
    def get_base_queryset(self) -> QuerySet[OutboxDelivery]:
        rows = OutboxDelivery.objects.exclude(state=OutboxDelivery.State.DELIVERED).select_related("event")
        return rows.order_by("state", "-id")  # "set_aside" sorts before "waiting"

    def get_list_more_buttons(self, instance: OutboxDelivery) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if _may_retry(self.request, instance):
            buttons.insert(0, Button(_("Retry"), url=_retry_url(instance), icon_name="rotate", priority=5))
        return buttons


class DeliveryInspectView(generic.InspectView):
    def get_content_display_value(self) -> str:
        return json.dumps(self.object.event.payload, indent=2, ensure_ascii=False)

    def get_field_label(self, field_name: str, field: Any) -> str:
        return _("Content") if field_name == "content" else super().get_field_label(field_name, field)

    @property
    def header_more_buttons(self) -> list[Button]:
        if not _may_retry(self.request, self.object):
            return []
        return [Button(_("Retry"), url=_retry_url(self.object), icon_name="rotate", priority=5)]


class OutboxViewSet(ReadOnlyViewSet):
    """Events that wait or were set aside, with the reason and a way to try again."""

    model = OutboxDelivery
    name = "outbox"
    icon = "mail"
    menu_label = _lazy("Event deliveries")
    menu_order = 900
    index_view_class = DeliveryIndexView
    inspect_view_class = DeliveryInspectView
    filterset_class = DeliveryFilter
    list_display = [
        "__str__",
        Column("state", label=_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("attempts", label=_lazy("Attempts"), sort_key="attempts"),
        Column("due_at", label=_lazy("Due at"), sort_key="due_at"),
        Column("set_aside_at", label=_lazy("Set aside at"), sort_key="set_aside_at"),
    ]
    inspect_view_fields = [
        "event",
        "handler",
        "state",
        "attempts",
        "due_at",
        "delivered_at",
        "set_aside_at",
        "content",
        "error",
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("retry/<int:pk>/", retry_view, name="retry")]


def _may_retry(request: HttpRequest, delivery: OutboxDelivery) -> bool:
    return delivery.state == OutboxDelivery.State.SET_ASIDE and request.user.has_perm(RETRY_PERMISSION)


def _retry_url(delivery: OutboxDelivery) -> str:
    return reverse("outbox:retry", args=[delivery.pk])


@require_http_methods(["GET", "POST"])
def retry_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then put a delivery that was set aside back in the queue."""
    if not request.user.has_perm(RETRY_PERMISSION):
        raise PermissionDenied
    delivery = get_object_or_404(OutboxDelivery.objects.select_related("event"), pk=pk)
    if request.method != "POST":
        context = {"delivery": delivery, "header_title": _("Retry"), "header_icon": "rotate"}
        return render(request, "core/retry_delivery.html", context)
    with transaction.atomic():
        is_put_back = dispatch.retry(delivery)
        if is_put_back:
            audit.record(
                actor=request.user,
                verb="core.delivery_retried",
                target=delivery,
                facts={"handler": delivery.handler, "event": str(delivery.event.public_id)},
            )
    if is_put_back:
        messages.success(request, _("“%(delivery)s” is tried again.") % {"delivery": delivery})
    else:
        messages.warning(request, _("“%(delivery)s” is not set aside any more.") % {"delivery": delivery})
    return redirect("outbox:index")


class AuditFilter(WagtailFilterSet):
    verb = django_filters.CharFilter(label=_lazy("What"), lookup_expr="icontains")
    who = django_filters.CharFilter(field_name="actor__email", label=_lazy("Who (e-mail)"), lookup_expr="icontains")
    target_type = django_filters.CharFilter(label=_lazy("Kind of target"), lookup_expr="icontains")
    target_key = django_filters.CharFilter(label=_lazy("Target"), lookup_expr="exact")
    since = django_filters.DateFilter(field_name="at", label=_lazy("From (date)"), lookup_expr="date__gte")
    until = django_filters.DateFilter(field_name="at", label=_lazy("To (date)"), lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class AuditIndexView(generic.IndexView):
    default_ordering = "-at"

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.select_related("actor")


class AuditInspectView(generic.InspectView):
    def get_facts_display_value(self) -> str:
        return json.dumps(self.object.facts, indent=2, ensure_ascii=False)


class AuditLogViewSet(ReadOnlyViewSet):
    """Who did what, to what, and when."""

    model = AuditEntry
    name = "audit_log"
    icon = "history"
    menu_label = _lazy("Audit log")
    menu_order = 910
    index_view_class = AuditIndexView
    inspect_view_class = AuditInspectView
    filterset_class = AuditFilter
    list_display = [
        "verb",
        Column("actor", label=_lazy("Who"), accessor=lambda entry: entry.actor or entry.actor_public_id or ""),
        Column("target_label", label=_lazy("Target")),
        Column("at", label=_lazy("When"), sort_key="at"),
    ]
    list_export = [
        "at",
        "verb",
        "actor_public_id",
        "target_type",
        "target_key",
        "target_label",
        "ip",
    ]
