"""What a resolver knows of the request: who asks, in which language, in which currency."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Page

from accounts.models import User
from api.language import answer_language
from commerce.errors import CurrencyNotShown
from commerce.price_tags import PriceTags, display_currency
from core.errors import NotAllowed
from core.locales import region_of


class NotLoggedIn(NotAllowed):
    """Somebody must be logged in for this."""

    code = "not_logged_in"
    message = _lazy("Log in first.")


@dataclass
class Context:
    """One per request; resolvers get it as ``info.context``."""

    request: HttpRequest
    user: User | AnonymousUser
    _price_tags: dict[str, PriceTags] = field(default_factory=dict)

    @cached_property
    def language(self) -> str:
        """The language of messages, and of pages when a field names none."""
        return answer_language(self.request, self.user)

    @cached_property
    def currency(self) -> str:
        """The currency to show prices in when a field names none: the profile's, or that of the country."""
        return display_currency(self.user, accept_language=self.request.headers.get("accept-language", ""))

    @cached_property
    def country(self) -> str:
        """Where the person who asks buys (ISO 3166): the profile's, else what the languages suggest; may be empty."""
        return getattr(self.user, "country", "") or region_of(self.request.headers.get("accept-language", ""))

    def price_tags(self, currency: str | None = None) -> PriceTags:
        """The maker of price tags in ``currency``, one for the whole answer.

        Raises:
            CurrencyNotShown: not one of ``DISPLAY_CURRENCIES``.
        """
        if currency is not None and currency not in settings.DISPLAY_CURRENCIES:
            raise CurrencyNotShown
        code = currency or self.currency
        return self._price_tags.setdefault(code, PriceTags(code))

    @property
    def person(self) -> User:
        """The person who asks.

        Raises:
            NotLoggedIn: nobody is logged in.
        """
        if isinstance(self.user, User) and self.user.is_authenticated:
            return self.user
        raise NotLoggedIn

    def page_url(self, page: Page) -> str | None:
        """The address of a page on the website."""
        # Without the request: with it, Wagtail looks the site up in the database for every answer.
        parts = page.get_url_parts()
        return self.url(parts[2]) if parts else None

    def url(self, path: str | None) -> str | None:
        """An absolute address for a path of this school."""
        return self.request.build_absolute_uri(path) if path else None


def context_of(info: Any) -> Context:
    """The typed context of a resolver."""
    context: Context = info.context
    return context
