"""Note that somebody has read their notices."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import User
from core import clock
from core.policies import is_person
from notifications.errors import MayNotChangeNotices
from notifications.models import Notification

__all__ = ["mark_read"]


def mark_read(*, actor: Any, person: User, public_ids: Iterable[UUID] | None = None) -> int:
    """Mark notices of ``person`` as read; those read before keep their time, others' are left alone in silence.

    Args:
        actor: the person.
        public_ids: which; all of them, when left out.

    Returns:
        How many were unread until now.

    Raises:
        MayNotChangeNotices: ``actor`` is somebody else.
    """
    if not is_person(actor) or actor.pk != person.pk:
        raise MayNotChangeNotices
    rows = Notification.objects.filter(person=person, read_at=None)
    if public_ids is not None:
        rows = rows.filter(public_id__in=list(public_ids))
    unread = list(rows.values_list("pk", flat=True))
    # Looked at first: most pages have nothing to mark, and need no write.
    return Notification.objects.filter(pk__in=unread, read_at=None).update(read_at=clock.now()) if unread else 0
