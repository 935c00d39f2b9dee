"""Sending files as uploaders do."""

import hashlib
import io
from pathlib import Path
from typing import Any

from accounts.tests.factories import make_person
from videos.actions.append_piece import append_piece
from videos.actions.start_upload import start_upload
from videos.models import Upload
from videos.tests.media import make_clip

__all__ = ["a_clip", "begin", "instructor", "send", "sha256"]


def instructor(email: str = "") -> Any:
    """Somebody who may upload."""
    return make_person(email, roles=("instructor",))


def a_clip(folder: Path, **options: Any) -> bytes:
    """The bytes of a film of two seconds."""
    return make_clip(folder / "clip.mp4", **{"seconds": 2, **options}).read_bytes()


def begin(owner: Any, content: bytes | int, **told: Any) -> Upload:
    """An upload of so many bytes."""
    size = content if isinstance(content, int) else len(content)
    return start_upload(actor=owner, size=size, **{"filename": "clip.mp4", **told})


def send(upload: Upload, content: bytes, offset: int = 0, length: int | None = None, **options: Any) -> Upload:
    """Send ``content`` at ``offset``; ``length`` is what is said of it, if that is something else."""
    return append_piece(
        actor=upload.owner,
        upload=upload,
        offset=offset,
        content=io.BytesIO(content),
        length=len(content) if length is None else length,
        **options,
    )


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()
