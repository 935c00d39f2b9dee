"""Wallets' phone numbers: as people type them, which operator they are probably of, and how they are shown to others.

Whose a number is, its first digits only suggest: people keep their number when they change operators. So the guess
puts a way to pay first and never decides.
"""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, carrier

from accounts.phones import parse_phone
from commerce.errors import InvalidPhone

__all__ = ["country_of", "example_phone", "guess_operator", "masked_phone", "parse_wallet_phone"]

#: Where libphonenumber knows no other use of the number, too.
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
#: First word of an operator's name in libphonenumber's data, to the provider's code.
_OPERATORS = {"mtn": "mtn", "airtel": "airtel", "safaricom": "mpesa"}
#: Left-to-right isolate and its end (Unicode's bidirectional algorithm, UAX 9).
_LRI, _PDI = "\u2066", "\u2069"


def parse_wallet_phone(text: str, country: str) -> str:
    """Return in E.164 a mobile number that somebody typed, nationally or with its country code.

    Args:
        country: ISO 3166 code of the wallet; a number without country code is read as one of it, and one of another
            country is refused. Empty for any.

    Raises:
        InvalidPhone: empty, impossible, not mobile or of another country. The message says how one looks.
    """
    try:
        phone = parse_phone(text, country)
    except ValidationError:
        phone = ""
    number = _read(phone)
    if number is None or phonenumbers.number_type(number) not in _MOBILE:
        raise InvalidPhone(message=_refusal(country))
    if country and country not in _countries_of(number):
        raise InvalidPhone("phone_of_another_country", _refusal(country))
    return phone


def guess_operator(phone: str) -> str:
    """Code of the provider that an E.164 number's first digits belong to; empty where nobody can say."""
    number = _read(phone)
    if number is None:
        return ""
    name = carrier.name_for_number(number, "en").casefold().partition(" ")[0]
    if name == "orange":
        # Cameroon's has an interface of its own.
        return "orange_cm" if country_of(phone) == "CM" else "orange_web"
    return _OPERATORS.get(name, "")


def country_of(phone: str) -> str:
    """ISO 3166 code of an E.164 number; empty for what is none."""
    number = _read(phone)
    return "" if number is None else phonenumbers.region_code_for_number(number) or ""


def example_phone(country: str) -> str:
    """A mobile number of ``country`` as people there write it with its country code; empty where none is known."""
    number = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE) if country else None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else ""


def masked_phone(phone: str) -> str:
    """What may be shown of an E.164 number: ``+237 6•• ••• •01``. Of anything else, nothing.

    Where text runs from right to left the number is isolated, so that it keeps its order.
    """
    number = _read(phone)
    if number is None:
        return ""
    digits = phonenumbers.national_significant_number(number)
    shown = digits[0] + "•" * (len(digits) - 3) + digits[-2:]
    groups = [shown[start : start + 3] for start in range(0, len(shown), 3)]
    if len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    text = f"+{number.country_code} {' '.join(groups)}"
    return f"{_LRI}{text}{_PDI}" if get_language_bidi() else text


def _read(phone: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(phone) if phone.startswith("+") else None
    except phonenumbers.NumberParseException:
        return None
    return number if number is not None and phonenumbers.is_possible_number(number) else None


def _countries_of(number: PhoneNumber) -> tuple[str, ...]:
    return phonenumbers.region_codes_for_country_code(number.country_code or 0)


def _refusal(country: str) -> str:
    example = example_phone(country) or "+237 6 70 00 00 01"
    return _("Write the number of the mobile phone that the wallet is on, for example %(example)s.") % {
        "example": example
    }
