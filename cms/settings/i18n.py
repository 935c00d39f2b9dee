"""Languages, time and catalogues."""

from django.utils.translation import gettext_lazy as _lazy

from cms.settings.env import BASE_DIR

__all__ = [
    "ADDRESSES_WITHOUT_LANGUAGE",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LANGUAGE_COOKIE_NAME",
    "LOCALE_PATHS",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
    "WAGTAIL_CONTENT_LANGUAGES",
    "WAGTAIL_I18N_ENABLED",
]

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _lazy("English")), ("fr", _lazy("French"))]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "UTC"
#: For programs and files: a 404 there is an answer, not a reason to try the same address with a language before it.
ADDRESSES_WITHOUT_LANGUAGE = ["/graphql/", "/api/", "/_allauth/", "/admin/", "/documents/", "/static/", "/media/"]
