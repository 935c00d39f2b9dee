"""What the room refuses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from courses.checks import Problem

__all__ = [
    "ContentProblems",
    "LastOwner",
    "NoCatalogue",
    "NoInstructor",
    "NotYourCourse",
    "NothingToReview",
    "OutlineChanged",
    "OutlineMismatch",
    "SlugTaken",
    "UnknownPerson",
]


class NotYourCourse(NotAllowed):
    """Somebody else's course."""

    code = "not_your_course"
    message = _lazy("This is not one of your courses.")


class NoCatalogue(NotFound):
    """No catalogue page exists in the language."""

    code = "no_catalogue"
    message = _lazy("There is no catalogue in this language yet. Ask an administrator.")


class ContentProblems(Conflict):
    """Something in the pages must be put right first; ``problems`` says what and where."""

    code = "content_problems"
    message = _lazy("Some things have to be put right first.")

    def __init__(self, problems: "Sequence[Problem]", message: str | Promise | None = None) -> None:
        super().__init__(message=message)
        self.problems = tuple(problems)


class NothingToReview(Conflict):
    """No page of the course waits for what was asked."""

    code = "nothing_to_review"
    message = _lazy("There is nothing new to review in this course.")


class OutlineChanged(Conflict):
    """The tree changed since the screen was loaded."""

    code = "outline_changed"
    message = _lazy("Somebody changed this course meanwhile. Look at it again, then repeat your change.")


class OutlineMismatch(InvalidInput):
    """The order sent doesn't name exactly the pages of the course."""

    code = "outline_mismatch"
    message = _lazy("The order does not name every module and lesson of the course exactly once.")


class SlugTaken(Conflict):
    """A page can't move: its address is taken in its new module."""

    code = "slug_taken"
    message = _lazy("Two pages of one module can't have the same address.")


class UnknownPerson(InvalidInput):
    """No active account has this e-mail address."""

    code = "unknown_person"
    message = _lazy("Nobody with this e-mail address has an account.")
    field = "email"


class NoInstructor(InvalidInput):
    """The person can't open the editor."""

    code = "no_instructor"
    message = _lazy("This person is not an instructor yet. Ask an administrator to make them one.")
    field = "email"


class LastOwner(Conflict):
    """A course keeps at least one owner."""

    code = "last_owner"
    message = _lazy("A course needs an owner. Make somebody else an owner first.")
