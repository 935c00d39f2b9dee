"""Who is asking: users, allauth (website and headless), second factor, lock-out."""

import hashlib
import hmac
from datetime import timedelta

from cms.settings.base import SECRET_KEY, SITE_NAME, SITE_URL
from cms.settings.env import IS_PRODUCTION, IS_TEST, env

__all__ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_CHANGE_EMAIL",
    "ACCOUNT_DEFAULT_HTTP_PROTOCOL",
    "ACCOUNT_EMAIL_NOTIFICATIONS",
    "ACCOUNT_EMAIL_SUBJECT_PREFIX",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION",
    "ACCOUNT_LOGOUT_ON_GET",
    "ACCOUNT_PREVENT_ENUMERATION",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_REQUIRED",
    "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_SIGNUP_FORM_CLASS",
    "ACCOUNT_UNIQUE_EMAIL",
    "ACCOUNT_USER_DISPLAY",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD",
    "AUTHENTICATION_BACKENDS",
    "AUTH_PASSWORD_VALIDATORS",
    "AUTH_USER_MODEL",
    "AXES_COOLOFF_TIME",
    "AXES_DISABLE_ACCESS_LOG",
    "AXES_ENABLED",
    "AXES_FAILURE_LIMIT",
    "AXES_HANDLER",
    "AXES_LOCKOUT_CALLABLE",
    "AXES_LOCKOUT_PARAMETERS",
    "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT",
    "AXES_RESET_ON_SUCCESS",
    "AXES_USERNAME_CALLABLE",
    "AXES_VERBOSE",
    "HEADLESS_ADAPTER",
    "HEADLESS_CLIENTS",
    "HEADLESS_FRONTEND_URLS",
    "HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN",
    "HEADLESS_JWT_ALGORITHM",
    "HEADLESS_JWT_PRIVATE_KEY",
    "HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN",
    "HEADLESS_JWT_ROTATE_REFRESH_TOKEN",
    "HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED",
    "HEADLESS_TOKEN_STRATEGY",
    "LANGUAGE_COOKIE_AGE",
    "LANGUAGE_COOKIE_SAMESITE",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "LOGOUT_REDIRECT_URL",
    "MFA_ADAPTER",
    "MFA_SUPPORTED_TYPES",
    "MFA_TOTP_ISSUER",
    "MFA_TOTP_TOLERANCE",
    "PASSWORD_RESET_TIMEOUT",
    "REQUIRE_STAFF_MFA",
    "SESSION_COOKIE_AGE",
    "WAGTAILADMIN_LOGIN_URL",
    "WAGTAIL_EMAIL_MANAGEMENT_ENABLED",
    "WAGTAIL_FRONTEND_LOGIN_URL",
    "WAGTAIL_GRAVATAR_PROVIDER_URL",
    "WAGTAIL_PASSWORD_MANAGEMENT_ENABLED",
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    # First, as it only says no: after too many wrong passwords nothing below is asked.
    "axes.backends.AxesStandaloneBackend",
    # Django's own backend is its base class, so permissions and sessions of other log-ins work through it too.
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/dashboard/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3 * 3600  # seconds
#: Seconds a log-in lasts without use. An app's tokens hang on a session too: see the refresh token below.
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Address and password have one place, the account pages, where changes are verified; the admin has no second one.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
#: No picture service of others learns our people's addresses.
WAGTAIL_GRAVATAR_PROVIDER_URL = None

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
#: What mails and messages call an account: a name would let strangers write into other people's mail.
ACCOUNT_USER_DISPLAY = "accounts.queries.address_of"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_UNIQUE_EMAIL = True
#: With mandatory verification, signing up with a known address looks the same from outside as with a new one.
ACCOUNT_PREVENT_ENUMERATION = True
# By a link, not a code: it works in another browser than the one that signed up (webmail on a phone), and its last
# part is the key that an app posts.
ACCOUNT_EMAIL_VERIFICATION: str = env.str("ACCOUNT_EMAIL_VERIFICATION", default="mandatory")
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the session that signed up
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one replaces it once verified
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https://") else "http"
# Short brakes; what isn't named keeps allauth's own (see allauth.account.app_settings). The long one is axes, below.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}

HEADLESS_CLIENTS = ("app",)
HEADLESS_ADAPTER = "accounts.adapters.HeadlessAdapter"
#: An app's own pages, which mails that it asked for lead to; empty: they lead to the website.
#: ``HEADLESS_FRONTEND_URL=https://app.example.com`` stands for the four below it.
_app: str = env.str("HEADLESS_FRONTEND_URL", default="").rstrip("/")
HEADLESS_FRONTEND_URLS: dict[str, str] = (
    {
        "account_confirm_email": f"{_app}/account/verify-email/{{key}}",
        "account_reset_password": f"{_app}/account/password/reset",
        "account_reset_password_from_key": f"{_app}/account/password/reset/{{key}}",
        "account_signup": f"{_app}/account/signup",
    }
    if _app
    else {}
)
HEADLESS_TOKEN_STRATEGY = "accounts.tokens.TokenStrategy"
#: A private key (PEM) signs with RS256, which other services can check by its public half. Without one tokens are
#: signed with HS256 under a key of their own, derived from SECRET_KEY: nobody else needs to read them.
HEADLESS_JWT_PRIVATE_KEY: str = (
    env.str("HEADLESS_JWT_PRIVATE_KEY", default="", multiline=True)
    or hmac.new(SECRET_KEY.encode(), b"headless-jwt", hashlib.sha256).hexdigest()
)
HEADLESS_JWT_ALGORITHM = "RS256" if HEADLESS_JWT_PRIVATE_KEY.startswith("-----BEGIN") else "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = int(timedelta(minutes=10).total_seconds())
#: No longer than the session it hangs on; each exchange starts both anew.
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = SESSION_COOKIE_AGE
HEADLESS_JWT_ROTATE_REFRESH_TOKEN = True
#: Access tokens are checked against their session: logging out or changing the password ends them at once instead of
#: after ten minutes. Costs a session and a user look-up a request.
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # half a minute either way: phones' clocks are off
#: Staff (anyone who may open the admin) must have a second factor before they get in.
REQUIRE_STAFF_MFA: bool = env.bool("REQUIRE_STAFF_MFA", default=IS_PRODUCTION)

AXES_ENABLED = not IS_TEST or env.bool("AXES_IN_TESTS", default=False)
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
#: Trying on while locked out doesn't lock out for longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "accounts.lockout.username_of"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.respond"
AXES_VERBOSE = False
# In the database, not the cache: a lock-out survives a restart, and a cache that is down unlocks nobody.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_DISABLE_ACCESS_LOG = True  # successful log-ins and their addresses are nobody's business here
