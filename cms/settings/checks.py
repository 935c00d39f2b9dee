"""What production refuses to start with."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import ALLOWED_HOSTS, DEBUG, DEFAULT_SECRET_KEY, SECRET_KEY
from cms.settings.env import BAOBAB_ENV, IS_PRODUCTION
from cms.settings.payments import PAYMENT_SIMULATOR_URL
from cms.settings.videos import (
    CLOUDINARY_API_URL,
    CLOUDINARY_DELIVERY_URL,
    CLOUDINARY_SIGNATURE,
    CLOUDINARY_SIMULATOR_URL,
    VIDEO_PROCESSOR,
)

__all__: list[str] = []

if BAOBAB_ENV not in ("development", "test", "production"):
    raise ImproperlyConfigured(f"BAOBAB_ENV is '{BAOBAB_ENV}'; use development, test or production.")
if VIDEO_PROCESSOR not in ("ffmpeg", "cloudinary"):
    raise ImproperlyConfigured(f"VIDEO_PROCESSOR is '{VIDEO_PROCESSOR}'; use ffmpeg or cloudinary.")
if CLOUDINARY_SIGNATURE not in ("sha1", "sha256"):
    raise ImproperlyConfigured(f"CLOUDINARY_SIGNATURE is '{CLOUDINARY_SIGNATURE}'; use sha1 or sha256.")
if IS_PRODUCTION:
    if SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 32:
        raise ImproperlyConfigured("Production needs a SECRET_KEY of its own, at least 32 characters long.")
    if DEBUG:
        raise ImproperlyConfigured("Production never runs with DEBUG; unset it.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Production needs ALLOWED_HOSTS, e.g. ALLOWED_HOSTS=school.example.com.")
    if PAYMENT_SIMULATOR_URL:
        raise ImproperlyConfigured("Production never takes imitated payments; unset PAYMENT_SIMULATOR_URL.")
    if CLOUDINARY_SIMULATOR_URL:
        raise ImproperlyConfigured("Production never uses the imitated Cloudinary; unset CLOUDINARY_SIMULATOR_URL.")
    for _name, _address in (
        ("CLOUDINARY_API_URL", CLOUDINARY_API_URL),
        ("CLOUDINARY_DELIVERY_URL", CLOUDINARY_DELIVERY_URL),
    ):
        if not _address.startswith("https://"):
            raise ImproperlyConfigured(f"{_name} is '{_address}'; production sends videos over https:// alone.")
