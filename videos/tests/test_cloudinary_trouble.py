"""Cloudinary busy, broken, refusing, hostile: pauses, clear failures, and nothing taken that wasn't ordered."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings

from core import clock
from videos.actions.process_video import process_video
from videos.cloudinary import client as client_module
from videos.errors import FAILURES, failure_sentence
from videos.models import Video
from videos.processors import cloudinary as processor
from videos.simulators.cloudinary import CloudinarySimulator
from videos.tests.media import make_clip
from videos.tests.service import processed
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders"), pytest.mark.one_database]

State = Video.State


@pytest.fixture
def video(tmp_path: Path, cloudinary: CloudinarySimulator) -> Video:
    """One that waits to be processed."""
    return make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5))


def pause_of(video: Video) -> int:
    """Seconds until the next look."""
    assert video.leased_until is not None
    return round((video.leased_until - clock.now()).total_seconds())


def refused(video: Video, code: str) -> str:
    """It has failed, and nothing is left of it; returns what stands there for staff."""
    assert (video.state, video.failure, video.folder, video.lease) == (State.FAILED, code, "", None)
    assert code in FAILURES
    assert failure_sentence(code) != ""
    assert stored_files() == {video.original}
    assert list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir()) == []
    assert "simulator-secret" not in video.failure_detail
    return video.failure_detail


class TestBusy:
    @pytest.mark.parametrize("fault", ["http_500", "html_error", "hang_up"])
    def test_it_is_asked_again(self, fault: str, video: Video, cloudinary: CloudinarySimulator) -> None:
        setattr(cloudinary.faults, fault, 1)
        video = process_video(video.pk)
        assert (video.state, video.stage, video.tries, pause_of(video)) == (State.PROCESSING, "send", 0, 20)
        assert video.failure_detail.startswith("Cloudinary: ")

        video = processed(cloudinary, video)
        assert (video.state, video.failure, video.failure_detail) == (State.READY, "", "")

    def test_too_many_questions_wait_until_they_say(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.rate_limited = 1
        video = process_video(video.pk)
        assert (video.state, video.stage) == (State.PROCESSING, "send")
        assert 1790 <= pause_of(video) <= 1800

    def test_pauses_grow_and_end(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.http_500 = 100
        pauses = []
        for minutes in (0, 10, 60, 12 * 60):
            with clock.travel(timedelta(minutes=minutes)):
                pauses.append(pause_of(process_video(video.pk)))
        assert pauses == [20, 300, 1800, 3600]
        with clock.travel(timedelta(hours=25)):
            assert "HTTP 500" in refused(process_video(video.pk), "video_processing_failed")

    def test_trouble_is_forgotten_when_they_answer(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.http_500 = 1
        process_video(video.pk)
        with clock.travel(timedelta(hours=20)):
            cloudinary.shift = 20 * 3600
            assert process_video(video.pk).stage == "wait"
        cloudinary.faults.http_500 = 1
        with clock.travel(timedelta(hours=25)):
            video = process_video(video.pk)
            assert (video.state, pause_of(video)) == (State.PROCESSING, 20)
        cloudinary.release()

    def test_nobody_at_the_address(self, video: Video, settings: LazySettings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            settings.CLOUDINARY_API_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"
        video = process_video(video.pk)
        assert (video.state, video.failure_detail) == (State.PROCESSING, "Cloudinary: no answer: ConnectError")


class TestWaiting:
    def test_looks_come_less_often(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        process_video(video.pk)
        pauses = []
        for seconds in (0, 400, 800, 7200):
            with clock.travel(timedelta(seconds=seconds)):
                pauses.append(pause_of(process_video(video.pk)))
        assert pauses == [20, 100, 200, 300]
        cloudinary.release()
        assert process_video(video.pk).state == State.READY

    def test_what_they_can_not_make_is_said(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.fails = "h_54"
        process_video(video.pk)
        cloudinary.release()
        assert process_video(video.pk).state == State.PROCESSING  # their API says nothing about it
        with clock.travel(timedelta(minutes=11)):
            video = process_video(video.pk)
        assert "unsupported source" in refused(video, "video_service_refused")
        assert cloudinary.assets == {}

    def test_it_does_not_wait_for_ever(
        self, video: Video, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        process_video(video.pk)
        with clock.travel(timedelta(seconds=settings.VIDEO_PROCESS_SECONDS + 60)):
            cloudinary.shift = settings.VIDEO_PROCESS_SECONDS + 60
            video = process_video(video.pk)
        assert "nothing after" in refused(video, "video_service_refused")

    def test_an_original_that_vanished_is_sent_again_twice(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        for _time in range(3):
            process_video(video.pk)
            assert len(cloudinary.assets) == 1
            cloudinary.assets.clear()
            # Found gone; the third time that is the end.
            process_video(video.pk)
        video.refresh_from_db()
        assert "lost 3 times" in refused(video, "video_service_refused")
        assert sum(path.endswith("/upload") for _method, path in cloudinary.calls) == 3


class TestRefusals:
    def test_a_wrong_key_says_what_to_do(
        self, video: Video, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        settings.CLOUDINARY_URL = f"cloudinary://{cloudinary.key}:wrong@{cloudinary.cloud}"
        assert "401" in refused(process_video(video.pk), "video_service_not_configured")
        assert "CLOUDINARY_URL" in failure_sentence("video_service_not_configured")
        assert cloudinary.assets == {}

    @pytest.mark.parametrize("url", ["", "cloudinary://", "https://key:secret@cloud", "cloudinary://key@cloud"])
    def test_no_account(self, url: str, video: Video, cloudinary: CloudinarySimulator, settings: LazySettings) -> None:
        settings.CLOUDINARY_URL = url
        refused(process_video(video.pk), "video_service_not_configured")
        assert list(cloudinary.calls) == []

    def test_their_words_reach_staff(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        words = "File size too large. Got 209715200. Maximum is 104857600."
        answer = json.dumps({"error": {"message": words}}).encode()
        cloudinary.faults.after = 1
        cloudinary.faults.answers = [(400, answer, "application/json")]
        assert words in refused(process_video(video.pk), "video_service_refused")

    def test_a_clock_that_is_wrong_is_said(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.shift = 7200
        assert "Stale request" in refused(process_video(video.pk), "video_service_refused")

    def test_what_was_signed_is_not_repeated(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        answer = {"error": {"message": "Invalid Signature 0a1b. String to sign - 'eager=x&timestamp=1'."}}
        cloudinary.faults.after = 1
        cloudinary.faults.answers = [(401, json.dumps(answer).encode(), "application/json")]
        detail = refused(process_video(video.pk), "video_service_not_configured")
        assert detail == "Cloudinary answered 401: Invalid Signature 0a1b."

    def test_a_file_that_is_none_never_leaves(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        path = tmp_path / "list.mp4"
        path.write_bytes(b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n")
        refused(process_video(make_source(path).pk), "video_unreadable")
        assert {path for _method, path in cloudinary.calls} == {f"/v1_1/{cloudinary.cloud}/video/destroy"}


class TestHostileAnswers:
    @pytest.mark.parametrize(
        "body",
        [
            b"[]",
            b"null",
            b'{"public_id": "somebody/else", "version": 1, "bytes": 1}',
            b"[" * 100_000,
            b'{"x": "' + b"x" * 3_000_000 + b'"}',
        ],
        ids=["a list", "null", "another one", "deep", "large"],
    )
    def test_nonsense_is_asked_again(self, body: bytes, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.answers = [(200, body, "application/json")]
        video = process_video(video.pk)
        assert (video.state, video.stage, cloudinary.assets) == (State.PROCESSING, "send", {})

    def test_a_redirect_of_the_api_is_not_followed(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.answers = [(302, b"{}", "application/json")]
        assert process_video(video.pk).failure_detail == "Cloudinary: HTTP 302: redirects are not followed"

    def test_a_redirect_of_a_file_is_not_followed(
        self, video: Video, cloudinary: CloudinarySimulator, callers: list[str]
    ) -> None:
        cloudinary.faults.redirect = callers.pop()
        video = process_video(video.pk)
        cloudinary.release()
        video = process_video(video.pk)
        assert (video.state, video.stage) == (State.PROCESSING, "fetch")
        assert "HTTP 302" in video.failure_detail
        assert callers == []

    def test_a_page_in_place_of_a_film_is_asked_again(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.delivers = (b"<html>Sign in</html>", "text/html")
        video = process_video(video.pk)
        cloudinary.release()
        video = process_video(video.pk)
        assert (video.state, video.stage, "text/html" in video.failure_detail) == (State.PROCESSING, "fetch", True)
        cloudinary.faults.delivers = None
        assert process_video(video.pk).state == State.READY

    def test_a_file_that_is_cut_off_is_fetched_again(self, video: Video, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.cuts_after = 1000
        process_video(video.pk)
        cloudinary.release()
        video = process_video(video.pk)
        assert (video.state, video.stage) == (State.PROCESSING, "fetch")
        cloudinary.faults.cuts_after = 0
        assert process_video(video.pk).state == State.READY

    @pytest.mark.parametrize("is_promised", [True, False])
    def test_more_than_was_ordered_is_not_taken(
        self, is_promised: bool, video: Video, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processor, "_ROOM", 0)
        monkeypatch.setattr(client_module, "_BLOCK", 10_000)
        cloudinary.faults.delivers = (b"x" * 10_000_000, "video/mp4")
        cloudinary.faults.promises = is_promised
        process_video(video.pk)
        cloudinary.release()
        video = process_video(video.pk)
        assert "a file of more than" in refused(video, "video_service_refused")
