"""The folder where one processing keeps what it has done, so that whoever goes on with it does nothing twice."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

__all__ = ["WorkFolder", "work_folders"]

_STATE = "state.json"


class WorkFolder:
    """``VIDEO_WORK_FOLDER/<video>/<processing>``: the source, what was made of it, and results of finished stages.

    Lost with the machine, the work begins anew; nothing else depends on it.
    """

    def __init__(self, video_key: UUID, processing: str) -> None:
        self.path = Path(settings.VIDEO_WORK_FOLDER) / video_key.hex / processing
        self.results: dict[str, Any] = {}

    def open(self) -> None:
        """Make it, or read what was done."""
        self.made.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError, ValueError):
            self.results = json.loads((self.path / _STATE).read_text(encoding="utf-8"))

    @property
    def source(self) -> Path:
        """The uploaded file, or a link to it."""
        return self.path / "source"

    @property
    def made(self) -> Path:
        """Where renditions and pictures are written."""
        return self.path / "made"

    @property
    def fetched(self) -> Path:
        """Where what was made elsewhere waits to be brought into our form."""
        return self.path / "fetched"

    def finish(self, stage: str, result: Any) -> None:
        """Note on disk that a stage is done, and with what outcome."""
        self.results[stage] = result
        self._write()

    def undo(self, stage: str) -> None:
        """Note that a stage has to be done again."""
        if self.results.pop(stage, None) is not None:
            self._write()

    def _write(self) -> None:
        half = self.path / f"{_STATE}.part"
        with half.open("w", encoding="utf-8") as file:
            json.dump(self.results, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self.path / _STATE)

    def delete(self) -> None:
        """Remove it; the video's own folder too when nothing else lies there."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            self.path.parent.rmdir()


def work_folders() -> Iterator[tuple[UUID | None, str, Path]]:
    """List what lies in the work folder: video (None when it is none of ours), processing, and where."""
    root = Path(settings.VIDEO_WORK_FOLDER)
    if not root.is_dir():
        return
    for outer in sorted(root.iterdir()):
        try:
            key = UUID(hex=outer.name)
        except ValueError:
            yield None, "", outer
            continue
        inner = sorted(outer.iterdir()) if outer.is_dir() else []
        for folder in inner:
            yield key, folder.name, folder
        if not inner:
            yield key, "", outer
