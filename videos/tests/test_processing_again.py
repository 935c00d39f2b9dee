"""Processing a video once more, finding those that wait, and what is left on the disk."""

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings

from accounts.tests.factories import make_person
from core import clock
from core.errors import NotAllowed
from core.models.outbox import OutboxEvent
from videos.actions.process_video import LEASE, process_video
from videos.actions.resume_videos import QUEUED, due_videos
from videos.actions.retry_video import retry_video
from videos.actions.sweep_work import sweep_work
from videos.errors import VideoNotFound, VideoOriginalMissing, VideoStillProcessed
from videos.models import Video
from videos.storage import video_storage
from videos.tests.media import make_clip
from videos.tests.ready import ready_video
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]
State = Video.State


@pytest.fixture(autouse=True)
def _nobody_else_is_at_work(settings: LazySettings) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


def uploaded() -> int:
    """How often somebody was told to process a video."""
    return OutboxEvent.objects.filter(name="videos.VideoUploaded").count()


class TestRetry:
    def test_what_failed_begins_anew(self) -> None:
        owner = make_person(roles=("instructor",))
        video = ready_video(
            uploaded_by=owner,
            original="originals/a.mp4",
            state=State.FAILED,
            failure="video_unreadable",
            failure_detail="moov atom not found",
            tries=3,
            progress=40,
            stage="encode",
        )
        former = video.folder

        video = retry_video(actor=owner, video=video)

        video.refresh_from_db()
        assert (video.state, video.stage, video.progress, video.tries) == (State.WAITING, "", 0, 0)
        assert (video.failure, video.failure_detail, video.folder) == ("", "", former)
        event = OutboxEvent.objects.get(name="videos.VideoUploaded")
        assert event.payload["video_key"] == str(video.public_id)

    def test_what_is_ready_is_made_again_while_learners_keep_theirs(self, tmp_path: Path) -> None:
        owner = make_person(roles=("instructor",))
        clip = make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5)
        video = process_video(make_source(clip, owner=owner).pk)
        former = video.folder

        video = retry_video(actor=owner, video=video)
        assert (video.state, video.folder, video.renditions.count()) == (State.WAITING, former, 2)
        video = process_video(video.pk)

        assert (video.state, video.folder == former) == (State.READY, False)
        assert {Path(name).parent.as_posix() for name in stored_files()} == {"originals", video.folder}

    @pytest.mark.parametrize("state", [State.WAITING, State.PROCESSING])
    def test_not_what_waits_already(self, state: str) -> None:
        owner = make_person(roles=("instructor",))
        video = ready_video(uploaded_by=owner, original="originals/a.mp4", state=state, tries=2)
        with pytest.raises(VideoStillProcessed):
            retry_video(actor=owner, video=video)
        video.refresh_from_db()
        assert (video.state, video.tries, uploaded()) == (state, 2, 0)

    def test_not_without_the_uploaded_file(self) -> None:
        owner = make_person(roles=("instructor",))
        video = ready_video(uploaded_by=owner, original="")
        with pytest.raises(VideoOriginalMissing):
            retry_video(actor=owner, video=video)
        video.refresh_from_db()
        assert (video.state, uploaded()) == (State.READY, 0)

    def test_not_by_others(self) -> None:
        video = ready_video(
            uploaded_by=make_person(roles=("instructor",)), original="originals/a.mp4", state=State.FAILED
        )
        for other in (make_person(), make_person(roles=("instructor",))):
            with pytest.raises(NotAllowed):
                retry_video(actor=other, video=video)
        video.refresh_from_db()
        assert (video.state, uploaded()) == (State.FAILED, 0)

    def test_not_what_was_deleted(self) -> None:
        owner = make_person(roles=("instructor",))
        video = ready_video(uploaded_by=owner, original="originals/a.mp4", state=State.FAILED)
        Video.objects.filter(pk=video.pk).delete()
        with pytest.raises(VideoNotFound):
            retry_video(actor=owner, video=video)


class TestDue:
    def test_only_who_has_nobody_and_whose_time_has_come(self) -> None:
        now = clock.now()
        later, earlier = now + timedelta(seconds=1), now - timedelta(seconds=1)
        old = now - timedelta(minutes=5)
        titles: dict[str, dict[str, Any]] = {
            "lost its message": {"created_at": old},
            "died": {"state": State.PROCESSING, "lease": uuid.uuid4(), "leased_until": earlier},
            "pause is over": {"state": State.PROCESSING, "leased_until": earlier},
        }
        for title, facts in titles.items():
            ready_video(title=title, **{"state": State.WAITING, **facts})
        ready_video(title="new", state=State.WAITING, created_at=now)
        ready_video(title="at work", state=State.PROCESSING, lease=uuid.uuid4(), leased_until=later)
        ready_video(title="pauses", state=State.PROCESSING, leased_until=later)
        ready_video(title="ready", created_at=old)
        ready_video(title="failed", state=State.FAILED, created_at=old)

        with clock.travel(timedelta()):
            due = due_videos()
            assert {video.title for video in Video.objects.filter(pk__in=due)} == set(titles)
            assert due_videos() == []  # they are queued
        with clock.travel(QUEUED + timedelta(seconds=1)):
            assert set(due) <= set(due_videos())

    def test_queued_a_worker_takes_it_at_once(self, tmp_path: Path) -> None:
        video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5))
        with clock.travel(timedelta(minutes=2)):
            assert due_videos() == [video.pk]
            assert process_video(video.pk).state == State.READY

    def test_one_that_is_at_work_is_not_taken(self) -> None:
        lease, until = uuid.uuid4(), clock.now() + LEASE
        video = ready_video(state=State.PROCESSING, lease=lease, leased_until=until, tries=1)
        process_video(video.pk)
        video.refresh_from_db()
        assert (video.lease, video.leased_until, video.tries) == (lease, until, 1)


class TestSweep:
    def folder(self, *parts: str, hours: float = 2) -> Path:
        """A folder with something in it, left alone for so long."""
        path = Path(django_settings.VIDEO_WORK_FOLDER).joinpath(*parts)
        path.mkdir(parents=True)
        (path / "source").write_bytes(b"a film")
        then = time.time() - hours * 3600
        os.utime(path, (then, then))
        return path

    def test_what_no_video_needs_goes(self) -> None:
        needed = ready_video(state=State.PROCESSING, processor_data={"processing": "aaaa0000"})
        ready = ready_video()
        kept = self.folder(needed.public_id.hex, "aaaa0000")
        gone = [
            self.folder(needed.public_id.hex, "bbbb0000"),
            self.folder(ready.public_id.hex, "cccc0000"),
            self.folder(uuid.uuid4().hex, "dddd0000"),
            self.folder("strange"),
        ]
        assert sweep_work() == len(gone)
        assert [path for path in gone if path.exists()] == []
        assert [path.name for path in Path(django_settings.VIDEO_WORK_FOLDER).iterdir()] == [needed.public_id.hex]
        assert (kept / "source").read_bytes() == b"a film"
        assert sweep_work() == 0

    def test_what_is_young_stays(self) -> None:
        path = self.folder(uuid.uuid4().hex, "dddd0000", hours=0.5)
        assert sweep_work() == 0
        assert path.is_dir()

    def test_a_source_that_is_linked_stays_in_the_storage(self, tmp_path: Path) -> None:
        video = ready_video()
        path = self.folder(video.public_id.hex, "eeee0000")
        (path / "source").unlink()
        rung = video.renditions.get(name="144p")
        (path / "source").symlink_to(video_storage().path(rung.file))
        then = time.time() - 7200
        os.utime(path, (then, then))
        assert sweep_work() == 1
        assert video_storage().size(rung.file) == rung.bytes
