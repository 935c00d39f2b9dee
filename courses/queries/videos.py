"""Which pages show which videos: from a lesson to its videos, from a video to its courses."""

import uuid
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import Page, ReferenceIndex

from courses.models import CoursePage, LessonPage
from videos.models import Video

__all__ = ["course_keys_showing", "video_pks_of", "videos_in", "videos_of_course"]

#: A lesson stands so many levels below its course.
_LEVELS = 2


def videos_in(lesson: LessonPage) -> list[Video]:
    """The videos of a lesson that can be watched, in its order, each once; one query, none where it has no video."""
    pks = [
        row["value"]["video"]
        for row in lesson.body.get_prep_value()
        if row["type"] == "video" and isinstance(row["value"], dict) and row["value"].get("video")
    ]
    if not pks:
        return []
    ready = {video.pk: video for video in Video.objects.filter(pk__in=pks, duration_ms__gt=0).exclude(folder="")}
    return [ready[pk] for pk in dict.fromkeys(pks) if pk in ready]


def video_pks_of(page_pks: Iterable[int]) -> dict[int, list[int]]:
    """The videos of pages as they are published, oldest first, by the page's pk; one query."""
    rows = _references().filter(object_id__in=[str(pk) for pk in page_pks])
    found: dict[int, set[int]] = {}
    for page_pk, video_pk in rows.values_list("object_id", "to_object_id"):
        found.setdefault(int(page_pk), set()).add(int(video_pk))
    return {page_pk: sorted(pks) for page_pk, pks in found.items()}


def course_keys_showing(video: Video) -> frozenset[uuid.UUID]:
    """The keys of the courses that show a video, on their own page or in a lesson; three queries.

    Published or not, as the pages were saved last.
    """
    pks = _references().filter(to_object_id=str(video.pk)).values_list("object_id", flat=True)
    paths = Page.objects.filter(pk__in={int(pk) for pk in pks}).values_list("path", flat=True)
    above = {path[: len(path) - Page.steplen * level] for path in paths for level in range(_LEVELS + 1)}
    return frozenset(CoursePage.objects.filter(path__in=above).values_list("translation_key", flat=True))


def videos_of_course(course_key: uuid.UUID) -> list[Video]:
    """The videos that a course shows in any of its languages, by title; four queries."""
    below = Q(pk__in=())
    for path in CoursePage.objects.filter(translation_key=course_key).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    pages = [str(pk) for pk in Page.objects.filter(below).values_list("pk", flat=True)]
    pks = _references().filter(object_id__in=pages).values_list("to_object_id", flat=True)
    return list(Video.objects.filter(pk__in={int(pk) for pk in pks}).order_by("title", "pk"))


def _references() -> "QuerySet[ReferenceIndex]":
    types = ContentType.objects.get_for_models(Page, Video)
    rows = ReferenceIndex.objects.filter(base_content_type=types[Page], to_content_type=types[Video])
    return rows.order_by()
