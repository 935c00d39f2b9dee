"""Let somebody watch a video: links to its files, for one browser or app, for as long as the enrolment lasts."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from commerce.models import Enrollment
from commerce.queries import paid_course_keys
from core import clock
from courses.models import CoursePage
from learning.videos import Right, link_holds, right_to_watch
from videos.delivery import FREE_PREFIX, WATCH_PREFIX, rungs
from videos.errors import VideoNotFound
from videos.models import Rendition, Video
from videos.signing import grant_token, processing_of, read_token
from videos.streams import hold_stream, stream_key
from videos.watching import resume_position

__all__ = ["PlaybackGrant", "expiry", "grant_playback", "watermark_for"]


@dataclass(frozen=True)
class PlaybackGrant:
    """Where the files of a video are for one person, as paths of this site, and what the player shows with them."""

    base_url: str
    hls_url: str
    #: The smallest rendition, for a plain ``<video>``; of a recording without picture, the sound.
    lite_url: str
    #: Empty where there is no sound.
    audio_url: str
    #: None: for good, the video is free.
    expires_at: datetime | None
    watermark_text: str
    resume_ms: int
    is_free: bool


def grant_playback(
    *,
    actor: Any,
    video_key: uuid.UUID,
    lesson_key: uuid.UUID | None = None,
    session: uuid.UUID,
    device: str = "",
    bound_to: str = "",
    takes_over: bool = False,
) -> PlaybackGrant:
    """Return links to a video that ``actor`` may watch; visitors get those of free ones.

    Args:
        session: of this showing; made by the player.
        device: what the person reads to tell devices apart, e.g. ``Firefox, Android``.
        bound_to: secret of the browser that the links are for; without one they are an app's, and short-lived.
        takes_over: end what other devices of the account play, where there are too many.

    Raises:
        VideoNotFound: no such video, or on no page that this person may know of.
        VideoNotReady: it has no files yet.
        AuthenticationRequired: a visitor, and it is not free.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: no page that shows it may be opened.
        TooManyStreams: the account plays on other devices already.
    """
    video = Video.objects.filter(public_id=video_key).first()
    if video is None:
        raise VideoNotFound
    right = right_to_watch(actor, video, lesson_key)
    processing_of(video)
    if right.is_free:
        return _grant(video, f"{FREE_PREFIX}{video.public_id}/", actor, right, None)
    stream = stream_key(session, bound_to)
    hold_stream(actor.pk, stream, video, device=device, takes_over=takes_over)
    expires_at = expiry(video, right, is_bound=bool(bound_to))
    token = grant_token(
        video,
        expires_at=expires_at,
        viewer=actor.public_id,
        right=right.enrollment.public_id if right.enrollment else None,
        stream=stream,
        bound_to=bound_to,
    )
    link_holds(read_token(token, bound_to=bound_to))
    return _grant(video, f"{WATCH_PREFIX}{token}/", actor, right, expires_at)


def expiry(video: Video, right: Right, *, is_bound: bool) -> datetime:
    """When links given now end: late enough to watch it twice, and never after the enrolment."""
    seconds = settings.VIDEO_APP_LINK_SECONDS
    if is_bound:
        seconds = max(settings.VIDEO_LINK_SECONDS, 2 * video.duration_ms // 1000)
    found = clock.now() + timedelta(seconds=seconds)
    ends_at = right.enrollment.ends_at if right.enrollment else None
    return min(found, ends_at) if ends_at else found


def _grant(video: Video, base: str, actor: Any, right: Right, expires_at: datetime | None) -> PlaybackGrant:
    renditions = list(video.renditions.defer("segments"))
    by_size = rungs(renditions)
    sound = next((found for found in renditions if found.kind == Rendition.Kind.AUDIO), None)
    return PlaybackGrant(
        base_url=base,
        hls_url=f"{base}master.m3u8",
        lite_url=f"{base}{by_size[0].name}.mp4" if by_size else "",
        audio_url=f"{base}{sound.name}.mp4" if sound else "",
        expires_at=expires_at,
        watermark_text=watermark_for(actor, right),
        resume_ms=resume_position(actor, video),
        is_free=right.is_free,
    )


def watermark_for(actor: Any, right: Right) -> str:
    """Who watches, to be shown over the picture: of learners of courses that cost something and ask for it."""
    shown = right.course.shows_watermark if right.course else CoursePage.Watermark.NONE
    if shown == CoursePage.Watermark.NONE or right.enrollment is None or not _was_paid(right.enrollment):
        return ""
    return (shown == CoursePage.Watermark.NAME and actor.name) or actor.email


def _was_paid(enrollment: Enrollment) -> bool:
    if enrollment.source != Enrollment.Source.FREE:
        return True
    return enrollment.course_key in set(paid_course_keys().filter(offer__key=enrollment.course_key))
