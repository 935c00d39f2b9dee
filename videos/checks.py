"""What ``manage.py check`` says about videos."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from videos.cloudinary.account import Account
from videos.errors import VideoServiceNotConfigured

__all__ = ["check_cloudinary"]


@register()
def check_cloudinary(**_given: Any) -> list[CheckMessage]:
    """Whether Cloudinary can be used, where it is to be."""
    if settings.VIDEO_PROCESSOR != "cloudinary":
        return []
    found: list[CheckMessage] = []
    try:
        Account.from_settings()
    except VideoServiceNotConfigured:
        found.append(
            Error(
                "VIDEO_PROCESSOR is cloudinary, and CLOUDINARY_URL is missing or wrong.",
                hint="Set CLOUDINARY_URL=cloudinary://<key>:<secret>@<cloud>; their console shows it under API Keys.",
                id="videos.E001",
            )
        )
    if not settings.SITE_URL.startswith("https://") and not settings.CLOUDINARY_SIMULATOR_URL:
        found.append(
            Warning(
                "Cloudinary can't tell the school when a video is done: SITE_URL is no https:// address.",
                hint="Videos are made all the same: the worker asks, at first soon, later every five minutes.",
                id="videos.W001",
            )
        )
    return found
