"""Take a gift."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce.actions.enroll import enroll
from commerce.carts import owned_keys
from commerce.errors import AuthenticationRequired, CourseNotFound, GiftOwned, GiftTaken, GiftToOneself
from commerce.gifts import gift_of
from commerce.locks import locked_order
from commerce.models import Enrollment, OrderLine
from core import audit, clock
from core.policies import is_person

__all__ = ["claim_gift"]

_OWN = _lazy("You gave this yourself. Send the link to whoever it is for.")


def claim_gift(*, actor: Any, token: str) -> list[Enrollment]:
    """Enrol the actor in what a gift gives, once; asked again by the same person it returns the same enrolments.

    The gift binds to the account that takes it; the address it was sent to is another fact. Who has all of its courses
    already does not use it up and may pass the link on; of several, those that are missing are given.

    Raises:
        AuthenticationRequired: nobody is logged in.
        GiftNotFound: the link is wrong, or its order isn't paid or was given back.
        GiftTaken: somebody else has taken it.
        GiftToOneself: the giver follows the link.
        GiftOwned: the actor has everything already.
        CourseNotFound: none of its courses is published any more.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    found = gift_of(token)
    with transaction.atomic():
        order = locked_order(found.order_id)
        line = gift_of(token)
        keys = list(line.courses.values_list("course_key", flat=True))
        if line.recipient_id not in (None, actor.pk):
            raise GiftTaken
        if line.recipient_id is None:
            if order.learner_id == actor.pk:
                raise GiftToOneself(message=_OWN)
            if frozenset(keys) <= owned_keys(actor, frozenset(keys)):
                raise GiftOwned
            line.recipient, line.claimed_at = actor, clock.now()
            line.save(update_fields=["recipient", "claimed_at"])
            audit.record(actor=actor, verb="commerce.gift_claimed", target=line, facts={"order": order.number})
        return _enrolled(actor, line, keys, order.language)


def _enrolled(actor: Any, line: OrderLine, keys: list[uuid.UUID], language: str) -> list[Enrollment]:
    """Enrol in those of the courses that are still there."""
    given = []
    for key in keys:
        try:
            found = enroll(
                actor=None,
                learner=actor,
                course_key=key,
                language=language,
                source=Enrollment.Source.GIFT,
                order_line=line,
            )
        except CourseNotFound:
            continue
        given.append(found)
    if not given:
        raise CourseNotFound
    return given
