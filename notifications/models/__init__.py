"""What was told, what is on its way by mail, and what people don't want to be told."""

from notifications.models.mail import MailDelivery
from notifications.models.notification import Notification
from notifications.models.preference import Preference

__all__ = ["MailDelivery", "Notification", "Preference"]
