"""Real films for journeys: drawn by ffmpeg, processed like an upload, once for all tests of a run."""

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from commerce.actions.enroll import enroll
from courses.facts import refresh_facts
from courses.models import CoursePage, LessonPage
from courses.tests.factories import add_lesson, add_module, make_course
from courses.tests.questions import question, rich_text
from videos.actions.create_video import create_video
from videos.actions.process_video import process_video
from videos.models import Caption, Chapter, Rendition, Video
from videos.tests.media import make_clip
from videos.webvtt import make_cue, write

__all__ = ["SAID", "SAID_IN_ARABIC", "lesson_with", "make_film"]

#: What is said in every film, a line for each four seconds.
SAID = ("Bees live in a box of planks.", "They go out in the morning.", "They come home with nectar.")
SAID_IN_ARABIC = ("يعيش النحل في صندوق.", "يخرج في الصباح.", "ويعود بالرحيق.")

#: Rows as processing wrote them: each test starts from the database as it was, the files stay.
_made: dict[tuple[Any, ...], tuple[dict[str, Any], list[dict[str, Any]]]] = {}


def make_film(owner: Any, seconds: float = 24, size: str = "640x360") -> Video:
    """A film with captions in English and Arabic and two chapters, ready to be watched."""
    key = (seconds, size)
    if key not in _made:
        _made[key] = _process(owner, seconds, size)
    fields, renditions = _made[key]
    Video.objects.filter(public_id=fields["public_id"]).delete()
    video = Video.objects.create(**fields | {"uploaded_by": owner})
    Rendition.objects.bulk_create(Rendition(video=video, **row) for row in renditions)
    for language, lines in (("en", SAID), ("ar", SAID_IN_ARABIC)):
        cues = [make_cue(number * 4000, number * 4000 + 3900, line) for number, line in enumerate(lines)]
        Caption.objects.create(video=video, language=language, vtt=write(cue for cue in cues if cue))
    for start_ms, title in ((0, "The box"), (8000, "In the field")):
        Chapter.objects.create(video=video, language="en", start_ms=start_ms, title=title)
    return video


def _process(owner: Any, seconds: float, size: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        path = make_clip(Path(folder) / "film.mp4", seconds=seconds, size=size)
        video = create_video(
            owner=owner, path_or_storage_name=path, filename="film.mp4", title="How a hive works", language="en"
        )
        video = process_video(video.pk)
    assert video.state == Video.State.READY, (video.failure, video.failure_detail)
    left_out = {"id", "video", "uploaded_by"}
    fields = {field.name: getattr(video, field.name) for field in Video._meta.fields if field.name not in left_out}
    rows = [
        {field.name: getattr(row, field.name) for field in Rendition._meta.fields if field.name not in left_out}
        for row in video.renditions.all()
    ]
    return fields, rows


def lesson_with(
    video: Video, learner: Any, *, asks_at: str = "", title: str = "Life in the hive", **course: Any
) -> LessonPage:
    """A lesson that shows ``video``, in a course of its own that ``learner`` is enrolled in.

    Args:
        asks_at: when the video stops to ask something, ``m:ss``; empty for never.
    """
    page = make_course("Bees", slug=f"bees-{uuid.uuid4().hex[:6]}", **course)
    asked = {"at": asks_at, "question": [question("true_false")]}
    shown = {
        "video": video.pk,
        "caption": "Filmed in Kumasi.",
        "questions": [{"type": "item", "id": str(uuid.uuid4()), "value": asked}] if asks_at else [],
    }
    body = [rich_text("<p>Look closely.</p>"), {"type": "video", "id": str(uuid.uuid4()), "value": shown}]
    lesson: LessonPage = add_lesson(add_module(page, "The hive"), title, slug="life", body=body)
    refresh_facts(CoursePage.objects.get(pk=page.pk))
    enroll(actor=learner, learner=learner, course_key=page.translation_key)
    return lesson
