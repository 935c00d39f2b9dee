"""Who may know how a video is watched: the authors of courses that show it."""

import uuid
from typing import Any

from core.policies import is_person
from courses.queries.videos import course_keys_showing
from learning.authorship import course_keys_authored_by
from videos.errors import VideoNotFound
from videos.models import Video

__all__ = ["may_see_statistics", "video_of_author"]


def may_see_statistics(user: Any, video: Video) -> bool:
    """Whether ``user`` writes a course that shows ``video``."""
    return is_person(user) and bool(course_keys_authored_by(user, course_keys_showing(video)))


def video_of_author(user: Any, video_key: uuid.UUID) -> Video:
    """The video, for somebody who writes a course that shows it.

    Raises:
        VideoNotFound: no such video, or none in a course of this person's: the two look the same.
    """
    video = Video.objects.filter(public_id=video_key).first()
    if video is None or not may_see_statistics(user, video):
        raise VideoNotFound
    return video
