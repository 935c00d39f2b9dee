"""Begin to send a file."""

import re
from typing import Any

from django.conf import settings
from django.db import transaction

from core import clock
from core.errors import NotAllowed
from core.ids import new_public_id
from videos import uploads_parts
from videos.actions.create_video import same_video
from videos.errors import FileTooLarge, QuotaUsedUp, TooManyUploads, UploadNotPossible, VideoAlreadyHere
from videos.locks import lock_person
from videos.models import Upload, Video
from videos.originals import clean_filename, title_of
from videos.policies import can_change
from videos.uploads import expiry, open_uploads, quota_left, require_uploader
from videos.uploads_disk import require_room

__all__ = ["start_upload"]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{0,12}")


def start_upload(
    *,
    actor: Any,
    size: int,
    filename: str,
    title: str = "",
    language: str = "",
    sha256: str = "",
    replaces: Video | None = None,
    way: str = Upload.Way.DISK,
) -> Upload:
    """Keep room for a file of ``size`` bytes, and say under which key its pieces may come.

    Args:
        sha256: of the whole file in hex, if the sender knows it; what arrives has to have it.
        replaces: make the file the new source of this video.
        way: ``multipart`` to send parts to the store directly, where there is one that takes them.

    Raises:
        NotAllowed: who asks may not upload, or not look after the video that is to be replaced.
        UploadNotPossible: a value is not valid.
        FileTooLarge: beyond ``VIDEO_MAX_BYTES``.
        QuotaUsedUp: beyond what is left to the person.
        TooManyUploads: others are to be finished first.
        VideoAlreadyHere: the person has this very file as a video.
        DiskFull: there is no room here.
    """
    require_uploader(actor)
    if replaces is not None and not can_change(actor, replaces):
        raise NotAllowed
    sha256 = sha256.strip().lower()
    if size <= 0:
        raise UploadNotPossible(field="size")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise UploadNotPossible(field="sha256")
    if not _LANGUAGE.fullmatch(language):
        raise UploadNotPossible(field="language")
    if size > settings.VIDEO_MAX_BYTES:
        raise FileTooLarge(size)
    if way == Upload.Way.MULTIPART:
        if not uploads_parts.is_possible():
            raise UploadNotPossible(field="way")
    else:
        require_room(size)
    key, filename = new_public_id(), clean_filename(filename)
    upload = Upload(
        public_id=key,
        owner=actor,
        way=way,
        filename=filename,
        title=("".join(letter for letter in title if letter.isprintable()).strip() or title_of(filename))[:255],
        language=language,
        size=size,
        sha256=sha256,
        replaces=replaces,
        created_at=clock.now(),
        changed_at=clock.now(),
        expires_at=expiry(),
    )
    with transaction.atomic():
        # One at a time for each person: rivals can't both have what is left.
        lock_person(actor)
        if sha256 and replaces is None and (same := same_video(actor, sha256)):
            raise VideoAlreadyHere(same.title)
        if open_uploads(actor).count() >= settings.VIDEO_OPEN_UPLOADS:
            raise TooManyUploads
        if size > (left := quota_left(actor)):
            raise QuotaUsedUp(size, left)
        upload.save()
    if way == Upload.Way.MULTIPART:
        # The store is asked outside the transaction; a row without its id is opened when parts are asked for.
        uploads_parts.begin(upload)
    return upload
