"""Per request: whose language and time zone it is, and whether somebody may pass into the admin."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_from_path

from accounts.models import User
from accounts.policies import has_second_factor, is_staff, owes_second_factor
from accounts.time_zones import device_zone, time_zone_of

__all__ = ["AFTER_SECOND_FACTOR", "BackOfficeGate", "ProfileLanguage", "VisitorTimeZone"]

#: Session key: the admin page that somebody asked for before they were sent to set up a second factor.
AFTER_SECOND_FACTOR = "accounts_after_second_factor"
#: Request attribute: the language of a person who has just logged in (see ``accounts.handlers``).
LANGUAGE_JUST_KNOWN = "_accounts_language"


class ProfileLanguage:
    """Let a logged-in person's own language win wherever the address doesn't name one: ``/``, the admin, mails.

    Stands after ``AuthenticationMiddleware`` and ``LocaleMiddleware``, whose redirect of ``/`` then follows it. The
    language cookie keeps the choice for the time after logging out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = ""
        # Without a session cookie nobody is logged in: no query, and the page stays cacheable for all.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            language = _spoken(request.user.language)
            if language and not get_language_from_path(request.path_info):
                translation.activate(language)
                request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        language = _spoken(getattr(request, LANGUAGE_JUST_KNOWN, "")) or language
        if language and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                domain=settings.LANGUAGE_COOKIE_DOMAIN,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
            )
        return response


def _spoken(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else ""


class VisitorTimeZone:
    """Show times in the visitor's zone: the profile's, else the device's (a cookie), else the school's.

    Stands after ``AuthenticationMiddleware``. Whatever zone a request activates ends with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session cookie nobody is logged in: no query, as above.
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        person = request.user if is_known and isinstance(request.user, User) else None
        with timezone.override(time_zone_of(person, device_zone(request))):
            return self.get_response(request)


class BackOfficeGate:
    """Stand before ``/admin/``: 403 to people without business there, the set-up page to staff without second factor.

    Wagtail itself would send the former to the log-in, which sends people who are logged in back again, for ever.
    Anonymous visitors go on to Wagtail, which sends them to the log-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_home()) and request.path_info not in _open_to_all():
            user = request.user
            if user.is_authenticated:
                if owes_second_factor(user):
                    if _is_program(request):
                        raise PermissionDenied
                    wanted = request.get_full_path() if request.method == "GET" else _home()
                    request.session[AFTER_SECOND_FACTOR] = wanted
                    return redirect(f"{reverse('mfa_activate_totp')}?{urlencode({'next': wanted})}")
                if not user.has_perm("wagtailadmin.access_admin"):
                    raise PermissionDenied
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """Tell account pages where to go on (``continue_url``), once the second factor is there."""
        # A response out of the cache (the sitemap) has lost its context on the way.
        context = getattr(response, "context_data", None)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and context is not None:
            wanted = request.session.get(AFTER_SECOND_FACTOR)
            if wanted and request.path_info.startswith(_home()):
                del request.session[AFTER_SECOND_FACTOR]
            elif wanted and is_staff(request.user) and has_second_factor(request.user):
                context["continue_url"] = wanted
        return response


def _home() -> str:
    return reverse("wagtailadmin_home")


def _open_to_all() -> tuple[str, ...]:
    return (reverse("wagtailadmin_login"), reverse("wagtailadmin_logout"))


def _is_program(request: HttpRequest) -> bool:
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
