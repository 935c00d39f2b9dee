"""The lesson's panel of downloads where the learner's name is written into them: works by forms and links alone."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from courses.models import CoursePage, LessonPage
from courses.tests.factories import add_lesson, add_module, make_course
from learning.tests.factories import enrolled_learner
from videos.models import MarkedCopy, Video
from videos.tests.ready import copy_bytes, finished, ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]
State = MarkedCopy.State


def lesson_with(*videos: Video, **fields: Any) -> LessonPage:
    """A lesson of a course whose downloads bear a name, unless ``fields`` say otherwise."""
    course = make_course(**{"allows_downloads": True, "burns_watermark": True, **fields})
    body = [
        {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": "", "questions": []}}
        for video in videos
    ]
    page: LessonPage = add_lesson(add_module(course), body=body)
    return page


def learner_at(client: Client, lesson: LessonPage) -> Any:
    learner = enrolled_learner(lesson.get_parent().get_parent().specific).learner
    client.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return learner


def panel(client: Client, lesson: LessonPage) -> str:
    """What the page says of downloads."""
    content = client.get(lesson.get_url()).content.decode().replace("\xa0", " ")
    found = re.search(r'<details class="fold v-downloads".*?</details>', content, re.S)
    assert found is not None
    return found[0]


def ask(client: Client, video: Video, lesson: LessonPage, rendition: str = "144p") -> Any:
    sent = {"rendition": rendition, "lesson": str(lesson.translation_key), "next": lesson.get_url()}
    return client.post(reverse("home:download_video", args=[video.public_id]), sent)


def buttons(shown: str) -> list[tuple[str, str]]:
    return re.findall(r'name="rendition" value="(\w+)"[^>]*>.*?· (.*?)</button>', shown)


def test_asked_for_prepared_and_fetched(client: Client) -> None:
    video = ready_video()
    lesson = lesson_with(video)
    learner = learner_at(client, lesson)
    shown = panel(client, lesson)
    assert buttons(shown) == [("audio", "3.1 kB"), ("144p", "about 9.1 kB"), ("360p", "about 27.1 kB")]
    assert "Your name is written into the picture" in shown
    assert "Look again" not in shown
    assert " open>" not in shown

    answer = ask(client, video, lesson)
    assert (answer.status_code, answer.url) == (302, f"{lesson.get_url()}#downloads-{video.public_id}")
    MarkedCopy.objects.update(state=State.MAKING, progress=40)
    page = client.get(lesson.get_url()).content.decode()
    assert "Your download is being prepared" in page
    shown = panel(client, lesson)
    assert "<bdi>144p</bdi>: being prepared, 40%." in shown
    assert 'value="144p" disabled' in shown
    assert f'id="downloads-{video.public_id}" open>' in shown
    look = re.search(r'<a href="([^"]*)">Look again</a>', shown)
    assert look is not None
    assert client.get(look[1].partition("#")[0]).status_code == 200

    copy = finished(MarkedCopy.objects.get(user=learner))
    assert " open>" in client.get(look[1].partition("#")[0]).content.decode()  # still: here is what they look for
    shown = panel(client, lesson)
    assert buttons(shown) == [("audio", "3.1 kB"), ("144p", "5.0 kB"), ("360p", "about 27.1 kB")]
    assert f'<bdi>144p</bdi>: ready. <span class="muted">SHA-256 <code dir="ltr">{copy.sha256}</code>' in shown
    answer = ask(client, video, lesson)
    assert answer.url.startswith("/watch/")
    client.cookies.update(answer.cookies)
    assert b"".join(client.get(answer.url).streaming_content) == copy_bytes(copy)  # type: ignore[arg-type]
    assert Client().get(answer.url).status_code == 403


def test_what_went_wrong_is_said(client: Client) -> None:
    video = ready_video()
    lesson = lesson_with(video)
    learner_at(client, lesson)
    ask(client, video, lesson)
    MarkedCopy.objects.update(state=State.FAILED, failure="copy_tools_missing", done_at=clock.now(), bytes=0)
    shown = panel(client, lesson)
    assert "<bdi>144p</bdi>: could not be prepared." in shown
    assert ("144p", "about 9.1 kB") in buttons(shown)
    ask(client, video, lesson)
    assert "ffmpeg or Pango is missing" in client.get(lesson.get_url()).content.decode()


def test_without_a_page_to_go_back_to_it_is_told_as_text(client: Client) -> None:
    video = ready_video()
    learner_at(client, lesson_with(video))
    answer = client.post(reverse("home:download_video", args=[video.public_id]), {"rendition": "144p"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (202, "text/plain; charset=utf-8")


def test_sound_comes_at_once(client: Client) -> None:
    video = ready_video()
    lesson = lesson_with(video)
    learner_at(client, lesson)
    assert ask(client, video, lesson, "audio").url.startswith("/watch/")
    assert MarkedCopy.objects.count() == 0


def test_others_see_nothing_of_it(client: Client) -> None:
    video = ready_video()
    lesson = lesson_with(video)
    learner_at(client, lesson)
    ask(client, video, lesson)
    learner_at(client, lesson)
    assert "being prepared" not in panel(client, lesson)


def test_queries_are_the_same_for_one_and_for_five_and_none_more_without_names(client: Client) -> None:
    counts = []
    for count in (1, 5):
        videos = [ready_video() for _number in range(count)]
        lesson = lesson_with(*videos)
        learner = learner_at(client, lesson)
        for video in videos:
            for rendition in video.renditions.all():
                MarkedCopy.objects.create(
                    user=learner,
                    rendition=rendition,
                    text=learner.email,
                    bytes=1,
                    folder=MarkedCopy.new_folder(video.public_id),
                    expires_at=clock.now(),
                )
        assert panel(client, lesson).count("being prepared, 0%") == 3
        counts.append(queries_of(client, lesson))
    assert counts[0] == counts[1]
    CoursePage.objects.update(burns_watermark=False)
    assert queries_of(client, lesson) == counts[1] - 1


def queries_of(client: Client, lesson: LessonPage) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(lesson.get_url()).status_code == 200
    return len(queries)
