"""Phone numbers as people write them."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

__all__ = ["parse_phone", "readable_phone"]


def parse_phone(text: str, country: str = "") -> str:
    """Return ``text`` in E.164; a number without country code is read as one of ``country`` (ISO 3166-1 alpha-2).

    Empty stays empty.

    Raises:
        ValidationError: no such number can exist, or it has no country code and no country is given.
    """
    text = text.strip()
    if not text:
        return ""
    if text.startswith("00"):  # how most of the world dials abroad
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        if not country and error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise ValidationError(
                _("Choose your country, or write the number with its country code, like +237650000000."),
                code="phone_country",
            ) from error
        raise ValidationError(_("This is not a phone number."), code="phone") from error
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("There is no such phone number; check the digits."), code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable_phone(number: str) -> str:
    """Return an E.164 number in groups (``+237 6 50 00 00 00``); what can't be read comes back as it is."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number
