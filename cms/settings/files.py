"""Static files and media: folders when nothing is configured, S3 by ``AWS_STORAGE_BUCKET_NAME``."""

from pathlib import Path
from typing import Any

from cms.settings.env import BASE_DIR, IS_PRODUCTION, VAR_DIR, env

__all__ = [
    "AWS_S3_FILE_OVERWRITE",
    "AWS_S3_SIGNATURE_VERSION",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "MEDIA_ROOT",
    "MEDIA_URL",
    "STATICFILES_DIRS",
    "STATIC_ROOT",
    "STATIC_URL",
    "STORAGES",
    "WHITENOISE_AUTOREFRESH",
    "WHITENOISE_MAX_AGE",
    "WHITENOISE_USE_FINDERS",
]

STATIC_URL = "/static/"
#: Where ``collectstatic`` gathers; an image sets it to a folder of its own, so that no volume hides newer files.
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_MAX_AGE = 3600
# Elsewhere than in production files are served from where they lie, by any server, without ``collectstatic``.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not IS_PRODUCTION
#: Bytes of a form or JSON body a stranger may send; files have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

_media: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if bucket := env.str("AWS_STORAGE_BUCKET_NAME", default=""):
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("AWS_S3_REGION_NAME", default="") or None,
            "custom_domain": env.str("AWS_S3_CUSTOM_DOMAIN", default="") or None,
        },
    }
# MinIO and other S3-compatible stores refuse the older signature.
AWS_S3_SIGNATURE_VERSION = "s3v4"
AWS_S3_FILE_OVERWRITE = False

STORAGES = {
    "default": _media,
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        ),
    },
}
