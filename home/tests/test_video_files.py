"""Files of videos over HTTP: ranges, links that are refused, and what each request asks of the database."""

import gzip
import hashlib
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from commerce.models import Enrollment
from commerce.tests.factories import NOON
from core.clock import frozen
from courses.tests.factories import add_lesson, add_module, make_course
from home.watch_cookie import WATCH_COOKIE, secret_for, set_watch_cookie
from learning.actions.grant_playback import grant_playback
from learning.tests.factories import enrolled_learner
from videos.models import Caption, Video
from videos.tests.ready import bytes_of, ready_video

pytestmark = pytest.mark.django_db
SECRET = "ab" * 32
SIZE = 100 + 3 * 3_000
WHOLE = bytes_of("144p", SIZE)


@pytest.fixture
def video():
    return ready_video()


@pytest.fixture
def watched(video):
    """A learner's browser, and the address of their video's folder."""
    enrollment = enrolled_learner(course_with(video))
    return browser(), base_of(enrollment.learner, video)


def browser(secret=SECRET):
    client = Client()
    if secret:
        client.cookies[WATCH_COOKIE] = secret
    return client


def course_with(video, **lesson):
    course = make_course()
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block], **lesson)
    return course


def base_of(learner, video, bound_to=SECRET):
    return grant_playback(actor=learner, video_key=video.public_id, session=uuid.uuid4(), bound_to=bound_to).base_url


def get(watched, name, **headers):
    client, base = watched
    return client.get(f"{base}{name}", headers=headers)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-3099", 100, 3099),
        ("bytes=9000-", 9000, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1),
        ("bytes=-99999", 0, SIZE - 1),
        ("bytes=9000-99999", 9000, SIZE - 1),
        ("bytes=0-0", 0, 0),
    ],
)
def test_a_range_is_what_was_asked_for(watched, asked, first, last):
    answer = get(watched, "144p.mp4", range=asked)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert body(answer) == WHOLE[first : last + 1]


@pytest.mark.parametrize(
    "asked", [None, "bytes=5-3", "bytes=0-1,5-9", "items=0-1", "bytes=-", "bytes=x-y", "bytes=١-٢"]
)
def test_what_is_no_single_range_gets_everything(watched, asked):
    answer = get(watched, "144p.mp4", **({"range": asked} if asked else {}))
    assert answer.status_code == 200
    assert "Content-Range" not in answer.headers
    assert (answer.headers["Content-Length"], answer.headers["Accept-Ranges"]) == (str(SIZE), "bytes")
    assert answer.headers["Content-Type"] == "video/mp4"
    assert body(answer) == WHOLE


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(watched, asked):
    answer = get(watched, "144p.mp4", range=asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_a_range_goes_on_with_the_same_file_only(watched):
    whole = get(watched, "144p.mp4")
    for known in (whole.headers["ETag"], whole.headers["Last-Modified"]):
        assert get(watched, "144p.mp4", range="bytes=0-9", if_range=known).status_code == 206
    for other in ('"another"', "W/" + whole.headers["ETag"], "Mon, 02 Nov 2020 12:00:00 GMT", "yesterday"):
        assert get(watched, "144p.mp4", range="bytes=0-9", if_range=other).status_code == 200


def test_what_the_browser_has_is_not_sent_again(watched):
    whole = get(watched, "144p.mp4")
    tag, date = whole.headers["ETag"], whole.headers["Last-Modified"]
    for headers in ({"if_none_match": tag}, {"if_none_match": f'"x", W/{tag}'}, {"if_modified_since": date}):
        answer = get(watched, "144p.mp4", **headers)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert get(watched, "144p.mp4", if_none_match='"x"', if_modified_since=date).status_code == 200
    assert get(watched, "360p.mp4").headers["ETag"] != tag


def test_head_tells_the_size(watched):
    client, base = watched
    answer = client.head(f"{base}144p.mp4")
    assert (answer.status_code, answer.headers["Content-Length"], body(answer)) == (200, str(SIZE), b"")
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nobody_writes_here(watched, method):
    client, base = watched
    assert getattr(client, method)(f"{base}144p.mp4").status_code == 405


def test_playlists_lead_to_ranges_of_the_files(watched):
    master = get(watched, "master.m3u8")
    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    rungs = [line for line in master.content.decode().splitlines() if not line.startswith("#")]
    assert rungs == ["144p.m3u8", "360p.m3u8"]
    lines = get(watched, "144p.m3u8").content.decode().splitlines()
    assert '#EXT-X-MAP:URI="144p.mp4",BYTERANGE="100@0"' in lines
    ranges = [line.partition(":")[2] for line in lines if line.startswith("#EXT-X-BYTERANGE")]
    assert ranges == ["3000@100", "3000", "3000"]
    assert lines[-1] == "#EXT-X-ENDLIST"


def test_playlists_are_compressed_and_videos_never(video):
    long = ready_video(segments=100)
    learner = enrolled_learner(course_with(long)).learner
    watched = (browser(), base_of(learner, long))
    plain = get(watched, "144p.m3u8")
    packed = get(watched, "144p.m3u8", accept_encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding, origin"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 8 < len(plain.content)
    film = get(watched, "144p.mp4", accept_encoding="gzip", range="bytes=0-4999")
    assert "Content-Encoding" not in film.headers
    assert len(body(film)) == 5000


def test_pictures_captions_and_the_storyboards_times(watched, video):
    Caption.objects.create(video=video, language="pt-br", vtt="WEBVTT\n\n00:00.000 --> 00:01.000\nOlá\n")
    captions = get(watched, "captions-pt-br.vtt")
    assert captions.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert captions.content.decode().endswith("Olá\n")
    for name, kind in (("poster.webp", "image/webp"), ("poster.avif", "image/avif"), ("storyboard.webp", "image/webp")):
        answer = get(watched, name)
        assert answer.headers["Content-Type"] == kind
        assert body(answer) == bytes_of(f"{video.folder}/{name}", 500)
    assert get(watched, "storyboard.vtt").content.decode().splitlines() == [
        "WEBVTT",
        "",
        "00:00:00.000 --> 00:00:04.000",
        "storyboard.webp#xywh=0,0,160,90",
        "",
        "00:00:04.000 --> 00:00:08.000",
        "storyboard.webp#xywh=160,0,160,90",
        "",
        "00:00:08.000 --> 00:00:12.000",
        "storyboard.webp#xywh=0,90,160,90",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "720p.mp4",
        "720p.m3u8",
        "captions-fr.vtt",
        "original.mp4",
        "144p.mp4.part",
        "..%2f..%2fbaobab.sqlite3",
        "..",
        "144p%2emp4x",
        "poster.png",
        "MASTER.M3U8",
        "%00",
    ],
)
def test_what_is_not_there_is_not_found(watched, name):
    answer = get(watched, name)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] in ("application/json", "text/html; charset=utf-8")


def test_links_are_refused_by_their_code(watched, video, settings):
    client, base = watched
    altered = base[:-3] + ("A" if base[-3] != "A" else "B") + base[-2:]
    learner = enrolled_learner(course_with(video)).learner
    with frozen(NOON):
        expired = base_of(learner, video)
    asked = {
        "link_not_valid": (client, altered),
        "link_expired": (client, expired),
        "link_of_another_browser": (browser("cd" * 32), base),
    }
    for code, (who, address) in asked.items():
        for name in ("master.m3u8", "144p.m3u8", "144p.mp4", "poster.webp", "captions-en.vtt"):
            answer = who.get(f"{address}{name}", headers={"range": "bytes=0-9"})
            assert (answer.status_code, answer.json()["code"]) == (403, code)
            assert answer.headers["Cache-Control"] == "no-store"
    assert browser("").get(f"{base}144p.mp4").json()["code"] == "link_of_another_browser"
    assert browser("not a secret").get(f"{base}144p.mp4").json()["code"] == "link_of_another_browser"


def test_an_enrolment_that_is_suspended_stops_the_link(video):
    enrollment = enrolled_learner(course_with(video))
    watched = (browser(), base_of(enrollment.learner, video))
    assert get(watched, "144p.mp4").status_code == 200
    Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.SUSPENDED)
    cache.clear()
    answer = get(watched, "144p.mp4")
    assert (answer.status_code, answer.json()["code"]) == (403, "link_ended")


def test_an_apps_link_needs_no_cookie(video):
    learner = enrolled_learner(course_with(video)).learner
    assert body(get((browser(""), base_of(learner, video, bound_to="")), "144p.mp4")) == WHOLE


def test_free_previews_are_everyones(video):
    locked = ready_video()
    course_with(video, is_free_preview=True)
    course_with(locked)
    client = browser("")
    assert body(client.get(f"/watch/free/{video.public_id}/144p.mp4")) == WHOLE
    assert client.get(f"/watch/free/{video.public_id}/master.m3u8").headers["Cache-Control"] == "public, max-age=60"
    assert client.get(f"/watch/free/{locked.public_id}/144p.mp4").status_code == 404
    assert client.get(f"/watch/free/{uuid.uuid4()}/144p.mp4").status_code == 404


def test_posters_of_what_is_published_are_everyones(video):
    course_with(video)
    client = browser("")
    for ending in ("webp", "avif"):
        answer = client.get(f"/watch/poster/{video.public_id}.{ending}")
        assert body(answer) == bytes_of(f"{video.folder}/poster.{ending}", 500)
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert client.get(f"/watch/poster/{ready_video().public_id}.webp").status_code == 404
    assert client.get(f"/watch/poster/{video.public_id}.mp4").status_code == 404


def test_who_watches_keeps_the_files_of_the_former_processing(watched, video):
    Video.objects.filter(pk=video.pk).update(folder=f"{video.public_id.hex}/deadbeef")
    assert body(get(watched, "144p.mp4")) == WHOLE
    assert get(watched, "144p.m3u8").status_code == 404


def test_who_watches_a_free_preview_keeps_its_files_too(video):
    course_with(video, is_free_preview=True)
    base = f"/watch/free/{video.public_id}/"
    client = browser("")
    listed = [line for line in client.get(f"{base}144p.m3u8").content.decode().splitlines() if ".mp4" in line]
    assert listed[1] == f"144p.mp4?v={video.folder[33:]}"
    Video.objects.filter(pk=video.pk).update(folder=f"{video.public_id.hex}/deadbeef")
    cache.clear()
    assert body(client.get(f"{base}{listed[1]}")) == WHOLE
    assert client.get(f"{base}144p.mp4").status_code == 404
    assert client.get(f"{base}144p.mp4?v=../../x").status_code == 404


def test_browsers_keep_pieces_as_long_as_the_link_works(watched):
    answer = get(watched, "144p.mp4", range="bytes=0-9")
    kind, _comma, age = answer.headers["Cache-Control"].partition(", max-age=")
    assert kind == "private"
    assert 4 * 3600 - 60 <= int(age) <= 4 * 3600
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert answer.headers["Vary"] == "origin"  # not by cookie: the address says whose it is


def test_what_each_request_asks_of_the_database(video):
    """Also with the session's cookie, which browsers send along."""
    learner = enrolled_learner(course_with(video)).learner
    client = browser()
    client.force_login(learner)
    Caption.objects.create(video=video, language="en", vtt="WEBVTT\n")
    base = base_of(learner, video)
    counts = {}
    for name in ("144p.mp4", "poster.webp", "master.m3u8", "144p.m3u8", "captions-en.vtt", "storyboard.vtt"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{base}{name}").status_code == 200
        counts[name] = len(queries)
    assert counts == {
        "144p.mp4": 0,
        "poster.webp": 0,
        "master.m3u8": 1,
        "144p.m3u8": 1,
        "captions-en.vtt": 1,
        "storyboard.vtt": 1,
    }


def test_nginx_is_told_which_file(watched, video, settings):
    settings.VIDEO_ACCEL_PREFIX = "/protected-videos/"
    answer = get(watched, "144p.mp4", range="bytes=0-9")
    assert answer.headers["X-Accel-Redirect"] == f"/protected-videos/{video.folder}/144p.mp4"
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "video/mp4"
    assert "Content-Range" not in answer.headers
    assert get((browser("cd" * 32), watched[1]), "144p.mp4").status_code == 403
    assert b"#EXTM3U" in get(watched, "master.m3u8").content


def test_players_of_other_frontends_may_ask_for_ranges(watched, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    client, base = watched
    answer = get(watched, "144p.mp4", range="bytes=0-9", origin="https://app.example.com")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
    asked = {
        "origin": "https://app.example.com",
        "access-control-request-method": "GET",
        "access-control-request-headers": "range",
    }
    before = client.options(f"{base}144p.mp4", headers=asked)
    assert "range" in before.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in get(watched, "144p.mp4", origin="https://other.example.com").headers


def test_the_cookie_is_the_sessions_and_goes_to_videos_alone():
    client = Client()
    learner = enrolled_learner(make_course()).learner
    client.force_login(learner)
    request = RequestFactory().get("/en/")
    request.user, request.session = learner, client.session
    answers = [HttpResponse(), HttpResponse()]
    for answer in answers:
        set_watch_cookie(request, answer)
    cookie = answers[0].cookies[WATCH_COOKIE]
    assert cookie.value == answers[1].cookies[WATCH_COOKIE].value == secret_for(request)
    assert client.session.session_key not in cookie.value
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/watch/", True, "Lax")
    other = Client()
    other.force_login(learner)
    request.session = other.session
    assert secret_for(request) != cookie.value


def test_a_visitor_gets_no_cookie():
    request = RequestFactory().get("/en/")
    request.session, request.user = Client().session, AnonymousUser()
    answer = HttpResponse()
    set_watch_cookie(request, answer)
    assert not answer.cookies
    assert secret_for(request) == ""


def test_a_link_lasts_as_long_as_it_says(video):
    learner = enrolled_learner(course_with(video)).learner
    with frozen(NOON) as clock:
        watched = (browser(), base_of(learner, video))
        clock.move(timedelta(hours=4, seconds=-1))
        assert hashlib.sha256(body(get(watched, "360p.mp4"))).hexdigest() == video.renditions.get(name="360p").sha256
        clock.move(timedelta(seconds=1))
        assert get(watched, "360p.mp4").status_code == 403
