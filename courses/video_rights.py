"""Whose videos may stand in whose pages.

Who may open a page may watch its videos, so putting somebody's video into a page hands it out. Authors use their own,
and those that their co-authors have put into the course.
"""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import Page

from courses.checks.streams import STREAM_FIELDS, Content, content_of, content_of_revision, kind_of, walk
from videos.drafts import videos_in_drafts
from videos.models import Video
from videos.policies import videos_visible_to

__all__ = ["carried_off", "require_own_override", "strangers_videos", "video_pks"]

_STEPS_TO_COURSE = {"course": 0, "module": 1, "lesson": 2, "quiz": 2}


def video_pks(content: Content) -> set[int]:
    """The videos that a page shows, its trailer included."""
    found = {content.fields["trailer"]} if content.fields.get("trailer") else set()
    for field in STREAM_FIELDS:
        for name, value in walk(content.stream(field)):
            if name == "video" and isinstance(value, dict) and value.get("video"):
                found.add(value["video"])
    return found


def strangers_videos(user: Any, page: Page) -> list[Video]:
    """Videos in what ``page`` holds that ``user`` may not put there.

    No query for pages without videos, one for those with one's own.
    """
    content = content_of(page)
    wanted = video_pks(content)
    if not wanted:
        return []
    wanted -= set(videos_visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted and page.pk is not None:
        wanted -= _stood_here_before(page, content.kind)
    return list(Video.objects.filter(pk__in=wanted)) if wanted else []


def carried_off(user: Any, page: Page, destination: Page) -> list[Video]:
    """Videos that ``user`` may not put where a copy of ``page``, or the page itself, is to stand.

    Those of the page, of what is below it, and of their newest drafts; none within one course.
    """
    from courses.queries.videos import video_pks_of, videos_of_course

    target = _course_above(destination)
    source = _course_above(page)
    if target is not None and source is not None and target.pk == source.pk:
        return []
    carried = Page.objects.descendant_of(page, inclusive=True)
    saved = video_pks_of(carried.values_list("pk", flat=True))
    wanted = {pk for pks in saved.values() for pk in pks} | videos_in_drafts(carried)
    wanted -= set(videos_visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    if wanted and target is not None:
        wanted -= {video.pk for video in videos_of_course(target.translation_key)}
    return list(Video.objects.filter(pk__in=wanted).order_by("title", "pk")) if wanted else []


def _course_above(page: Page) -> Page | None:
    """The course that ``page`` is, or stands in."""
    steps = _STEPS_TO_COURSE.get(kind_of(page.content_type.model))
    if steps is None:
        return None
    return Page.objects.filter(path=page.path[: len(page.path) - steps * Page.steplen]).first()


def require_own_override(override: Any) -> None:
    """Go on only if a language's own value for a field is no video, or one that who gave it may put there.

    Args:
        override: a ``SegmentOverride`` of wagtail-localize that is about to be stored.

    Raises:
        PermissionDenied: it names somebody else's video.
    """
    context = override.context
    user = override.last_translated_by
    if user is None or context is None or not _names_video(context.field_path or context.path):
        return
    given = str(json.loads(override.data_json)).strip()
    if given.isdecimal() and videos_visible_to(user).filter(pk=int(given)).exists():
        return
    from courses.queries.videos import videos_of_course

    pages = Page.objects.filter(translation_key=context.object_id).select_related("content_type")
    steps = {_STEPS_TO_COURSE.get(kind_of(page.content_type.model)): page.path for page in pages}
    paths = [path[: len(path) - level * Page.steplen] for level, path in steps.items() if level is not None]
    keys = set(Page.objects.filter(path__in=paths).values_list("translation_key", flat=True))
    if not any(str(video.pk) == given for key in keys for video in videos_of_course(key)):
        raise PermissionDenied


def _names_video(field_path: str) -> bool:
    """Whether a place of wagtail-localize holds a video: ``trailer``, ``body.video.video``."""
    parts = field_path.split(".")
    return parts == ["trailer"] or (len(parts) >= 3 and parts[-1] == "video")


def _stood_here_before(page: Page, kind: str) -> set[int]:
    """The videos of the page's last draft, and of the pages of its course as they were saved."""
    revision = page.get_latest_revision()
    found = video_pks(content_of_revision(kind, page.pk, revision.content)) if revision else set()
    steps = _STEPS_TO_COURSE.get(kind)
    if steps is not None:
        from courses.queries.videos import videos_of_course

        above = Page.objects.filter(path=page.path[: len(page.path) - steps * Page.steplen])
        for key in above.values_list("translation_key", flat=True):
            found |= {video.pk for video in videos_of_course(key)}
    return found
