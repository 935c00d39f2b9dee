"""Countries and time zones to choose from, named in the reader's language."""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pycountry
from babel.dates import get_timezone_location
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.time_zones import known_zones
from core import clock, formats
from core.locales import locale_of

__all__ = ["configured_languages", "country_choices", "country_name", "currency_choices", "time_zone_choices"]

#: Regions of the IANA database that hold places; "Etc", "US" and the like are other names of the same zones.
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def configured_languages() -> list[tuple[str, str | Promise]]:
    """Return ``LANGUAGES``: a function, so that the database's history does not change with a school's setting."""
    return [*settings.LANGUAGES]


def country_choices(language: str | None = None) -> list[tuple[str, str]]:
    """Return (ISO 3166-1 alpha-2, name) of all countries, in the alphabetical order of the language."""
    return list(_countries(language or get_language() or "en"))


def country_name(code: str, language: str | None = None) -> str:
    """Return the name of a country; empty for an empty or unknown code."""
    return dict(_countries(language or get_language() or "en")).get(code, "")


def currency_choices(language: str | None = None) -> list[tuple[str, str]]:
    """Return the currencies that prices are shown in: ``XAF``, "XAF – franc CFA (BEAC)"."""
    return [(code, f"{code} – {formats.currency_name(code, language)}") for code in settings.DISPLAY_CURRENCIES]


def time_zone_choices(language: str | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the time zones by region: (region, [(``Africa/Douala``, "Douala (UTC+01:00)"), …]), ``UTC`` first."""
    now = clock.now()
    groups: list[tuple[str, list[tuple[str, str]]]] = [(_("Everywhere"), [("UTC", "UTC")])]
    for region, zones in _zones(language or get_language() or "en"):
        groups.append((region, [(zone, f"{city} ({_offset(zone, now)})") for zone, city in zones]))
    return groups


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    territories = locale_of(language).territories
    named = ((country.alpha_2, territories.get(country.alpha_2, country.name)) for country in pycountry.countries)
    return tuple(sorted(named, key=lambda pair: _sort_key(pair[1])))


@cache
def _zones(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    locale = locale_of(language)

    def cities(region: str) -> Iterator[tuple[str, str]]:
        for zone in known_zones():
            if zone.startswith(f"{region}/"):
                yield zone, get_timezone_location(zone, locale=locale, return_city=True)

    return tuple((region, tuple(sorted(cities(region), key=lambda pair: _sort_key(pair[1])))) for region in _REGIONS)


def _sort_key(name: str) -> str:
    """Fold case and accents: "Égypte" stands under E."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))


def _offset(zone: str, at: datetime) -> str:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
