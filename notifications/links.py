"""Where a message leads: the website's addresses, by their names.

This room stands below the website and knows no view of it. A name that the website doesn't have leads nowhere: the
message is sent all the same, without a button.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from core.events import Event

__all__ = ["PLACES", "Place", "absolute", "path_to"]


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
    "pay": Place(_lazy("Pay now"), "home:order", ("order_key",)),
    "plans": Place(_lazy("See my plan"), "home:subscriptions"),
    "earnings": Place(_lazy("See my earnings"), "home:earnings"),
    "gift": Place(_lazy("Open the gift"), "home:gift", ("url_token",)),
    "desk": Place(_lazy("Look at payments"), "commerce_payment_desk"),
}


def path_to(place: str, event: Event) -> str:
    """Return the path of a place, in the active language; empty where the website has no such page."""
    found = PLACES[place]
    values = [getattr(event, field, None) for field in found.fields]
    if not all(values) and found.fields:
        return ""
    try:
        return reverse(found.name, args=values)
    except NoReverseMatch:
        return ""


def absolute(path: str) -> str:
    """Return ``path`` with the school's address before it, as mails need it."""
    return f"{settings.SITE_URL}{path}" if path else ""
