"""Give a learner access to a course."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from commerce import queries
from commerce.access import is_over
from commerce.actions.change_enrollment_state import move_enrollment
from commerce.actions.reopen_enrollment import keep_for_good, reopen_enrollment
from commerce.entitlements import entitled
from commerce.errors import AuthenticationRequired, CourseNotFound, PaymentRequired
from commerce.events import LearnerEnrolled
from commerce.locks import locked_enrollment
from commerce.models import Enrollment, Order, OrderLine, Subscription
from core import clock, outbox
from core.errors import NotAllowed
from core.policies import is_person
from courses.queries import pages

__all__ = ["enroll", "open_instance"]

Source = Enrollment.Source
_BOUGHT = (Source.PURCHASE, Source.GIFT)
#: Ways to come by a course that continue an enrolment which ended with a subscription.
_GOES_ON = (Source.SUBSCRIPTION, *_BOUGHT)


def enroll(
    *,
    actor: Any,
    learner: Any,
    course_key: uuid.UUID,
    language: str = "en",
    source: str = Source.FREE,
    order_line: OrderLine | None = None,
) -> Enrollment:
    """Enrol ``learner``; asked twice, also at once, it returns the same enrolment.

    A free enrolment is an order of nothing owed, fulfilled at once. A course that costs something is there for nothing
    to whoever a subscription entitles to it: that enrolment ends when the entitlement does. Bought courses come by
    ``source=PURCHASE`` or ``GIFT`` from the settlement of an order, which has no learner as actor; what the learner had
    for a time only is then theirs for good, with all progress.

    Args:
        actor: who asks; a learner enrols themselves only. ``None`` is the platform itself.
        course_key: the course in all its languages.
        language: which translation's title to remember.
        order_line: what was bought.

    Raises:
        AuthenticationRequired: the actor is nobody.
        NotAllowed: the actor is somebody else, or a learner claims to have paid.
        CourseNotFound: not published, private, or no such course.
        PaymentRequired: it has a price, ``source`` is free, and no subscription entitles to it.
    """
    _require_permission(actor, learner, source)
    existing = queries.open_enrollment(learner, course_key)
    if existing and not is_over(existing) and not _makes_permanent(existing, source):
        return existing
    course = pages.course_by_key(course_key, language)
    if course is None:
        raise CourseNotFound
    entitlement = None
    if source == Source.FREE and queries.is_paid(course_key):
        entitlement = entitled(learner, course_key)
        if entitlement is None:
            raise PaymentRequired
        source = Source.SUBSCRIPTION
    with transaction.atomic():
        return open_instance(
            learner=learner,
            course_key=course_key,
            title=course.title,
            source=source,
            language=language,
            ends_at=entitlement.ends_at if entitlement else None,
            order_line=order_line,
            subscription=entitlement.subscription if entitlement else None,
        )


def open_instance(
    *,
    learner: Any,
    course_key: uuid.UUID,
    title: str,
    source: str,
    language: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    order_line: OrderLine | None = None,
    subscription: Subscription | None = None,
) -> Enrollment:
    """Return the open enrolment or write a new one with its event; permission is the caller's business.

    An open enrolment whose window has closed is marked as expired first, so that the learner starts a new instance
    with progress of its own. Not so what came with a subscription: whoever comes back by a subscription, or buys the
    course, goes on where they stopped. Rivals meet on the unique constraint: one writes, the others read what it wrote.
    """
    existing = queries.open_enrollment(learner, course_key)
    if existing:
        existing = locked_enrollment(existing.pk)
        if existing.state in Enrollment.OPEN_STATES and not is_over(existing):
            if _makes_permanent(existing, source):
                keep_for_good(existing, source=source, order_line=order_line)
            return existing
        if existing.state in Enrollment.OPEN_STATES:
            move_enrollment(existing, Enrollment.State.EXPIRED)
    if source in _GOES_ON:
        former = reopen_enrollment(
            learner=learner,
            course_key=course_key,
            source=source,
            ends_at=ends_at,
            order_line=order_line,
            subscription=subscription,
        )
        if former is not None:
            return former
    now = clock.now()
    try:
        with transaction.atomic():
            line = _free_order(learner, course_key, title, now) if source == Source.FREE else order_line
            enrollment = Enrollment.objects.create(
                learner=learner,
                course_key=course_key,
                course_title=title[:255],
                source=source,
                state=Enrollment.State.ACTIVE,
                order_line=line,
                subscription=subscription,
                starts_at=starts_at,
                ends_at=ends_at,
                enrolled_at=now,
                state_changed_at=now,
            )
    except IntegrityError:
        rival = queries.open_enrollment(learner, course_key)
        if rival is None:
            raise
        return rival
    outbox.publish(
        LearnerEnrolled(
            enrollment_key=enrollment.public_id,
            learner_key=learner.public_id,
            course_key=course_key,
            source=str(source),
            language=language,
        )
    )
    return enrollment


def _makes_permanent(existing: Enrollment, source: str) -> bool:
    """Whether somebody has bought what they had for a time only."""
    return source in _BOUGHT and (existing.ends_at is not None or existing.subscription_id is not None)


def _require_permission(actor: Any, learner: Any, source: str) -> None:
    if actor is None:
        return
    if not is_person(actor) or not is_person(learner):
        raise AuthenticationRequired
    if actor.pk != learner.pk or source != Source.FREE:
        raise NotAllowed


def _free_order(learner: Any, course_key: uuid.UUID, title: str, now: datetime) -> OrderLine:
    order = Order.objects.create(
        learner=learner,
        state=Order.State.FULFILLED,
        currency=settings.DEFAULT_CURRENCY,
        total_minor=0,
        placed_at=now,
    )
    return OrderLine.objects.create(order=order, key=course_key, title=title[:255], amount_minor=0)
