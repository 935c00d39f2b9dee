"""Say how the authors of a course share what it earns."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import SharesRefused
from commerce.models import CourseShare
from core import audit
from core.policies import is_person, require

__all__ = ["set_course_shares"]

_HEAVIEST = 1_000_000
_MOST = 50


def set_course_shares(*, actor: Any, course_key: uuid.UUID, shares: Sequence[tuple[Any, int]]) -> list[CourseShare]:
    """Replace the shares of a course by (author, weight); an empty list goes back to its owners in equal parts.

    It holds for payments from now on: what is earned stays whose it is.

    Raises:
        NotAllowed: the actor neither owns the course nor keeps the books.
        SharesRefused: somebody is named twice, has no active account, or a weight is no whole number above nothing.
    """
    require(policies.can_share_course(actor, course_key))
    authors = [author for author, _weight in shares]
    if len(shares) > _MOST or len({author.pk for author in authors}) != len(authors):
        raise SharesRefused
    if not all(is_person(author) for author in authors):
        raise SharesRefused
    if any(type(weight) is not int or not 0 < weight <= _HEAVIEST for _author, weight in shares):
        raise SharesRefused
    with transaction.atomic():
        # Rivals wait for each other at the rows that are there; where there are none, the constraint decides.
        before = {
            row.author_id: row.weight for row in CourseShare.objects.select_for_update().filter(course_key=course_key)
        }
        wanted = {author.pk: weight for author, weight in shares}
        CourseShare.objects.filter(course_key=course_key).exclude(author__in=wanted).delete()
        for author, weight in shares:
            CourseShare.objects.update_or_create(course_key=course_key, author=author, defaults={"weight": weight})
        if before != wanted:
            audit.record(
                actor=actor,
                verb="commerce.course_shares_set",
                label=str(course_key),
                facts={
                    "course": str(course_key),
                    "before": {str(pk): weight for pk, weight in before.items()},
                    "shares": {str(author.public_id): weight for author, weight in shares},
                },
            )
    return list(CourseShare.objects.filter(course_key=course_key).select_related("author").order_by("-weight", "pk"))
