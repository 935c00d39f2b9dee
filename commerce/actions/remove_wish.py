"""Forget a wish."""

import uuid
from typing import Any

from commerce.errors import AuthenticationRequired
from commerce.models import WishlistItem
from core.policies import is_person

__all__ = ["remove_wish"]


def remove_wish(*, actor: Any, kind: str, key: uuid.UUID) -> None:
    """Take a course or path off the actor's wish list; what isn't there is fine.

    Raises:
        AuthenticationRequired: nobody is logged in.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    WishlistItem.objects.filter(learner=actor, kind=kind, key=key).delete()
