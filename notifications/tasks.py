"""Background work: thin wrappers, safe to run twice and side by side."""

import logging

from celery import shared_task

__all__ = ["send_mail", "send_waiting_mails", "start", "sweep"]

logger = logging.getLogger(__name__)


@shared_task(name="notifications.send_mail")
def send_mail(mail_pk: int) -> bool:
    """Send a mail just written; returns whether it went out."""
    from notifications.actions.send_mail import send_mail as send

    return send(mail_pk)


@shared_task(name="notifications.send_waiting_mails")
def send_waiting_mails() -> int:
    """Send what failed before, and what a lost message or a dead worker left; runs every minute. Returns how many."""
    from notifications.actions.send_mail import due_mails
    from notifications.actions.send_mail import send_mail as send

    return sum(send(pk) for pk in due_mails())


@shared_task(name="notifications.sweep")
def sweep() -> dict[str, int]:
    """Delete what has served its time; runs every day. Returns rows by table."""
    from notifications.actions.sweep import sweep as delete_old

    return delete_old()


def start(mail_pk: int) -> None:
    """Ask a worker for a mail. A broker that is down costs a warning: the periodic run finds the mail."""
    try:
        send_mail.apply_async((mail_pk,), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the event is handled
        logger.warning("The task queue did not take a mail: %s", error)
