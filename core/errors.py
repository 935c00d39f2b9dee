"""Refusals with a stable code, which the website and the API show each in its way.

A room defines its own by subclassing, so that a caller can catch them and a face can translate them::

    class AttemptsUsedUp(Conflict):
        code = "attempts_used_up"
        message = _lazy("You have no attempts left for this quiz.")

    raise AttemptsUsedUp
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

__all__ = ["Conflict", "DomainError", "InvalidInput", "NotAllowed", "NotFound"]


class DomainError(Exception):
    """A request that the domain refuses; nothing was written.

    Args:
        code: stable snake_case name for programs; the class's own when left out.
        message: sentence for people, marked for translation; the class's own when left out.
        field: name of the input field at fault, if one is.
    """

    code: str = "refused"
    message: str | Promise = _lazy("This is not possible.")
    field: str | None = None

    def __init__(self, code: str | None = None, message: str | Promise | None = None, field: str | None = None) -> None:
        self.code = code or type(self).code
        self.message = message or type(self).message
        self.field = field or type(self).field
        super().__init__(self.code, self.message, self.field)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """The person may not do this."""

    code = "not_allowed"
    message: str | Promise = _lazy("You may not do this.")


class NotFound(DomainError):
    """No such thing, or none that this person may know of."""

    code = "not_found"
    message: str | Promise = _lazy("This does not exist.")


class Conflict(DomainError):
    """The state of things forbids it now: already done, too late, in use."""

    code = "conflict"
    message: str | Promise = _lazy("This is not possible any more.")


class InvalidInput(DomainError):
    """A value that can't be accepted; ``field`` says which."""

    code = "invalid_input"
    message: str | Promise = _lazy("This value is not valid.")
