"""Screens of the admin about videos: what uploaders see of theirs, what they can do, and what is nobody else's."""

import json
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import make_person, make_superuser
from courses.roles import grant_role_permissions
from courses.tests.factories import add_lesson, add_module, make_course, make_school
from videos.models import Caption, Chapter, Rendition, Video
from videos.storage import video_storage

pytestmark = pytest.mark.django_db

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nHello <b>you</b>\n"


@pytest.fixture
def owner() -> User:
    grant_role_permissions()
    return make_person(roles=("instructor",), name="Ama Owner")


@pytest.fixture
def video(owner: User) -> Video:
    return make_ready(owner, "Loops")


def make_ready(owner: User | None, title: str, **fields: Any) -> Video:
    """A video with two renditions, and no files."""
    values = {"state": Video.State.READY, "duration_ms": 65_000, "width": 640, "height": 360, "has_audio": True}
    video = Video.objects.create(title=title, uploaded_by=owner, original_name=f"{title}.mp4", **{**values, **fields})
    video.folder = f"{video.public_id.hex}/0a1b2c3d"
    video.poster = f"{video.folder}/poster.webp"
    video.save()
    for name, kind, bandwidth in (("144p", "video", 90_000), ("audio", "audio", 24_000)):
        Rendition.objects.create(
            video=video,
            name=name,
            kind=kind,
            file=f"{video.folder}/{name}.mp4",
            codecs="avc1",
            bytes=1_200_000,
            sha256="0" * 64,
            bandwidth=bandwidth,
            average_bandwidth=bandwidth,
            init_bytes=800,
        )
    return video


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *arguments: Any) -> str:
    return reverse(f"videos_admin:{name}", args=arguments)


def show_on_a_page(video: Video) -> Any:
    """A published lesson with the video in it."""
    make_school()
    lesson = add_lesson(add_module(make_course()), "With a film")
    lesson.body = [{"type": "video", "value": {"video": video.pk, "caption": "", "questions": []}}]
    lesson.save()
    return lesson


class TestList:
    def test_shows_ones_own_newest_first(self, owner: User) -> None:
        for title in ("First", "Second"):
            Video.objects.create(title=title, uploaded_by=owner)
        Video.objects.create(title="Somebody else's", uploaded_by=make_person(roles=("instructor",)))
        page = client_of(owner).get(url("index")).content.decode()
        assert re.findall(r"<bdi>(First|Second|Somebody else&#x27;s)</bdi>", page) == ["Second", "First"]
        assert "Uploaded by" not in page

    def test_administrators_see_everybodys(self, owner: User, video: Video) -> None:
        Video.objects.create(title="Of nobody")
        page = client_of(make_superuser()).get(url("index")).content.decode()
        assert re.findall(r"<bdi>(Loops|Of nobody|Ama Owner)</bdi>", page) == ["Of nobody", "Loops", "Ama Owner"]

    def test_tells_length_size_state_and_pages(self, owner: User, video: Video) -> None:
        show_on_a_page(video)
        Video.objects.filter(pk=video.pk).update(original_bytes=3_400_000)
        page = client_of(owner).get(url("index")).content.decode()
        row = page[page.index(f'data-video="{video.pk}"') :]
        cells = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.S)]
        assert cells[1:6] == ["Loops Loops.mp4", "Ready", "1:05", "3.4 MB", "1"]

    def test_finds_by_words_and_state(self, owner: User, video: Video) -> None:
        Video.objects.create(title="Lists", uploaded_by=owner, original_name="day two.mov")
        client = client_of(owner)

        def titles(**query: str) -> list[str]:
            return re.findall(r"<bdi>(Loops|Lists)</bdi>", client.get(url("index"), query).content.decode())

        assert titles(q="loops") == ["Loops"]
        assert titles(q="two day") == ["Lists"]
        assert titles(state="ready") == ["Loops"]
        assert titles(state="ready", q="lists") == []
        assert titles(state="nonsense") == ["Lists", "Loops"]

    def test_a_failure_is_said_in_words(self, owner: User) -> None:
        Video.objects.create(title="Broken", uploaded_by=owner, state=Video.State.FAILED, failure="video_too_long")
        page = client_of(owner).get(url("index")).content.decode()
        assert "longer" in re.findall(r'<p class="video-failure">(.*?)</p>', page)[0]

    def test_costs_as_many_queries_for_fifty(self, owner: User) -> None:
        client, counts = client_of(owner), []
        client.get(url("index"))
        for count in (10, 40):
            for number in range(count):
                make_ready(owner, f"Video {number}")
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page = client.get(url("index")).content.decode()
            counts.append(len(queries))
        assert page.count("data-video=") == 50
        assert counts[0] == counts[1]


class TestProgress:
    def test_tells_of_ones_own(self, owner: User, video: Video) -> None:
        mine = Video.objects.create(title="Mine", uploaded_by=owner, state=Video.State.PROCESSING, progress=41)
        others = Video.objects.create(title="x", state=Video.State.PROCESSING)
        asked = {"id": [mine.pk, others.pk, video.pk, "x", "9" * 30]}
        answered = client_of(owner).get(url("progress"), asked)
        assert answered.json() == {
            "videos": [
                {"id": mine.pk, "state": "processing", "label": "Being processed", "percent": 41, "words": "41%"},
                {"id": video.pk, "state": "ready", "label": "Ready", "percent": 0, "words": ""},
            ],
            "under_way": True,
        }
        assert "no-store" in answered.headers["Cache-Control"]

    def test_is_over_when_all_are_done(self, owner: User, video: Video) -> None:
        assert client_of(owner).get(url("progress"), {"id": video.pk}).json()["under_way"] is False

    def test_lists_ask_only_while_something_is_under_way(self, owner: User, video: Video) -> None:
        client = client_of(owner)
        assert f'data-url="{url("progress")}"' not in client.get(url("index")).content.decode()
        Video.objects.create(title="New", uploaded_by=owner)
        assert f'data-url="{url("progress")}"' in client.get(url("index")).content.decode()


class TestOneVideo:
    def test_shows_what_there_is(self, owner: User, video: Video) -> None:
        Caption.objects.create(video=video, language="fr", vtt=VTT)
        Chapter.objects.create(video=video, language="en", start_ms=30_000, title="What a loop is")
        lesson = show_on_a_page(video)
        page = client_of(owner).get(url("video", video.pk)).content.decode()
        assert "0:30 What a loop is</textarea>" in page
        assert url("cues", video.pk, "fr") in page
        assert re.search(r'<video [^>]*src="/watch/[\w-]+/144p\.mp4"', page)
        # Somebody else's lesson: named, not linked.
        assert "With a film" in page
        assert reverse("wagtailadmin_pages:edit", args=[lesson.pk]) not in page
        assert url("delete", video.pk) not in page

    def test_links_pages_that_one_may_edit(self, video: Video) -> None:
        lesson = show_on_a_page(video)
        page = client_of(make_superuser()).get(url("video", video.pk)).content.decode()
        assert reverse("wagtailadmin_pages:edit", args=[lesson.pk]) in page

    def test_one_that_is_not_ready(self, owner: User) -> None:
        video = Video.objects.create(title="New", uploaded_by=owner, state=Video.State.PROCESSING, progress=12)
        page = client_of(owner).get(url("video", video.pk)).content.decode()
        assert "There is nothing to watch yet." in page
        assert "12%" in page

    def test_is_described(self, owner: User, video: Video) -> None:
        client = client_of(owner)
        answered = client.post(
            url("video", video.pk), {"title": " For loops ", "language": "fr", "keeps_original": "on"}
        )
        assert answered.headers["Location"] == url("video", video.pk)
        video.refresh_from_db()
        assert (video.title, video.language, video.keeps_original) == ("For loops", "fr", True)
        answered = client.post(url("video", video.pk), {"title": "", "language": "tlh"})
        assert answered.status_code == 200
        video.refresh_from_db()
        assert video.title == "For loops"

    def test_its_picture(self, owner: User, video: Video) -> None:
        client = client_of(owner)
        assert client.get(url("poster", video.pk)).status_code == 404
        video_storage().save(video.poster, ContentFile(b"picture"))
        answered = client.get(url("poster", video.pk))
        assert (b"".join(answered.streaming_content), answered.headers["Content-Type"]) == (b"picture", "image/webp")
        video_storage().delete(video.poster)

    def test_deleted_unless_a_page_shows_it(self, owner: User, video: Video) -> None:
        lesson = show_on_a_page(video)
        client = client_of(owner)
        refused = client.post(url("delete", video.pk), follow=True).content.decode()
        assert "1 page shows this video" in refused
        assert Video.objects.filter(pk=video.pk).exists()
        lesson.body = []
        lesson.save()
        assert client.post(url("delete", video.pk)).headers["Location"] == url("index")
        assert not Video.objects.filter(pk=video.pk).exists()

    def test_processed_again(self, owner: User, video: Video) -> None:
        name = video_storage().save(f"originals/{video.public_id.hex}.mp4", ContentFile(b"film"))
        Video.objects.filter(pk=video.pk).update(state=Video.State.FAILED, failure="video_unreadable", original=name)
        client = client_of(owner)
        assert url("retry", video.pk) in client.get(url("video", video.pk)).content.decode()
        client.post(url("retry", video.pk))
        video.refresh_from_db()
        assert (video.state, video.failure) == (Video.State.WAITING, "")
        video_storage().delete(name)

    @pytest.mark.parametrize(
        ("method", "name", "arguments"),
        [
            ("get", "video", ()),
            ("post", "video", ()),
            ("get", "poster", ()),
            ("post", "retry", ()),
            ("post", "delete", ()),
            ("post", "upload_captions", ()),
            ("get", "cues", ("en",)),
            ("post", "cues", ("en",)),
            ("post", "remove_captions", ("en",)),
            ("get", "download_captions", ("en", "vtt")),
            ("post", "chapters", ()),
        ],
    )
    def test_others_get_nowhere(self, video: Video, method: str, name: str, arguments: tuple[str, ...]) -> None:
        Caption.objects.create(video=video, language="en", vtt=VTT)
        before = list(Video.objects.values())
        sent = {"title": "x", "language": "en", "text": "0:00 x", "caption-language": "en", "vtt": "WEBVTT"}
        client = client_of(make_person(roles=("instructor",)))
        answered = getattr(client, method)(url(name, video.pk, *arguments), sent if method == "post" else {})
        assert answered.status_code == 302
        assert answered.headers["Location"] == "/admin/"
        assert list(Video.objects.values()) == before
        assert (Caption.objects.get().vtt, Chapter.objects.count()) == (VTT, 0)


class TestCaptions:
    def test_uploaded(self, owner: User, video: Video) -> None:
        file = SimpleUploadedFile("talk.srt", "1\n00:00:01,000 --> 00:00:02,000\nÀ bientôt".encode("cp1252"))
        answered = client_of(owner).post(
            url("upload_captions", video.pk), {"caption-language": "fr", "caption-file": file}
        )
        assert answered.headers["Location"] == url("cues", video.pk, "fr")
        assert Caption.objects.get().vtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nÀ bientôt\n"

    def test_what_is_none_is_refused_with_its_line(self, owner: User, video: Video) -> None:
        file = SimpleUploadedFile("talk.vtt", b"WEBVTT\n\nnow\nthen\n")
        answered = client_of(owner).post(
            url("upload_captions", video.pk), {"caption-language": "fr", "caption-file": file}, follow=True
        )
        assert "Line 3" in answered.content.decode()
        assert not Caption.objects.exists()

    def test_written_without_a_file(self, owner: User, video: Video) -> None:
        answered = client_of(owner).post(url("upload_captions", video.pk), {"caption-language": "sw"}, follow=True)
        assert answered.request["PATH_INFO"] == url("cues", video.pk, "sw")
        assert not Caption.objects.exists()

    def test_edited_in_the_table(self, owner: User, video: Video) -> None:
        Caption.objects.create(video=video, language="en", vtt=VTT)
        client = client_of(owner)
        page = client.get(url("cues", video.pk, "en")).content.decode()
        rows = json.loads(re.findall(r'<script id="cues-of-video" type="application/json">(.*?)</script>', page)[0])
        assert rows == [[1000, 2000, "Hello <b>you</b>", "line:0"]]
        sent = [[5000, 6000, "<i>Later", ""], [1000, 2500, "Hello & welcome", "line:0 size:9%"], [7000, 8000, "  ", ""]]
        client.post(url("cues", video.pk, "en"), {"cues": json.dumps(sent), "vtt": "left out"})
        assert Caption.objects.get().vtt == (
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500 line:0\nHello &amp; welcome\n\n"
            "00:00:05.000 --> 00:00:06.000\n<i>Later</i>\n"
        )

    def test_edited_as_text_without_script(self, owner: User, video: Video) -> None:
        client_of(owner).post(url("cues", video.pk, "en"), {"cues": "", "vtt": VTT.replace("\n", "\r\n")})
        assert Caption.objects.get().vtt == VTT

    @pytest.mark.parametrize(
        "cues",
        [
            "{",
            "7",
            '{"a": 1}',
            "[[1]]",
            '[["0", "1", "x", ""]]',
            '[[2000, 1000, "x", ""]]',
            "[[1, 2, 3, 4]]",
            "[[true, 9, [], 0]]",
        ],
    )
    def test_a_table_that_is_none_is_shown_again(self, owner: User, video: Video, cues: str) -> None:
        Caption.objects.create(video=video, language="en", vtt=VTT)
        answered = client_of(owner).post(url("cues", video.pk, "en"), {"cues": cues})
        assert answered.status_code == 200
        assert Caption.objects.get().vtt == VTT

    def test_downloaded(self, owner: User, video: Video) -> None:
        Caption.objects.create(video=video, language="en", vtt=VTT)
        Video.objects.filter(pk=video.pk).update(title='Boucles "été"/../x')
        client = client_of(owner)
        answered = client.get(url("download_captions", video.pk, "en", "vtt"))
        assert answered.content.decode() == VTT
        assert answered.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''Boucles-%C3%A9t%C3%A9-..-x.en.vtt"
        )
        subrip = client.get(url("download_captions", video.pk, "en", "srt")).content.decode()
        assert subrip == "1\n00:00:01,000 --> 00:00:02,000\nHello you\n"
        assert client.get(url("download_captions", video.pk, "en", "exe")).status_code == 404
        assert client.get(url("download_captions", video.pk, "fr", "vtt")).status_code == 404

    def test_removed(self, owner: User, video: Video) -> None:
        Caption.objects.create(video=video, language="en", vtt=VTT)
        client_of(owner).post(url("remove_captions", video.pk, "en"))
        assert not Caption.objects.exists()

    def test_of_a_language_that_is_none(self, owner: User, video: Video) -> None:
        assert client_of(owner).get(url("cues", video.pk, "tlh")).status_code == 404


class TestChapters:
    def test_saved_and_refused(self, owner: User, video: Video) -> None:
        client = client_of(owner)
        client.post(url("chapters", video.pk), {"language": "en", "text": "0:00 Start\n0:30 Loops"})
        refused = client.post(url("chapters", video.pk), {"language": "en", "text": "0:00 Start\nx"}, follow=True)
        assert "Line 2" in refused.content.decode()
        client.post(url("chapters", video.pk), {"language": "tlh", "text": "0:00 x"})
        assert list(Chapter.objects.values_list("language", "start_ms", "title")) == [
            ("en", 0, "Start"),
            ("en", 30_000, "Loops"),
        ]


class TestChooser:
    def test_lists_ones_own_with_what_tells_them_apart(self, owner: User, video: Video) -> None:
        Video.objects.create(title="Newer", uploaded_by=owner, state=Video.State.PROCESSING, progress=7)
        Video.objects.create(title="Others'", uploaded_by=make_person(roles=("instructor",)))
        html = client_of(owner).get(reverse("video_chooser:choose")).json()["html"]
        assert [html.index(word) for word in ("Newer", "7%", "Loops", "1:05")] == sorted(
            html.index(word) for word in ("Newer", "7%", "Loops", "1:05")
        )
        assert "Others" not in html

    def test_searches(self, owner: User, video: Video) -> None:
        Video.objects.create(title="Lists", uploaded_by=owner)
        page = client_of(owner).get(reverse("video_chooser:choose_results"), {"q": "loop"}).content.decode()
        assert ("Loops" in page, "Lists" in page) == (True, False)

    def test_gives_only_ones_own(self, owner: User, video: Video) -> None:
        others = Video.objects.create(title="Others'", uploaded_by=make_person(roles=("instructor",)))
        client = client_of(owner)
        chosen = client.get(reverse("video_chooser:chosen", args=[video.pk])).json()
        assert chosen["result"] == {"id": str(video.pk), "title": "Loops", "edit_url": url("video", video.pk)}
        assert client.get(reverse("video_chooser:chosen", args=[others.pk])).status_code == 404
        assert client.get(reverse("video_chooser:chosen", args=["x"])).status_code == 404
        several = client.get(reverse("video_chooser:chosen_multiple"), {"id": [others.pk, video.pk, "x"]}).json()
        assert [row["title"] for row in several["result"]] == ["Loops"]

    def test_takes_what_was_uploaded_in_it(self, owner: User, video: Video) -> None:
        others = Video.objects.create(title="Others'", uploaded_by=make_person(roles=("instructor",)))
        client = client_of(owner)
        chosen = client.post(reverse("video_chooser:create"), {"video": str(video.public_id)}).json()
        assert (chosen["step"], chosen["result"]["id"]) == ("chosen", str(video.pk))
        for wrong in (str(others.public_id), "x", ""):
            again = client.post(reverse("video_chooser:create"), {"video": wrong}).json()
            assert again["step"] == "reshow_creation_form"


def test_the_menu_offers_videos_to_those_who_upload(owner: User) -> None:
    for user, offers in ((owner, True), (make_superuser(), True), (make_person(roles=("reviewer",)), False)):
        page = client_of(user).get(reverse("wagtailadmin_home")).content.decode()
        assert (f'"url": "{url("index")}"' in page) is offers
