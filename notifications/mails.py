"""A mail as it goes out: text and HTML of one letter, in its reader's language, with the headers that mail asks for."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from accounts.queries import language_of
from accounts.time_zones import time_zone_of
from core.languages import supported
from notifications import links
from notifications.categories import Channel
from notifications.kinds import Kind, kind_named
from notifications.letters import letter_of
from notifications.models import MailDelivery
from notifications.tokens import unsubscribe_token

__all__ = ["compose", "message_id_of"]


def compose(mail: MailDelivery) -> EmailMultiAlternatives:
    """Make the mail of a row, for its person as they are now, else for its address.

    Raises:
        LookupError: no code knows its kind, or the page that it is all about.
    """
    kind = kind_named(mail.kind)
    if kind is None:
        raise LookupError(mail.kind)
    person = mail.person
    told_in = str(mail.data.get("language", ""))
    language = language_of(person, told_in) if person else supported(told_in) or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(time_zone_of(person)):
        return _composed(mail, kind, person, language)


def message_id_of(mail: MailDelivery) -> str:
    """Return the ``Message-ID``: the same at every attempt, so that a mail sent twice is shown once."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{mail.public_id}@{host}>"


def _composed(mail: MailDelivery, kind: Kind, person: User | None, language: str) -> EmailMultiAlternatives:
    letter = letter_of(kind, mail.data)
    if kind.needs_link and not letter.path:
        raise LookupError(f"{kind.name} leads nowhere.")
    leave = _way_out(kind, person)
    context = {
        "letter": letter,
        "name": person.get_short_name() if person else "",
        "url": links.absolute(letter.path),
        "category": kind.category,
        "unsubscribe_url": leave,
        "choices_url": links.absolute(reverse("home:notification_preferences")) if person else "",
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
    message = EmailMultiAlternatives(
        subject=letter.title,
        body=render_to_string("notifications/mail/frame.txt", context),
        to=[person.email if person else mail.address],
        headers={
            "Message-ID": message_id_of(mail),
            "Content-Language": language,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers
            **_headers_of_way_out(leave),
        },
    )
    message.attach_alternative(render_to_string("notifications/mail/frame.html", context), "text/html")
    return message


def _way_out(kind: Kind, person: User | None) -> str:
    """The address that switches such mails off; empty where they are required."""
    if person is None or not kind.category.can_switch(Channel.MAIL):
        return ""
    return links.absolute(reverse("home:unsubscribe", args=[unsubscribe_token(person, kind.category)]))


def _headers_of_way_out(url: str) -> dict[str, str]:
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}  # RFC 8058
