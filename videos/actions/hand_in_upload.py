"""The sender says that everything has arrived."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from core import clock
from videos.actions.finish_upload import LOOK_AT_ONCE, finish_upload
from videos.errors import UploadIncomplete
from videos.locks import locked_upload
from videos.models import Upload
from videos.uploads import require_uploader
from videos.uploads_parts import put_together

__all__ = ["hand_in_upload"]

#: After so long a worker that was to look at a file counts as dead.
_GIVEN_UP: Final = timedelta(minutes=15)


def hand_in_upload(*, actor: Any, upload: Upload, parts: dict[int, str] | None = None) -> Upload:
    """Have a complete upload looked at: a small file now, a large one by a worker. Asked again, it says how it went.

    Args:
        parts: etags by number, of uploads whose parts go to the store.

    Returns:
        the upload; open still while a worker is at it.

    Raises:
        NotAllowed: who asks may upload nothing.
        UploadNotFound, UploadExpired, UploadIncomplete, PartsMissing: there is nothing whole.
        VideoRefused: what arrived is no video, or not what was sent.
    """
    require_uploader(actor)
    if upload.state == Upload.State.OPEN and upload.way == Upload.Way.MULTIPART:
        upload = put_together(upload, parts)
    if upload.state == Upload.State.OPEN and upload.offset == upload.size > LOOK_AT_ONCE:
        _give_to_worker(upload)
        upload.refresh_from_db()
        return upload
    return finish_upload(upload)


def _give_to_worker(upload: Upload) -> None:
    """Once for all who ask; again when nothing came of it."""
    from videos.tasks import finish_upload_later

    with transaction.atomic():
        locked = locked_upload(upload.pk)
        if locked is None or locked.offset != locked.size:
            raise UploadIncomplete
        given = locked.store.get("given_at", 0)
        now = clock.now()
        if given > (now - _GIVEN_UP).timestamp():
            return
        locked.store["given_at"] = now.timestamp()
        locked.save(update_fields=["store"])
        transaction.on_commit(lambda: finish_upload_later.delay(upload.pk))
