"""Whose uploads, how much there is room for, and what became of one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet, Sum

from core import clock
from core.errors import DomainError, NotAllowed
from core.policies import is_person
from videos.errors import FAILURES, HashMismatch, UploadExpired, UploadNotFound, UploadNotOpen
from videos.models import Rendition, Upload, Video
from videos.policies import can_upload

__all__ = [
    "expiry",
    "forgotten",
    "open_uploads",
    "own_upload",
    "quota_left",
    "refusal_of",
    "require_open",
    "require_uploader",
    "used_bytes",
]


def require_uploader(person: Any) -> None:
    """Refuse people who may not upload.

    Raises:
        NotAllowed: they are logged in, and may not.
    """
    if not can_upload(person):
        raise NotAllowed


def own_upload(person: Any, key: UUID) -> Upload:
    """The upload of ``person`` that is called ``key``.

    Raises:
        NotAllowed: who asks may upload nothing.
        UploadNotFound: there is none, or it is somebody else's.
    """
    require_uploader(person)
    upload = Upload.objects.filter(owner_id=person.pk, public_id=key).select_related("owner", "video").first()
    if upload is None:
        raise UploadNotFound
    return upload


def open_uploads(person: Any) -> QuerySet[Upload]:
    """What ``person`` can go on with, newest first."""
    if not is_person(person):
        return Upload.objects.none()
    return Upload.objects.filter(owner_id=person.pk, state=Upload.State.OPEN, expires_at__gt=clock.now())


def used_bytes(person: Any) -> int:
    """Bytes that ``person`` takes up: files as uploaded, what was made of them, what uploads under way will bring."""
    videos = Video.objects.filter(uploaded_by_id=person.pk)
    originals = videos.exclude(original="").aggregate(sum=Sum("original_bytes"))["sum"] or 0
    made = Rendition.objects.filter(video__in=videos).aggregate(sum=Sum("bytes"))["sum"] or 0
    coming = Upload.objects.filter(owner_id=person.pk, state=Upload.State.OPEN).aggregate(sum=Sum("size"))["sum"] or 0
    return originals + made + coming


def quota_left(person: Any) -> int:
    """Bytes that ``person`` may still upload; zero when there are none."""
    return max(settings.VIDEO_QUOTA_BYTES - used_bytes(person), 0)


def expiry() -> datetime:
    """When an upload to which something has just arrived is thrown away."""
    return clock.now() + timedelta(hours=settings.VIDEO_UPLOAD_HOURS)


def refusal_of(upload: Upload) -> DomainError:
    """Why nothing became of an upload, as an error to raise."""
    if upload.failure == UploadExpired.code:
        return UploadExpired()
    known: dict[str, Any] = {**FAILURES, HashMismatch.code: HashMismatch}
    kind = known.get(upload.failure)
    return kind() if kind else UploadNotOpen()


def require_open(upload: Upload) -> None:
    """Refuse to go on with what has ended.

    Raises:
        UploadExpired: it was left for too long.
        UploadNotOpen: it is done.
        DomainError: the file was refused; this says why.
    """
    if upload.state == Upload.State.REFUSED:
        raise refusal_of(upload)
    if upload.state == Upload.State.DONE:
        raise UploadNotOpen
    if upload.expires_at <= clock.now():
        raise UploadExpired


def forgotten(minutes: int) -> QuerySet[Upload]:
    """Uploads that are complete and were not looked at, because whoever was at it died."""
    before = clock.now() - timedelta(minutes=minutes)
    return Upload.objects.filter(state=Upload.State.OPEN, offset=F("size"), changed_at__lt=before)
