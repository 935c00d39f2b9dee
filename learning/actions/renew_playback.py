"""Go on watching: links that last longer, for the same showing."""

import uuid
from typing import Any

from learning.actions.grant_playback import PlaybackGrant, grant_playback

__all__ = ["renew_playback"]


def renew_playback(
    *,
    actor: Any,
    video_key: uuid.UUID,
    lesson_key: uuid.UUID | None = None,
    session: uuid.UUID,
    device: str = "",
    bound_to: str = "",
) -> PlaybackGrant:
    """Return links in place of those that will end soon; nothing is taken over, and every right is looked at anew.

    Raises:
        What :func:`~learning.actions.grant_playback.grant_playback` raises; ``TooManyStreams`` when another device
        has taken over since.
    """
    return grant_playback(
        actor=actor,
        video_key=video_key,
        lesson_key=lesson_key,
        session=session,
        device=device,
        bound_to=bound_to,
    )
