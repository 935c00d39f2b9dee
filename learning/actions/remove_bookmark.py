"""Forget a moment."""

import uuid
from typing import Any

from core.policies import is_person
from learning.errors import AuthenticationRequired, BookmarkNotFound
from learning.models import Bookmark

__all__ = ["remove_bookmark"]


def remove_bookmark(*, actor: Any, bookmark_id: uuid.UUID) -> None:
    """Remove a bookmark of one's own, whether or not its lesson may still be opened.

    Raises:
        AuthenticationRequired: a visitor.
        BookmarkNotFound: there is none, or it is somebody else's.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    deleted, _by_model = Bookmark.objects.filter(person=actor, public_id=bookmark_id).delete()
    if not deleted:
        raise BookmarkNotFound
