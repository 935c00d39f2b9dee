"""What the core adds to the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from core.back_office import AuditLogViewSet, OutboxViewSet


@hooks.register("register_admin_viewset")
def register_operator_screens() -> list[ViewSet]:
    return [OutboxViewSet(), AuditLogViewSet()]


@hooks.register("register_permissions")
def register_retry_permission() -> QuerySet[Permission]:
    """Offer the retry permission in the admin's group editor, beside the view permissions."""
    return Permission.objects.filter(content_type__app_label="core", codename="retry_outboxdelivery")
