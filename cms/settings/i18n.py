"""Languages, time and catalogues."""

from zoneinfo import available_timezones

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _lazy

from cms.settings.env import BASE_DIR, env

__all__ = [
    "ADDRESSES_WITHOUT_LANGUAGE",
    "FORMAT_MODULE_PATH",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LANGUAGE_COOKIE_NAME",
    "LOCALE_PATHS",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "WAGTAILADMIN_PERMITTED_LANGUAGES",
    "WAGTAIL_CONTENT_LANGUAGES",
    "WAGTAIL_I18N_ENABLED",
]

#: Codes of the languages of pages, interface and mails; the first is the school's own.
_asked: list[str] = env.list("LANGUAGES", default=["en", "fr", "ar"])
_codes = list(dict.fromkeys(code.strip().lower() for code in _asked if code.strip()))
_unknown = [code for code in _codes if "name" not in LANG_INFO.get(code, {})]
if _unknown or not _codes:
    raise ImproperlyConfigured(
        f"LANGUAGES names '{', '.join(_unknown)}'; use codes that Django knows, e.g. LANGUAGES=en,fr,ar."
    )

LANGUAGE_CODE = _codes[0]
# Django's own catalogues hold the names of languages.
LANGUAGES = [(code, _lazy(LANG_INFO[code]["name"])) for code in _codes]
WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["core.django_formats"]
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
#: Times are shown in it to whoever names no zone of their own, and in mails and documents to them.
TIME_ZONE: str = env.str("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE is '{TIME_ZONE}'; use a name of the IANA database like Africa/Douala.")
#: For programs and files: a 404 there is an answer, not a reason to try the same address with a language before it.
ADDRESSES_WITHOUT_LANGUAGE = ["/graphql/", "/api/", "/_allauth/", "/admin/", "/documents/", "/static/", "/media/"]
