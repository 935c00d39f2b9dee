"""Whom an event is told."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import User
from accounts.queries import active_people, person_by_email, person_by_public_id
from core.events import Event
from courses.models import CourseMember
from notifications.kinds import Kind, To

__all__ = ["Recipient", "people_with_permission", "recipients_of"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, an address, or an address and the person whose it is."""

    person: User | None
    address: str
    #: The mail goes to the address, whoever's it is by then: not to the person's present one.
    is_by_address: bool = False


def recipients_of(kind: Kind, event: Event) -> list[Recipient]:
    """Return who gets a message of this kind; deactivated people never do."""
    if kind.to is To.STAFF:
        return [Recipient(person, person.email) for person in people_with_permission(kind.category.permission)]
    if kind.to is To.ADDRESS:
        address = User.objects.normalize_email(getattr(event, To.ADDRESS))
        return [Recipient(_owner_of(address), address, is_by_address=True)]
    if kind.to is To.TEACHERS:
        return [Recipient(person, person.email) for person in _teachers_told(event)]
    person = person_by_public_id(getattr(event, kind.to))
    return [Recipient(person, person.email)] if person else []


def people_with_permission(permission: str) -> list[User]:
    """Return the active people who hold a permission, themselves, by a role or as superusers.

    Staff who owe a second factor hold none (``User.has_perm``).
    """
    app, _dot, codename = permission.partition(".")
    own = Q(user_permissions__codename=codename, user_permissions__content_type__app_label=app)
    by_role = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
    found = active_people().filter(Q(is_superuser=True) | own | by_role).distinct().order_by("pk")
    return [person for person in found if person.has_perm(permission)]


def _teachers_told(event: Any) -> list[User]:
    """Who teaches the course, but whoever did what the event tells of."""
    members = CourseMember.objects.filter(course_key=event.course_key).order_by().values("user_id")
    return list(active_people().filter(pk__in=members).exclude(public_id=event.author_key).order_by("pk"))


def _owner_of(address: str) -> User | None:
    """The person who has shown that they read mail at ``address``; nobody else may open what is meant for them."""
    person = person_by_email(address)
    if person and EmailAddress.objects.filter(user=person, email__iexact=address, verified=True).exists():
        return person
    return None
