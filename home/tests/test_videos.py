"""Videos of a page: links for who looks, what the player is told, as many queries for one video as for five."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from courses.models import CoursePage, LessonPage
from courses.tests.factories import add_lesson, add_module, make_course
from courses.tests.questions import question
from home.devices import device_of
from learning.models import LessonProgress
from learning.tests.factories import enrolled_learner
from videos.models import Caption, Chapter, StreamLease, Video, Viewer
from videos.signing import read_token
from videos.tests.ready import ready_video
from videos.webvtt import make_cue, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def block(video: Video, *asked: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A video in a body, with questions at moments."""
    questions = [{"type": "item", "id": str(uuid.uuid4()), "value": {"at": at, "question": [one]}} for at, one in asked]
    value = {"video": video.pk, "caption": "Filmed in Kumasi.", "questions": questions}
    return {"type": "video", "id": str(uuid.uuid4()), "value": value}


def told(video: Video) -> Video:
    """The same with captions in two languages and chapters in one."""
    for language, text in (("en", "Bees live in a box."), ("fr", "Les abeilles vivent ici.")):
        cue = make_cue(500, 3500, text)
        assert cue is not None
        Caption.objects.create(video=video, language=language, vtt=write([cue]))
    Chapter.objects.create(video=video, language="en", start_ms=0, title="The box")
    Chapter.objects.create(video=video, language="en", start_ms=4000, title="The field")
    return video


def lesson_with(*blocks: dict[str, Any], **fields: Any) -> LessonPage:
    page: LessonPage = add_lesson(add_module(make_course()), body=list(blocks), **fields)
    return page


def learner_at(client: Client, lesson: LessonPage) -> Any:
    """A learner of the lesson's course who is logged in."""
    learner = enrolled_learner(lesson.get_parent().get_parent().specific).learner
    client.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return learner


def config_in(content: str) -> dict[str, Any]:
    """What the first player on a page is told."""
    found = re.search(r'<script type="application/json">(.*?)</script>', content, re.S)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


class TestLesson:
    def test_learner_gets_a_link_of_their_own_and_nothing_is_claimed(self, client: Client) -> None:
        video = ready_video()
        lesson = lesson_with(block(video))
        learner = learner_at(client, lesson)
        answer = client.get(lesson.get_url())
        config = config_in(answer.content.decode())
        token = config["base"].split("/")[2]
        secret = answer.cookies["watch"].value
        link = read_token(token, bound_to=secret)
        assert (link.video, link.viewer, link.is_bound) == (video.public_id, learner.public_id, True)
        assert answer.cookies["watch"]["httponly"]
        assert answer.cookies["watch"]["path"] == "/watch/"
        assert StreamLease.objects.count() == 0
        assert config["lite"] == f"{config['base']}144p.mp4"
        assert client.get(config["lite"]).status_code == 200
        assert StreamLease.objects.get().user == learner  # by the first file, where no script claims it

    def test_player_is_told_everything_at_once(self, client: Client) -> None:
        asked = question("true_false")
        video = told(ready_video(language="fr"))
        lesson = lesson_with(block(video, ("0:05", asked)))
        learner = learner_at(client, lesson)
        Viewer.objects.create(user=learner, video=video, position_ms=9_000)
        config = config_in(client.get(lesson.get_url()).content.decode())
        assert [(one["name"], one["height"]) for one in config["renditions"]] == [("144p", 144), ("360p", 360)]
        assert config["renditions"][0]["size"].replace("\xa0", " ") == "450 kB per 10 min"
        assert config["warm"] == {
            "name": "144p",
            "version": "",
            "init": 100,
            "first": [100, 3100],
            "segment": [6100, 9100],
            "at": 8.0,
        }
        assert config["resume"] == 9000
        assert config["master"].startswith("#EXTM3U")
        assert config["questions"] == [{"at": 5.0, "id": f"check-{asked['id']}"}]
        assert [one["language"] for one in config["captions"]] == ["en", "fr"]
        assert config["captionDefault"] == "en"  # French is spoken, the page is English
        assert config["chapters"] == [{"start": 0.0, "title": "The box"}, {"start": 4.0, "title": "The field"}]
        assert config["storyboard"]["interval"] == 4.0
        assert config["report"] == reverse("home:watched_video", args=[video.public_id])

    def test_plain_video_stands_in_the_page(self, client: Client) -> None:
        video = told(ready_video())
        lesson = lesson_with(block(video))
        learner = learner_at(client, lesson)
        Viewer.objects.create(user=learner, video=video, position_ms=7_000)
        content = client.get(lesson.get_url()).content.decode()
        assert re.search(r'<video controls preload="none" playsinline poster="/watch/poster/[^"]+"', content)
        assert re.search(r'src="/watch/[^"]+/144p\.mp4#t=7"', content)
        assert content.count('<track kind="captions"') == 2
        assert re.search(r'href="/watch/[^"]+/144p\.mp4#t=4" data-at="4" dir="ltr">0:04</a>', content)
        assert '<span data-at="0.5">Bees live in a box.</span>' in content
        assert "Filmed in Kumasi." in content

    def test_saving_browser_gets_no_player_and_a_script_that_counts(self, client: Client) -> None:
        video = ready_video()
        lesson = lesson_with(block(video))
        learner = learner_at(client, lesson)
        content = client.get(lesson.get_url(), headers={"Save-Data": "on"}).content.decode()
        assert "<video controls" in content
        assert "lesson-video" not in content
        assert "Back 10 seconds" not in content
        assert "dist/player/plain" in content
        assert config_in(content) == {
            "lesson": str(lesson.translation_key),
            "viewer": learner.public_id.hex,
            "duration": 12.0,
            "report": reverse("home:watched_video", args=[video.public_id]),
        }

    def test_saving_browser_of_a_visitor_is_not_counted(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()), is_free_preview=True)
        content = client.get(lesson.get_url(), headers={"Save-Data": "on"}).content.decode()
        assert "<video controls" in content
        assert "/watched/" not in content

    def test_learner_without_a_script_says_that_they_have_watched(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()), completion_rule=LessonPage.Completion.WATCHED, watched_percent=50)
        learner = learner_at(client, lesson)
        with frozen(NOON):
            assert 'name="watched"' in client.get(lesson.get_url()).content.decode()
        with frozen(NOON + timedelta(seconds=2)):
            page = client.post(lesson.get_url(), {"watched": "1"}, follow=True)
            assert "Watch them to the end, and say so again in 0:04." in page.content.decode()
        with frozen(NOON + timedelta(seconds=6)):
            page = client.post(lesson.get_url(), {"watched": "1"}, follow=True)
            assert "You have done this lesson." in page.content.decode()
        progress = LessonProgress.objects.get(enrollment__learner=learner)
        assert (progress.completed_at, progress.is_claimed) == (NOON + timedelta(seconds=6), True)
        assert not Viewer.objects.exists()  # nothing was seen to be played

    def test_other_lessons_take_nobody_at_their_word(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()))
        learner_at(client, lesson)
        assert 'name="watched"' not in client.get(lesson.get_url()).content.decode()

    def test_transcript_is_there_in_the_language_that_is_chosen(self, client: Client) -> None:
        video = told(ready_video())
        lesson = lesson_with(block(video))
        learner_at(client, lesson)
        content = client.get(lesson.get_url()).content.decode()
        link = re.search(r'<a lang="fr" href="([^"]+)" hreflang="fr">Français</a>', content)
        assert link
        assert link[1] == f"?captions=fr&amp;v={video.public_id.hex}#transcript-{video.public_id.hex}"
        assert "Les abeilles" not in content
        fold = f'<details class="fold v-transcript" id="transcript-{video.public_id.hex}"'
        assert f"{fold}><summary>" in content
        content = client.get(lesson.get_url(), {"captions": "fr", "v": video.public_id.hex}).content.decode()
        assert '<span data-at="0.5">Les abeilles vivent ici.</span>' in content
        assert f"{fold} open><summary>" in content
        assert "Bees live in a box." not in content
        # The page's own where there is no such language.
        for unknown in ("ar", "x" * 500, "'"):
            content = client.get(lesson.get_url(), {"captions": unknown}).content.decode()
            assert "Bees live in a box." in content

    def test_script_gets_the_transcript_alone(self, client: Client) -> None:
        video = told(ready_video())
        lesson = lesson_with(block(video))
        asked = {"captions": "fr", "v": video.public_id.hex}
        closed = client.get(lesson.get_url(), asked, headers={"X-Island": "transcript"})
        assert (closed.status_code, b"abeilles" in closed.content) == (403, False)
        learner_at(client, lesson)
        answer = client.get(lesson.get_url(), asked, headers={"X-Island": "transcript"})
        assert answer.content.decode().startswith('<details class="fold v-transcript"')
        assert "Les abeilles vivent ici." in answer.content.decode()
        other = {"captions": "fr", "v": uuid.uuid4().hex}
        assert client.get(lesson.get_url(), other, headers={"X-Island": "transcript"}).status_code == 404

    def test_data_saver_is_remembered_with_the_account(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()))
        learner = learner_at(client, lesson)

        def saver() -> tuple[bool, bool, str]:
            content = client.get(lesson.get_url()).content.decode()
            config = config_in(content)
            return config["saver"], " data-saver data-video=" in content, config["remember"]

        assert saver() == (False, False, "/preferences/")
        client.post("/preferences/", {"saves_data": "on"})
        learner.refresh_from_db()
        assert learner.saves_data is True
        assert saver() == (True, True, "/preferences/")
        client.post("/preferences/", {"saves_data": "perhaps"})
        client.post("/preferences/", {"theme": "dark"})
        assert saver()[0] is True
        client.post("/preferences/", {"saves_data": "off"})
        assert saver()[0] is False

    def test_visitors_data_saver_is_known_to_their_device_alone(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()), is_free_preview=True)
        assert client.post("/preferences/", {"saves_data": "on"}).status_code == 302
        config = config_in(client.get(lesson.get_url()).content.decode())
        assert (config["saver"], config["remember"]) == (False, "")

    def test_lesson_without_a_video_loads_nothing_for_one(self, client: Client) -> None:
        lesson = lesson_with()
        learner_at(client, lesson)
        answer = client.get(lesson.get_url())
        assert "dist/player" not in answer.content.decode()
        assert "watch" not in answer.cookies

    def test_question_in_a_video_is_answered_like_any_other(self, client: Client) -> None:
        asked = question("true_false")
        lesson = lesson_with(block(ready_video(), ("0:05", asked)))
        learner_at(client, lesson)
        assert 'At <bdi dir="ltr">0:05</bdi> of the video:' in client.get(lesson.get_url()).content.decode()
        sent = {"question": asked["id"], f"q-{asked['id']}": "true"}
        answer = client.post(lesson.get_url(), sent, headers={"X-Island": "self-check"})
        assert answer.status_code == 200
        assert "verdict" in answer.content.decode()

    def test_video_that_is_being_prepared_says_so(self, client: Client) -> None:
        video = Video.objects.create(title="Raw", state=Video.State.PROCESSING)
        lesson = lesson_with(block(video))
        learner_at(client, lesson)
        content = client.get(lesson.get_url()).content.decode()
        assert "This video is still being prepared." in content
        assert "<video" not in content

    def test_sizes_of_downloads_stand_on_their_buttons_where_the_course_allows_them(self, client: Client) -> None:
        lesson = lesson_with(block(ready_video()))
        learner_at(client, lesson)
        assert "v-downloads" not in client.get(lesson.get_url()).content.decode()
        CoursePage.objects.update(allows_downloads=True)
        content = client.get(lesson.get_url()).content.decode().replace("\xa0", " ")
        found = re.findall(r'name="rendition" value="(\w+)">.*?· (.*?)</button>', content)
        assert found == [("audio", "3.1 kB"), ("144p", "9.1 kB"), ("360p", "27.1 kB")]

    def test_free_preview_needs_no_token_and_visitors_are_not_recorded(self, client: Client) -> None:
        video = ready_video()
        lesson = lesson_with(block(video), is_free_preview=True)
        config = config_in(client.get(lesson.get_url()).content.decode())
        assert config["base"] == f"/watch/free/{video.public_id}/"
        assert (config["seconds"], config["renew"], config["report"]) == (None, "", "")
        assert config["warm"]["version"] == f"?v={video.folder[33:]}"
        assert client.get(config["lite"]).status_code == 200

    @pytest.mark.parametrize("is_free", [True, False])
    def test_queries_are_the_same_for_one_and_for_five(self, client: Client, is_free: bool) -> None:
        counts = []
        for count in (1, 5):
            lesson = lesson_with(*(block(told(ready_video())) for _n in range(count)), is_free_preview=is_free)
            learner_at(client, lesson)
            client.get(lesson.get_url())
            with CaptureQueriesContext(connection) as queries:
                assert client.get(lesson.get_url()).content.decode().count("<lesson-video") == count
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCourse:
    def test_trailer_is_free_for_visitors(self, client: Client) -> None:
        video = ready_video(title="Come and see")
        course = make_course(trailer=video)
        content = client.get(course.get_url()).content.decode()
        assert config_in(content)["base"] == f"/watch/free/{video.public_id}/"

    def test_trailer_that_is_not_ready_is_left_out(self, client: Client) -> None:
        course = make_course(trailer=Video.objects.create(title="Raw"))
        assert "<figure" not in client.get(course.get_url()).content.decode()


class TestPlace:
    def claim(self, client: Client, video: Video, **more: Any) -> Any:
        body = {"session": str(uuid.uuid4()), "lesson": None, **more}
        return client.post(
            reverse("home:play_video", args=[video.public_id]), json.dumps(body), content_type="application/json"
        )

    def test_answers_with_links_of_this_browser(self, client: Client) -> None:
        video = ready_video()
        learner = learner_at(client, lesson_with(block(video)))
        answer = self.claim(client, video)
        assert answer.status_code == 200
        assert client.get(answer.json()["lite"]).status_code == 200
        assert Client().get(answer.json()["lite"]).status_code == 403
        assert StreamLease.objects.get().user == learner

    def test_names_the_devices_that_play_already(self, client: Client, settings: Any) -> None:
        settings.VIDEO_STREAMS = 1
        video = ready_video()
        lesson = lesson_with(block(video))
        learner = learner_at(client, lesson)
        phone = Client(headers={"user-agent": "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"})
        phone.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert self.claim(phone, video).status_code == 200
        refused = self.claim(client, video)
        assert (refused.status_code, refused.json()["code"]) == (409, "too_many_streams")
        assert refused.json()["devices"] == ["Firefox, Android"]
        assert self.claim(client, video, take_over=True).status_code == 200

    def test_reports_keep_it(self, client: Client) -> None:
        """Nothing else comes from a player that has all of its file."""
        video = ready_video()
        lesson = lesson_with(block(video))
        learner_at(client, lesson)
        with frozen(NOON) as noon:
            assert self.claim(client, video).status_code == 200
            for number in range(1, 4):
                noon.move(timedelta(seconds=60))
                report = {
                    "session": str(uuid.uuid4()),
                    "lesson": str(lesson.translation_key),
                    "batches": [{"number": number, "segments": [[0, 1]]}],
                    "position_ms": 1000,
                    "at": noon.read().isoformat(),
                }
                path = reverse("home:watched_video", args=[video.public_id])
                assert client.post(path, json.dumps(report), content_type="application/json").status_code == 200
            assert StreamLease.objects.get().seen_at == noon.read()

    def test_refuses_who_may_not_watch(self, client: Client) -> None:
        video = ready_video()
        lesson_with(block(video))
        client.force_login(make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
        refused = self.claim(client, video)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_enrolled")
        assert StreamLease.objects.count() == 0

    @pytest.mark.parametrize("body", ["", "[]", "{", '{"session": 1}', '{"session": "x"}', "{}" + " " * 3000])
    def test_refuses_what_no_player_asks(self, client: Client, body: str) -> None:
        video = ready_video()
        learner_at(client, lesson_with(block(video)))
        path = reverse("home:play_video", args=[video.public_id])
        assert client.post(path, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.0", "Another device"),
        ("", "Another device"),
    ],
)
def test_device_by_its_name(agent: str, name: str) -> None:
    assert device_of(agent) == name
