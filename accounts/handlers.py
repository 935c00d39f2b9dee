"""Reactions to allauth's and Django's signals."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actions.apply_roles import apply_roles
from accounts.events import PersonVerifiedEmail
from accounts.middleware import LANGUAGE_JUST_KNOWN
from accounts.models import User
from core.outbox import publish


@receiver(email_confirmed, dispatch_uid="accounts.publish_verified_email")
def publish_verified_email(email_address: EmailAddress, **kwargs: Any) -> None:
    """Tell the house that somebody's address works."""
    with transaction.atomic():
        publish(PersonVerifiedEmail(person_key=email_address.user.public_id))


@receiver(user_logged_in, dispatch_uid="accounts.remember_language")
def remember_language(request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Have the language cookie set on the way out (``accounts.middleware.ProfileLanguage``)."""
    if request is not None:
        setattr(request, LANGUAGE_JUST_KNOWN, user.language)


def complete_roles(using: str, **kwargs: Any) -> None:
    """Give the roles their permissions after each ``migrate``."""
    apply_roles(using=using)
