"""Videos through GraphQL: what everyone sees, leave to watch, and query counts that stay."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.tests.calls import ask, client_of, data, person
from commerce.models import Enrollment
from commerce.tests.factories import NOON
from core import clock
from core.clock import frozen
from courses.keys import page_public_id
from courses.tests.factories import add_lesson, add_module, make_course
from courses.tests.questions import question
from learning.tests.factories import enrolled_learner
from videos.models import Caption, Chapter, MarkedCopy, StreamLease, Viewer
from videos.tests.ready import copy_bytes, finished, ready_video

pytestmark = pytest.mark.django_db
VIDEO = """id title durationSeconds locale isReady hasPicture poster hlsUrl resumeSeconds
  renditions { name kind height width bytes bitsPerSecond url } captions { locale label url }
  chapters { locale startSeconds title } transcript { startSeconds endSeconds speaker text }
  storyboard { url columns rows tileWidth tileHeight intervalSeconds count }"""
LESSON = f"query ($id: ID!) {{ lesson(id: $id) {{ completionRule watchedPercent videos {{ {VIDEO} }} }} }}"
PLAYBACK = f"""playback {{ hlsUrl liteUrl audioUrl expiresAt watermarkText resumeSeconds isFree video {{ {VIDEO} }} }}
  devices errors {{ code field message }}"""
GRANT = f"mutation ($input: GrantPlaybackInput!) {{ grantPlayback(input: $input) {{ {PLAYBACK} }} }}"
RENEW = f"mutation ($input: RenewPlaybackInput!) {{ renewPlayback(input: $input) {{ {PLAYBACK} }} }}"
DOWNLOAD = """mutation ($input: DownloadVideoInput!) { downloadVideo(input: $input) {
  download { rendition initBytes expiresAt keepUntil video { id } files { name url bytes sha256 contentType }
    segments { offset bytes milliseconds } }
  preparation { video { id } rendition percent estimatedBytes } errors { code field } } }"""
SAVER = "mutation ($on: Boolean!) { setDataSaver(input: {isOn: $on}) { savesData errors { code } } }"
END = "mutation ($input: EndPlaybackInput!) { endPlayback(input: $input) { ended errors { code } } }"


def block(video, stops=()):
    value = {"video": video.pk, "caption": "Look", "questions": list(stops)}
    return {"type": "video", "id": str(uuid.uuid4()), "value": value}


def lesson_with(*videos, **fields):
    course = make_course()
    page = add_lesson(add_module(course), body=[block(video) for video in videos], **fields)
    return course, page


def asked(video, **more):
    return {"videoId": str(video.public_id), "sessionId": str(uuid.uuid4()), **more}


def grant(client, video, **more):
    return data(client, GRANT, input=asked(video, **more))["grantPlayback"]


def test_a_learner_reads_of_a_lessons_video_and_gets_no_address_without_leave():
    video = ready_video(title="Loops", language="en")
    Caption.objects.create(video=video, language="en", vtt="WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n")
    Caption.objects.create(video=video, language="fr", vtt="WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour.\n")
    for language, title in (("en", "Beginning"), ("fr", "Début")):
        Chapter.objects.create(video=video, language=language, start_ms=1500, title=title)
    course, page = lesson_with(video, completion_rule="watched", watched_percent=70)
    learner = enrolled_learner(course).learner
    Viewer.objects.create(user=learner, video=video, position_ms=3500)
    lesson = data(client_of(learner), LESSON, id=page_public_id(page))["lesson"]
    assert (lesson["completionRule"], lesson["watchedPercent"]) == ("WATCHED", 70)
    assert lesson["videos"] == [
        {
            "id": str(video.public_id),
            "title": "Loops",
            "durationSeconds": 12.0,
            "locale": "en",
            "isReady": True,
            "hasPicture": True,
            "poster": f"http://testserver/watch/poster/{video.public_id}.webp?{video.folder[33:]}",
            "hlsUrl": None,
            "resumeSeconds": 3.5,
            "renditions": [
                _rendition("audio", "AUDIO", 0, 0, 3100, 2000),
                _rendition("144p", "VIDEO", 144, 256, 9100, 6000),
                _rendition("360p", "VIDEO", 360, 640, 27100, 18000),
            ],
            "captions": [
                {"locale": "en", "label": "English", "url": None},
                {"locale": "fr", "label": "Français", "url": None},
            ],
            "chapters": [{"locale": "en", "startSeconds": 1.5, "title": "Beginning"}],
            "transcript": [{"startSeconds": 1.0, "endSeconds": 2.0, "speaker": "", "text": "Hello."}],
            "storyboard": {
                "url": None,
                "columns": 2,
                "rows": 2,
                "tileWidth": 160,
                "tileHeight": 90,
                "intervalSeconds": 4.0,
                "count": 3,
            },
        }
    ]
    texts = """query ($id: ID!) { lesson(id: $id) { videos {
        transcript(locale: "fr") { text } chapters(locale: "ar") { title } } } }"""
    assert data(client_of(learner), texts, id=page_public_id(page))["lesson"]["videos"] == [
        {"transcript": [{"text": "Bonjour."}], "chapters": []}
    ]


def _rendition(name, kind, height, width, size, rate):
    return {
        "name": name,
        "kind": kind,
        "height": height,
        "width": width,
        "bytes": size,
        "bitsPerSecond": rate,
        "url": None,
    }


def test_a_locked_lesson_shows_no_videos():
    _course, page = lesson_with(ready_video())
    for client in (Client(), client_of(person("stranger@example.com"))):
        assert data(client, LESSON, id=page_public_id(page))["lesson"]["videos"] is None


def test_leave_to_watch_gives_addresses_that_work():
    video = ready_video()
    Caption.objects.create(video=video, language="en", vtt="WEBVTT\n")
    course, page = lesson_with(video)
    learner = client_of(enrolled_learner(course).learner)
    with frozen(NOON):
        found = grant(learner, video, lessonId=page_public_id(page), device="School app")
        assert found["errors"] == []
        assert found["playback"]["expiresAt"] == (NOON + timedelta(minutes=30)).isoformat()
        shown = found["playback"]["video"]
        addresses = [found["playback"][name] for name in ("hlsUrl", "liteUrl", "audioUrl")] + [
            shown["hlsUrl"],
            shown["captions"][0]["url"],
            shown["storyboard"]["url"],
            shown["renditions"][1]["url"],
        ]
        assert len(set(addresses)) == 5  # hlsUrl is in it twice, the lite one is the smallest rung's
        for address in addresses:
            assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    assert StreamLease.objects.get().device == "School app"


def test_a_free_preview_needs_no_leave():
    video, trailer = ready_video(), ready_video()
    _course, page = lesson_with(video, is_free_preview=True)
    course = make_course(trailer=trailer)
    shown = data(Client(), LESSON, id=page_public_id(page))["lesson"]["videos"][0]
    assert shown["hlsUrl"] == f"http://testserver/watch/free/{video.public_id}/master.m3u8"
    assert Client().get(shown["renditions"][1]["url"].removeprefix("http://testserver")).status_code == 200
    query = f"query ($slug: String) {{ course(slug: $slug) {{ allowsDownloads trailer {{ {VIDEO} }} }} }}"
    found = data(Client(), query, slug=course.slug)["course"]
    assert found["trailer"]["hlsUrl"] == f"http://testserver/watch/free/{trailer.public_id}/master.m3u8"
    assert found["allowsDownloads"] is False
    given = grant(Client(), trailer)["playback"]
    assert (given["isFree"], given["expiresAt"]) == (True, None)


@pytest.mark.parametrize(
    ("state", "code"),
    [("suspended", "enrollment_suspended"), ("cancelled", "not_enrolled"), (None, "not_logged_in")],
)
def test_who_may_not_watch_is_told_why(state, code):
    video = ready_video()
    course, _page = lesson_with(video)
    client = client_of(enrolled_learner(course, state=state).learner) if state else Client()
    for query, name in ((GRANT, "grantPlayback"), (RENEW, "renewPlayback")):
        found = data(client, query, input=asked(video))[name]
        assert (found["playback"], [error["code"] for error in found["errors"]]) == (None, [code])
    assert StreamLease.objects.count() == 0


def test_ids_that_are_none_are_named():
    client = client_of(person("learner@example.com"))
    for field in ("videoId", "sessionId", "lessonId"):
        given = {**asked(ready_video()), field: "x"}
        errors = data(client, GRANT, input=given)["grantPlayback"]["errors"]
        assert [(error["code"], error["field"]) for error in errors] == [("invalid_id", field)]
    assert grant(client, ready_video())["errors"][0]["code"] == "video_not_found"


def test_devices_are_counted_named_and_taken_over(settings):
    settings.VIDEO_STREAMS = 1
    video = ready_video()
    course, _page = lesson_with(video)
    client = client_of(enrolled_learner(course).learner)
    first = asked(video, device="Tablet")
    assert data(client, GRANT, input=first)["grantPlayback"]["errors"] == []
    refused = grant(client, video, device="Phone")
    assert ([error["code"] for error in refused["errors"]], refused["devices"]) == (["too_many_streams"], ["Tablet"])
    assert grant(client, video, device="Phone", takeOver=True)["errors"] == []
    renewed = data(client, RENEW, input=first)["renewPlayback"]
    assert ([error["code"] for error in renewed["errors"]], renewed["devices"]) == (["too_many_streams"], ["Phone"])


def test_a_device_that_ended_makes_room(settings):
    settings.VIDEO_STREAMS = 1
    video = ready_video()
    course, _page = lesson_with(video)
    client = client_of(enrolled_learner(course).learner)
    first = asked(video)
    data(client, GRANT, input=first)
    renewed = data(client, RENEW, input=first)["renewPlayback"]
    assert renewed["playback"]["isFree"] is False
    assert data(client, END, input={"sessionId": first["sessionId"]})["endPlayback"] == {"ended": True, "errors": []}
    assert grant(client, video)["errors"] == []
    ended = data(Client(), END, input={"sessionId": first["sessionId"]})["endPlayback"]
    assert ended == {"ended": None, "errors": [{"code": "not_logged_in"}]}


def test_an_enrolment_that_ends_ends_the_leave():
    video = ready_video()
    course, _page = lesson_with(video)
    enrollment = enrolled_learner(course)
    with frozen(NOON):
        Enrollment.objects.filter(pk=enrollment.pk).update(ends_at=NOON + timedelta(minutes=5))
        found = grant(client_of(enrollment.learner), video)
        assert found["playback"]["expiresAt"] == (NOON + timedelta(minutes=5)).isoformat()


def test_the_block_of_a_lesson_stops_for_questions_without_their_keys():
    asked_there = question("single_choice")
    stop = {"type": "item", "id": str(uuid.uuid4()), "value": {"at": "0:05", "question": [asked_there]}}
    video = ready_video()
    course = make_course()
    page = add_lesson(add_module(course), body=[block(video, [stop])])
    learner = client_of(enrolled_learner(course).learner)
    query = """query ($id: ID!) { lesson(id: $id) { body { __typename id ... on VideoBlock { caption video { id hlsUrl }
      stops { atSeconds question { id __typename isCorrect rightAnswer } } } } } }"""
    (found,) = data(learner, query, id=page_public_id(page))["lesson"]["body"]
    assert found == {
        "__typename": "VideoBlock",
        "id": page.body[0].id,
        "caption": "Look",
        "video": {"id": str(video.public_id), "hlsUrl": None},
        "stops": [
            {
                "atSeconds": 5.0,
                "question": {
                    "id": asked_there["id"],
                    "__typename": "SingleChoiceQuestion",
                    "isCorrect": None,
                    "rightAnswer": None,
                },
            }
        ],
    }


def test_a_program_takes_a_video_along():
    video = ready_video(segments=1)
    course, page = lesson_with(video)
    client = client_of(enrolled_learner(course).learner)
    asked_for = {"videoId": str(video.public_id), "lessonId": page_public_id(page), "rendition": "144p"}
    kept = data(client, DOWNLOAD, input=asked_for)["downloadVideo"]
    assert (kept["download"], kept["errors"]) == (None, [{"code": "downloads_not_allowed", "field": None}])
    course.allows_downloads = True
    course.save()
    with frozen(NOON):
        found = data(client, DOWNLOAD, input=asked_for)["downloadVideo"]["download"]
        assert found["video"] == {"id": str(video.public_id)}
        assert (found["rendition"], found["initBytes"], found["keepUntil"]) == ("144p", 100, None)
        assert found["segments"] == [{"offset": 100, "bytes": 3000, "milliseconds": 4000}]
        film, _poster = found["files"]
        assert (film["name"], film["bytes"], film["contentType"]) == ("144p.mp4", 3100, "video/mp4")
        assert film["sha256"] == video.renditions.get(name="144p").sha256
        assert Client().get(film["url"].removeprefix("http://testserver")).status_code == 200
    wrong = data(client, DOWNLOAD, input={**asked_for, "rendition": "4k"})["downloadVideo"]
    assert wrong["errors"] == [{"code": "rendition_not_found", "field": "rendition"}]


def test_a_program_waits_for_a_copy_with_the_learners_name():
    video = ready_video(segments=1)
    course, page = lesson_with(video)
    course.allows_downloads = course.burns_watermark = True
    course.save()
    learner = enrolled_learner(course).learner
    client = client_of(learner)
    asked_for = {"videoId": str(video.public_id), "lessonId": page_public_id(page), "rendition": "144p"}
    waits = data(client, DOWNLOAD, input=asked_for)["downloadVideo"]
    told = {"video": {"id": str(video.public_id)}, "rendition": "144p", "percent": 0, "estimatedBytes": 3100}
    assert waits == {"download": None, "preparation": told, "errors": []}
    copy = MarkedCopy.objects.get(user=learner)
    MarkedCopy.objects.update(state=MarkedCopy.State.MAKING, progress=55)
    assert data(client, DOWNLOAD, input=asked_for)["downloadVideo"]["preparation"]["percent"] == 55
    finished(copy)
    found = data(client, DOWNLOAD, input=asked_for)["downloadVideo"]
    assert (found["preparation"], found["errors"]) == (None, [])
    film = found["download"]["files"][0]
    assert (film["bytes"], film["sha256"]) == (5000, copy.sha256)
    assert found["download"]["segments"] == [{"offset": 100, "bytes": 4900, "milliseconds": 4000}]
    answer = Client().get(film["url"].removeprefix("http://testserver"))
    assert b"".join(answer.streaming_content) == copy_bytes(copy)
    MarkedCopy.objects.update(state=MarkedCopy.State.FAILED, failure="copy_tools_missing", done_at=clock.now())
    failed = data(client, DOWNLOAD, input=asked_for)["downloadVideo"]
    assert (failed["download"], failed["preparation"]) == (None, None)
    assert failed["errors"] == [{"code": "copy_failed", "field": None}]


def test_a_course_says_whether_downloads_bear_a_name():
    course = make_course(burns_watermark=True)
    query = "query ($slug: String) { course(slug: $slug) { burnsWatermark } }"
    assert data(Client(), query, slug=course.slug)["course"] == {"burnsWatermark": True}


def _queries(client, query, **variables):
    data(client, query, **variables)
    with CaptureQueriesContext(connection) as captured:
        data(client, query, **variables)
    return len(captured)


def test_videos_of_a_lesson_cost_the_same_at_10_and_50():
    counts = []
    for count in (10, 50):
        videos = [ready_video(segments=1, ladder=(("144p", 144, 100),)) for _number in range(count)]
        for video in videos:
            Caption.objects.create(video=video, language="en", vtt="WEBVTT\n")
        course, page = lesson_with(*videos)
        learner = client_of(enrolled_learner(course).learner)
        counts.append(_queries(learner, LESSON, id=page_public_id(page)))
        assert len(data(learner, LESSON, id=page_public_id(page))["lesson"]["videos"]) == count
    assert counts[0] == counts[1]


def test_trailers_of_a_list_cost_the_same_at_10_and_50():
    for _number in range(50):
        make_course(trailer=ready_video(segments=1, ladder=(("144p", 144, 100),)))
    query = f"query ($n: Int) {{ courses(first: $n) {{ edges {{ node {{ trailer {{ {VIDEO} }} }} }} }} }}"
    assert "errors" not in ask(Client(), query, n=50)
    assert _queries(Client(), query, n=10) == _queries(Client(), query, n=50)


def test_data_saver_is_the_accounts():
    client = client_of(person("saver@example.com"))
    assert data(client, "{ me { savesData } }")["me"] == {"savesData": False}
    assert data(client, SAVER, on=True)["setDataSaver"] == {"savesData": True, "errors": []}
    assert data(client, "{ me { savesData } }")["me"] == {"savesData": True}
    assert data(client, SAVER, on=False)["setDataSaver"]["savesData"] is False
    assert [error["code"] for error in data(Client(), SAVER, on=True)["setDataSaver"]["errors"]] == ["not_logged_in"]
