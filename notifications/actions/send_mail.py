"""Send one mail that waits."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

from django.db.models import Q

from core import clock
from core.dispatch import backoff
from notifications.categories import Channel
from notifications.kinds import kind_named
from notifications.mails import compose
from notifications.models import MailDelivery
from notifications.queries import switched_off

__all__ = ["LEASE", "MOST_ATTEMPTS", "due_mails", "send_mail"]

logger = logging.getLogger(__name__)

State = MailDelivery.State
#: A claim older than this belongs to a dead worker. Longer than a slow mail server may take (``EMAIL_TIMEOUT`` for
#: each step of the conversation).
LEASE = timedelta(minutes=5)
#: About a day and a half from the first try to the last.
MOST_ATTEMPTS = 18
_ERROR_CHARACTERS = 1000


def due_mails(limit: int = 500) -> list[int]:
    """Return the pks of mails that wait and that nobody is sending, the longest due first."""
    return list(_free().order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def send_mail(pk: int) -> bool:
    """Send a mail if it is due and nobody else is sending it; returns whether it went out now.

    Internal. The claim is written before the mail server is asked, and the result after it: a worker killed in between
    leaves a claim that runs out, and the mail goes out once more under the same ``Message-ID``.
    """
    mail = _claimed(pk)
    if mail is None:
        return False
    if mail.attempts > MOST_ATTEMPTS:  # each of the claims before ended with the worker's death
        _settle(mail, state=State.FAILED, error="The worker died at every attempt.")
        return False
    if not _is_wanted(mail):
        _settle(mail, state=State.SKIPPED, data={})
        return False
    try:
        message = compose(mail)
        message.send()
    except Exception as error:  # whatever the mail server or a text raises: the other mails go on
        _record_failure(mail, error)
        return False
    _settle(
        mail,
        state=State.SENT,
        message_id=message.extra_headers["Message-ID"],
        sent_at=clock.now(),
        data={},
        error="",
    )
    return True


def _free():  # type: ignore[no-untyped-def]  # a queryset with Django's private row types
    now = clock.now()
    return MailDelivery.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now), state=State.WAITING, due_at__lte=now
    )


def _claimed(pk: int) -> MailDelivery | None:
    mail = _free().filter(pk=pk).select_related("person").first()
    if mail is None:
        return None
    # Rivals have read the same number of attempts: one of them finds it unchanged.
    lease = {"attempts": mail.attempts + 1, "claimed_until": clock.now() + LEASE}
    if not _free().filter(pk=pk, attempts=mail.attempts).update(**lease):
        return None
    mail.attempts += 1
    return mail


def _is_wanted(mail: MailDelivery) -> bool:
    """Whether its person is still here, and still wants it: days may have passed since it was written."""
    kind, person = kind_named(mail.kind), mail.person
    if kind is None:
        return False
    if person is None:
        return True
    may_read = not kind.category.permission or person.has_perm(kind.category.permission)
    off = switched_off([person], kind.category)
    return person.is_active and may_read and (person.pk, str(Channel.MAIL)) not in off


def _settle(mail: MailDelivery, **values: object) -> None:
    """Write down what came of our claim, unless it was lost meanwhile."""
    MailDelivery.objects.filter(pk=mail.pk, state=State.WAITING, attempts=mail.attempts).update(
        claimed_until=None, **values
    )


def _record_failure(mail: MailDelivery, error: Exception) -> None:
    summary = f"{type(error).__name__}: {error}"[:_ERROR_CHARACTERS]
    if _is_final(error) or mail.attempts >= MOST_ATTEMPTS:
        logger.error("Mail %s (%s) was given up after %d attempts: %s", mail.pk, mail.kind, mail.attempts, summary)
        _settle(mail, state=State.FAILED, error=summary)
        return
    logger.warning("Mail %s (%s) was not sent at attempt %d: %s", mail.pk, mail.kind, mail.attempts, summary)
    _settle(mail, due_at=clock.now() + backoff(mail.attempts), error=summary)


def _is_final(error: Exception) -> bool:
    """Whether the server says that the address takes no mail and never will (RFC 5321, 4.2.1: 5yz)."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _reason in error.recipients.values())
