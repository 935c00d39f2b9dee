"""Take a player's report: who watches, may they, what was watched, and is the lesson done by it?"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from commerce.access import gives_access
from commerce.errors import AuthenticationRequired
from commerce.queries import held_enrollments, one_for_each_course
from core import clock
from core.counting import count_in
from core.errors import DomainError
from core.policies import is_person
from courses.models import LessonPage
from courses.queries import pages
from courses.queries.videos import course_keys_showing
from learning.actions.complete_lesson import complete_lesson
from learning.authorship import course_keys_authored_by
from learning.errors import TooManyReports
from learning.videos import CHECK_SECONDS, right_to_watch
from learning.watching import left_to_watch, seconds_needed
from videos.actions.record_watch import record_watch
from videos.errors import VideoNotFound
from videos.models import Video
from videos.policies import can_change
from videos.seconds import whole_seconds
from videos.streams import renew_stream, stream_key

__all__ = ["MAX_REPORTS", "REPORTS_SECONDS", "WatchResult", "watch_video"]

T = TypeVar("T")

#: Reports of one person in so many seconds: some devices that play and jump about send twenty.
MAX_REPORTS, REPORTS_SECONDS = 120, 60


@dataclass(frozen=True)
class WatchResult:
    """What the server holds after a report. Of authors it holds nothing."""

    position_ms: int = 0
    #: Of the video, 0 to 100; what was seen twice counts once.
    watched_percent: float = 0.0
    #: The lesson is one that watching completes, and it is done.
    is_lesson_completed: bool = False


def watch_video(
    *,
    actor: Any,
    video_key: uuid.UUID,
    lesson_key: uuid.UUID | None = None,
    language: str | None = None,
    session: uuid.UUID,
    batches: Iterable[Mapping[str, Any]],
    position_ms: int,
    at: datetime,
    sent_at: datetime | None = None,
    startup_ms: int | None = None,
    stalls: int = 0,
    stalled_ms: int = 0,
    network: str = "",
    country: str = "",
    bound_to: str = "",
) -> WatchResult:
    """Record what ``actor`` has watched, and complete the lesson where that is its rule.

    Whether they may watch, and what a lesson asks for, is looked up once a minute: reports are many. Completing looks
    again. Authors, and staff who looks after videos, leave no trace unless they are enrolled. The device keeps its
    place among those that play: one whose player has the whole file asks for nothing else.

    Args:
        lesson_key: the lesson that it is watched in; None elsewhere.
        language: of the lesson; the present one when left out.
        at: when the player was at ``position_ms``, by the device's clock.
        sent_at: what that clock says now: a clock that is wrong is put right by it.
        bound_to: secret of the browser that plays, as for ``grant_playback``; empty for an app.
        session, batches, startup_ms, stalls, stalled_ms, network, country: as for ``record_watch``.

    Raises:
        AuthenticationRequired: a visitor; what visitors watch is not recorded.
        TooManyReports: too many of this person's in a minute.
        VideoNotFound: no such video, or on no page that this person may know of.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: no page that shows it may be opened.
        VideoNotReady, InvalidInput, ReportTooOld, ReportNotPlausible, SessionOfAnotherVideo: as ``record_watch``.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    _count_report(actor)
    video = Video.objects.filter(public_id=video_key).first()
    if video is None:
        raise VideoNotFound
    recorded = _for_a_minute(
        f"learning:watch:{actor.pk}:{video.pk}:{lesson_key}", lambda: _leaves_a_trace(actor, video, lesson_key)
    )
    renew_stream(actor.pk, stream_key(session, bound_to))
    if not recorded:
        return WatchResult()
    viewer = record_watch(
        user=actor,
        video=video,
        session=session,
        batches=batches,
        position_ms=position_ms,
        at=_put_right(at, sent_at),
        startup_ms=startup_ms,
        stalls=stalls,
        stalled_ms=stalled_ms,
        network=network,
        country=country,
    )
    return WatchResult(
        position_ms=viewer.position_ms,
        watched_percent=min(100.0, 100 * viewer.seen_seconds / whole_seconds(video.duration_ms)),
        is_lesson_completed=lesson_key is not None and _is_done(actor, lesson_key, language or get_language() or ""),
    )


def _count_report(actor: Any) -> None:
    if count_in(f"learning:reports:{actor.pk}", REPORTS_SECONDS) > MAX_REPORTS:
        raise TooManyReports


def _leaves_a_trace(actor: Any, video: Video, lesson_key: uuid.UUID | None) -> bool:
    """Whether what ``actor`` watches is recorded; raises where they may not watch."""
    right = right_to_watch(actor, video, lesson_key)
    if right.enrollment is not None:
        return True
    if right.is_staff or can_change(actor, video):
        return False
    # Free for everyone: its author is no viewer, either.
    keys = course_keys_showing(video)
    if not course_keys_authored_by(actor, keys):
        return True
    held = one_for_each_course(held_enrollments(actor).filter(course_key__in=keys))
    return any(gives_access(enrollment) for enrollment in held.values())


def _put_right(at: datetime, sent_at: datetime | None) -> datetime:
    """``at`` by our clock, if the device said what its own shows now."""
    if sent_at is None or at.tzinfo is None or sent_at.tzinfo is None:
        return at
    return clock.now() - max(sent_at - at, timedelta(0))


def _is_done(actor: Any, lesson_key: uuid.UUID, language: str) -> bool:
    """Whether watching has completed the lesson, now or before."""
    needed = _for_a_minute(f"learning:to-watch:{lesson_key}:{language}", lambda: _needed(lesson_key, language))
    if not needed or left_to_watch(actor, needed):
        return False
    return _for_a_minute(
        f"learning:watched:{actor.pk}:{lesson_key}:{language}",
        lambda: _complete(actor, lesson_key, language),
        keeps=bool,
    )


def _needed(lesson_key: uuid.UUID, language: str) -> dict[int, tuple[str, int]]:
    lesson = pages.item_by_key(lesson_key, language)
    return seconds_needed(lesson) if isinstance(lesson, LessonPage) else {}


def _complete(actor: Any, lesson_key: uuid.UUID, language: str) -> bool:
    """Complete the lesson by the same rules as by hand; False where they refuse, and the report stays recorded."""
    try:
        access = complete_lesson(actor=actor, lesson_key=lesson_key, language=language)
    except DomainError:
        return False
    return lesson_key in access.completed


def _for_a_minute(key: str, find: Callable[[], T], *, keeps: Callable[[T], bool] = lambda _found: True) -> T:
    """What ``find`` says, believed for a while if ``keeps`` says so; what it raises is not kept."""
    kept: tuple[T] | None = cache.get(key)
    if kept is not None:
        return kept[0]
    found = find()
    if keeps(found):
        cache.set(key, (found,), CHECK_SECONDS)
    return found
