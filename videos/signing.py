"""Signed links to the files of a video: one part of the address says whose they are and until when, and is signed.

A browser fetches a playlist and then hundreds of pieces; all lie below ``/watch/<token>/``, so relative addresses in
the playlist carry the token along. Reading one needs no database. What a token can't know, whether the enrolment still
holds, ``learning.videos`` looks up once a minute.
"""

import base64
import hashlib
import hmac
import re
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from core import clock
from videos.errors import LinkExpired, LinkNotValid, LinkOfAnotherBrowser, VideoNotReady
from videos.models import COPIES, Video

__all__ = ["NO_COPY", "Link", "grant_token", "processing_of", "read_token"]

#: Version, flags, video, processing, viewer, stream, right, binding, expiry (seconds since 1970, until 2106).
_LAYOUT = struct.Struct(">BB16s4s16s16s16s12sI")
_SIGNATURE = 16  #: bytes kept of an HMAC-SHA256; 128 bits can't be guessed
_VERSION = 1
_BOUND, _DOWNLOAD, _COPY = 1, 2, 4
#: Of a link that leads to sound and captions alone.
NO_COPY = "00000000"
_NOBODY = uuid.UUID(int=0)
#: Base64 of exactly this length has no spare bits, so no token has a second spelling.
_WRITTEN = re.compile(rf"[A-Za-z0-9_-]{{{(_LAYOUT.size + _SIGNATURE) * 4 // 3}}}\Z")
_FOLDER = re.compile(r"[0-9a-f]{32}/([0-9a-f]{8})\Z")


@dataclass(frozen=True)
class Link:
    """What a token says."""

    video: uuid.UUID
    #: Which processing's files: eight hex digits. Who watches keeps theirs when newer ones are made.
    processing: str
    expires_at: datetime
    #: ``public_id`` of the person, and what they hold: an enrolment, or nothing for authors and reviewers.
    viewer: uuid.UUID | None = None
    right: uuid.UUID | None = None
    #: The lease of :class:`~videos.models.StreamLease` that it plays under; a download has none.
    stream: uuid.UUID | None = None
    is_bound: bool = False
    is_download: bool = False
    #: The picture is that of one person's copy (``processing`` says which); no other picture is to be had by it.
    is_copy: bool = False

    @property
    def folder(self) -> str:
        """Where the files, or that of the copy, lie in the storage."""
        return f"{COPIES}/{self.video.hex}/{self.processing}" if self.is_copy else f"{self.video.hex}/{self.processing}"

    @property
    def seconds_left(self) -> int:
        """How long it works, in whole seconds."""
        return max(0, int((self.expires_at - clock.now()).total_seconds()))


def processing_of(video: Video) -> str:
    """The processing whose files learners get now.

    Raises:
        VideoNotReady: there are none yet.
    """
    found = _FOLDER.match(video.folder)
    if found is None:
        raise VideoNotReady
    return found[1]


def grant_token(
    video: Video,
    *,
    expires_at: datetime,
    viewer: uuid.UUID | None = None,
    right: uuid.UUID | None = None,
    stream: uuid.UUID | None = None,
    bound_to: str = "",
    is_download: bool = False,
    copy: str = "",
) -> str:
    """Return a token for everything that belongs to ``video``, or for everything but pictures without a name.

    Args:
        expires_at: seconds count, parts of them don't.
        bound_to: secret of the browser that alone may use it; empty: whoever holds the token may.
        copy: eight hex digits of the viewer's copy, whose picture it is for; :data:`NO_COPY` for no picture at all.

    Raises:
        VideoNotReady: it has no files yet.
    """
    flags = (_BOUND if bound_to else 0) | (_DOWNLOAD if is_download else 0) | (_COPY if copy else 0)
    payload = _LAYOUT.pack(
        _VERSION,
        flags,
        video.public_id.bytes,
        bytes.fromhex(copy or processing_of(video)),
        (viewer or _NOBODY).bytes,
        (stream or _NOBODY).bytes,
        (right or _NOBODY).bytes,
        _binding(bound_to),
        int(expires_at.timestamp()),
    )
    signature = _sign(payload, next(_keys()))
    return base64.urlsafe_b64encode(payload + signature).decode()


def read_token(token: str, *, bound_to: str = "") -> Link:
    """Return what ``token`` says.

    Args:
        bound_to: secret of the browser that asks; empty when it has none.

    Raises:
        LinkNotValid: not one of ours, or altered.
        LinkExpired: its time is over.
        LinkOfAnotherBrowser: it was made for another one.
    """
    if not _WRITTEN.match(token):
        raise LinkNotValid
    raw = base64.urlsafe_b64decode(token)
    payload, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if not any(hmac.compare_digest(signature, _sign(payload, key)) for key in _keys()):
        raise LinkNotValid
    version, flags, video, processing, viewer, stream, right, binding, expires = _LAYOUT.unpack(payload)
    if version != _VERSION:
        raise LinkNotValid
    link = Link(
        video=uuid.UUID(bytes=video),
        processing=processing.hex(),
        expires_at=datetime.fromtimestamp(expires, UTC),
        viewer=_somebody(viewer),
        stream=_somebody(stream),
        right=_somebody(right),
        is_bound=bool(flags & _BOUND),
        is_download=bool(flags & _DOWNLOAD),
        is_copy=bool(flags & _COPY),
    )
    if link.expires_at <= clock.now():
        raise LinkExpired
    if link.is_bound and not hmac.compare_digest(binding, _binding(bound_to)):
        raise LinkOfAnotherBrowser
    return link


def _binding(secret: str) -> bytes:
    return hashlib.sha256(b"videos.signing.binding:" + secret.encode()).digest()[:12] if secret else bytes(12)


def _somebody(raw: bytes) -> uuid.UUID | None:
    found = uuid.UUID(bytes=raw)
    return None if found == _NOBODY else found


def _keys() -> Iterator[bytes]:
    """The key to sign with, then those of secrets that were replaced and still open what they signed."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hashlib.sha256(b"videos.signing:" + str(secret).encode()).digest()


def _sign(payload: bytes, key: bytes) -> bytes:
    return hmac.new(key, payload, hashlib.sha256).digest()[:_SIGNATURE]
