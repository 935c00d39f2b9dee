"""Refusals about accounts."""

from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed


class EmailTaken(Conflict):
    """For staff and commands only; sign-up never says so to strangers."""

    code = "email_taken"
    message = _lazy("Somebody already has an account with this e-mail address.")
    field = "email"


class RoleUnknown(InvalidInput):
    code = "role_unknown"
    message = _lazy("There is no such role.")
    field = "role"


class MayNotManagePerson(NotAllowed):
    code = "may_not_manage_person"
    message = _lazy("You may not change this person's account.")


class PictureRefused(InvalidInput):
    code = "picture_refused"
    message = _lazy("This picture can't be used.")
    field = "avatar"


class SecondFactorRequired(NotAllowed):
    """For the faces: a staff operation by somebody who owes a second factor."""

    code = "second_factor_required"
    message = _lazy("Set up the second factor of your account first.")


class LanguageUnknown(InvalidInput):
    code = "language_unknown"
    message = _lazy("The school doesn't speak this language yet.")
    field = "language"
