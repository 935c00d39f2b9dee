"""Moments in a video as people write them: ``1:05`` is a minute and five seconds in."""

import re

__all__ = ["moment_text", "read_moment"]

#: ``m:ss`` with any number of minutes, or ``h:mm:ss``.
_MOMENT = re.compile(r"(?:(\d{1,3}):(?=\d{2}:))?(\d{1,4}):([0-5]\d)")
#: Digits as Arabic keyboards type them.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def read_moment(text: str) -> int:
    """The milliseconds that ``m:ss`` or ``h:mm:ss`` means.

    Raises:
        ValueError: it is neither.
    """
    match = _MOMENT.fullmatch(text.strip().translate(_DIGITS))
    if match is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if match[1] and minutes > 59:
        raise ValueError(text)
    return (hours * 3600 + minutes * 60 + seconds) * 1000


def moment_text(ms: int) -> str:
    """The same written: ``1:05``, from an hour on ``1:01:05``; parts of a second are left out."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
