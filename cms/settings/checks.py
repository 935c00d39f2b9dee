"""What production refuses to start with."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import ALLOWED_HOSTS, DEBUG, DEFAULT_SECRET_KEY, SECRET_KEY
from cms.settings.env import BAOBAB_ENV, IS_PRODUCTION
from cms.settings.payments import PAYMENT_SIMULATOR_URL

__all__: list[str] = []

if BAOBAB_ENV not in ("development", "test", "production"):
    raise ImproperlyConfigured(f"BAOBAB_ENV is '{BAOBAB_ENV}'; use development, test or production.")
if IS_PRODUCTION:
    if SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 32:
        raise ImproperlyConfigured("Production needs a SECRET_KEY of its own, at least 32 characters long.")
    if DEBUG:
        raise ImproperlyConfigured("Production never runs with DEBUG; unset it.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Production needs ALLOWED_HOSTS, e.g. ALLOWED_HOSTS=school.example.com.")
    if PAYMENT_SIMULATOR_URL:
        raise ImproperlyConfigured("Production never takes imitated payments; unset PAYMENT_SIMULATOR_URL.")
