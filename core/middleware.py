"""Middleware that no room in particular owns."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language


class PageLocaleMiddleware(LocaleMiddleware):
    """Django's, except that a 404 of an address for programs stays a 404, and that caches are told more.

    Django answers any 404 whose address would exist with a language before it by a redirect there, and Wagtail's
    catch-all makes every address exist: a missing file of ``/api/`` would become a redirect to a page.

    A page of the website offers itself in the language that the browser prefers, and has the colours of a cookie, so it
    differs by both headers also where its address names a language.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and request.path_info.startswith(tuple(settings.ADDRESSES_WITHOUT_LANGUAGE)):
            response.headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
            patch_vary_headers(response, ["Accept-Language"])
            return response
        response = super().process_response(request, response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response
