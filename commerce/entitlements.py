"""What people may enrol in without buying it: all courses, those of a learning path, or single ones, for a time.

An entitlement comes with a subscription and is what its enrolments' windows are made of. It opens no lesson itself:
that is :func:`commerce.access.gives_access`'s answer about the enrolment.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from commerce.models import BundleItem, Entitlement, Plan, Subscription
from core import clock
from core.policies import is_person
from courses.models import LearningPathPage
from courses.queries.pages import path_course_keys

__all__ = ["courses_of_paths", "entitled", "entitled_courses", "write_entitlements"]

Scope = Entitlement.Scope


def entitled(user: Any, course_key: uuid.UUID, at: datetime | None = None) -> Entitlement | None:
    """Return what entitles ``user`` to a course at ``at`` (now, when left out), the one that lasts longest; or None."""
    return entitled_courses(user, [course_key], at).get(course_key)


def entitled_courses(user: Any, keys: Iterable[uuid.UUID], at: datetime | None = None) -> dict[uuid.UUID, Entitlement]:
    """Return of some courses those that ``user`` is entitled to, each with what entitles for longest.

    At most three queries for any number of courses; none for visitors.
    """
    wanted = set(keys)
    if not wanted or not is_person(user):
        return {}
    at = at or clock.now()
    fits = Q(scope=Scope.CATALOGUE) | Q(scope=Scope.PATH) | Q(scope=Scope.COURSE, key__in=wanted)
    rows = _in_force(user, at).filter(fits).select_related("subscription")
    # The longest last, so that it is the one that stays.
    held = sorted(rows, key=lambda row: (row.ends_at, row.pk))
    in_path = courses_of_paths(row.key for row in held if row.scope == Scope.PATH and row.key)
    found: dict[uuid.UUID, Entitlement] = {}
    for row in held:
        if row.scope == Scope.CATALOGUE:
            found |= dict.fromkeys(wanted, row)
        elif row.scope == Scope.PATH:
            found |= dict.fromkeys(wanted & in_path.get(row.key or uuid.UUID(int=0), frozenset()), row)
        elif row.key:
            found[row.key] = row
    return found


def courses_of_paths(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the keys of the courses in learning paths, by the paths' keys; two queries, none without a path.

    Of all translations of a path together. A path that was taken from the website goes on giving its courses to those
    who pay for it; a draft that was never published gives none.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    was_published = Q(live=True) | Q(first_published_at__isnull=False)
    pages = list(LearningPathPage.objects.filter(was_published, translation_key__in=wanted))
    stages = path_course_keys(pages)
    found: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for page in pages:
        inside = frozenset(course for stage in stages[page.pk] for course in stage)
        found[page.translation_key] = found.get(page.translation_key, frozenset()) | inside
    return found


def write_entitlements(subscription: Subscription, *, starts_at: datetime, ends_at: datetime) -> None:
    """Make the entitlements of a locked subscription what its plan gives now, in this window.

    What a changed plan doesn't give any more is closed at once: its enrolments end with it. Rows are kept, so that
    somebody can be told later what they were entitled to.
    """
    wanted = set(_gives(subscription.plan))
    ends_at = max(ends_at, starts_at)
    existing = {(row.scope, row.key): row for row in subscription.entitlements.all()}
    for scope, key in wanted - existing.keys():
        Entitlement.objects.create(
            learner_id=subscription.learner_id,
            subscription=subscription,
            scope=scope,
            key=key,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    now = clock.now()
    for place, row in existing.items():
        if place in wanted:
            # Whoever comes back was not entitled in between.
            start, end = (starts_at if row.ends_at < starts_at else min(row.starts_at, starts_at)), ends_at
        else:
            start, end = row.starts_at, max(min(row.ends_at, now), row.starts_at)
        if (row.starts_at, row.ends_at) != (start, end):
            Entitlement.objects.filter(pk=row.pk).update(starts_at=start, ends_at=end)


def _in_force(user: Any, at: datetime) -> "QuerySet[Entitlement]":
    return Entitlement.objects.filter(learner=user, starts_at__lte=at, ends_at__gt=at)


def _gives(plan: Plan) -> Iterable[tuple[str, uuid.UUID | None]]:
    if plan.scope == Plan.Scope.CATALOGUE:
        yield Scope.CATALOGUE, None
    elif plan.scope == Plan.Scope.PATH:
        yield Scope.PATH, plan.path_key
    else:
        for item in plan.offer.items.all():
            yield (Scope.PATH if item.kind == BundleItem.Kind.PATH else Scope.COURSE), item.key
