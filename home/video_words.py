"""What the player of videos says. No script holds a text of its own: each page with a video brings these."""

from typing import Any

from django.utils.translation import gettext as _

__all__ = ["player_words"]


def player_words() -> dict[str, Any]:
    """Every text of the player in the active language; ``{places}`` are filled by the script."""
    return {
        "player": _("Video: {title}"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("Back 10 seconds"),
        "ahead": _("Ahead 10 seconds"),
        "mute": _("Mute"),
        "unmute": _("Unmute"),
        "volume": _("Volume"),
        "position": _("Position"),
        "moment": _("{time} of {length}"),
        "captions": _("Captions"),
        "captions_on": _("Captions on"),
        "captions_off": _("Captions off"),
        "off": _("Off"),
        "size": _("Size"),
        "sizes": {"small": _("Small"), "normal": _("Medium"), "large": _("Large"), "huge": _("Very large")},
        "colour": _("Colour"),
        "colours": {
            "white": _("White on black"),
            "yellow": _("Yellow on black"),
            "dark": _("Black on white"),
            "plain": _("White with a shadow"),
        },
        "chapters": _("Chapters"),
        "settings": _("Settings"),
        "close": _("Close"),
        "quality": _("Quality"),
        "automatic": _("Automatic"),
        "sound_only": _("Sound only"),
        "saver": _("Data saver"),
        "saver_help": _("The smallest picture, on all videos, until you switch it off."),
        "saver_on": _("Data saver on"),
        "saver_off": _("Data saver off"),
        "speed": _("Speed"),
        "speed_is": _("Speed {speed}"),
        "picture": _("Picture in picture"),
        "full": _("Full screen"),
        "small": _("Leave full screen"),
        "bookmark": _("Bookmark this moment"),
        "search": _("Search the transcript"),
        "found": _("Found in {count} places"),
        "resumed": _("You go on at {time}."),
        "start_over": _("Start over"),
        "question": _("A question about the video"),
        "go_on": _("Go on with the video"),
        "again": _("Try again"),
        "no_connection": _("No connection. The video goes on when it is back."),
        "cannot_play": _("This video can't be played right now."),
        "slow": _("Your connection is slow."),
        "watch_here": _("Watch here instead"),
        "keyboard": _("Keyboard"),
        "keys": [
            [_("Space"), _("play or pause")],
            ["j l", _("10 seconds back or ahead")],
            ["← →", _("5 seconds back or ahead")],
            ["↑ ↓", _("volume")],
            ["0 … 9", _("to a tenth of the video")],
            ["< >", _("slower or faster")],
            ["m", _("mute")],
            ["c", _("captions")],
            ["f", _("full screen")],
            ["i", _("picture in picture")],
        ],
    }
