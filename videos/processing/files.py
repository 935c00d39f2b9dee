"""Moves what was made into the storage, and takes away what is not needed any more. Each may be done twice."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from videos.storage import video_storage

__all__ = ["delete_folder", "fetch", "put"]

_BLOCK = 4 * 1024 * 1024


def fetch(name: str, target: Path, tell: Callable[[float], None]) -> None:
    """Make a stored file readable at ``target``: a link where the storage is on this machine, else a copy.

    Args:
        tell: called with the share that is copied; what it raises ends the copying.

    Raises:
        FileNotFoundError: it is not there.
    """
    storage = video_storage()
    if not storage.exists(name):
        raise FileNotFoundError(name)
    with suppress(FileNotFoundError):
        target.unlink()
    if isinstance(storage, FileSystemStorage):
        target.symlink_to(storage.path(name))
        return
    half = target.with_name(f"{target.name}.part")
    size = max(1, storage.size(name))
    done = 0
    with storage.open(name, "rb") as source, half.open("wb") as copy:
        while piece := source.read(_BLOCK):
            copy.write(piece)
            done += len(piece)
            tell(done / size)
    half.replace(target)


def put(path: Path, name: str) -> None:
    """Store a file under exactly this name, whole or not at all; what had the name is replaced."""
    storage = video_storage()
    if isinstance(storage, FileSystemStorage):
        place = Path(storage.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_name(f".{place.name}.part")
        with suppress(FileNotFoundError):
            half.unlink()
        try:
            os.link(path, half)
        except OSError:  # the work folder is on another disk
            shutil.copyfile(path, half)
        half.chmod(0o644)
        half.replace(place)
        # Where both are one file already, put there by a worker that was killed, replacing does nothing.
        half.unlink(missing_ok=True)
        return
    if storage.exists(name):
        storage.delete(name)
    with path.open("rb") as file:
        saved = storage.save(name, File(file))
    if saved != name:
        storage.delete(saved)
        raise FileExistsError(f"The storage of videos kept {name} as {saved}; it has to overwrite.")


def delete_folder(folder: str) -> None:
    """Delete all files of a folder of the storage, and the folder; nothing there is fine."""
    if not folder:
        return
    storage = video_storage()
    if isinstance(storage, FileSystemStorage):
        place = Path(storage.path(folder))
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # the video's own folder, if this was the last in it
            place.parent.rmdir()
        return
    _folders, names = storage.listdir(folder)
    for name in names:
        storage.delete(f"{folder}/{name}")
