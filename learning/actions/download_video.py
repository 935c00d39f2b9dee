"""Let a learner take a video along: one rendition with its captions, hashes and an index of its pieces."""

import uuid
from typing import Any

from commerce.models import Enrollment
from core import clock
from core.policies import is_person
from learning.downloads import Manifest, Preparation, burnt_text, enrollment_behind, files_of, may_download
from learning.errors import AuthenticationRequired, DownloadsNotAllowed, RenditionNotFound
from learning.videos import right_to_watch
from videos.actions.order_copy import order_copy
from videos.copies import LINKS_LAST
from videos.delivery import WATCH_PREFIX
from videos.errors import VideoNotFound
from videos.models import Chapter, MarkedCopy, Rendition, Video
from videos.signing import NO_COPY, grant_token

__all__ = ["download_video"]


def download_video(
    *, actor: Any, video_key: uuid.UUID, lesson_key: uuid.UUID | None = None, rendition: str, bound_to: str = ""
) -> Manifest | Preparation:
    """Return what to fetch, with links for it. Downloading takes no place among the devices that play.

    Where the course wants the learner's name in the picture, a copy has to be made first: asking begins it, and asking
    again tells how far it is. The sound alone has no picture, and comes at once.

    Args:
        rendition: name of one, ``144p`` or ``audio``; its size is known from the video.
        bound_to: secret of the browser that the links are for; empty: an app's.

    Raises:
        AuthenticationRequired: a visitor; what is kept is kept by somebody.
        VideoNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: as for watching.
        DownloadsNotAllowed: the course keeps its videos, or a free preview without its learner's name.
        RenditionNotFound: the video has no such file.
        VideoNotReady: it has no files yet.
        TooManyCopies, NoRoomForCopies, CopyFailed: no copy with the name can be made now.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    video = Video.objects.filter(public_id=video_key).first()
    if video is None:
        raise VideoNotFound
    right = right_to_watch(actor, video, lesson_key)
    if not may_download(right):
        raise DownloadsNotAllowed
    text = burnt_text(actor, right)
    enrollment = enrollment_behind(actor, right) if text else right.enrollment
    if text and enrollment is None:
        raise DownloadsNotAllowed
    found = video.renditions.filter(name=rendition).first()
    if found is None:
        raise RenditionNotFound
    if not text:
        return _manifest(actor, found, enrollment, bound_to)
    if found.kind == Rendition.Kind.AUDIO:
        return _manifest(actor, found, enrollment, bound_to, token_of=NO_COPY)
    copy = order_copy(
        person=actor, rendition=found, text=text, right=enrollment.public_id if enrollment is not None else None
    )
    if not copy.is_ready:
        return Preparation(video, found, copy.progress, copy.bytes)
    return _manifest(actor, found, enrollment, bound_to, token_of=copy.key, copy=copy)


def _manifest(
    actor: Any,
    rendition: Rendition,
    enrollment: Enrollment | None,
    bound_to: str,
    *,
    token_of: str = "",
    copy: MarkedCopy | None = None,
) -> Manifest:
    video = rendition.video
    keep_until = enrollment.ends_at if enrollment else None
    expires_at = clock.now() + LINKS_LAST
    if keep_until is not None:
        expires_at = min(expires_at, keep_until)
    token = grant_token(
        video,
        expires_at=expires_at,
        viewer=actor.public_id,
        right=enrollment.public_id if enrollment else None,
        bound_to=bound_to,
        is_download=True,
        copy=token_of,
    )
    return Manifest(
        video=video,
        rendition=rendition,
        files=tuple(files_of(video, rendition, f"{WATCH_PREFIX}{token}/", copy)),
        chapters=tuple(Chapter.objects.filter(video=video)),
        expires_at=expires_at,
        keep_until=keep_until,
        copy=copy,
    )
