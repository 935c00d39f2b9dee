"""How videos are watched and how they play, for the authors of the courses that show them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.choices import country_name
from core.formats import number
from courses.queries.pages import courses_by_keys
from courses.queries.videos import videos_of_course
from home.watch_chart import watch_chart
from learning.authorship import course_keys_authored_by
from learning.video_statistics import video_of_author
from videos.errors import VideoNotFound
from videos.models import Video
from videos.moments import moment_text
from videos.watching import QUALITY_DAYS, QualityRow, Statistics, Stretch, quality, statistics, statistics_of

__all__ = ["show_course_videos", "show_video_statistics"]

#: Rows of the table beside the drawing.
_PARTS = 20
_NETWORKS = {"wifi": "Wi-Fi", "ethernet": "Ethernet"}


@dataclass(frozen=True)
class Part:
    """A row of the table: some stretches together."""

    moments: str
    retention: float
    plays: str


@dataclass(frozen=True)
class QualityLine:
    """A row of the table of quality, in words."""

    country: str
    network: str
    showings: int
    startup: str
    gave_up: float
    stalls: str
    stalled: float


@never_cache
@login_required
@require_safe
def show_course_videos(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """List the videos of a course with how they are watched; 404 for everybody but its authors."""
    if not course_keys_authored_by(request.user, [key]):
        raise Http404
    course = courses_by_keys([key], get_language() or "en").get(key)
    if course is None:
        raise Http404
    videos = videos_of_course(key)
    found = statistics_of(videos)
    context = {
        "section": "profile",
        "course": course,
        "rows": [(video, moment_text(video.duration_ms), _of(found[video.pk])) for video in videos],
        **_quality_of(videos),
        "is_unlisted": True,
    }
    return render(request, "home/course_videos.html", context)


@never_cache
@login_required
@require_safe
def show_video_statistics(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one video: figures, who stays, what is played again, how it plays; 404 as for the list."""
    try:
        video = video_of_author(request.user, public_id)
    except VideoNotFound:
        raise Http404 from None
    found = statistics(video)
    context = {
        "section": "profile",
        "video": video,
        "length": moment_text(video.duration_ms),
        "figures": _of(found),
        "chart": watch_chart(found.stretches, _("How the video is watched"), is_rtl=get_language_bidi()),
        "parts": _parts(found.stretches),
        **_quality_of([video]),
        "is_unlisted": True,
    }
    return render(request, "home/video_statistics.html", context)


def _of(found: Statistics) -> dict[str, Any]:
    return {
        "views": found.views,
        "viewers": found.unique_viewers,
        "average": found.average_percent / 100,
        "minutes": found.played_seconds // 60,
    }


def _parts(stretches: Sequence[Stretch]) -> list[Part]:
    """At most :data:`_PARTS` pieces of about the same length."""
    size = -(-len(stretches) // _PARTS) or 1
    return [_part(stretches[start : start + size]) for start in range(0, len(stretches), size)]


def _part(stretches: Sequence[Stretch]) -> Part:
    seconds = [stretch.end - stretch.start for stretch in stretches]

    def average(name: str) -> float:
        values = (getattr(stretch, name) for stretch in stretches)
        return sum(value * length for value, length in zip(values, seconds, strict=True)) / sum(seconds)

    first, last = (moment_text(second * 1000) for second in (stretches[0].start, stretches[-1].end))
    return Part(f"{first}–{last}", average("retention"), number(average("plays"), 1))


def _quality_of(videos: Iterable[Video]) -> dict[str, Any]:
    return {"quality": [_line(row) for row in quality(videos)], "quality_days": QUALITY_DAYS}


def _line(row: QualityRow) -> QualityLine:
    startup = "–" if row.startup_ms is None else _("%(count)s s") % {"count": number(row.startup_ms / 1000, 1)}
    return QualityLine(
        country=(country_name(row.country) if row.country else "") or _("unknown"),
        network=_NETWORKS.get(row.network, row.network.upper()) or _("unknown"),
        showings=row.showings,
        startup=startup,
        gave_up=1 - row.started / row.showings,
        stalls=number(row.stalls, 1),
        stalled=row.stalled,
    )
