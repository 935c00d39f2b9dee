"""People for tests of every room."""

import itertools
import re
from typing import Any

from django.core import mail

from accounts.actions.register_person import register_person
from accounts.models import User

#: Good enough for the validators; never used outside tests.
PASSWORD = "seven-quiet-kites"

_numbers = itertools.count(1)


def make_person(email: str = "", *, is_verified: bool = True, **fields: Any) -> User:
    """Make a person who can log in with ``PASSWORD``; ``roles=("instructor",)`` puts them in groups."""
    number = next(_numbers)
    fields.setdefault("name", f"Person {number}")
    return register_person(
        actor=None,
        email=email or f"person{number}@example.com",
        password=PASSWORD,
        is_verified=is_verified,
        source="tests",
        **fields,
    )


def make_superuser(email: str = "root@example.com") -> User:
    """Make a superuser as ``createsuperuser`` does."""
    return User.objects.create_superuser(email, PASSWORD, name="Root")


def link_in_last_mail() -> str:
    """Return the path of the first link in the mail sent last."""
    found = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found.group(1)
