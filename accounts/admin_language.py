"""The Wagtail admin and its mails in a person's own language, unless they chose another one for the admin."""

from typing import Any

from wagtail.users.models import UserProfile

from core.languages import supported

__all__ = ["install"]

_of_wagtail = UserProfile.get_preferred_language


def _preferred_language(profile: Any) -> str:
    """The admin's own choice, else that of the person's profile here, else what Wagtail finds: the active language."""
    own: str = supported(profile.preferred_language) or supported(profile.user.language)
    return own or _of_wagtail(profile)


def install() -> None:
    """Teach Wagtail where a person's language stands: it writes review mails in the language this answers."""
    UserProfile.get_preferred_language = _preferred_language
