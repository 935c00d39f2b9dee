"""Template filters for what a language writes its own way; thin names for ``core.formats``.

``{% load formats %}``, then ``{{ course.minutes|duration }}``, ``{{ attempt.submitted_at|zoned_moment }}``. Templates
print no amount, number with digits after the point, day or time in any other way: ``tests/test_templates.py`` sees to
it. A missing value shows as nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import formats
from core.money import Money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """An amount: ``25 000 FCFA``."""
    return formats.money(amount) if amount is not None else ""


@register.filter
def currency_name(code: str) -> str:
    """What a currency is called."""
    return formats.currency_name(code)


@register.filter
def number(value: Any, digits: int | None = None) -> str:
    """A number; ``|number:1`` shows exactly one digit after the separator."""
    return formats.number(value, digits) if value not in (None, "") else ""


@register.filter
def percent(fraction: Any) -> int:
    """A share in [0, 1] as whole per cent for attributes of HTML; only a whole share gives 100."""
    return formats.whole_percent(fraction)


@register.filter
def percentage(fraction: Any) -> str:
    """A share in [0, 1] for people: ``50%``, ``50 %``."""
    return formats.percentage(fraction)


@register.filter
def per_cent(whole: int | None) -> str:
    """So many whole per cent, as a rule of a quiz has it: ``50%``, ``50 %``."""
    return formats.per_cent(whole) if whole is not None else ""


@register.filter
def day(value: date | None, style: Any = "long") -> str:
    """A day: ``22 November 2026``; ``|day:"medium"`` shortens the month."""
    return formats.day(value, style) if value else ""


@register.filter
def moment(value: datetime | None, style: Any = "medium") -> str:
    """Day and time: ``22 Nov 2026, 14:05``."""
    return formats.moment(value, style) if value else ""


@register.filter
def zoned_moment(value: datetime | None, style: Any = "long") -> str:
    """Day, time and zone, where it matters when exactly."""
    return formats.zoned_moment(value, style) if value else ""


@register.filter
def clock_time(value: datetime | None) -> str:
    """Time of day: ``14:05``."""
    return formats.clock_time(value) if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago: ``3 hours ago``."""
    return formats.ago(value) if value else ""


@register.filter
def duration(minutes: int | None) -> str:
    """Minutes as people say them: ``2 h 30 min``."""
    return formats.duration(minutes)


@register.filter
def listed(items: Iterable[Any]) -> str:
    """Things one after another: ``a, b and c``."""
    return formats.listed(items)


@register.filter
def file_size(size: int | None) -> str:
    """So many bytes: ``1.2 MB``."""
    return formats.file_size(size) if size is not None else ""


@register.simple_tag
def zone_name(at: datetime | None = None) -> str:
    """What the visitor's time zone is called, at an instant."""
    return formats.zone_name(at)


@register.simple_tag
def timestamp(value: datetime | None, style: Any = "medium", zoned: bool = False) -> SafeString | str:
    """Day and time as ``<time>``, which programs read; ``zoned`` names the zone."""
    if not value:
        return ""
    text = formats.zoned_moment(value, style) if zoned else formats.moment(value, style)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)
