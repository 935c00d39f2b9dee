"""How far a lesson is watched, where watching is what completes it."""

from dataclasses import dataclass
from typing import Any

from courses.models import LessonPage
from courses.queries.videos import videos_in
from videos.seconds import whole_seconds
from videos.watching import watched_seconds

__all__ = ["ToWatch", "left_to_watch", "seconds_needed"]


@dataclass(frozen=True)
class ToWatch:
    """A video that is not watched enough, and how many of its seconds are missing."""

    title: str
    seconds: int


def seconds_needed(lesson: LessonPage) -> dict[int, tuple[str, int]]:
    """Title and seconds to be seen of each video, by its pk; empty for lessons that watching doesn't complete.

    A video that can't be watched yet isn't waited for. One query.
    """
    if lesson.completion_rule != LessonPage.Completion.WATCHED:
        return {}
    return {
        # Rounded up: of 3 seconds 80 per cent are 3.
        video.pk: (video.title, -(-whole_seconds(video.duration_ms) * lesson.watched_percent // 100))
        for video in videos_in(lesson)
    }


def left_to_watch(user: Any, needed: dict[int, tuple[str, int]]) -> list[ToWatch]:
    """What ``user`` has to watch yet of what :func:`seconds_needed` gave; one query, none where nothing is needed."""
    if not needed:
        return []
    seen = watched_seconds(user, needed)
    return [ToWatch(title, seconds - seen[pk]) for pk, (title, seconds) in needed.items() if seen[pk] < seconds]
