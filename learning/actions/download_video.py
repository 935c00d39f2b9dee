"""Let a learner take a video along: one rendition with its captions, hashes and an index of its pieces."""

import uuid
from datetime import timedelta
from typing import Any

from core import clock
from core.policies import is_person
from learning.downloads import Manifest, files_of, may_download
from learning.errors import AuthenticationRequired, DownloadsNotAllowed, RenditionNotFound
from learning.videos import right_to_watch
from videos.delivery import WATCH_PREFIX
from videos.errors import VideoNotFound
from videos.models import Chapter, Video
from videos.signing import grant_token

__all__ = ["download_video"]

#: On a slow line an hour of video takes a night; a file that stopped in the middle goes on by ranges.
_LINKS_LAST = timedelta(days=1)


def download_video(
    *, actor: Any, video_key: uuid.UUID, lesson_key: uuid.UUID | None = None, rendition: str, bound_to: str = ""
) -> Manifest:
    """Return what to fetch, with links for it. Downloading takes no place among the devices that play.

    Args:
        rendition: name of one, ``144p`` or ``audio``; its size is known from the video.
        bound_to: secret of the browser that the links are for; empty: an app's.

    Raises:
        AuthenticationRequired: a visitor; what is kept is kept by somebody.
        VideoNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: as for watching.
        DownloadsNotAllowed: the course keeps its videos.
        RenditionNotFound: the video has no such file.
        VideoNotReady: it has no files yet.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    video = Video.objects.filter(public_id=video_key).first()
    if video is None:
        raise VideoNotFound
    right = right_to_watch(actor, video, lesson_key)
    if not may_download(right):
        raise DownloadsNotAllowed
    found = video.renditions.filter(name=rendition).first()
    if found is None:
        raise RenditionNotFound
    keep_until = right.enrollment.ends_at if right.enrollment else None
    expires_at = clock.now() + _LINKS_LAST
    if keep_until is not None:
        expires_at = min(expires_at, keep_until)
    token = grant_token(
        video,
        expires_at=expires_at,
        viewer=actor.public_id,
        right=right.enrollment.public_id if right.enrollment else None,
        bound_to=bound_to,
        is_download=True,
    )
    return Manifest(
        video=video,
        rendition=found,
        files=tuple(files_of(video, found, f"{WATCH_PREFIX}{token}/")),
        chapters=tuple(Chapter.objects.filter(video=video)),
        expires_at=expires_at,
        keep_until=keep_until,
    )
