"""Switch a category of mails off by the link in one of them."""

from notifications.categories import Category, Channel
from notifications.models import Preference
from notifications.tokens import read_unsubscribe_token

__all__ = ["unsubscribe"]


def unsubscribe(token: str) -> Category:
    """Switch off the mails that ``token`` names, and say which; again changes nothing.

    Nobody needs to be logged in: whoever holds the token got the mail, or was sent it on.

    Raises:
        LinkNotValid: see ``notifications.tokens``.
    """
    person, category = read_unsubscribe_token(token)
    Preference.objects.update_or_create(
        person=person, category=category.name, channel=Channel.MAIL, defaults={"is_on": False}
    )
    return category
