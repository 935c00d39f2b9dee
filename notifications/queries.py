"""Reads for the website and the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core.policies import is_person
from notifications.categories import CATEGORIES, Category, Channel
from notifications.kinds import KINDS, kind_named
from notifications.letters import Letter, letter_of
from notifications.models import Notification, Preference
from notifications.policies import can_choose, view_notification

__all__ = ["MOST_COUNTED", "Choice", "Note", "choices_of", "notes", "notifications_of", "switched_off", "unread_count"]

#: Unread notices are counted up to here: a header needs no more.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Note:
    """A stored notice with its words in the active language."""

    notification: Notification
    category: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether somebody is told of a category by a channel, and whether they may change that."""

    category: Category
    channel: Channel
    is_on: bool

    @property
    def can_change(self) -> bool:
        return self.category.can_switch(self.channel)


def notifications_of(user: Any) -> "QuerySet[Notification]":
    """Return the notices of ``user``, the newest first; none for visitors. Kinds that no code knows are left out."""
    return view_notification.filter(user).filter(kind__in=KINDS)


def unread_count(user: Any) -> int:
    """Return how many notices of ``user`` are unread, at most ``MOST_COUNTED``. One query, none for visitors."""
    if not is_person(user):
        return 0
    return notifications_of(user).filter(read_at=None).order_by()[:MOST_COUNTED].count()


def notes(rows: Iterable[Notification]) -> list[Note]:
    """Put notices into words, in the active language and time zone; no query."""
    known = [(row, kind_named(row.kind)) for row in rows]
    return [Note(row, kind.category.name, letter_of(kind, row.data)) for row, kind in known if kind]


def choices_of(person: User) -> list[Choice]:
    """Return every category that ``person`` gets, with each channel; what was never chosen is on. One query."""
    off = set(Preference.objects.filter(person=person, is_on=False).values_list("category", "channel"))
    return [
        Choice(category, channel, not (category.can_switch(channel) and (category.name, str(channel)) in off))
        for category in CATEGORIES.values()
        if can_choose(person, category)
        for channel in Channel
    ]


def switched_off(people: Iterable[User], category: Category) -> set[tuple[int, str]]:
    """Return who of ``people`` has switched the category off on which channel, as pk and channel. One query at most."""
    if not category.switchable:
        return set()
    off = Preference.objects.filter(person__in=list(people), category=category.name, is_on=False)
    return set(off.filter(channel__in=category.switchable).values_list("person_id", "channel"))
