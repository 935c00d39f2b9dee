"""Every write of this room, one verb a file."""

from notifications.actions.mark_read import mark_read
from notifications.actions.send_mail import send_mail
from notifications.actions.set_preference import set_preference
from notifications.actions.sweep import sweep
from notifications.actions.tell import tell
from notifications.actions.unsubscribe import unsubscribe

__all__ = ["mark_read", "send_mail", "set_preference", "sweep", "tell", "unsubscribe"]
