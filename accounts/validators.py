"""Checks for profile fields; each message says what to type instead."""

import re
import unicodedata

import phonenumbers
import pycountry
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.time_zones import known_zones

#: What a name never holds, and what makes one a free advertisement in the mails we send.
_ADDRESS = re.compile(r"://|www\.|[<>@]", re.IGNORECASE)


def validate_name(value: str) -> None:
    """Accept a name of any script; it goes on certificates and into mails.

    Raises:
        ValidationError: control or direction-changing characters, a web or e-mail address, no letter at all.
    """
    # Cc: control characters, line breaks too. Cf: invisible ones; the two joiners are part of spelling in some scripts.
    if any(unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\u200c\u200d" for sign in value):
        raise ValidationError(_("Write the name on one line, without invisible characters."), code="name")
    if _ADDRESS.search(value):
        raise ValidationError(_("Write a name, not a web or e-mail address."), code="name")
    if value and not any(sign.isalpha() for sign in value):
        raise ValidationError(_("A name has letters."), code="name")


def validate_phone(value: str) -> None:
    """Accept a possible and valid number in E.164 (``+237650000000``).

    Raises:
        ValidationError: not E.164, or no such number can exist in its country.
    """
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(
            _("Write the phone number with its country code, like +237650000000."), code="phone"
        ) from error
    if (
        not phonenumbers.is_valid_number(number)
        or phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) != value
    ):
        raise ValidationError(_("Write the phone number with its country code, like +237650000000."), code="phone")


def validate_country(value: str) -> None:
    """Accept an ISO 3166-1 alpha-2 code in capitals.

    Raises:
        ValidationError: no such country.
    """
    if pycountry.countries.get(alpha_2=value) is None or value != value.upper():
        raise ValidationError(_("Choose a country from the list."), code="country")


def validate_time_zone(value: str) -> None:
    """Accept a name of the IANA time zone database (``Africa/Douala``).

    Raises:
        ValidationError: no such zone.
    """
    if value not in known_zones():
        raise ValidationError(_("Choose a time zone from the list, like Africa/Douala."), code="time_zone")


def validate_currency(value: str) -> None:
    """Accept a currency that prices are shown in (``DISPLAY_CURRENCIES``).

    Raises:
        ValidationError: another one.
    """
    if value not in settings.DISPLAY_CURRENCIES:
        raise ValidationError(_("Choose a currency from the list."), code="currency")
