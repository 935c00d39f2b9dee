"""Take the next piece of a file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from django.conf import settings
from django.db import transaction

from core import clock
from videos.errors import ChecksumMismatch, PieceTooLong, UploadNotFound, UploadNotPossible, WrongOffset
from videos.locks import locked_upload
from videos.models import Upload
from videos.uploads import expiry, require_open, require_uploader
from videos.uploads_disk import bytes_here, spooled, write

__all__ = ["Checksum", "append_piece"]

#: Bytes, or seconds, after which what has come of a long piece is counted, so that little is lost with a line.
COUNT_BYTES: Final = 4 * 1024 * 1024
COUNT_SECONDS: Final = 5.0
#: Bytes asked of the line at a time.
READ_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says a piece hashes to."""

    #: ``sha256`` or ``sha1``.
    algorithm: str
    digest: bytes


def append_piece(
    *, actor: Any, upload: Upload, offset: int, content: IO[bytes], length: int, checksum: Checksum | None = None
) -> Upload:
    """Add ``content`` at ``offset``, if that is where the file ends by now; return the upload as it is then.

    No lock is held while bytes come in: what has come is counted every few MB, each time only if nobody else has
    counted in between. So a line that broke without either end noticing keeps nobody from going on over another.
    When the line breaks, what came until then counts, unless there is a checksum: then all of the piece does or none.

    Args:
        length: bytes that ``content`` is said to have; no more are read.

    Raises:
        UploadExpired, UploadNotOpen: it has ended.
        UploadNotPossible: its parts go to the store, not here.
        WrongOffset: something else is to come next; nothing of this block counts.
        PieceTooLong: more than is missing, or, with a checksum, than is checked at once.
        ChecksumMismatch: it was damaged; nothing of it counts.
        DiskFull: there is no room.
    """
    require_uploader(actor)
    require_open(upload)
    if upload.way != Upload.Way.DISK:
        raise UploadNotPossible(field="way")
    here = bytes_here(upload)
    if offset != here:
        raise WrongOffset(here)
    if length > upload.size - offset:
        raise PieceTooLong
    if checksum is not None:
        return _append_checked(upload, offset, content, length, checksum)
    left = length
    while left:
        blocks = _blocks(content, left)
        count = sum(len(block) for block in blocks)
        if not count:
            break
        upload = _count(upload, offset, iter(blocks), count)
        offset, left = offset + count, left - count
    return upload


def _blocks(content: IO[bytes], left: int) -> list[bytes]:
    """What comes next, until it is enough to be counted, has taken long enough, or the line is at its end."""
    blocks: list[bytes] = []
    count, until = 0, time.monotonic() + COUNT_SECONDS
    while count < min(left, COUNT_BYTES) and time.monotonic() < until:
        try:
            block = content.read(min(READ_BYTES, left - count))
        except OSError:  # the line broke
            break
        if not block:
            break
        blocks.append(block)
        count += len(block)
    return blocks


def _append_checked(upload: Upload, offset: int, content: IO[bytes], length: int, checksum: Checksum) -> Upload:
    if length > settings.VIDEO_PIECE_BYTES:
        raise PieceTooLong
    with spooled(content, length, checksum.algorithm) as (copy, count, digest):
        if count != length or digest != checksum.digest:
            raise ChecksumMismatch
        return _count(upload, offset, iter(lambda: copy.read(READ_BYTES), b""), count)


def _count(upload: Upload, offset: int, blocks: Iterator[bytes], count: int) -> Upload:
    """Write what came at ``offset`` and count it, unless something else was counted meanwhile."""
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is None:
            raise UploadNotFound
        require_open(locked)
        here = bytes_here(locked)
        is_next = offset == here
        if is_next and offset + count > locked.size:
            raise PieceTooLong
        locked.offset = here
        if is_next:
            locked.offset += write(locked, blocks)
        locked.changed_at, locked.expires_at = clock.now(), expiry()
        locked.save(update_fields=["offset", "changed_at", "expires_at"])
    if not is_next:
        raise WrongOffset(here)
    return locked
