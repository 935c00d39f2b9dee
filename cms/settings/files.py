"""Static files and media: folders when nothing is configured, S3 by ``AWS_STORAGE_BUCKET_NAME``."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    "VIDEO_ORIGINS",
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
#: Where browsers fetch videos from, besides the school itself.
VIDEO_ORIGINS: list[str] = []
# Beside the media folder, not in it: nothing but a link that was signed for somebody leads there.
_videos: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR_DIR / "videos"},
}
# A proxy that mounts the folder needs it before there is a video.
(VAR_DIR / "videos").mkdir(parents=True, exist_ok=True)
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
    # Every address into it is signed, whatever the rest of the bucket is: by the store's key, or, where a CDN stands
    # in front of it, by a key that the CDN knows.
    _cdn_key = env.str("AWS_CLOUDFRONT_KEY", default="").replace("\\n", "\n")
    _cdn = {
        "custom_domain": _media["OPTIONS"]["custom_domain"],
        "cloudfront_key_id": env.str("AWS_CLOUDFRONT_KEY_ID", default=""),
        "cloudfront_key": _cdn_key,
    }
    _is_signed_by_cdn = all(_cdn.values())
    _videos = {
        "BACKEND": _media["BACKEND"],
        "OPTIONS": {
            **{name: value for name, value in _media["OPTIONS"].items() if name != "custom_domain"},
            "location": "videos",
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": True,
            **(_cdn if _is_signed_by_cdn else {}),
        },
    }
    if _is_signed_by_cdn:
        VIDEO_ORIGINS = [f"https://{_cdn['custom_domain']}"]
    else:
        # Stores put the bucket before the host or into the path.
        _region = _media["OPTIONS"]["region_name"]
        _store = urlsplit(
            _media["OPTIONS"]["endpoint_url"] or f"https://s3.{f'{_region}.' if _region else ''}amazonaws.com"
        )
        VIDEO_ORIGINS = [f"{_store.scheme}://{_store.netloc}", f"{_store.scheme}://{bucket}.{_store.netloc}"]
# MinIO and other S3-compatible stores refuse the older signature.
AWS_S3_SIGNATURE_VERSION = "s3v4"
AWS_S3_FILE_OVERWRITE = False

STORAGES = {
    "default": _media,
    "videos": _videos,
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        ),
    },
}
