"""Videos in the school of the tables: of a lesson for learners, of a free preview, and links to the first."""

import uuid
from datetime import timedelta
from typing import Any

from commerce.tests.factories import make_enrollment
from core import clock
from courses.keys import page_public_id
from courses.models import CourseMember
from courses.tests.factories import add_lesson, add_module, make_course
from videos.actions.order_copy import order_copy
from videos.signing import grant_token
from videos.tests.ready import finished, ready_video

__all__ = ["fill_videos"]


def fill_videos(owner: Any, learner: Any) -> dict[str, Any]:
    """A course of ``owner`` with two videos, which ``learner`` takes; names for the tables."""
    course = make_course("Filmed millet", owner=owner, allows_downloads=True)
    CourseMember.objects.get_or_create(
        course_key=course.translation_key, user=owner, defaults={"role": CourseMember.Role.OWNER}
    )
    module = add_module(course, "Filmed")
    video, free = ready_video(title="Threshing", uploaded_by=owner), ready_video(title="Winnowing", uploaded_by=owner)
    lesson = add_lesson(module, "Threshed", body=[_block(video)])
    add_lesson(module, "Winnowed", body=[_block(free)], is_free_preview=True)
    enrollment = make_enrollment(learner, course.translation_key, course_title=course.title)
    link = {
        "expires_at": clock.now() + timedelta(hours=1),
        "viewer": learner.public_id,
        "right": enrollment.public_id,
    }
    copy = finished(
        order_copy(
            person=learner,
            rendition=video.renditions.get(name="144p"),
            text="A learner",
            right=enrollment.public_id,
        )
    )
    return {
        "video": video,
        "video_uid": video.public_id,
        "free_video_uid": free.public_id,
        "filmed_key": course.translation_key,
        "filmed_lesson": lesson,
        "filmed_lesson_id": page_public_id(lesson),
        # Whoever holds an app's link may use it; a browser's is worth nothing in another one.
        "video_token": grant_token(video, **link),
        # The learner's own copy, and no other picture of that video.
        "copy_token": grant_token(video, is_download=True, copy=copy.key, **link),
        "bound_video_token": grant_token(video, bound_to="ab" * 32, **link),
    }


def _block(video: Any) -> dict[str, Any]:
    return {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": "", "questions": []}}
