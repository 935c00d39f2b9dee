"""Throw away what has arrived of a file."""

from typing import Any

from django.db import transaction

from videos import uploads_parts
from videos.errors import UploadNotOpen
from videos.locks import locked_upload
from videos.models import Upload, Video
from videos.originals import drop_file
from videos.uploads import require_uploader
from videos.uploads_check import stored_name
from videos.uploads_disk import drop_piece

__all__ = ["cancel_upload", "drop_files"]


def cancel_upload(*, actor: Any, upload: Upload) -> None:
    """Forget ``upload`` and what has arrived of it; also one that was refused. A second time does nothing.

    Raises:
        NotAllowed: who asks may upload nothing.
        UploadNotOpen: it has become a video, which is deleted as such.
    """
    require_uploader(actor)
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is None:
            return
        if locked.state == Upload.State.DONE:
            raise UploadNotOpen
        locked.delete()
    drop_files(upload)


def drop_files(upload: Upload) -> None:
    """Remove every byte of ``upload`` that no video has become."""
    drop_piece(upload)
    if upload.way == Upload.Way.MULTIPART:
        uploads_parts.abort(upload)
    name = stored_name(upload)
    if not Video.objects.filter(original=name).exists():
        drop_file(name)
