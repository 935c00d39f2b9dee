"""Who may upload videos, and whose videos one may look after.

Which learner may watch is another question, answered by ``learning`` from where a video stands.
"""

from typing import Any

from django.db.models import QuerySet

from core.policies import is_person
from videos.models import Video

__all__ = ["CHANGE_EVERY_VIDEO", "UPLOAD_VIDEOS", "can_change", "can_delete", "can_upload", "videos_visible_to"]

#: Held by instructors and administrators.
UPLOAD_VIDEOS = "videos.add_video"
#: Held by administrators.
CHANGE_EVERY_VIDEO = "videos.change_video"
DELETE_EVERY_VIDEO = "videos.delete_video"


def can_upload(user: Any) -> bool:
    """Return whether ``user`` may upload videos and look after them."""
    return is_person(user) and user.has_perm(UPLOAD_VIDEOS)


def can_change(user: Any, video: Video) -> bool:
    """Return whether ``user`` may describe, replace and process ``video`` anew: who uploaded it, and administrators."""
    return _is_theirs(user, video) or (is_person(user) and user.has_perm(CHANGE_EVERY_VIDEO))


def can_delete(user: Any, video: Video) -> bool:
    """Return whether ``user`` may delete ``video``; whether pages still show it is another question."""
    return _is_theirs(user, video) or (is_person(user) and user.has_perm(DELETE_EVERY_VIDEO))


def videos_visible_to(user: Any) -> QuerySet[Video]:
    """The videos, newest first, for which :func:`can_change` holds: to list in the admin and to put into pages."""
    if not is_person(user):
        return Video.objects.none()
    if user.has_perm(CHANGE_EVERY_VIDEO):
        return Video.objects.all()
    return Video.objects.filter(uploaded_by_id=user.pk) if can_upload(user) else Video.objects.none()


def _is_theirs(user: Any, video: Video) -> bool:
    return can_upload(user) and video.uploaded_by_id is not None and video.uploaded_by_id == user.pk
