"""Refusals of this room, with codes that the faces show and programs test."""

from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound

__all__ = [
    "AuthenticationRequired",
    "CertificateIsReplaced",
    "CourseNotFound",
    "CurrencyNotShown",
    "EnrollmentEnded",
    "InvalidPhone",
    "InvalidPrice",
    "InvalidRate",
    "InvalidWindow",
    "NameRequired",
    "NoEnrollment",
    "PaymentRequired",
    "ProviderUnavailable",
    "RateIsFixed",
    "RateJump",
    "ReasonRequired",
]


class AuthenticationRequired(NotAllowed):
    """Nobody is logged in, or the account was closed."""

    code = "authentication_required"
    message = _lazy("Log in first.")


class CourseNotFound(NotFound):
    """No such course, or none that is published."""

    code = "course_not_found"
    message = _lazy("There is no such course.")
    field = "courseId"


class PaymentRequired(Conflict):
    """The course has a price, and a free enrolment was asked for."""

    code = "payment_required"
    message = _lazy("This course has to be paid for.")


class CurrencyNotShown(InvalidInput):
    """Prices are not shown in this currency."""

    code = "currency_not_shown"
    message = _lazy("Prices are not shown in this currency here.")
    field = "currency"


class NoEnrollment(NotFound):
    """The enrolment is gone."""

    code = "enrollment_not_found"
    message = _lazy("There is no such enrolment.")


class EnrollmentEnded(Conflict):
    """The enrolment is in a state that this change does not start from."""

    code = "enrollment_state"
    message = _lazy("The enrolment is in a state that does not allow this.")


class InvalidPrice(InvalidInput):
    """A price of nothing or less."""

    code = "invalid_price"
    message = _lazy("A price is more than nothing; a course without a price is free.")
    field = "amount"


class InvalidRate(InvalidInput):
    """No rate between two currencies."""

    code = "invalid_rate"
    message = _lazy("A rate is between two currencies, more than nothing, with at most 8 digits after the point.")
    field = "rate"


class RateIsFixed(Conflict):
    """The euro and the CFA francs among themselves."""

    code = "rate_fixed"
    message = _lazy("1 euro is 655.957 CFA francs by law; nobody needs to enter that, and nobody can change it.")
    field = "quote"


class RateJump(Conflict):
    """Probably a typing mistake: a digit too many, or the pair the wrong way round."""

    code = "rate_jump"
    message = _lazy("This rate is far from the one before. Check the digits and the direction, then confirm it.")
    field = "is_confirmed"


class InvalidWindow(InvalidInput):
    """An enrolment that would close before it opens."""

    code = "invalid_window"
    message = _lazy("The enrolment has to close after it opens.")
    field = "ends_at"


class ReasonRequired(InvalidInput):
    """A certificate is not taken back without a reason that can be shown."""

    code = "reason_required"
    message = _lazy("Give a reason of at most 300 characters; it is shown to whoever verifies the certificate.")
    field = "reason"


class NameRequired(InvalidInput):
    """A certificate bears a name."""

    code = "name_required"
    message = _lazy("A certificate needs a name of at most 120 characters.")
    field = "learner_name"


class CertificateIsReplaced(Conflict):
    """Another certificate stands in its place already."""

    code = "certificate_replaced"
    message = _lazy("Another certificate has taken the place of this one.")


class ProviderUnavailable(Conflict):
    """No such way to pay, or none that this school has set up."""

    code = "provider_unavailable"
    message = _lazy("This way to pay is not available here. Choose another one.")
    field = "provider"


class InvalidPhone(InvalidInput):
    """No phone number that a wallet could be on."""

    code = "invalid_phone"
    message = _lazy("Write the number of the mobile phone that the wallet is on.")
    field = "phone"
