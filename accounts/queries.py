"""Reads about people for other rooms."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User

__all__ = ["active_people", "address_of", "language_of", "people_in_role", "person_by_email", "person_by_public_id"]


def active_people() -> QuerySet[User]:
    """Return everybody whose account is active."""
    return User.objects.filter(is_active=True)


def person_by_email(email: str) -> User | None:
    """Return the active person with that address in any case, or None."""
    return active_people().filter(email=User.objects.normalize_email(email)).first()


def person_by_public_id(public_id: UUID | str) -> User | None:
    """Return the active person with that public id, or None; a text that is no UUID finds nobody."""
    if not isinstance(public_id, UUID):
        try:
            public_id = UUID(public_id)
        except ValueError:
            return None
    return active_people().filter(public_id=public_id).first()


def people_in_role(role: str) -> QuerySet[User]:
    """Return the active people in a role (superusers only if they are in the group themselves)."""
    return active_people().filter(groups__name=role).order_by("name", "email")


def language_of(user: User, fallback: str = "") -> str:
    """Return in which language to write to ``user``: their own choice, else ``fallback``, else the school's default."""
    spoken = dict(settings.LANGUAGES)
    for language in (user.language, fallback):
        if language in spoken:
            return language
    return settings.LANGUAGE_CODE


def address_of(user: User) -> str:
    """Return what allauth calls an account in mails and messages: its e-mail address."""
    return user.email
