"""Mail servers that misbehave."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as Accepting

__all__ = ["Busy", "DiesAfterwards", "Down", "NoSuchMailbox"]


class Down(BaseEmailBackend):
    """Nobody answers."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")


class NoSuchMailbox(BaseEmailBackend):
    """The address takes no mail and never will."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPRecipientsRefused({email_messages[0].to[0]: (550, b"No such user")})


class Busy(BaseEmailBackend):
    """The address takes no mail now."""

    def send_messages(self, email_messages: Any) -> int:
        raise SMTPRecipientsRefused({email_messages[0].to[0]: (451, b"Try again later")})


class DiesAfterwards(Accepting):
    """The server takes the mail, and the worker is killed before it can note that."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise SystemExit
