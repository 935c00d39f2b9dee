"""Reading notices and choosing them. Each mutation calls the action that the website's button calls."""

from typing import Any

import graphene
from django.utils.translation import gettext as _

from api.graphql.ids import uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.types.notifications import NotificationChannel, NotificationPreference
from core.errors import InvalidInput
from notifications.actions.mark_read import mark_read
from notifications.actions.set_preference import set_preference
from notifications.queries import unread_count

#: Ids in one mutation.
MAX_IDS = 100


class MarkNotificationsReadInput(graphene.InputObjectType):
    """Which notices; all of them, when ``ids`` is left out."""

    ids = graphene.List(graphene.NonNull(graphene.ID))


class MarkNotificationsReadPayload(Payload):
    """What is left to read."""

    marked = graphene.Int(description="How many were unread until now.")
    unread_count = graphene.Int()


class SetNotificationPreferenceInput(graphene.InputObjectType):
    """A category, a channel, and whether to be told."""

    category = graphene.String(required=True)
    channel = NotificationChannel(required=True)
    is_on = graphene.Boolean(required=True)


class SetNotificationPreferencePayload(Payload):
    """The choice as it stands now."""

    preference = graphene.Field(NotificationPreference)


class NotificationMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    mark_notifications_read = graphene.Field(
        MarkNotificationsReadPayload, required=True, input=MarkNotificationsReadInput(required=True)
    )
    set_notification_preference = graphene.Field(
        SetNotificationPreferencePayload, required=True, input=SetNotificationPreferenceInput(required=True)
    )

    @staticmethod
    def resolve_mark_notifications_read(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            ids = input.get("ids")
            if ids is not None and len(ids) > MAX_IDS:
                raise InvalidInput("too_many_ids", _("At most %(limit)d ids at once.") % {"limit": MAX_IDS}, "ids")
            keys = None if ids is None else [uuid_of(text, "ids") for text in ids]
            marked = mark_read(actor=person, person=person, public_ids=keys)
            return {"marked": marked, "unread_count": unread_count(person)}

        return perform(info, action)

    @staticmethod
    def resolve_set_notification_preference(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            channel = input["channel"]
            choice = set_preference(
                actor=person,
                person=person,
                category=input["category"],
                channel=getattr(channel, "value", channel),
                is_on=input["is_on"],
            )
            return {"preference": choice}

        return perform(info, action)
