"""Links that switch one category of mails off for one person, without logging in."""

from django.core import signing

from accounts.models import User
from accounts.queries import person_by_public_id
from notifications.categories import Category, Channel, category_named
from notifications.errors import LinkNotValid

__all__ = ["read_unsubscribe_token", "unsubscribe_token"]

_SALT = "notifications.unsubscribe"


def unsubscribe_token(person: User, category: Category) -> str:
    """Return the token for a link. It never expires: an old mail must still be a way out (RFC 8058)."""
    return signing.dumps([person.public_id.hex, category.name], salt=_SALT)


def read_unsubscribe_token(token: str) -> tuple[User, Category]:
    """Return whose and which mails a token switches off.

    Raises:
        LinkNotValid: not one of ours, its person is gone, or the category can't be switched off any more.
    """
    try:
        key, name = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise LinkNotValid from error
    person, category = person_by_public_id(key), category_named(name)
    if person is None or category is None or not category.can_switch(Channel.MAIL):
        raise LinkNotValid
    return person, category
