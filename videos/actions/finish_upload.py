"""Everything has arrived: look at it, and make a video of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.db import transaction

from core import clock
from videos.actions.cancel_upload import drop_files
from videos.actions.create_video import create_video
from videos.actions.replace_source import replace_source
from videos.errors import UploadIncomplete, UploadNotFound, VideoRefused
from videos.locks import locked_upload
from videos.models import Upload, Video
from videos.uploads import refusal_of
from videos.uploads_check import checked_digest, stored_name
from videos.uploads_disk import bytes_here, piece_path

__all__ = ["LOOK_AT_ONCE", "finish_upload"]

#: Bytes of a file that is looked at while its sender waits; larger ones are a worker's.
LOOK_AT_ONCE: Final = 256 * 1024 * 1024
#: A file moves once, from the pieces to the storage; so a second look finds it, and a third what came of it.
_LOOKS: Final = 3


def finish_upload(upload: Upload) -> Upload:
    """Make a video of a complete upload; return it as it is then. Done twice, or after a crash, it makes one video.

    No transaction is open while the file is read: that takes a second for every few hundred MB.

    Raises:
        UploadNotFound: it was cancelled meanwhile.
        UploadIncomplete: not everything has arrived.
        VideoRefused: it is not what was sent, or no video; nothing is kept of it. Also when it was refused before.
        UploadExpired: it was left for too long.
    """
    for _look in range(_LOOKS):
        try:
            return _looked_at(_now(upload))
        except VideoRefused as refusal:
            _refuse(upload, refusal.code)
            raise
        except UploadNotFound:
            drop_files(upload)  # what was moved while somebody cancelled
            raise
        except FileNotFoundError:
            continue  # a rival has moved it on while we looked: now it is done, or in the storage
    _take_back(upload)
    raise UploadIncomplete


def _looked_at(upload: Upload) -> Upload:
    if upload.state == Upload.State.DONE:
        return upload
    if upload.state == Upload.State.REFUSED:
        raise refusal_of(upload)
    if upload.offset != upload.size:
        raise UploadIncomplete
    return _finish(upload, checked_digest(upload))


def _finish(upload: Upload, digest: str) -> Upload:
    video: Video
    if upload.replaces is not None:
        video = replace_source(
            actor=upload.owner,
            video=upload.replaces,
            path_or_storage_name=_source(upload),
            filename=upload.filename,
            sha256=digest,
            name=stored_name(upload),
        )
        _done(upload)(video)
    else:
        video = create_video(
            owner=upload.owner,
            path_or_storage_name=_source(upload),
            filename=upload.filename,
            title=upload.title,
            language=upload.language,
            sha256=digest,
            key=upload.public_id,
            then=_done(upload),
        )
    return _now(upload)


def _source(upload: Upload) -> Path | str:
    return piece_path(upload) if upload.way == Upload.Way.DISK else stored_name(upload)


def _done(upload: Upload) -> Callable[[Video], None]:
    """What writes that ``upload`` has become a video."""

    def write(video: Video) -> None:
        with transaction.atomic():
            locked = locked_upload(upload.pk)
            if locked is None:
                raise UploadNotFound
            locked.state, locked.video, locked.changed_at = Upload.State.DONE, video, clock.now()
            locked.save(update_fields=["state", "video", "changed_at"])

    return write


def _refuse(upload: Upload, code: str) -> None:
    """Write why nothing became of it, and throw away what arrived."""
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is None or locked.state != Upload.State.OPEN:
            return
        locked.state, locked.failure, locked.changed_at = Upload.State.REFUSED, code, clock.now()
        locked.save(update_fields=["state", "failure", "changed_at"])
    drop_files(locked)


def _take_back(upload: Upload) -> None:
    """The disk has lost what was counted: the sender starts over where it ends now."""
    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is not None and locked.state == Upload.State.OPEN and locked.way == Upload.Way.DISK:
            locked.offset = bytes_here(locked)
            locked.save(update_fields=["offset"])


def _now(upload: Upload) -> Upload:
    found = Upload.objects.select_related("owner", "video", "replaces__uploaded_by").filter(pk=upload.pk).first()
    if found is None:
        raise UploadNotFound
    return found
