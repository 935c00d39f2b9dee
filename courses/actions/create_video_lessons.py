"""Make a lesson of each of several videos."""

import math
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.models import Page

from core import audit
from core.policies import require
from courses import policies
from courses.checks.streams import content_of, walk
from courses.errors import NotYourCourse
from courses.models import CoursePage, LessonPage, ModulePage
from videos.models import Video
from videos.policies import can_change

__all__ = ["create_video_lessons", "in_order_of_names", "lesson_titles"]

#: Numbers that only put files in order: ``02 Loops``, ``3. Lists``, ``04-Sets``; and any before a word: ``10 Sets``.
_ORDINAL = re.compile(r"^(?:0\d{1,2}\s*[.):_–-]?|\d{1,3}\s*[.):_–-])\s*(?=\D)")
_NUMBER = re.compile(r"^\d{1,3}\s*[.):_–-]?\s*(?=\D)")
_DIGITS = re.compile(r"(\d+)")


@transaction.atomic
def create_video_lessons(*, actor: Any, module: ModulePage, videos: Iterable[Video]) -> list[LessonPage]:
    """Put a draft lesson at the end of ``module`` for each of ``videos``, in the order of their files' names.

    A video that a lesson of the module shows already gets no other one, so that the same form sent twice, or an
    upload that was repeated, makes one lesson.

    Returns:
        The lessons that were made.

    Raises:
        NotYourCourse: the actor doesn't write it.
        NotAllowed: one of the videos is somebody else's.
    """
    course = CoursePage.objects.filter(path=module.path[: -Page.steplen]).first()
    if course is None or not policies.can_edit_course(actor, course.translation_key):
        raise NotYourCourse
    wanted = in_order_of_names(videos)
    require(all(can_change(actor, video) for video in wanted))
    # Who sends the same form twice at once takes turns; the second then finds the lessons of the first.
    CoursePage.objects.select_for_update(of=("self",)).get(pk=course.pk)
    shown = _videos_shown_in(module)
    titles = lesson_titles(wanted)
    made = []
    for video in wanted:
        if video.pk in shown:
            continue
        shown.add(video.pk)
        made.append(_add_lesson(ModulePage.objects.get(pk=module.pk), video, titles[video.pk], actor))
    if made:
        audit.record(actor=actor, verb="courses.video_lessons_created", target=module, facts={"lessons": len(made)})
    return made


def _add_lesson(module: ModulePage, video: Video, title: str, actor: Any) -> LessonPage:
    block = {
        "type": "video",
        "value": {"video": video.pk, "caption": "", "questions": []},
        "id": str(uuid.uuid4()),
    }
    lesson = LessonPage(
        title=title,
        owner=actor,
        locale=module.locale,
        live=False,
        has_unpublished_changes=True,
        body=[block],
        estimated_minutes=max(1, math.ceil(video.duration_ms / 60_000)),
        completion_rule=LessonPage.Completion.WATCHED,
    )
    module.add_child(instance=lesson)
    lesson.save_revision(user=actor, log_action=True, clean=False)
    return lesson


def _videos_shown_in(module: ModulePage) -> set[int]:
    """The videos in the drafts of a module's lessons."""
    found: set[int] = set()
    for lesson in LessonPage.objects.child_of(module).select_related("latest_revision"):
        draft = lesson.get_latest_revision_as_object()
        for name, value in walk(content_of(draft).stream("body")):
            if name == "video" and isinstance(value, dict) and value.get("video"):
                found.add(value["video"])
    return found


def lesson_titles(videos: list[Video]) -> dict[int, str]:
    """Titles by the video's pk, without numbers that only put files in order: ``02 Loops`` is ``Loops``.

    ``100 days`` keeps its number, unless all of several titles begin with one.
    """
    all_numbered = len(videos) > 1 and all(_NUMBER.match(video.title) for video in videos)
    number = _NUMBER if all_numbered else _ORDINAL
    return {video.pk: number.sub("", video.title).strip() or video.title for video in videos}


def in_order_of_names(videos: Iterable[Video]) -> list[Video]:
    """As a person counts: ``2 Lists`` before ``10 Sets``; each once."""

    def key(video: Video) -> list[tuple[int, int, str]]:
        parts = _DIGITS.split((video.original_name or video.title).casefold())
        return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]

    return sorted({video.pk: video for video in videos}.values(), key=lambda video: (key(video), video.pk))
