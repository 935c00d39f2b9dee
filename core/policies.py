"""One object answers "may I?" and "which rows?", so that a list can't show what a detail page refuses.

A room subclasses :class:`Policy` once for each thing that people may or may not do with a model::

    class ViewEnrollment(Policy[Enrollment]):
        model = Enrollment

        def for_user(self, user, rows):
            return rows.filter(learner=user)

    view_enrollment = ViewEnrollment() | HasPermission(Enrollment, "commerce.view_enrollment")

Whatever a policy doesn't say is denied.
"""

from typing import Any, Generic, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from core.errors import NotAllowed, NotFound

__all__ = ["AnyOf", "HasPermission", "Policy", "is_person", "require"]

M = TypeVar("M", bound=Model)


def is_person(user: Any) -> bool:
    """Return whether ``user`` is somebody logged in whose account is active."""
    return user is not None and not isinstance(user, AnonymousUser) and user.is_authenticated and user.is_active


def require(condition: object, code: str | None = None, message: str | Promise | None = None) -> None:
    """Go on only if ``condition`` holds.

    Raises:
        NotAllowed: it doesn't; with ``code`` and ``message`` where given.
    """
    if not condition:
        raise NotAllowed(code, message)


class Policy(Generic[M]):
    """Who may do one thing to rows of one model. Subclasses override :meth:`for_user` and :meth:`for_anonymous`."""

    model: type[M]

    def for_user(self, user: Any, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of ``rows`` that a logged-in, active ``user`` may reach; none unless overridden."""
        return rows.none()

    def for_anonymous(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of ``rows`` that everybody may reach; none unless overridden."""
        return rows.none()

    def filter(self, user: Any, rows: QuerySet[M] | None = None) -> QuerySet[M]:
        """Return those of ``rows`` (all, when left out) that ``user`` may reach.

        A deactivated account counts as anonymous.
        """
        if rows is None:
            rows = self.model._default_manager.all()
        return self.for_user(user, rows) if is_person(user) else self.for_anonymous(rows)

    def allows(self, user: Any, row: M | None) -> bool:
        """Return whether ``user`` may reach ``row``: whether the filter lets it through.

        A subclass that answers from the row in memory instead tests that both answers agree.
        """
        if row is None or row.pk is None:
            return False
        return self.filter(user, self.model._default_manager.filter(pk=row.pk)).exists()

    def require(self, user: Any, row: M | None, error: NotAllowed | type[NotAllowed] = NotAllowed) -> None:
        """Go on only if ``user`` may reach ``row``.

        Raises:
            NotAllowed: or the given kind of it.
        """
        if not self.allows(user, row):
            raise error

    def get(self, user: Any, rows: QuerySet[M] | None = None, /, **lookup: Any) -> M:
        """Return the one row that fits ``lookup`` and that ``user`` may reach.

        Raises:
            NotFound: there is none, or none for this user: the two look the same from outside.
        """
        row = self.filter(user, rows).filter(**lookup).first()
        if row is None:
            raise NotFound
        return row

    def __or__(self, other: "Policy[M]") -> "AnyOf[M]":
        return AnyOf(self, other)


class HasPermission(Policy[M]):
    """Every row, for people who hold a Django permission (through a role or as superuser)."""

    def __init__(self, model: type[M], permission: str) -> None:
        self.model = model
        self.permission = permission

    def for_user(self, user: Any, rows: QuerySet[M]) -> QuerySet[M]:
        return rows if user.has_perm(self.permission) else rows.none()


class AnyOf(Policy[M]):
    """What at least one of several policies on the same model allows."""

    def __init__(self, *policies: Policy[M]) -> None:
        if len({policy.model for policy in policies}) != 1:
            raise TypeError("Policies are joined on one model only.")
        self.policies = policies
        self.model = policies[0].model

    def filter(self, user: Any, rows: QuerySet[M] | None = None) -> QuerySet[M]:
        if rows is None:
            rows = self.model._default_manager.all()
        every = self.model._default_manager.all()
        # By primary key: a join inside one policy must not double or limit the rows of another.
        allowed = Q(pk__in=[])
        for policy in self.policies:
            allowed |= Q(pk__in=policy.filter(user, every).values("pk"))
        return rows.filter(allowed)

    def __or__(self, other: Policy[M]) -> Self:
        return type(self)(*self.policies, other)
