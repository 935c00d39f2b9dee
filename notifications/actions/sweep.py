"""Keep the tables of this room small."""

from datetime import timedelta

from core import clock
from notifications.models import MailDelivery, Notification

__all__ = ["MAIL_RETENTION", "NOTICE_RETENTION", "sweep"]

#: What was sent is kept this long, for the question whether it was. Longer than an event may be delivered twice.
MAIL_RETENTION = timedelta(days=90)
#: Read notices go after this; orders and invoices have pages of their own.
NOTICE_RETENTION = timedelta(days=730)


def sweep() -> dict[str, int]:
    """Delete old mails that went out or were not wanted, and old notices that were read; returns rows by table."""
    now = clock.now()
    done = (MailDelivery.State.SENT, MailDelivery.State.SKIPPED)
    mails = MailDelivery.objects.filter(state__in=done, created_at__lt=now - MAIL_RETENTION)
    read = Notification.objects.filter(read_at__lt=now - NOTICE_RETENTION)
    return {"mails": mails.delete()[0], "notifications": read.delete()[0]}
