"""Put somebody in a role of the school."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.errors import MayNotManagePerson, RoleUnknown
from accounts.events import RoleGranted
from accounts.models import User
from accounts.policies import can_manage_person, forget_answers
from accounts.roles import role_named
from core import audit
from core.outbox import publish


def grant_role(*, actor: Any, person: User, role: str) -> bool:
    """Put ``person`` in the group of ``role``; True if they were not in it before.

    Args:
        actor: somebody who may change accounts; None for a command on the server.

    Raises:
        RoleUnknown: no such role in ``accounts.roles``.
        MayNotManagePerson: ``actor`` may not.
    """
    group = group_of(role)
    if actor is not None and not can_manage_person(actor, person):
        raise MayNotManagePerson
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if person.groups.filter(pk=group.pk).exists():
            return False
        person.groups.add(group)
        audit.record(actor=actor, verb="accounts.role_granted", target=person, facts={"role": role})
        publish(RoleGranted(person_key=person.public_id, role=role))
    forget_answers(person)
    return True


def group_of(role: str) -> Group:
    """Return the group of a role.

    Raises:
        RoleUnknown: no such role.
    """
    try:
        return Group.objects.get(name=role_named(role).name)
    except (LookupError, Group.DoesNotExist) as error:
        raise RoleUnknown from error
