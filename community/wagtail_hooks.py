"""What the room adds to the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from community.back_office.comments import CommentViewSet


@hooks.register("register_admin_viewset")
def register_comments() -> ViewSet:
    return CommentViewSet()


@hooks.register("register_permissions")
def register_moderation() -> QuerySet[Permission]:
    """Offer the permission to hide and restore in the admin's group editor."""
    return Permission.objects.filter(content_type__app_label="community", codename="change_comment")
