"""Where a message leads: the website's addresses, by their names.

This room stands below the website and knows no view of it. A name that the website doesn't have leads nowhere: the
message is sent all the same, without a button, unless it is good for nothing then (``Kind.needs_link``).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from core.events import Event

__all__ = ["PLACES", "Place", "absolute", "way_to"]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the website.

    Attributes:
        label: what the button says.
        name: of the address.
        fields: of the event, which go into the address in this order.
    """

    label: str | Promise
    name: str
    fields: tuple[str, ...] = ()


PLACES = {
    "order": Place(_lazy("See the order"), "home:order", ("order_key",)),
    "pay": Place(_lazy("Pay now"), "home:pay_order", ("order_key",)),
    "plan": Place(_lazy("See my plan"), "home:subscription", ("subscription_key",)),
    "earnings": Place(_lazy("See my earnings"), "home:earnings"),
    "gift": Place(_lazy("Open the gift"), "home:gift", ("url_token",)),
    "thread": Place(_lazy("See the question"), "home:thread", ("thread_key",)),
    "desk": Place(_lazy("Look at the orders"), "commerce_order_modeladmin_index"),
}


def way_to(places: Iterable[str], event: Event) -> tuple[str, str]:
    """Return path and label of the first of ``places`` that ``event`` leads to, in the active language.

    Both are empty where it leads to none: the event names no such thing, or the website has no such page.
    """
    for place in (PLACES[name] for name in places):
        values = [getattr(event, field, None) for field in place.fields]
        if not all(values):
            continue
        try:
            return reverse(place.name, args=values), str(place.label)
        except NoReverseMatch:
            continue
    return "", ""


def absolute(path: str) -> str:
    """Return ``path`` with the school's address before it, as mails need it."""
    return f"{settings.SITE_URL}{path}" if path else ""
