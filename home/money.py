"""In which currency a visitor sees prices, and the price tags of a page."""

from django.conf import settings
from django.http import HttpRequest

from accounts.choices import currency_choices
from commerce.price_tags import PriceTags, display_currency

__all__ = ["CURRENCY_COOKIE", "currencies_to_choose", "currency_of", "price_tags", "supported_currency"]

CURRENCY_COOKIE = "currency"


def supported_currency(code: str) -> str:
    """The currency of that code if prices are shown in it, else nothing."""
    return code if code in settings.DISPLAY_CURRENCIES else ""


def currency_of(request: HttpRequest) -> str:
    """The visitor's currency: the profile's, the cookie's, or what their country pays with."""
    return display_currency(
        getattr(request, "user", None),
        chosen=request.COOKIES.get(CURRENCY_COOKIE, ""),
        accept_language=request.headers.get("accept-language", ""),
    )


def currencies_to_choose() -> list[tuple[str, str]]:
    """Code and name of the currencies that prices are shown in."""
    return currency_choices()


def price_tags(request: HttpRequest) -> PriceTags:
    """The maker of the page's price tags."""
    return PriceTags(currency_of(request))
