"""How videos are watched, as their author sees it: figures, drawing and tables as full as they get."""

import uuid
from typing import Any

from accounts.tests.factories import make_person
from core import clock
from courses.models import CourseMember
from courses.tests.factories import add_lesson, add_module, make_course
from videos.actions.fold_quality import IDLE, fold_quality
from videos.actions.fold_watch import fold_watch
from videos.tests.showings import make_video, report

__all__ = ["show_watched_videos"]

_PLACES = (("CM", "3g", 4200), ("CM", "wifi", 900), ("GH", "2g", 9100), ("", "", 1500))


def show_watched_videos(author: Any) -> dict[str, str]:
    """Have some people watch the videos of a course that ``author`` writes; returns addresses by kind of page."""
    video, unseen = make_video(600, title="Honey, from the hive to the jar"), make_video(90, title="Smoke")
    course = make_course("Filmed bees", slug="filmed-bees")
    CourseMember.objects.create(course_key=course.translation_key, user=author, is_listed=False)
    blocks = [
        {"type": "video", "id": str(uuid.uuid4()), "value": {"video": found.pk, "caption": ""}}
        for found in (video, unseen)
    ]
    add_lesson(add_module(course, "Films"), "Films of bees", body=blocks)
    for number, (country, network, startup) in enumerate(_PLACES):
        report(
            make_person(),
            video,
            (0, [[0, 600 - 140 * number], [60, 120]]),
            at=clock.now(),
            country=country,
            network=network,
            startup_ms=startup,
            stalls=number,
            stalled_ms=number * 2500,
        )
    fold_watch()
    with clock.travel(IDLE * 2):
        fold_quality()
    return {
        "video-watched": f"/en/teaching/videos/{video.public_id}/",
        "video-unwatched": f"/en/teaching/videos/{unseen.public_id}/",
        "course-videos": f"/en/teaching/{course.translation_key}/videos/",
    }
