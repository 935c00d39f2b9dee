"""Switch a category of notices on or off."""

from typing import Any

from accounts.models import User
from core.policies import is_person
from notifications.categories import Channel, category_named
from notifications.errors import (
    CannotSwitchOff,
    ChannelUnknown,
    MayNotChangeNotices,
    NotificationCategoryUnknown,
)
from notifications.models import Preference
from notifications.policies import can_choose
from notifications.queries import Choice

__all__ = ["set_preference"]


def set_preference(*, actor: Any, person: User, category: str, channel: str, is_on: bool) -> Choice:
    """Write down whether ``person`` wants to be told of a category by a channel.

    Raises:
        MayNotChangeNotices: ``actor`` is somebody else.
        NotificationCategoryUnknown: no such category, or none that this person gets.
        ChannelUnknown: no such channel.
        CannotSwitchOff: they are required.
    """
    if not is_person(actor) or actor.pk != person.pk:
        raise MayNotChangeNotices
    found = category_named(category)
    if found is None or not can_choose(person, found):
        raise NotificationCategoryUnknown
    if channel not in set(Channel):
        raise ChannelUnknown(field="channel")
    by = Channel(channel)
    if not found.can_switch(by):
        if not is_on:
            raise CannotSwitchOff
        return Choice(found, by, is_on=True)
    Preference.objects.update_or_create(person=person, category=found.name, channel=by, defaults={"is_on": is_on})
    return Choice(found, by, is_on)
