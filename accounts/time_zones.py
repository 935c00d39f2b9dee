"""Which time zone somebody reads times in: their own choice, what their device says, or the school's."""

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.models import User

__all__ = ["TIME_ZONE_COOKIE", "device_zone", "known_zones", "time_zone_of"]

#: Set by a script of the website from what the device says, e.g. ``Africa/Lagos``.
TIME_ZONE_COOKIE = "time_zone"


@cache
def known_zones() -> frozenset[str]:
    """Return the names of the IANA database that this machine knows."""
    return frozenset(available_timezones())


def device_zone(request: HttpRequest) -> str:
    """Return the zone that the visitor's device has told the website; empty when none, or none that exists."""
    told = request.COOKIES.get(TIME_ZONE_COOKIE, "")
    return told if told in known_zones() else ""


def time_zone_of(person: "User | None", device: str = "") -> ZoneInfo:
    """Return the zone to write times in for ``person``: their own choice, else the device's, else the school's.

    Args:
        device: as :func:`device_zone` gives it; empty for mails and documents, which no device asks for.
    """
    own = person.time_zone if person is not None else ""
    for name in (own, device):
        if name in known_zones():
            return ZoneInfo(name)
    return ZoneInfo(settings.TIME_ZONE)
