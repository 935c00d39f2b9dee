"""Stop watching: another device may play at once."""

import uuid
from typing import Any

from core.policies import is_person
from learning.errors import AuthenticationRequired
from videos.streams import end_stream, stream_key

__all__ = ["end_playback"]


def end_playback(*, actor: Any, session: uuid.UUID, bound_to: str = "") -> None:
    """Give back what the showing held; one that holds nothing is no mistake.

    In a browser all its tabs are one device: ending one ends the lease, and another that plays on takes it anew.

    Raises:
        AuthenticationRequired: a visitor.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    end_stream(actor.pk, stream_key(session, bound_to))
