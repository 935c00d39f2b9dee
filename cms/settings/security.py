"""Headers, cookies, content security policy, cross-origin rules."""

from corsheaders.defaults import default_headers, default_methods
from csp.constants import NONE, SELF

from cms.settings.base import DEBUG, SITE_URL
from cms.settings.env import IS_PRODUCTION, env
from cms.settings.files import VIDEO_ORIGINS

__all__ = [
    "CONTENT_SECURITY_POLICY",
    "CORS_ALLOWED_ORIGINS",
    "CORS_ALLOW_CREDENTIALS",
    "CORS_ALLOW_HEADERS",
    "CORS_ALLOW_METHODS",
    "CORS_EXPOSE_HEADERS",
    "CORS_URLS_REGEX",
    "CSRF_COOKIE_SECURE",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_REDIRECT_EXEMPT",
    "SECURE_REFERRER_POLICY",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SECURE",
    "SILENCED_SYSTEM_CHECKS",
    "X_FRAME_OPTIONS",
]

_https = IS_PRODUCTION and SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _https and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if _https else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of the same origin

_media_origins = [*env.list("CSP_MEDIA_ORIGINS", default=[]), *VIDEO_ORIGINS]

# The website needs nothing but itself. The admin brings inline scripts of Wagtail's own and is left out;
# it has the frame and origin rules above.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/", "/graphql/", "/api/v1/docs"] if DEBUG else ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_media_origins],
        # The player hands the browser what it fetched as an object of its own (Media Source Extensions).
        "media-src": [SELF, "blob:", *_media_origins],
        "connect-src": [SELF, *_media_origins],
        "frame-src": [SELF, "https://www.youtube-nocookie.com", "https://player.vimeo.com"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

#: Frontends of others that may call GraphQL and REST from a browser, e.g. ``https://app.example.com``.
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(graphql|api|_allauth|watch)/"
#: Players of other frontends ask for pieces of videos, and want to know which ones they got. Uploaders speak tus.
_TUS = ["Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset"]
CORS_ALLOW_METHODS = (*default_methods, "HEAD")
CORS_ALLOW_HEADERS = (
    *default_headers,
    "range",
    "upload-checksum",
    "x-http-method-override",
    *(name.lower() for name in _TUS),
)
CORS_EXPOSE_HEADERS = [
    *("Accept-Ranges", "Content-Length", "Content-Range"),
    *_TUS,
    *("Location", "Retry-After", "Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Version"),
    "Upload-Expires",
]
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # a school has no say over its domain's other subdomains
    "security.W019",  # Wagtail's previews are frames of the same origin
    "security.W021",  # the preload list is for whoever owns the whole domain to ask for
]
