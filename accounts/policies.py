"""Who is what: roles, and whether staff may act as staff yet.

Answers are kept on the user object, which lives as long as a request.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.roles import ADMINISTRATOR, INSTRUCTOR, REVIEWER, SUPPORT, TRANSLATOR
from core.policies import is_person

__all__ = [
    "acts_as_staff",
    "can_manage_person",
    "forget_answers",
    "has_role",
    "has_second_factor",
    "is_administrator",
    "is_instructor",
    "is_reviewer",
    "is_staff",
    "is_support",
    "is_translator",
    "owes_second_factor",
    "role_names",
]

_ROLES = "_accounts_role_names"
_SECOND_FACTOR = "_accounts_has_second_factor"
#: Recovery codes alone are no factor: they come with one.
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def role_names(user: Any) -> frozenset[str]:
    """Return the names of the groups ``user`` is in; none for anonymous and deactivated people. One query a request."""
    if not is_person(user):
        return frozenset()
    known = user.__dict__.get(_ROLES)
    if known is None:
        known = user.__dict__[_ROLES] = frozenset(user.groups.values_list("name", flat=True))
    return known


def has_role(user: Any, name: str) -> bool:
    """Return whether ``user`` acts in a role now; superusers act in all of them.

    Staff who owe a second factor act in none.
    """
    if not is_person(user) or owes_second_factor(user):
        return False
    return bool(user.is_superuser) or name in role_names(user)


def is_instructor(user: Any) -> bool:
    """Return whether ``user`` writes courses."""
    return has_role(user, INSTRUCTOR)


def is_translator(user: Any) -> bool:
    """Return whether ``user`` translates courses."""
    return has_role(user, TRANSLATOR)


def is_reviewer(user: Any) -> bool:
    """Return whether ``user`` reviews and publishes courses."""
    return has_role(user, REVIEWER)


def is_support(user: Any) -> bool:
    """Return whether ``user`` looks after learners' enrolments, orders and certificates."""
    return has_role(user, SUPPORT)


def is_administrator(user: Any) -> bool:
    """Return whether ``user`` runs the school."""
    return has_role(user, ADMINISTRATOR)


def is_staff(user: Any) -> bool:
    """Return whether ``user`` is one of those who may open the admin, second factor or not."""
    if not is_person(user):
        return False
    # Not has_perm(): that one already asks for the second factor.
    return bool(user.is_superuser or user.is_staff) or "wagtailadmin.access_admin" in user.get_all_permissions()


def has_second_factor(user: Any) -> bool:
    """Return whether ``user`` has set up an authenticator app (or a security key)."""
    if not is_person(user):
        return False
    # Only a yes is kept: a no must turn the moment the factor is there.
    if not user.__dict__.get(_SECOND_FACTOR):
        user.__dict__[_SECOND_FACTOR] = Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).exists()
    return user.__dict__[_SECOND_FACTOR]


def owes_second_factor(user: Any) -> bool:
    """Return whether ``user`` is staff who must set up a second factor before acting as staff (REQUIRE_STAFF_MFA)."""
    return settings.REQUIRE_STAFF_MFA and is_staff(user) and not has_second_factor(user)


def acts_as_staff(user: Any) -> bool:
    """Return whether ``user`` may do what staff do, on any face: in the admin, with a token, in a preview."""
    return is_staff(user) and not owes_second_factor(user)


def can_manage_person(user: Any, person: Any) -> bool:
    """Return whether ``user`` may change or delete the account of ``person``: superusers are for superusers only."""
    if not is_person(user) or not user.has_perm("accounts.change_user"):
        return False
    return bool(user.is_superuser) or not person.is_superuser


def forget_answers(user: Any) -> None:
    """Drop what is kept on ``user``, after a role or a factor of theirs changed in this request."""
    for name in (_ROLES, _SECOND_FACTOR, "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        user.__dict__.pop(name, None)
