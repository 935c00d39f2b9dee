"""The folder on this machine's disk for what is on its way: pieces of uploads, copies to look at."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

__all__ = ["new_scratch", "upload_folder"]


def upload_folder() -> Path:
    """The folder; made now if it isn't there. Only we read it."""
    folder = Path(settings.VIDEO_UPLOAD_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def new_scratch() -> Any:
    """A temporary file in it, gone when it is closed; what a killed process leaves, ``sweep_uploads`` takes."""
    return tempfile.NamedTemporaryFile(dir=upload_folder(), prefix="scratch-")
