"""Take a file that came in one request: a form without script, a command."""

from typing import Any

from django.core.files import File

from videos.actions.append_piece import append_piece
from videos.actions.cancel_upload import cancel_upload
from videos.actions.finish_upload import finish_upload
from videos.actions.start_upload import start_upload
from videos.errors import UploadIncomplete, UploadNotPossible
from videos.models import Video

__all__ = ["upload_whole"]


def upload_whole(
    *, actor: Any, file: File, title: str = "", language: str = "", replaces: Video | None = None
) -> Video:
    """Make a video of ``file``, under the same limits and looks as what comes in pieces.

    Raises:
        NotAllowed: who asks may not upload, or not look after the video that is to be replaced.
        UploadNotPossible, FileTooLarge, QuotaUsedUp, TooManyUploads, DiskFull: there is no room for it.
        VideoRefused: it is no video or recording, or beyond a limit.
    """
    if not file.size:
        raise UploadNotPossible(field="file")
    upload = start_upload(
        actor=actor, size=file.size, filename=str(file.name or ""), title=title, language=language, replaces=replaces
    )
    try:
        file.seek(0)
        upload = append_piece(actor=actor, upload=upload, offset=0, content=file, length=file.size)
        video = finish_upload(upload).video
    except Exception:
        # Nobody knows of this upload but we: it can't be gone on with.
        cancel_upload(actor=actor, upload=upload)
        raise
    if video is None:
        raise UploadIncomplete
    return video
