"""People, enrolments and certificates for tests."""

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Permission

from accounts.models import User
from commerce.models import Certificate, CoursePrice, Enrollment

__all__ = ["NOON", "grant", "make_certificate", "make_enrollment", "make_price", "make_user"]

#: A moment for frozen clocks.
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_counter = itertools.count(1)


def make_user(email: str = "", *, permissions: tuple[str, ...] = (), **fields: Any) -> User:
    """A person, with Django permissions given as ``app.codename``."""
    user = User.objects.create_user(email or f"person{next(_counter)}@example.com", **fields)
    return grant(user, *permissions)


def grant(user: User, *permissions: str) -> User:
    """Give a person rights and return them without the cache of the former ones."""
    for name in permissions:
        app_label, _dot, codename = name.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    return User.objects.get(pk=user.pk)


def make_enrollment(learner: User, course_key: uuid.UUID | None = None, **fields: Any) -> Enrollment:
    """An active enrolment since noon."""
    defaults = {"course_title": "Farming", "enrolled_at": NOON, "state_changed_at": NOON}
    return Enrollment.objects.create(learner=learner, course_key=course_key or uuid.uuid4(), **{**defaults, **fields})


def make_price(course_key: uuid.UUID, amount_minor: int = 5000, currency: str = "XAF") -> CoursePrice:
    """A price."""
    return CoursePrice.objects.create(course_key=course_key, amount_minor=amount_minor, currency=currency)


def make_certificate(enrollment: Enrollment, **fields: Any) -> Certificate:
    """A certificate as if issued at noon."""
    defaults = {
        "number": f"TEST{next(_counter):012d}",
        "learner_name": "Awa Ndiaye",
        "course_title": enrollment.course_title,
        "course_key": enrollment.course_key,
        "language": "en",
        "issued_on": NOON.date(),
    }
    return Certificate.objects.create(enrollment=enrollment, **{**defaults, **fields})
