"""Who may stand at which desk; refusals of the room as answers of the admin."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from wagtail.models import Locale

from core.errors import NotAllowed, NotFound
from translation import policies
from translation.errors import UnknownLanguage
from translation.machine import translator_for

__all__ = ["answering", "machine_knows", "must_translate", "must_translate_page"]

View = Callable[..., HttpResponseBase]


def must_translate(user: Any, course_key: uuid.UUID | None = None) -> None:
    """See that ``user`` may translate the course; without a key: anything at all.

    Raises:
        PermissionDenied: they may not.
    """
    if not policies.can_translate(user, course_key):
        raise PermissionDenied


def must_translate_page(user: Any, course_key: uuid.UUID | None) -> None:
    """See that ``user`` may translate a page of the course; pages outside courses are the translators' alone.

    Raises:
        PermissionDenied: they may not.
    """
    if not policies.can_translate_page(user, course_key):
        raise PermissionDenied


def answering(view: View) -> View:
    """Let a view raise what the room raises: what isn't there is hidden, what isn't allowed is refused."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (NotFound, UnknownLanguage) as error:
            raise Http404(str(error)) from error
        except NotAllowed as error:
            raise PermissionDenied from error

    return answer


def machine_knows(source_language: str, language: str) -> bool:
    """Whether machine translation is switched on and knows the pair of languages."""
    codes = [source_language, language]
    locales = {locale.language_code: locale for locale in Locale.objects.filter(language_code__in=codes)}
    return len(locales) == 2 and translator_for(*(locales[code] for code in codes)) is not None
