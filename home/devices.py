"""What people call the device they sit at, from what their browser says of itself."""

import re

from django.utils.translation import gettext as _

__all__ = ["device_of"]

#: In this order: Edge and Opera say that they are Chrome, Chrome says that it is Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR|Opera", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X|Macintosh", "Mac"),
    ("Linux|X11", "Linux"),
)


def device_of(user_agent: str) -> str:
    """``Firefox, Android``: enough to tell one's own devices apart, and no more is kept."""
    found = [_first(kinds, user_agent) for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or _("Another device")


def _first(kinds: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in kinds if re.search(pattern, user_agent)), "")
