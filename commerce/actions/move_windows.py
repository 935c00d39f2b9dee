"""Let enrolments that a subscription gave end when the subscription's access does, and go on when it goes on."""

import uuid
from datetime import timedelta

from django.db import transaction

from commerce.access import is_over
from commerce.actions.change_enrollment_state import move_enrollment
from commerce.actions.reopen_enrollment import reopen_enrollment
from commerce.entitlements import entitled_courses
from commerce.locks import locked_enrollment
from commerce.models import Enrollment, Entitlement, Subscription
from core import clock

__all__ = ["move_windows"]

State = Enrollment.State


def move_windows(subscription_key: uuid.UUID) -> int:
    """Bring all enrolments of a subscription in line with what its learner is entitled to now; returns how many moved.

    An enrolment's window ends with what entitles to its course for longest, by this or another subscription; what
    nothing entitles to any more is closed. What had expired in a lapse or a pause goes on, unless the learner has come
    by the course otherwise. It reads the present state, so it may run late, twice and out of order.
    """
    subscription = Subscription.objects.select_related("learner").filter(public_id=subscription_key).first()
    if subscription is None:
        return 0
    held = Enrollment.objects.filter(subscription=subscription, source=Enrollment.Source.SUBSCRIPTION)
    held = held.filter(state__in=(*Enrollment.OPEN_STATES, State.EXPIRED)).order_by("pk")
    rows = list(held.values_list("pk", "course_key", "state"))
    entitlements = entitled_courses(subscription.learner, {course for _pk, course, _state in rows})
    moved = 0
    with transaction.atomic():
        for pk, course_key, state in rows:
            entitlement = entitlements.get(course_key)
            if state == State.EXPIRED:
                if entitlement is not None:
                    moved += _go_on(subscription, course_key, entitlement)
                continue
            enrollment = locked_enrollment(pk)
            if enrollment.state not in Enrollment.OPEN_STATES or enrollment.subscription_id != subscription.pk:
                continue
            moved += _move(enrollment, entitlement)
    return moved


def _go_on(subscription: Subscription, course_key: uuid.UUID, entitlement: Entitlement) -> bool:
    rivals = Enrollment.objects.filter(learner=subscription.learner, course_key=course_key)
    if rivals.filter(state__in=Enrollment.OPEN_STATES).exists():
        return False
    reopened = reopen_enrollment(
        learner=subscription.learner,
        course_key=course_key,
        source=Enrollment.Source.SUBSCRIPTION,
        ends_at=entitlement.ends_at,
        subscription=entitlement.subscription,
    )
    return reopened is not None


def _move(enrollment: Enrollment, entitlement: Entitlement | None) -> bool:
    now = clock.now()
    if entitlement is not None:
        enrollment.subscription, ends_at = entitlement.subscription, entitlement.ends_at
    else:
        ends_at = min(enrollment.ends_at or now, now)
        if enrollment.starts_at is not None:
            ends_at = max(ends_at, enrollment.starts_at + timedelta(microseconds=1))
    is_moved = enrollment.ends_at != ends_at
    enrollment.ends_at = ends_at
    enrollment.save(update_fields=["subscription", "ends_at"])
    if is_over(enrollment):
        move_enrollment(enrollment, State.EXPIRED)
    return is_moved
