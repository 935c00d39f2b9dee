"""What tus 1.0 says in headers (https://tus.io/protocols/resumable-upload), read and written."""

import base64
import binascii
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import http_date
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from videos.actions.append_piece import Checksum
from videos.models import Upload

__all__ = [
    "PIECE_TYPE",
    "VERSION",
    "WrongVersion",
    "capabilities",
    "checksum_of",
    "metadata_of",
    "number_in",
    "written",
]

VERSION: Final = "1.0.0"
PIECE_TYPE: Final = "application/offset+octet-stream"
_EXTENSIONS: Final = "creation,creation-with-upload,expiration,checksum,termination"
#: The ones that browsers and tools have; SHA-1 finds damage of the line, and nothing else is asked of it.
_ALGORITHMS: Final = ("sha256", "sha1")
_LONGEST_METADATA: Final = 8 * 1024


class WrongVersion(DomainError):
    """``Tus-Resumable`` is missing or names a version that isn't spoken here."""

    code = "tus_version"

    def __init__(self) -> None:
        super().__init__(message=_("Say “Tus-Resumable: %(version)s”.") % {"version": VERSION})


def capabilities() -> dict[str, str]:
    """What OPTIONS tells."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": _EXTENSIONS,
        "Tus-Max-Size": str(settings.VIDEO_MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }


def number_in(request: HttpRequest, name: str) -> int:
    """A header that is a whole number of bytes.

    Raises:
        InvalidInput: it is missing, or something else.
    """
    text = request.headers.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise InvalidInput("header_not_valid", _("%(name)s has to be a number of bytes.") % {"name": name}, name)
    return int(text)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """``Upload-Metadata`` by name.

    Raises:
        InvalidInput: it isn't written as the protocol says.
    """
    header = request.headers.get("Upload-Metadata", "")
    found: dict[str, str] = {}
    try:
        if len(header) > _LONGEST_METADATA:
            raise ValueError(header)
        for pair in filter(None, (part.strip() for part in header.split(","))):
            name, _space, value = pair.partition(" ")
            if name in found or not name.isascii():
                raise ValueError(name)
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
    except (ValueError, binascii.Error) as error:
        text = _("Upload-Metadata has to be names and values in Base64, separated by commas.")
        raise InvalidInput("header_not_valid", text, "Upload-Metadata") from error
    return found


def checksum_of(request: HttpRequest) -> Checksum | None:
    """``Upload-Checksum``, if the sender gives one.

    Raises:
        InvalidInput: it isn't written as the protocol says, or of an algorithm that isn't spoken here.
    """
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _space, value = header.strip().partition(" ")
    try:
        if algorithm not in _ALGORITHMS:
            raise ValueError(algorithm)
        return Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except (ValueError, binascii.Error) as error:
        text = _("Upload-Checksum has to be one of %(names)s and the digest in Base64.")
        names = ", ".join(_ALGORITHMS)
        raise InvalidInput("header_not_valid", text % {"names": names}, "Upload-Checksum") from error


def written(response: HttpResponseBase, upload: Upload, offset: int | None = None) -> Any:
    """``response``, with what tus says of ``upload``; of its whole when ``offset`` is given (HEAD)."""
    if upload.state == Upload.State.OPEN:
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    if offset is not None:
        response["Upload-Length"] = str(upload.size)
        response["Upload-Offset"] = str(offset)
        known = {
            "filename": upload.filename,
            "title": upload.title,
            "language": upload.language,
            "sha256": upload.sha256,
        }
        response["Upload-Metadata"] = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in known.items() if value
        )
    return response
