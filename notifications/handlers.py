"""Reactions to events: every event that a message exists for is told, by one function."""

from core.outbox import handles
from notifications.actions.tell import tell
from notifications.kinds import KINDS

__all__: list[str] = []

for _event in {kind.event for kind in KINDS.values()}:
    handles(_event, name=f"notifications.tell_{_event.__name__}")(tell)
