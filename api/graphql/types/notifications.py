"""What the person who asks was told, and what they want to be told."""

from typing import Any

import graphene
from django.utils import timezone, translation

from accounts.time_zones import time_zone_of
from api.graphql.connections import PageInfo, connection_of
from api.graphql.context import context_of
from notifications.links import absolute
from notifications.queries import MOST_COUNTED, Choice, Note, choices_of, notes, notifications_of, unread_count


class NotificationType(graphene.ObjectType):
    """A notice, in the answer's language and the person's time zone."""

    class Meta:
        name = "Notification"

    id = graphene.ID(required=True)
    kind = graphene.String(required=True, description="Stable name: `order_paid`, `payment_reminder` …")
    category = graphene.String(required=True, description="The category that a choice is made about.")
    title = graphene.String(required=True)
    text = graphene.String(required=True, description="A sentence or two, plain text.")
    url = graphene.String(description="Page of the website that it leads to, if there is one.")
    is_read = graphene.Boolean(required=True)
    created_at = graphene.DateTime(required=True)
    read_at = graphene.DateTime()

    @staticmethod
    def resolve_id(note: Note, info: Any) -> str:
        return str(note.notification.public_id)

    @staticmethod
    def resolve_kind(note: Note, info: Any) -> str:
        return note.notification.kind

    @staticmethod
    def resolve_title(note: Note, info: Any) -> str:
        return note.letter.title

    @staticmethod
    def resolve_text(note: Note, info: Any) -> str:
        return note.letter.summary

    @staticmethod
    def resolve_url(note: Note, info: Any) -> str | None:
        return absolute(note.letter.path) or None

    @staticmethod
    def resolve_is_read(note: Note, info: Any) -> bool:
        return note.notification.read_at is not None

    @staticmethod
    def resolve_created_at(note: Note, info: Any) -> Any:
        return note.notification.created_at

    @staticmethod
    def resolve_read_at(note: Note, info: Any) -> Any:
        return note.notification.read_at


class NotificationEdge(graphene.ObjectType):
    """A notice in a list."""

    node = graphene.Field(NotificationType, required=True)
    cursor = graphene.String(required=True)


class NotificationConnection(graphene.ObjectType):
    """A page of a list of notices."""

    edges = graphene.List(graphene.NonNull(NotificationEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


class NotificationChannel(graphene.Enum):
    """How a person is told."""

    WEBSITE = "website"
    MAIL = "mail"


class NotificationPreference(graphene.ObjectType):
    """Whether the person is told of a category by a channel."""

    category = graphene.String(required=True, description="Stable name.")
    title = graphene.String(required=True)
    description = graphene.String(required=True)
    channel = graphene.Field(NotificationChannel, required=True)
    is_on = graphene.Boolean(required=True)
    can_change = graphene.Boolean(required=True, description="False for what law, contract or reason ask for.")
    why_required = graphene.String(description="A sentence, where it can't be changed.")

    @staticmethod
    def resolve_category(choice: Choice, info: Any) -> str:
        return choice.category.name

    @staticmethod
    def resolve_title(choice: Choice, info: Any) -> str:
        return str(choice.category.title)

    @staticmethod
    def resolve_description(choice: Choice, info: Any) -> str:
        return str(choice.category.description)

    @staticmethod
    def resolve_channel(choice: Choice, info: Any) -> str:
        return choice.channel.value

    @staticmethod
    def resolve_why_required(choice: Choice, info: Any) -> str | None:
        return None if choice.can_change else str(choice.category.why)


class NotificationQueries(graphene.ObjectType):
    """Part of ``Query``."""

    notifications = graphene.Field(
        NotificationConnection,
        first=graphene.Int(),
        after=graphene.String(),
        unread_only=graphene.Boolean(),
        description="The notices of the person who asks, the newest first.",
    )
    unread_notification_count = graphene.Int(description=f"Counted up to {MOST_COUNTED}.")
    notification_preferences = graphene.List(
        graphene.NonNull(NotificationPreference), description="Every category that the person gets, by each channel."
    )

    @staticmethod
    def resolve_notifications(
        root: Any, info: Any, first: int | None = None, after: str | None = None, unread_only: bool = False
    ) -> dict[str, Any]:
        context = context_of(info)
        person = context.person
        rows = notifications_of(person)
        if unread_only:
            rows = rows.filter(read_at=None)
        with translation.override(context.language), timezone.override(time_zone_of(person)):
            return connection_of(rows, first=first, after=after, nodes=notes)

    @staticmethod
    def resolve_unread_notification_count(root: Any, info: Any) -> int:
        return unread_count(context_of(info).person)

    @staticmethod
    def resolve_notification_preferences(root: Any, info: Any) -> list[Choice]:
        return choices_of(context_of(info).person)
