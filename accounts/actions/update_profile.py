"""Change what a person says of themself."""

from typing import Any, Final

from django.core.files import File
from django.db import transaction

from accounts.avatars import prepare_avatar
from accounts.errors import MayNotManagePerson
from accounts.models import User
from accounts.policies import can_manage_person
from core import audit

#: Fields of a profile; address, password and roles have ways of their own.
PROFILE_FIELDS: Final = frozenset(
    {"name", "bio", "country", "currency", "time_zone", "language", "phone", "saves_data"}
)


def update_profile(*, actor: Any, person: User, avatar: File | bool | None = None, **fields: str | bool) -> User:
    """Write the given profile fields of ``person``; the others stay.

    Args:
        actor: the person, or somebody who may change accounts; None for a command.
        avatar: an uploaded picture, made square and small on the way; False removes the present one; None keeps it.
        fields: any of ``PROFILE_FIELDS``; ``phone`` in E.164.

    Raises:
        MayNotManagePerson: ``actor`` may not.
        PictureRefused: no picture, too big a one, or a dangerous one.
        ValidationError: a field's value isn't acceptable.
        TypeError: no such profile field.
    """
    if unknown := set(fields) - PROFILE_FIELDS:
        raise TypeError(f"Not fields of a profile: {', '.join(sorted(unknown))}.")
    require_self_or_manager(actor, person)
    picture = prepare_avatar(avatar) if isinstance(avatar, File) else None

    changed = sorted(name for name, value in fields.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, fields[name])
    if changed:
        every = {field.name for field in User._meta.get_fields()}
        person.clean_fields(exclude=every - set(changed))

    outdated = ""
    if picture is not None or avatar is False:
        outdated = person.avatar.name or ""
        if picture is not None:
            person.avatar.save(str(picture.name), picture, save=False)
        else:
            person.avatar = ""
        changed.append("avatar")
    if not changed:
        return person
    with transaction.atomic():
        person.save(update_fields=changed)
        if actor is not None and actor.pk != person.pk:
            audit.record(actor=actor, verb="accounts.profile_changed", target=person, facts={"fields": changed})
        if outdated:
            storage = person.avatar.storage
            transaction.on_commit(lambda: storage.delete(outdated))
    return person


def require_self_or_manager(actor: Any, person: User) -> None:
    """Go on only if ``actor`` is the person, may change accounts, or is None (a command).

    Raises:
        MayNotManagePerson: otherwise.
    """
    if actor is None or (actor.is_authenticated and actor.pk == person.pk):
        return
    if not can_manage_person(actor, person):
        raise MayNotManagePerson
