"""Uploads as data: what comes in, what goes out, and what OpenAPI says of both."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from core import clock
from core.errors import InvalidInput
from videos.models import Upload
from videos.uploads import open_uploads, quota_left, refusal_of
from videos.uploads_disk import bytes_here
from videos.uploads_parts import is_possible

__all__ = [
    "HandInSchema",
    "NewUpload",
    "PartsSchema",
    "UploadListSchema",
    "UploadSchema",
    "limits_of",
    "parts_told",
    "upload_as_data",
]


class NewUpload(serializers.Serializer[Any]):
    """What is said of a file before it is sent."""

    size = serializers.IntegerField(min_value=1, max_value=2**53, help_text="Bytes.")
    filename = serializers.CharField(max_length=255)
    title = serializers.CharField(max_length=255, required=False, allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True, help_text="Spoken in it.")
    sha256 = serializers.CharField(max_length=64, required=False, allow_blank=True, help_text="Of the file, in hex.")
    replaces = serializers.UUIDField(required=False, allow_null=True, help_text="A video that gets this new source.")
    way = serializers.ChoiceField(Upload.Way.values, default=Upload.Way.DISK)


FailureSchema = inline_serializer(
    "UploadFailure", {"code": serializers.CharField(), "message": serializers.CharField()}, allow_null=True
)
VideoSchema = inline_serializer(
    "UploadedVideo", {"id": serializers.UUIDField(), "title": serializers.CharField()}, allow_null=True
)
_FIELDS: dict[str, Any] = {
    "id": serializers.UUIDField(),
    "url": serializers.CharField(),
    "state": serializers.ChoiceField(Upload.State.values),
    "way": serializers.ChoiceField(Upload.Way.values),
    "filename": serializers.CharField(),
    "title": serializers.CharField(),
    "language": serializers.CharField(),
    "size": serializers.IntegerField(),
    "offset": serializers.IntegerField(),
    "created_at": serializers.DateTimeField(),
    "expires_at": serializers.DateTimeField(),
    "is_expired": serializers.BooleanField(),
    "was_here": serializers.BooleanField(help_text="The file was uploaded before; that video is used again."),
    "video": VideoSchema,
    "failure": FailureSchema,
}
UploadSchema = inline_serializer("Upload", _FIELDS)
UploadListSchema = inline_serializer(
    "Uploads",
    {
        "uploads": inline_serializer("UploadItem", _FIELDS, many=True),
        "limits": inline_serializer(
            "UploadLimits",
            {
                "max_bytes": serializers.IntegerField(),
                "max_seconds": serializers.IntegerField(),
                "quota_bytes": serializers.IntegerField(),
                "quota_left": serializers.IntegerField(),
                "open_uploads": serializers.IntegerField(),
                "open_uploads_left": serializers.IntegerField(),
                "checked_piece_bytes": serializers.IntegerField(),
                "ways": serializers.ListField(
                    child=serializers.CharField(), help_text="Of `way`, those that are possible."
                ),
            },
        ),
    },
)
PartsSchema = inline_serializer(
    "UploadParts",
    {
        "part_size": serializers.IntegerField(),
        "count": serializers.IntegerField(),
        "arrived": serializers.ListField(child=serializers.IntegerField()),
        "addresses": serializers.DictField(child=serializers.CharField()),
    },
)
HandInSchema = inline_serializer(
    "HandIn",
    {
        "parts": inline_serializer(
            "UploadedPart",
            {"number": serializers.IntegerField(), "etag": serializers.CharField()},
            many=True,
            required=False,
        )
    },
)


def upload_as_data(upload: Upload) -> dict[str, Any]:
    """An upload as its owner reads it."""
    is_open = upload.state == Upload.State.OPEN
    is_expired = is_open and upload.expires_at <= clock.now()
    video = upload.video
    refusal = refusal_of(upload) if upload.state == Upload.State.REFUSED else None
    return {
        "id": upload.public_id,
        "url": reverse("upload", args=[upload.public_id]),
        "state": upload.state,
        "way": upload.way,
        "filename": upload.filename,
        "title": upload.title,
        "language": upload.language,
        "size": upload.size,
        "offset": bytes_here(upload) if is_open and upload.way == Upload.Way.DISK else upload.offset,
        "created_at": upload.created_at,
        "expires_at": upload.expires_at,
        "is_expired": is_expired,
        "was_here": bool(video and upload.replaces_id is None and video.public_id != upload.public_id),
        "video": {"id": video.public_id, "title": video.title} if video else None,
        "failure": {"code": refusal.code, "message": str(refusal)} if refusal else None,
    }


def limits_of(person: Any) -> dict[str, Any]:
    """How much ``person`` may upload."""
    most = settings.VIDEO_OPEN_UPLOADS
    return {
        "max_bytes": settings.VIDEO_MAX_BYTES,
        "max_seconds": settings.VIDEO_MAX_SECONDS,
        "quota_bytes": settings.VIDEO_QUOTA_BYTES,
        "quota_left": quota_left(person),
        "open_uploads": most,
        "open_uploads_left": max(most - open_uploads(person).count(), 0),
        "checked_piece_bytes": settings.VIDEO_PIECE_BYTES,
        "ways": [Upload.Way.DISK.value, *([Upload.Way.MULTIPART.value] if is_possible() else [])],
    }


def parts_told(data: Any) -> dict[int, str]:
    """What the sender says of the parts: etags by number.

    Raises:
        InvalidInput: it isn't of the shape that OpenAPI says.
    """
    parts = data.get("parts") or [] if isinstance(data, dict) else None
    if not isinstance(parts, list) or len(parts) > 10_000:
        raise InvalidInput(field="parts")
    told: dict[int, str] = {}
    for part in parts:
        number, etag = (part.get("number"), part.get("etag")) if isinstance(part, dict) else (None, None)
        if type(number) is not int or not isinstance(etag, str):
            raise InvalidInput(field="parts")
        told[number] = etag
    return told
