"""Which courses a person writes: authors open everything of theirs, and nothing of it is recorded."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Exists, FilteredRelation, OuterRef, Q

from core.policies import is_person
from courses.policies import EDIT_EVERY_COURSE

__all__ = ["course_keys_authored_by"]


def course_keys_authored_by(user: Any, course_keys: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of ``course_keys`` for which ``courses.policies.can_edit_course`` holds.

    One query for all of them, none for superusers and visitors: membership and the right to edit every course are
    read together, where ``has_perm`` would load all of a person's rights in two queries more.
    """
    keys = frozenset(course_keys)
    if not keys or not is_person(user):
        return frozenset()
    if user.is_superuser:
        return keys
    app_label, _dot, codename = EDIT_EVERY_COURSE.partition(".")
    right = Permission.objects.filter(
        Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk")), content_type__app_label=app_label, codename=codename
    )
    mine = FilteredRelation("course_memberships", condition=Q(course_memberships__course_key__in=keys))
    rows = (
        get_user_model()
        .objects.filter(pk=user.pk)
        .annotate(edits_every_course=Exists(right), mine=mine)
        .order_by()
        .values_list("edits_every_course", "mine__course_key")
    )
    found = list(rows)
    if any(edits_every_course for edits_every_course, _key in found):
        return keys
    return frozenset(key for _edits_every_course, key in found if key is not None)
