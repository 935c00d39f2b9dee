"""What stands in the way of processing: limits, a full disk, faults of ours, and somebody who changes the video."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.files.base import ContentFile

from accounts.tests.factories import make_person
from core import clock
from core.models.outbox import OutboxEvent
from videos.actions import process_video as module
from videos.actions.delete_video import delete_video
from videos.actions.process_video import LEASE, TRIES, process_video
from videos.actions.replace_source import replace_source
from videos.actions.resume_videos import due_videos
from videos.errors import VideoNotFound
from videos.models import Video
from videos.processing import command, running
from videos.processors import ffmpeg as ffmpeg_processor
from videos.storage import video_storage
from videos.tests.at_work import none_left_in
from videos.tests.media import make_clip
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]


@pytest.fixture
def waiting(tmp_path: Path, settings: LazySettings) -> Video:
    """A short film that learners have in a former version, with a new source."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    owner = make_person(roles=("instructor",))
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5), owner=owner)
    video.folder = f"{video.public_id.hex}/00000000"
    video.save()
    video_storage().save(f"{video.folder}/144p.mp4", ContentFile(b"what learners have"))
    return video


def work_left() -> list[Path]:
    """What lies in the work folder."""
    return list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir())


def failed(video: Video, former: Video, code: str) -> bool:
    """Whether a processing came to its end, with nothing left of it and all that learners had."""
    told = [event.payload["failure"] for event in OutboxEvent.objects.filter(name="videos.VideoFailed")]
    return (
        (video.state, video.failure, video.folder) == (Video.State.FAILED, code, former.folder)
        and (video.lease, video.leased_until, video.tries, video.processor_data) == (None, None, 0, {})
        and stored_files() == {video.original, f"{former.folder}/144p.mp4"}
        and work_left() == []
        and told == [code]
    )


class TestLimits:
    def test_time(self, waiting: Video, settings: LazySettings) -> None:
        settings.VIDEO_PROCESS_SECONDS = 0
        assert failed(process_video(waiting.pk), waiting, "video_beyond_limits")

    def test_cpu(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        """A source without end, as ffmpeg sees it."""
        monkeypatch.setattr(command, "measure", lambda *_: ["-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"])
        limits = running.limits_for
        monkeypatch.setattr(
            "videos.processors.base.limits_for",
            lambda *given: running.Limits(**{**vars(limits(*given)), "cpu": 1}),
        )
        assert failed(process_video(waiting.pk), waiting, "video_beyond_limits")

    def test_memory(self, waiting: Video, settings: LazySettings) -> None:
        settings.VIDEO_MEMORY_BYTES = 100 * 1024**2
        assert failed(process_video(waiting.pk), waiting, "video_beyond_limits")

    def test_bytes(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(command, "expected_bytes", lambda *_: 2000 - 64 * 1024**2)
        assert failed(process_video(waiting.pk), waiting, "video_beyond_limits")

    def test_without_ffmpeg_it_is_not_the_files_fault(
        self, waiting: Video, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        video = process_video(waiting.pk)
        assert (video.state, video.failure, video.stage) == (Video.State.PROCESSING, "", "look")
        assert "There is no ffprobe on this machine." in video.failure_detail


class TestFullDisk:
    def test_it_waits_for_room(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as full, clock.travel(timedelta()):
            full.setattr(running, "_LEAVE_FREE", 2**60)
            video = process_video(waiting.pk)
            assert (video.state, video.stage, video.lease) == (Video.State.PROCESSING, "look", None)
        with clock.travel(timedelta(seconds=590)):
            assert due_videos() == []
        with clock.travel(timedelta(seconds=602)):
            assert due_videos() == [video.pk]
            video = process_video(waiting.pk)
        assert (video.state, video.failure, video.failure_detail) == (Video.State.READY, "", "")

    def test_it_does_not_wait_for_ever(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "_LEAVE_FREE", 2**60)
        for number in range(1, TRIES + 1):
            with clock.travel(timedelta(minutes=20 * number)):
                video = process_video(waiting.pk)
                assert (video.state == Video.State.FAILED) is (number == TRIES)
        assert failed(video, waiting, "video_processing_failed")
        assert video.failure_detail.startswith("disk")


def broken(*_arguments: Any) -> Any:
    """A fault of ours."""
    raise RuntimeError("Out of paper")


class TestFaultsOfOurs:
    def test_it_is_tried_again_after_a_pause(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as fault:
            fault.setattr(ffmpeg_processor, "plan", broken)
            video = process_video(waiting.pk)
        assert (video.state, video.stage, video.lease) == (Video.State.PROCESSING, "encode", None)
        assert (video.failure, video.failure_detail) == ("", "RuntimeError: Out of paper")
        assert due_videos() == []
        with clock.travel(timedelta(seconds=61)):
            assert due_videos() == [video.pk]
            video = process_video(waiting.pk)
        assert (video.state, video.failure_detail, work_left()) == (Video.State.READY, "", [])

    def test_the_last_try_fails_at_once(self, waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ffmpeg_processor, "plan", broken)
        for number in range(1, TRIES):
            with clock.travel(timedelta(minutes=2 * number)):
                assert process_video(waiting.pk).state == Video.State.PROCESSING
        with clock.travel(timedelta(minutes=2 * TRIES)):
            video = process_video(waiting.pk)
        assert failed(video, waiting, "video_processing_failed")
        assert video.failure_detail == "RuntimeError: Out of paper"

    def test_who_died_again_and_again_is_given_up(self, waiting: Video) -> None:
        waiting.state, waiting.tries = Video.State.PROCESSING, TRIES
        waiting.lease, waiting.leased_until = uuid.uuid4(), clock.now() - timedelta(seconds=1)
        waiting.save()
        assert failed(process_video(waiting.pk), waiting, "video_processing_failed")


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any], *, ends: bool) -> None:
    """Have something happen to the video while it is encoded.

    Args:
        ends: whether the encoding comes to its end; else it goes on until somebody looks after the lease.
    """
    encode = command.encode

    def acting(*arguments: Any) -> list[str]:
        act()
        return encode(*arguments) if ends else ["-f", "lavfi", "-i", "anullsrc", "-f", "null", "-"]

    monkeypatch.setattr(command, "encode", acting)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.0 if not ends else 3600.0)


@pytest.mark.parametrize("ends", [True, False], ids=["noticed at the end", "noticed at work"])
class TestMeanwhile:
    def test_another_worker_took_it(self, waiting: Video, ends: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        other = uuid.uuid4()
        rows = Video.objects.filter(pk=waiting.pk)
        until = clock.now() + LEASE
        meanwhile(monkeypatch, lambda: rows.update(lease=other, leased_until=until), ends=ends)

        video = process_video(waiting.pk)

        assert (video.state, video.stage, video.lease) == (Video.State.PROCESSING, "encode", other)
        assert (video.folder, video.leased_until) == (waiting.folder, until)
        assert none_left_in(Path(django_settings.VIDEO_WORK_FOLDER))
        # What the other worker works with stays.
        (state,) = Path(django_settings.VIDEO_WORK_FOLDER).rglob("state.json")
        assert json.loads(state.read_text()).keys() >= {"look", "measure"}

    def test_it_was_deleted(self, waiting: Video, ends: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        def delete() -> None:
            delete_video(actor=waiting.uploaded_by, video=Video.objects.get(pk=waiting.pk))

        meanwhile(monkeypatch, delete, ends=ends)
        with pytest.raises(VideoNotFound):
            process_video(waiting.pk)
        assert (stored_files(), work_left()) == (set(), [])
        assert not OutboxEvent.objects.filter(name__in=["videos.VideoProcessed", "videos.VideoFailed"]).exists()

    def test_it_got_another_source(
        self, waiting: Video, ends: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        new = make_clip(tmp_path / "new.mp4", seconds=2, size="96x54", rate=5, audio=False)

        def replace() -> None:
            replace_source(actor=waiting.uploaded_by, video=waiting, path_or_storage_name=new, filename="new.mp4")

        with monkeypatch.context() as during:
            meanwhile(during, replace, ends=ends)
            video = process_video(waiting.pk)
        assert (video.state, video.folder, video.tries) == (Video.State.WAITING, waiting.folder, 0)

        video = process_video(waiting.pk)
        assert (video.state, video.duration_ms, video.has_audio) == (Video.State.READY, 2000, False)
        names = ("144p.mp4", "poster.webp", "poster.avif", "storyboard.webp")
        assert stored_files() == {video.original, *(f"{video.folder}/{name}" for name in names)}
        assert work_left() == []


def test_deleted_at_the_moment_of_a_fault(waiting: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def delete(*_arguments: Any) -> Any:
        delete_video(actor=waiting.uploaded_by, video=Video.objects.get(pk=waiting.pk))
        raise RuntimeError("Out of paper")

    monkeypatch.setattr(ffmpeg_processor, "plan", delete)
    with pytest.raises(VideoNotFound):
        process_video(waiting.pk)
    assert (stored_files(), work_left()) == (set(), [])
