"""What a text may point to: other lessons, files, pictures of its folder, and addresses outside."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

#: Schemes that a link in a lesson may have.
SAFE_SCHEMES = {"http", "https", "mailto", "tel"}
#: Placeholders for what gets its number only when it is stored; no author can write them, their schemes are not safe.
PAGE_SCHEME = "course-page"
FILE_SCHEME = "course-file"


class TargetKind(StrEnum):
    """What a link or picture leads to."""

    URL = "url"
    PAGE = "page"
    FILE = "file"
    TERM = "term"
    NONE = "none"  #: nothing that can be kept


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads: an address, a path in the folder, or the reason why nowhere."""

    kind: TargetKind
    value: str = ""
    reason: str = ""
    advice: str = ""
    is_unsafe: bool = False


class Surroundings(Protocol):
    """What a parser asks about the folder that a text stands in."""

    def link(self, address: str) -> Target:
        """Where a link leads."""
        ...

    def image(self, address: str) -> Target:
        """Which file a picture is."""
        ...


def outside_address(address: str) -> Target | None:
    """The target of an address with a scheme; None for one without, which names a file or a place in the text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return Target(TargetKind.NONE, reason=f"The address “{_short(address)}” can't be read.", advice="Correct it.")
    if not parts.scheme and not parts.netloc:
        return None
    if parts.scheme.lower() in SAFE_SCHEMES or (not parts.scheme and parts.netloc):
        return Target(TargetKind.URL, address)
    return Target(
        TargetKind.NONE,
        reason=f"A link with the scheme “{_short(parts.scheme)}:” was removed.",
        advice="Link with https: or mailto:.",
        is_unsafe=True,
    )


def file_part(address: str) -> str:
    """The path in an address without a scheme, decoded, without ``#place`` and ``?query``."""
    return unquote(address.split("#", 1)[0].split("?", 1)[0])


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


class NoFolder:
    """Surroundings of a text that stands alone: addresses outside are kept, nothing else is there."""

    def link(self, address: str) -> Target:
        """Where a link leads."""
        return outside_address(address) or Target(
            TargetKind.NONE, reason=f"“{_short(address)}” is not in the folder.", advice="Correct the link."
        )

    def image(self, address: str) -> Target:
        """No picture is here."""
        return Target(TargetKind.NONE, reason=f"“{_short(address)}” is not in the folder.", advice="Add the picture.")
