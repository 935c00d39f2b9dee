"""Middleware that no room in particular owns."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class PageLocaleMiddleware(LocaleMiddleware):
    """Django's, except that a 404 of an address for programs stays a 404.

    Django answers any 404 whose address would exist with a language before it by a redirect there, and Wagtail's
    catch-all makes every address exist: a missing file of ``/api/`` would become a redirect to a page.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and request.path_info.startswith(tuple(settings.ADDRESSES_WITHOUT_LANGUAGE)):
            return response
        return super().process_response(request, response)
