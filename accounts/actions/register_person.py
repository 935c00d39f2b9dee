"""Make an account, for commands, imports and the school's own staff."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.grant_role import grant_role
from accounts.errors import EmailTaken
from accounts.events import PersonRegistered, PersonVerifiedEmail
from accounts.models import User
from core import audit
from core.outbox import publish


def register_person(
    *,
    actor: Any,
    email: str,
    name: str = "",
    password: str | None = None,
    language: str = "",
    is_verified: bool = False,
    roles: Iterable[str] = (),
    source: str = "command",
) -> User:
    """Make an account; people who sign up by themselves come through ``accounts.adapters`` instead.

    Args:
        actor: who makes it; None for a command.
        password: without one, the person gets in through "forgot password".
        language: code from ``LANGUAGES``; empty: as their browser asks.
        is_verified: the address is known to be theirs, so that they can log in at once.
        roles: names from ``accounts.roles``.
        source: goes into the event.

    Raises:
        EmailTaken: somebody has an account with this address already.
        ValidationError: a value isn't acceptable (address, name, language).
        RoleUnknown: one of the roles doesn't exist.
    """
    user = User(email=User.objects.normalize_email(email), name=name.strip(), language=language)
    user.set_password(password)
    if User.objects.filter(email=user.email).exists() or EmailAddress.objects.filter(email=user.email).exists():
        raise EmailTaken
    user.full_clean()
    with transaction.atomic():
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
        audit.record(actor=actor, verb="accounts.person_registered", target=user, facts={"source": source})
        publish(PersonRegistered(person_key=user.public_id, language=user.language, source=source))
        if is_verified:
            publish(PersonVerifiedEmail(person_key=user.public_id))
        for role in roles:
            grant_role(actor=actor, person=user, role=role)
    return user
