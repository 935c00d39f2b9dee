"""Give somebody another address from the admin, without leaving the old one as a way in."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions.update_profile import require_self_or_manager
from accounts.errors import EmailTaken
from accounts.models import User
from core import audit


def replace_email(*, actor: Any, person: User, email: str) -> User:
    """Set the address of ``person``; it is unverified, so the next log-in sends it a mail first.

    People change their own address on their account page, where the new one must be verified before it counts.

    Raises:
        EmailTaken: somebody else has this address.
        MayNotManagePerson: ``actor`` may not.
    """
    address = User.objects.normalize_email(email)
    require_self_or_manager(actor, person)
    others = User.objects.exclude(pk=person.pk)
    if (
        others.filter(email=address).exists()
        or EmailAddress.objects.filter(email=address, verified=True).exclude(user=person).exists()
    ):
        raise EmailTaken
    with transaction.atomic():
        EmailAddress.objects.filter(user=person).exclude(email=address).delete()
        EmailAddress.objects.get_or_create(user=person, email=address, defaults={"primary": True})
        User.objects.filter(pk=person.pk).update(email=address)
        person.email = address
        audit.record(actor=actor, verb="accounts.email_replaced", target=person)
    return person
