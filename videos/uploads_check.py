"""What arrived is looked at: its hash, and whether ffprobe finds a video in it. Its name is believed in nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from videos.errors import HashMismatch, VideoRefused
from videos.models import Upload
from videos.originals import on_disk, original_name, sha256_of
from videos.processing.probe import probe
from videos.uploads_disk import piece_path

__all__ = ["checked_digest", "stored_name"]


def stored_name(upload: Upload) -> str:
    """What the whole file is called in the storage, once it is there."""
    return original_name(upload.public_id, upload.filename)


def checked_digest(upload: Upload) -> str:
    """Look at the whole file; return its SHA-256 in hex.

    Raises:
        HashMismatch: it is not what the sender said.
        VideoRefused: it is no video or recording, or beyond a limit.
        FileNotFoundError: it is nowhere.
    """
    with _whole(upload) as path:
        digest = sha256_of(path)
        if upload.sha256 and upload.sha256 != digest:
            raise HashMismatch
        try:
            probe(path)
        except VideoRefused:
            # ffprobe opens it by name: a rival may have moved it between the two looks.
            if not path.exists():
                raise FileNotFoundError(path) from None
            raise
    return digest


@contextmanager
def _whole(upload: Upload) -> Iterator[Path]:
    """The file as a path: its pieces; or what is in the storage, by parts or because a crash came after the move."""
    pieces = piece_path(upload)
    if upload.way == Upload.Way.DISK and pieces.exists():
        yield pieces
        return
    with on_disk(stored_name(upload)) as path:
        yield path
