"""Players of other sites that a lesson may load when the learner asks; others stay links."""

import re
from dataclasses import dataclass

__all__ = ["Player", "player_for"]


@dataclass(frozen=True)
class Player:
    """The address of a player and the host it runs on."""

    source: str
    host: str


_YOUTUBE = re.compile(
    r"^https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:.*&)?v=|embed/|shorts/)|youtu\.be/)([\w-]{6,20})"
)
_VIMEO = re.compile(r"^https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{5,12})")


def player_for(url: str) -> Player | None:
    """The player of a video's page, in the variant of its host that sets no cookies before play."""
    if found := _YOUTUBE.match(url):
        return Player(f"https://www.youtube-nocookie.com/embed/{found[1]}?autoplay=1", "YouTube")
    if found := _VIMEO.match(url):
        return Player(f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1", "Vimeo")
    return None
