"""What people bring to the Wagtail admin."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from accounts.models import User
from accounts.policies import can_manage_person


@hooks.register("get_avatar_url")
def picture_of(user: User, size: int) -> str | None:
    """Show our picture of a person; never ask an outside service about their address."""
    return user.avatar.url if getattr(user, "avatar", None) else None


@hooks.register("before_bulk_action")
def spare_superusers(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """Keep bulk actions of others off superusers' accounts, as the single forms do."""
    people = [row for row in objects if isinstance(row, User)]
    if any(not can_manage_person(request.user, person) for person in people):
        raise PermissionDenied


@hooks.register("register_account_menu_item")
def link_to_own_account(request: HttpRequest) -> dict[str, str]:
    """Lead from the admin's preferences to address, password and second factor."""
    return {
        "url": reverse("account_email"),
        "label": _("E-mail, password and second factor"),
        "help_text": _("They are kept on the website, for all of your account."),
    }
