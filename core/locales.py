"""From a language code of Django's to CLDR's locale, as Babel has it."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

__all__ = ["locale_of", "prose_locale", "region_of"]


@cache
def locale_of(code: str) -> Locale:
    """Return the locale of a language code (``fr``, ``en-gb``); of an unknown one, English."""
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def prose_locale(language: str | None = None) -> Locale:
    """Return the locale that days, times, lengths and lists are written in; ``language`` defaults to the active one.

    English without a country is written as in Britain: the day before the month, 24 hours, “a, b and c”. So the
    English-speaking countries of Africa write, and so the house spells.
    """
    code = language or get_language() or "en"
    return locale_of("en-gb" if code.lower() == "en" else code)


def region_of(accept_language: str) -> str:
    """Return the country of the first language with one in an ``Accept-Language`` header (``fr-CM`` says ``CM``).

    Empty when none names a country. Order is by weight, as the header's sender means it.
    """
    from django.utils.translation.trans_real import parse_accept_lang_header

    for code, _weight in parse_accept_lang_header(accept_language.lower()):
        parts = code.split("-")
        region = next((part for part in parts[1:] if len(part) == 2 and part.isalpha()), "")
        if region:
            return region.upper()
    return ""
