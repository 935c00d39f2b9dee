"""What Cloudinary tells us: a reason to look for whoever can sign, and nothing else for anybody."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client

from core import clock
from videos.actions import receive_notice as module
from videos.actions.process_video import process_video
from videos.actions.resume_videos import due_videos
from videos.cloudinary.account import asset_of
from videos.models import Video
from videos.simulators.cloudinary import CloudinarySimulator
from videos.simulators.server import Notice
from videos.tests.media import make_clip
from videos.tests.sources import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders"), pytest.mark.one_database]

URL = "/webhooks/cloudinary/"


@pytest.fixture
def video(tmp_path: Path, cloudinary: CloudinarySimulator) -> Video:
    """One that is being made there; its notice waits to be sent."""
    made = process_video(make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5)).pk)
    cloudinary.release()
    return made


def post(client: Client, notice: Notice, url: str = URL, **headers: str) -> HttpResponse:
    """Deliver a notice as they do."""
    given = {**notice.headers, **headers}
    answer: Any = client.post(url, notice.body, content_type=given.pop("Content-Type"), headers=given)
    return answer


def seconds_left(video: Video) -> int:
    """Until somebody looks by himself."""
    video.refresh_from_db()
    assert video.leased_until is not None
    return round((video.leased_until - clock.now()).total_seconds())


class TestANotice:
    def test_wakes_the_worker(
        self,
        video: Video,
        client: Client,
        cloudinary: CloudinarySimulator,
        settings: LazySettings,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        (notice,) = cloudinary.notices
        assert notice.url == f"{settings.SITE_URL}{URL}"
        with django_capture_on_commit_callbacks(execute=True):
            answer = post(client, notice)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
        video.refresh_from_db()
        assert (video.state, due_videos()) == (Video.State.READY, [])

    def test_twice_wakes_once(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started = started_by(monkeypatch)
        (notice,) = cloudinary.notices
        assert [post(client, notice).status_code for _time in range(3)] == [200, 200, 200]
        assert started == [video.pk]
        assert seconds_left(video) == 600  # as one that is queued

    def test_says_nothing_that_is_believed(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, django_capture_on_commit_callbacks: Any
    ) -> None:
        """It says that all is made, and nothing is: the worker asks and goes on waiting."""
        asset = cloudinary.assets[asset_of(video)]
        asset.films = dict.fromkeys(asset.films)
        (notice,) = cloudinary.notices
        with django_capture_on_commit_callbacks(execute=True):
            assert post(client, notice).status_code == 200
        video.refresh_from_db()
        assert (video.state, video.stage, video.folder) == (Video.State.PROCESSING, "wait", "")

    @pytest.mark.parametrize(
        "name", ["", "another/film", "{folder}/nonsense", "{asset}0", "../{asset}", "{folder}/{key}-00000000"]
    )
    def test_about_something_else_wakes_nobody(
        self,
        name: str,
        video: Video,
        client: Client,
        cloudinary: CloudinarySimulator,
        settings: LazySettings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        started, before = started_by(monkeypatch), video.leased_until
        given = name.format(folder=settings.CLOUDINARY_FOLDER, asset=asset_of(video), key=video.public_id.hex)
        answer = post(client, cloudinary.notice(URL, {"notification_type": "eager", "public_id": given}))
        video.refresh_from_db()
        assert (answer.status_code, started, video.leased_until) == (200, [], before)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"public_id": 7}', b"[" * 9000])
    def test_without_sense_wakes_nobody(
        self, body: bytes, video: Video, client: Client, cloudinary: CloudinarySimulator, monkeypatch: Any
    ) -> None:
        started = started_by(monkeypatch)
        assert post(client, signed(cloudinary, body)).status_code == 200
        assert started == []

    def test_while_a_worker_is_at_it_wakes_nobody(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started = started_by(monkeypatch)
        until = clock.now() + timedelta(minutes=3)
        Video.objects.filter(pk=video.pk).update(lease=video.public_id, leased_until=until)
        assert post(client, cloudinary.notices[0]).status_code == 200
        video.refresh_from_db()
        assert (started, video.leased_until) == ([], until)

    def test_when_it_is_done_wakes_nobody(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert process_video(video.pk).state == Video.State.READY
        started = started_by(monkeypatch)
        assert post(client, cloudinary.notices[0]).status_code == 200
        assert started == []


class TestRefused:
    def test_forged(self, video: Video, client: Client, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.bad_signature = True
        before = video.leased_until
        for notice in (
            cloudinary.notice(URL, {"public_id": asset_of(video)}),
            Notice(URL, {**cloudinary.notices[0].headers, "X-Cld-Signature": ""}, cloudinary.notices[0].body),
            Notice(URL, cloudinary.notices[0].headers, cloudinary.notices[0].body + b" "),
            Notice(URL, {"Content-Type": "application/json"}, cloudinary.notices[0].body),
        ):
            answer = post(client, notice)
            assert (answer.status_code, answer.json()) == (401, {"errors": [{"code": "forged"}]})
        video.refresh_from_db()
        assert video.leased_until == before

    @pytest.mark.parametrize(("age", "status"), [(7100, 200), (7300, 401), (-200, 200), (-400, 401)])
    def test_older_than_two_hours_or_of_tomorrow(
        self, age: int, status: int, video: Video, client: Client, cloudinary: CloudinarySimulator
    ) -> None:
        given = {"public_id": asset_of(video)}
        assert post(client, cloudinary.notice(URL, given, int(time.time()) - age)).status_code == status

    @pytest.mark.parametrize("when", ["", "x", "-1", "1e9", "١٢٣", "9" * 40, "nan"])
    def test_no_time(self, when: str, video: Video, client: Client, cloudinary: CloudinarySimulator) -> None:
        headers = {"X-Cld-Timestamp": when.encode().decode("latin-1")}
        assert post(client, cloudinary.notices[0], **headers).status_code == 401

    def test_where_there_is_no_account(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        settings.CLOUDINARY_URL = ""
        assert post(client, cloudinary.notices[0]).status_code == 401

    def test_too_large(self, client: Client, cloudinary: CloudinarySimulator) -> None:
        assert post(client, signed(cloudinary, b"x" * 1_000_001)).status_code == 413

    def test_too_many(self, client: Client, cloudinary: CloudinarySimulator, settings: LazySettings) -> None:
        settings.CLOUDINARY_WEBHOOK_RATE = 3
        notice = Notice(URL, {"Content-Type": "application/json"}, b"{}")
        assert [post(client, notice).status_code for _time in range(5)] == [401, 401, 401, 429, 429]

    @pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
    def test_other_methods(self, method: str, client: Client) -> None:
        answer = getattr(client, method)(URL)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")

    def test_our_trouble_is_not_theirs(
        self, video: Video, client: Client, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_given: Any) -> bool:
            raise DatabaseError

        monkeypatch.setattr(module, "_wake", broken)
        notice = cloudinary.notices[0]
        assert post(client, notice).status_code == 503
        monkeypatch.undo()
        # They send it again, and it isn't taken for one that came already.
        started = started_by(monkeypatch)
        assert post(client, notice).status_code == 200
        assert started == [video.pk]


def signed(cloudinary: CloudinarySimulator, body: bytes) -> Notice:
    """A notice with any body."""
    from videos.cloudinary.signatures import notice_signature

    when = str(int(time.time()))
    signature = notice_signature(body, when, cloudinary.secret)
    headers = {"Content-Type": "application/json", "X-Cld-Timestamp": when, "X-Cld-Signature": signature}
    return Notice(URL, headers, body)


def started_by(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Videos that a worker is asked to take, in place of asking it."""
    started: list[int] = []
    monkeypatch.setattr(module, "start", started.append)
    monkeypatch.setattr(module.transaction, "on_commit", lambda action, robust=False: action())
    return started
