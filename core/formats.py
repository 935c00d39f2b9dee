"""How people of a language write amounts, numbers, days, times, lengths of time and lists.

The one place that does: templates use the tags of ``core.templatetags.formats``, mails, PDFs and programs call these
functions. The words and the order are CLDR's, through Babel. Everywhere:

- ``language`` is a code of Django's; left out, it is the active one.
- Instants are shown in the active time zone, which a request takes from its visitor (``accounts.middleware``), unless
  ``zone`` names another.
- Digits are Latin in every language, Arabic included: so people read and write them in Cameroon, Chad and the Maghreb,
  and so they stand in code.
- In right-to-left languages an amount is isolated (U+2066 … U+2069), so that it keeps its order among other words.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent, get_currency_name
from babel.units import format_unit
from django.utils.timezone import get_current_timezone

from core import clock
from core.locales import prose_locale
from core.money import Money, format_money

__all__ = [
    "ago",
    "clock_time",
    "currency_name",
    "day",
    "duration",
    "file_size",
    "listed",
    "local_date",
    "moment",
    "money",
    "number",
    "per_cent",
    "percentage",
    "whole_percent",
    "zone_name",
    "zoned_moment",
]

Style = Literal["short", "medium", "long", "full"]

#: Symbols of the International System of Units: CLDR's short English is “2 hrs, 30 mins”.
_SI = {"duration-hour": "h", "duration-minute": "min"}


def money(amount: Money, language: str | None = None) -> str:
    """Return an amount: ``25 000 FCFA``, ``€38.11``; spaces are no-break spaces. See ``core.money.format_money``."""
    return format_money(amount, language)


def currency_name(currency: str, language: str | None = None) -> str:
    """Return what a currency is called: ``franc CFA (BEAC)``."""
    return get_currency_name(currency, locale=prose_locale(language))


def number(value: int | float | Decimal, digits: int | None = None, language: str | None = None) -> str:
    """Return a number: ``12 345,5``. ``digits``: exactly so many after the separator; else up to three."""
    exact = _exact(value)
    pattern = None
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        pattern = "#,##0" + (f".{'0' * digits}" if digits else "")
    return format_decimal(exact, format=pattern, locale=prose_locale(language))


def whole_percent(fraction: int | float | Decimal | None) -> int:
    """Return a share in [0, 1] as whole per cent for programs; only a whole share gives 100."""
    return int((_exact(fraction or 0) * 100).to_integral_value(rounding=ROUND_DOWN))


def percentage(fraction: int | float | Decimal | None, language: str | None = None) -> str:
    """Return a share in [0, 1] for people: ``50%``, ``50 %``; only a whole share gives 100."""
    return per_cent(whole_percent(fraction), language)


def per_cent(whole: int, language: str | None = None) -> str:
    """Return so many whole per cent: ``50%``, ``50 %``."""
    return format_percent(Decimal(whole).scaleb(-2), locale=prose_locale(language))


def local_date(instant: datetime, zone: tzinfo | None = None) -> date:
    """Return the day on which an instant falls in ``zone`` (the active one, when left out)."""
    return _local(instant, zone).date()


def day(value: date, style: Style = "long", *, language: str | None = None, zone: tzinfo | None = None) -> str:
    """Return a day: ``22 November 2026``, ``22 novembre 2026``. Of an instant, the day in the active time zone."""
    when = local_date(value, zone) if isinstance(value, datetime) else value
    return format_date(when, style, locale=prose_locale(language))


def clock_time(value: datetime | time, *, language: str | None = None, zone: tzinfo | None = None) -> str:
    """Return the time of day to the minute: ``14:05``."""
    shown = _local(value, zone).time() if isinstance(value, datetime) else value
    return format_time(shown, "short", locale=prose_locale(language))


def moment(value: datetime, style: Style = "long", *, language: str | None = None, zone: tzinfo | None = None) -> str:
    """Return day and time to the minute: ``22 November 2026, 14:05``."""
    here = _local(value, zone)
    pattern = str(prose_locale(language).datetime_formats[style]).replace("'", "")
    return pattern.replace("{0}", clock_time(here.time(), language=language)).replace(
        "{1}", day(here.date(), style, language=language)
    )


def zone_name(at: datetime | None = None, *, language: str | None = None, zone: tzinfo | None = None) -> str:
    """Return what the time zone is called at that instant: ``West Africa Standard Time``, ``heure d’été …``."""
    return get_timezone_name(_local(at or clock.now(), zone), width="long", locale=prose_locale(language))


def zoned_moment(
    value: datetime, style: Style = "long", *, language: str | None = None, zone: tzinfo | None = None
) -> str:
    """Return day, time and the name of the zone: ``22 November 2026, 15:05 (West Africa Standard Time)``.

    For what is due at an instant, or was done at one that may be disputed.
    """
    return f"{moment(value, style, language=language, zone=zone)} ({zone_name(value, language=language, zone=zone)})"


def ago(value: datetime, *, language: str | None = None) -> str:
    """Return how far away an instant is from now: ``3 hours ago``, ``dans 2 jours``."""
    return format_timedelta(value - clock.now(), add_direction=True, locale=prose_locale(language))


def duration(minutes: int | timedelta | None, *, language: str | None = None) -> str:
    """Return a length of time in hours and minutes: ``45 min``, ``2 h 30 min``; units stay at their numbers."""
    if isinstance(minutes, timedelta):
        minutes = int(minutes.total_seconds() // 60)
    hours, rest = divmod(int(minutes or 0), 60)
    parts = [_unit(hours, "duration-hour", language)] if hours else []
    if rest or not hours:
        parts.append(_unit(rest, "duration-minute", language))
    return " ".join(parts)


def listed(items: Iterable[object], *, language: str | None = None) -> str:
    """Return things one after another: ``a, b and c``, ``a, b et c``."""
    return format_list([str(item) for item in items], locale=prose_locale(language))


def file_size(size: int, *, language: str | None = None) -> str:
    """Return so many bytes in the unit that fits: ``1.2 MB``, ``1,2 Mo``; a kilobyte is 1,000 bytes."""
    unit, amount = "byte", Decimal(size)
    for larger in ("kilobyte", "megabyte", "gigabyte"):
        if amount < 1000:
            break
        unit, amount = larger, amount / 1000
    shown = number(amount, 0 if unit == "byte" or amount >= 100 else 1, language)
    locale = prose_locale(language)
    if unit == "byte" and locale.language == "en":
        return f"{shown}\u00a0B"  # the short form of English has no plural: 637 byte
    return _joined(format_unit(shown, f"digital-{unit}", length="short", locale=locale))


def _unit(count: int, unit: str, language: str | None) -> str:
    locale = prose_locale(language)
    if locale.language == "en":
        return f"{count}\u00a0{_SI[unit]}"
    return _joined(format_unit(count, unit, length="short", locale=locale))


def _joined(text: str) -> str:
    return text.replace(" ", "\u00a0")


def _exact(value: int | float | Decimal) -> Decimal:
    # A float is read as it is printed: 0.29 is 29 per cent, though its binary value lies a little below.
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _local(value: datetime, zone: tzinfo | None) -> datetime:
    """``value`` in ``zone`` or the active one; a naive one is taken as being there already."""
    here = zone or get_current_timezone()
    if here == UTC:
        here = ZoneInfo("UTC")  # which Babel knows the name of
    return value.replace(tzinfo=here) if value.tzinfo is None else value.astimezone(here)
