"""Files as they were uploaded: how they are called in the storage ``videos``, how they get there, what they hash to."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Final
from uuid import UUID

from django.core.files import File

from videos.scratch import new_scratch
from videos.storage import video_storage

__all__ = ["clean_filename", "drop_file", "keep_file", "on_disk", "original_name", "sha256_of", "take_file", "title_of"]

#: Bytes read at a time.
BLOCK: Final = 1024 * 1024
#: Endings that are kept in the name for whoever downloads the file. They decide nothing: ffprobe says what it is.
_ENDINGS: Final = frozenset(
    ".3gp .aac .avi .flac .flv .m2ts .m4a .m4v .mkv .mov .mp3 .mp4 .mpeg .mpg .mts .oga .ogg .ogv .opus .ts .wav .webm "
    ".wma .wmv".split()
)


def original_name(key: UUID, filename: str) -> str:
    """Name in the storage of the file that arrived under ``key``."""
    ending = PurePosixPath(clean_filename(filename)).suffix.lower()
    return f"originals/{key.hex}{ending if ending in _ENDINGS else ''}"


def clean_filename(filename: str) -> str:
    """A file's name without folders and control characters, at most 255 characters; ``video`` when nothing is left."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    stem, dot, ending = name.rpartition(".")
    if len(name) > 255 and dot and len(ending) < 20:
        name = f"{stem[: 254 - len(ending)]}.{ending}"
    return name[:255] or "video"


def title_of(filename: str) -> str:
    """A title for a file of that name: ``02_Loops-and_lists.mp4`` is ``02 Loops-and lists``."""
    stem = PurePosixPath(clean_filename(filename)).stem
    return " ".join(stem.replace("_", " ").split())[:255] or "Video"


def keep_file(path: Path, name: str) -> None:
    """Move ``path`` into the storage under ``name``. Done twice, also after a crash in between, it is done once.

    Raises:
        FileNotFoundError: it is neither at ``path`` nor in the storage.
    """
    storage = video_storage()
    if not path.exists():
        if storage.exists(name):
            return
        raise FileNotFoundError(path)
    try:
        target = storage.path(name)
    except NotImplementedError:  # a store elsewhere
        try:
            with path.open("rb") as content:
                storage.save(name, File(content))
        except FileNotFoundError:  # a rival has just moved it
            if not storage.exists(name):
                raise
        path.unlink(missing_ok=True)
        return
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(path, target)
    except FileNotFoundError:  # a rival has just moved it
        if not storage.exists(name):
            raise
    except OSError:  # another disk: copied beside its place first, so that nobody sees half a file
        beside = f"{target}.{os.getpid()}"
        shutil.copyfile(path, beside)
        os.replace(beside, target)
        path.unlink(missing_ok=True)


def take_file(source: Path | str, name: str, sha256: str = "") -> str:
    """See that what is at ``source`` lies in the storage under ``name``; return its SHA-256 in hex.

    Args:
        source: a ``Path``, which is moved, or ``name`` itself.
        sha256: where the caller has read the file already.

    Raises:
        FileNotFoundError: it is in neither place.
    """
    if isinstance(source, Path):
        if not sha256:
            with suppress(FileNotFoundError):  # moved by an earlier call that came no further, or by a rival
                sha256 = sha256_of(source)
        keep_file(source, name)
    return sha256 or sha256_of(name)


def drop_file(name: str) -> None:
    """Remove a file from the storage, if it is there."""
    if name:
        video_storage().delete(name)


@contextmanager
def on_disk(name: str) -> Iterator[Path]:
    """A file of the storage as a path: where it lies, or a copy of it that is gone afterwards.

    Raises:
        FileNotFoundError: there is none.
    """
    storage = video_storage()
    if not storage.exists(name):
        raise FileNotFoundError(name)
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        with new_scratch() as copy:
            # In pieces to the disk; what the storage opens would be in memory as a whole.
            bucket, key = storage.bucket, storage._normalize_name(name)  # type: ignore[attr-defined]
            bucket.Object(key).download_fileobj(copy)
            copy.flush()
            yield Path(copy.name)
        return
    yield path


def sha256_of(source: Path | str) -> str:
    """SHA-256 in hex of a file on disk (``Path``) or in the storage (its name), read in blocks.

    Raises:
        FileNotFoundError: there is none.
    """
    if isinstance(source, str):
        with on_disk(source) as path:
            return sha256_of(path)
    digest = hashlib.sha256()
    with source.open("rb") as content:
        while block := content.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
