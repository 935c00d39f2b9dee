"""Pieces of files on this machine's disk, one file an upload.

The row says how much counts. Bytes are written first and counted after, so a crash in between leaves a file that is
longer than the row says: the next piece cuts it off. One that is shorter (power went before the disk had it) takes the
row back to what is there.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from videos.errors import DiskFull
from videos.models import Upload
from videos.scratch import upload_folder

__all__ = ["bytes_here", "drop_piece", "piece_path", "require_room", "spooled", "write"]

#: Room that is left to everything else on the disk, in bytes.
RESERVE: Final = 512 * 1024 * 1024


def piece_path(upload: Upload) -> Path:
    """Where what has arrived of ``upload`` lies."""
    return upload_folder() / upload.public_id.hex


def require_room(size: int) -> None:
    """Refuse what the disk can't hold.

    Raises:
        DiskFull: there would be less than :data:`RESERVE` left.
    """
    if shutil.disk_usage(upload_folder()).free < size + RESERVE:
        raise DiskFull


def bytes_here(upload: Upload) -> int:
    """How much of ``upload`` counts and is there."""
    try:
        return min(upload.offset, piece_path(upload).stat().st_size)
    except FileNotFoundError:
        return 0


def write(upload: Upload, blocks: Iterator[bytes]) -> int:
    """Write ``blocks`` after what counts, over anything that doesn't; return how many bytes they had.

    Whoever calls this holds the upload's lock. What is returned is on the disk, power cut or not.

    Raises:
        DiskFull: the disk took only some of it.
    """
    written = 0
    descriptor = os.open(piece_path(upload), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, upload.offset)
        os.lseek(descriptor, upload.offset, os.SEEK_SET)
        for block in blocks:
            view = memoryview(block)
            while view:
                done = os.write(descriptor, view)
                written, view = written + done, view[done:]
        os.fdatasync(descriptor) if hasattr(os, "fdatasync") else os.fsync(descriptor)
    except OSError as error:
        raise DiskFull from error
    finally:
        os.close(descriptor)
    return written


def drop_piece(upload: Upload) -> None:
    """Remove what has arrived, if anything has."""
    piece_path(upload).unlink(missing_ok=True)


@contextmanager
def spooled(content: IO[bytes], length: int, algorithm: str) -> Iterator[tuple[IO[bytes], int, bytes]]:
    """Read ``content`` to its end, ``length`` bytes at most; give a copy, how long it is, and its digest."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024, dir=str(upload_folder())) as copy:
        left = length
        while left and (block := content.read(min(left, 256 * 1024))):
            digest.update(block)
            copy.write(block)
            left -= len(block)
        copy.seek(0)
        yield copy, length - left, digest.digest()
