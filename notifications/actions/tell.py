"""Write down what people are told of an event."""

from functools import partial

from django.db import transaction

from core.events import Event
from notifications import tasks
from notifications.categories import Channel
from notifications.kinds import Kind, kinds_of
from notifications.letters import kept
from notifications.models import MailDelivery, Notification
from notifications.queries import switched_off
from notifications.recipients import Recipient, recipients_of

__all__ = ["tell"]


def tell(event: Event) -> None:
    """Write the notices and mails that ``event`` calls for; the mails are sent after the commit.

    Internal: called by handlers alone, in their transaction. The same event twice writes nothing more.
    """
    for kind in kinds_of(event):
        recipients = recipients_of(kind, event)
        off = switched_off([recipient.person for recipient in recipients if recipient.person], kind.category)
        data = kept(kind, event)
        for recipient in recipients:
            person = recipient.person
            wanted = {channel for channel in kind.channels if not person or (person.pk, str(channel)) not in off}
            if Channel.WEBSITE in wanted and person:
                Notification.objects.get_or_create(
                    person=person,
                    event_key=event.public_id,
                    kind=kind.name,
                    defaults={"data": data, "created_at": event.occurred_at},
                )
            if Channel.MAIL in wanted:
                _post(kind, event, recipient, data)


def _post(kind: Kind, event: Event, recipient: Recipient, data: dict) -> None:
    mail, is_new = MailDelivery.objects.get_or_create(
        event_key=event.public_id,
        kind=kind.name,
        address=recipient.address,
        defaults={"person": None if recipient.is_by_address else recipient.person, "data": data},
    )
    if is_new:
        transaction.on_commit(partial(tasks.start, mail.pk), robust=True)
