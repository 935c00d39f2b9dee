"""Remember in which language somebody wants pages and mails."""

from typing import Any

from django.conf import settings

from accounts.actions.update_profile import require_self_or_manager
from accounts.errors import LanguageUnknown
from accounts.models import User


def change_language(*, actor: Any, person: User, language: str) -> User:
    """Set the language of ``person``'s pages and mails; empty: as their browser asks.

    Raises:
        LanguageUnknown: not one of ``LANGUAGES``.
        MayNotManagePerson: ``actor`` is neither the person nor somebody who may change accounts.
    """
    if language and language not in dict(settings.LANGUAGES):
        raise LanguageUnknown
    require_self_or_manager(actor, person)
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])
    return person
