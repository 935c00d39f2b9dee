"""Small things of the whole site: the bare address, preferences, robots."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.actions.change_language import change_language
from accounts.actions.update_profile import update_profile
from core.languages import supported
from home.addresses import absolute, localized, safe_next
from home.money import CURRENCY_COOKIE, supported_currency
from home.preferences import THEME_COOKIE, THEMES, language_of

YEAR = 365 * 24 * 3600  # seconds


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Lead from ``/`` to the home page in the visitor's language."""
    response = redirect(localized("", language_of(request)))
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


# Needs no token: it changes nothing but how this visitor sees the site, so that pages without a form carry none.
@csrf_exempt
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember language, currency and colours in a cookie (the first two in the profile too) and go back.

    ``saves_data`` (``on``, ``off``) is the player's switch, remembered in the profile alone: each device knows its own.

    ``nearest`` instead of ``language``: the page that is gone to is not the same one, and says so.
    """
    nearest = request.POST.get("nearest", "")
    code, _colon, url = (request.POST.get("language") or nearest).partition(":")
    response = HttpResponseRedirect(safe_next(request, url or request.POST.get("next", ""), "/"))
    language = supported(code)
    if language:
        _set_cookie(request, response, settings.LANGUAGE_COOKIE_NAME, language)
        if request.user.is_authenticated:
            change_language(actor=request.user, person=request.user, language=language)
        if nearest:
            with override(language):
                messages.info(request, _("That page isn’t there in this language yet. This is the nearest one."))
    currency = supported_currency(request.POST.get("currency", ""))
    if currency:
        _set_cookie(request, response, CURRENCY_COOKIE, currency)
        if request.user.is_authenticated:
            update_profile(actor=request.user, person=request.user, currency=currency)
    saves = request.POST.get("saves_data", "")
    if saves in ("on", "off") and request.user.is_authenticated:
        update_profile(actor=request.user, person=request.user, saves_data=saves == "on")
    theme = request.POST.get("theme")
    if theme in THEMES:
        _set_cookie(request, response, THEME_COOKIE, theme)
    elif theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    return response


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what isn't for them, and where the list of pages is."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /_allauth/",
        "Disallow: /graphql/",
        "Disallow: /*/account/",
        "Disallow: /*/dashboard/",
        "Disallow: /*/notices/",
        "Disallow: /*/cart/",
        "Disallow: /*/checkout/",
        "Disallow: /*/orders/",
        "Disallow: /*/gifts/",
        "Disallow: /*/unsubscribe/",
        f"Sitemap: {absolute(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
