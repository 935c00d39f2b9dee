"""What every mutation does: ask for a person, call one action, turn a refusal into ``errors``."""

from collections.abc import Callable
from typing import Any

import graphene
from django.db import transaction

from api.graphql.context import context_of
from api.graphql.types.common import UserError, user_errors
from core.errors import DomainError


class Payload(graphene.ObjectType):
    """What a mutation gives back; ``errors`` is empty when it did what was asked."""

    class Meta:
        abstract = True

    errors = graphene.List(graphene.NonNull(UserError), required=True)


class Answer:
    """A payload's values; graphene reads them as attributes, and one that a refusal left out is null."""

    def __init__(self, **values: Any) -> None:
        self.errors: list[UserError] = []
        self.__dict__.update(values)


#: Mutations that call a payment provider. What they wrote before the call must stay written whatever becomes of it,
#: and no transaction may wait for the answer: so each runs outside the document's transaction, alone.
NETWORKED = frozenset(
    {
        "payOrder",
        "checkPayment",
        "cancelPayment",
        "subscribe",
        "cancelSubscription",
        "pauseSubscription",
        "resumeSubscription",
        "changePlan",
        "changeSubscriptionMethod",
        "openCardPage",
    }
)


def perform(info: Any, action: Callable[[Any], dict[str, Any]]) -> Answer:
    """Call ``action`` with the person who asks.

    A refusal undoes what the action had begun, and nothing else of the same document.
    """
    try:
        person = context_of(info).person
        with transaction.atomic():
            return Answer(**action(person))
    except DomainError as error:
        return Answer(errors=user_errors(error))


def perform_networked(info: Any, action: Callable[[Any], dict[str, Any]]) -> Answer:
    """Like :func:`perform`, for one of :data:`NETWORKED`: the action opens its own transactions."""
    try:
        return Answer(**action(context_of(info).person))
    except DomainError as error:
        return Answer(errors=user_errors(error))
