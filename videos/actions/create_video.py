"""Make a video of a file that is here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from core.ids import new_public_id
from core.outbox import publish
from videos.events import VideoUploaded
from videos.locks import lock_person
from videos.models import Video
from videos.originals import clean_filename, drop_file, original_name, take_file, title_of
from videos.storage import video_storage

__all__ = ["create_video", "same_video"]


def create_video(
    *,
    owner: Any,
    path_or_storage_name: Path | str,
    filename: str,
    title: str = "",
    language: str = "",
    keeps_original: bool | None = None,
    sha256: str = "",
    key: UUID | None = None,
    then: Callable[[Video], object] | None = None,
) -> Video:
    """Take a file into the storage and have it processed; the caller has asked whether ``owner`` may.

    A file that the same person has uploaded before is not kept twice: the video that it became is returned.

    Args:
        owner: whose it is, or None for the school's own.
        path_or_storage_name: a ``Path`` on this machine, which is moved away, or a name in the storage ``videos``.
        filename: what it was called at the sender's; for people, decides nothing.
        title: of the file's name when left out.
        language: spoken in it.
        keeps_original: whether the file stays once it is processed; ``VIDEO_KEEP_ORIGINALS`` when left out.
        sha256: in hex, where the caller has read the file already.
        key: public id of the new video. The same one twice makes one video, so a caller that was killed can go on.
        then: is called with the video in the transaction that writes it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    key = key or new_public_id()
    name = path_or_storage_name if isinstance(path_or_storage_name, str) else original_name(key, filename)
    known = Video.objects.filter(public_id=key).first()
    if known is not None:
        return _told(known, then)
    digest = take_file(path_or_storage_name, name, sha256)
    size = video_storage().size(name)
    with transaction.atomic():
        lock_person(owner)
        video = Video.objects.filter(public_id=key).first()
        if video is None and (video := same_video(owner, digest)) is None:
            video = Video.objects.create(
                public_id=key,
                title=(title.strip() or title_of(filename))[:255],
                uploaded_by=owner,
                language=language[:12],
                processor=settings.VIDEO_PROCESSOR,
                original=name,
                original_name=clean_filename(filename),
                original_bytes=size,
                sha256=digest,
                keeps_original=settings.VIDEO_KEEP_ORIGINALS if keeps_original is None else keeps_original,
            )
            publish(VideoUploaded(video_key=video.public_id))
        if then is not None:
            then(video)
    if video.original != name:
        drop_file(name)
    return video


def _told(video: Video, then: Callable[[Video], object] | None) -> Video:
    if then is not None:
        with transaction.atomic():
            then(video)
    return video


def same_video(owner: Any, sha256: str) -> Video | None:
    """The video that a file became when ``owner`` uploaded it before; one that failed is no reason not to try again."""
    if owner is None or not sha256:
        return None
    theirs = Video.objects.filter(uploaded_by=owner, sha256=sha256).exclude(state=Video.State.FAILED)
    return theirs.order_by("pk").first()
