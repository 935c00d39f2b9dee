"""Our account at Cloudinary, from the settings, and what our videos are called there."""

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings

from videos.errors import VideoServiceNotConfigured
from videos.models import Video

__all__ = ["Account", "asset_name", "asset_of", "read_asset_name"]

_PROCESSING = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Account:
    """Who we are there, and where it is."""

    cloud: str
    key: str
    secret: str = field(repr=False)
    #: Addresses without a slash at the end: of the Upload and Admin API, and of files.
    api: str = "https://api.cloudinary.com"
    delivery: str = "https://res.cloudinary.com"
    #: ``sha1`` or ``sha256``: what signatures are made with.
    algorithm: str = "sha1"

    @classmethod
    def from_settings(cls) -> Self:
        """The account that ``CLOUDINARY_URL`` names.

        Raises:
            VideoServiceNotConfigured: there is none, or it makes no sense.
        """
        try:
            parts = urlsplit(settings.CLOUDINARY_URL)
            cloud, key, secret = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
        except ValueError as error:
            raise VideoServiceNotConfigured from error
        if parts.scheme != "cloudinary" or not (cloud and key and secret):
            raise VideoServiceNotConfigured from ValueError("CLOUDINARY_URL is not like cloudinary://key:secret@cloud")
        # ``hostname`` is in small letters; names of clouds are not always.
        cloud = parts.netloc.rpartition("@")[2]
        return cls(
            cloud,
            key,
            secret,
            api=settings.CLOUDINARY_API_URL.rstrip("/"),
            delivery=settings.CLOUDINARY_DELIVERY_URL.rstrip("/"),
            algorithm=settings.CLOUDINARY_SIGNATURE,
        )


def asset_name(video_key: UUID, processing: str) -> str:
    """The ``public_id`` of one processing's original: always the same, so that sending it twice makes one."""
    return f"{settings.CLOUDINARY_FOLDER}/{video_key.hex}-{processing}"


def read_asset_name(name: str) -> tuple[UUID, str] | None:
    """Video and processing of a ``public_id``; None for what is none of ours."""
    folder, _, rest = name.rpartition("/")
    key, _, processing = rest.partition("-")
    if folder != settings.CLOUDINARY_FOLDER or not _PROCESSING.fullmatch(processing):
        return None
    try:
        return UUID(hex=key), processing
    except ValueError:
        return None


def asset_of(video: Video) -> str:
    """What the original of a video's present processing is called there; empty when there is none."""
    processing = video.processor_data.get("processing", "")
    return asset_name(video.public_id, processing) if processing else ""
