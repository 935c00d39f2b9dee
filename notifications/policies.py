"""Who may see which notices: everybody their own, nobody anybody else's, staff included.

Alarms for staff vanish from the list of whoever is no longer trusted with them.
"""

from typing import Any

from django.db.models import QuerySet

from core.policies import Policy, is_person
from notifications.categories import Category
from notifications.kinds import KINDS
from notifications.models import Notification

__all__ = ["can_choose", "view_notification"]


class _OwnNotification(Policy[Notification]):
    model = Notification

    def for_user(self, user: Any, rows: "QuerySet[Notification]") -> "QuerySet[Notification]":
        closed = [kind.name for kind in KINDS.values() if not can_choose(user, kind.category)]
        return rows.filter(person=user).exclude(kind__in=closed)


view_notification = _OwnNotification()


def can_choose(user: Any, category: Category) -> bool:
    """Whether ``user`` gets notices of this category at all, and so has a choice about them."""
    return is_person(user) and (not category.permission or user.has_perm(category.permission))
