"""Go on with what somebody left in the middle, and throw away what nobody comes back to."""

import logging
import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import is_naive, make_aware

from core import clock
from core.errors import DomainError
from videos.actions.cancel_upload import drop_files
from videos.actions.finish_upload import finish_upload
from videos.errors import UploadExpired
from videos.locks import locked_upload
from videos.models import Upload, Video
from videos.originals import drop_file
from videos.scratch import upload_folder
from videos.storage import video_storage
from videos.uploads import forgotten
from videos.uploads_parts import abort_strays

__all__ = ["sweep_originals", "sweep_uploads"]

logger = logging.getLogger(__name__)

#: Minutes after which a complete upload that nobody looked at is looked at here.
_FORGOTTEN: Final = 20
#: Days that one can ask what became of an upload.
_REMEMBERED: Final = 30
#: Files at most that one run looks at, so that it ends.
_AT_ONCE: Final = 20
_DAY: Final = 86_400


def sweep_uploads() -> int:
    """Finish forgotten uploads, end expired ones, forget old ones, remove pieces without upload. Returns how many."""
    return _finish_forgotten() + _end_expired() + _forget_old() + _remove_strays()


def sweep_originals() -> int:
    """Remove originals that no video has, a day after they came: what a crash left. Returns how many."""
    storage = video_storage()
    try:
        names = [f"originals/{name}" for name in storage.listdir("originals")[1]]
    except FileNotFoundError:
        return 0
    known = set(Video.objects.exclude(original="").values_list("original", flat=True))
    under_way = {key.hex for key in Upload.objects.filter(state=Upload.State.OPEN).values_list("public_id", flat=True)}
    removed = 0
    for name in names:
        if name in known or name.removeprefix("originals/").partition(".")[0] in under_way:
            continue
        came = storage.get_modified_time(name)
        if (make_aware(came) if is_naive(came) else came) < clock.now() - timedelta(days=1):
            drop_file(name)
            removed += 1
    return removed


def _finish_forgotten() -> int:
    done = 0
    for upload in forgotten(_FORGOTTEN).filter(expires_at__gt=clock.now()).order_by("changed_at")[:_AT_ONCE]:
        try:
            finish_upload(upload)
            done += 1
        except (DomainError, OSError) as error:  # one that can't be read keeps none of the others
            logger.warning("Upload %s: %s", upload.public_id, error)
    return done


def _end_expired() -> int:
    ended = 0
    for pk in Upload.objects.filter(state=Upload.State.OPEN, expires_at__lte=clock.now()).values_list("pk", flat=True):
        with transaction.atomic():
            upload = locked_upload(pk)
            if upload is None or upload.state != Upload.State.OPEN or upload.expires_at > clock.now():
                continue
            upload.state, upload.failure, upload.changed_at = Upload.State.REFUSED, UploadExpired.code, clock.now()
            upload.save(update_fields=["state", "failure", "changed_at"])
        drop_files(upload)
        ended += 1
    return ended


def _forget_old() -> int:
    before = clock.now() - timedelta(days=_REMEMBERED)
    old = Upload.objects.exclude(state=Upload.State.OPEN).filter(changed_at__lt=before)
    return old.delete()[0]


def _remove_strays() -> int:
    """Files of uploads whose row is gone, and copies that a killed process left; parts at the store likewise."""
    removed = 0
    kept = {key.hex for key in Upload.objects.filter(state=Upload.State.OPEN).values_list("public_id", flat=True)}
    for path in upload_folder().iterdir():
        try:
            is_old = path.stat().st_mtime < time.time() - _DAY
        except FileNotFoundError:
            continue
        if is_old and _is_ours(path.name) and path.name not in kept:
            path.unlink(missing_ok=True)
            removed += 1
    return removed + abort_strays(clock.now() - timedelta(hours=settings.VIDEO_UPLOAD_HOURS + 24))


def _is_ours(name: str) -> bool:
    """Whether a file in the folder is of our making; anything else is somebody's mistake, and stays."""
    if name.startswith(("scratch-", "tmp")):
        return True
    try:
        return UUID(hex=name).hex == name
    except ValueError:
        return False
