"""Remember a course or path for later."""

import uuid
from typing import Any

from commerce.errors import AuthenticationRequired, CourseNotFound
from commerce.models import WishlistItem
from core.policies import is_person
from courses.queries.pages import course_by_key, public_paths

__all__ = ["MAX_WISHES", "add_wish"]

#: The oldest go when there are more.
MAX_WISHES = 200


def add_wish(*, actor: Any, kind: str, key: uuid.UUID) -> WishlistItem:
    """Put a course or path on the actor's wish list; what is there already stays as it is.

    Raises:
        AuthenticationRequired: nobody is logged in.
        CourseNotFound: no such course or path, or none that is published.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    if kind == WishlistItem.Kind.PATH:
        is_there = public_paths().filter(translation_key=key).exists()
    else:
        is_there = kind == WishlistItem.Kind.COURSE and course_by_key(key) is not None
    if not is_there:
        raise CourseNotFound
    wish, is_new = WishlistItem.objects.get_or_create(learner=actor, kind=kind, key=key)
    if is_new:
        surplus = WishlistItem.objects.filter(learner=actor).values_list("pk", flat=True)[MAX_WISHES:]
        WishlistItem.objects.filter(pk__in=list(surplus)).delete()
    return wish
