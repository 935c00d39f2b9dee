"""Take somebody out of a role of the school."""

from typing import Any

from django.db import transaction

from accounts.actions.grant_role import group_of
from accounts.errors import MayNotManagePerson
from accounts.events import RoleRevoked
from accounts.models import User
from accounts.policies import can_manage_person, forget_answers
from core import audit
from core.outbox import publish


def revoke_role(*, actor: Any, person: User, role: str) -> bool:
    """Take ``person`` out of the group of ``role``; True if they were in it. What they made stays theirs.

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
        if not person.groups.filter(pk=group.pk).exists():
            return False
        person.groups.remove(group)
        audit.record(actor=actor, verb="accounts.role_revoked", target=person, facts={"role": role})
        publish(RoleRevoked(person_key=person.public_id, role=role))
    forget_answers(person)
    return True
