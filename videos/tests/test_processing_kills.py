"""A worker killed at any moment: the next one goes on at that stage, and nothing is left over or made twice."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.db import connection

from core import clock
from core.models.outbox import OutboxEvent
from videos.actions import process_video as module
from videos.actions.process_video import LEASE, process_video
from videos.actions.resume_videos import due_videos
from videos.models import Rendition, Video
from videos.storage import video_storage
from videos.tests.at_work import kill_when_reached, none_left_in
from videos.tests.media import make_clip
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("video_folders")]

STAGES = ["look", "measure", "encode", "stills", "store"]
#: Where it is killed, and which stages the next worker has to do.
KILLS = [
    ("look", "before", STAGES),
    ("look", "after", STAGES),
    ("measure", "during", STAGES[1:]),
    ("measure", "after", STAGES[1:]),
    ("encode", "during", STAGES[2:]),
    ("encode", "after", STAGES[2:]),
    ("stills", "during", STAGES[3:]),
    ("stills", "after", STAGES[3:]),
    ("store", "during", STAGES[4:]),
    ("store", "after", STAGES[4:]),
    ("change over", "before", []),
    ("change over", "after", []),
    ("tidy", "before", []),
    ("tidy", "after", []),
]


@pytest.fixture(autouse=True)
def _only_our_workers(settings: LazySettings) -> None:
    """Nothing is processed by the commit that uploads it."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


def waiting_video(tmp_path: Path) -> Video:
    """A video that learners watch already, with a new source."""
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5), keeps_original=False)
    video.folder = f"{video.public_id.hex}/00000000"
    video.save()
    video_storage().save(f"{video.folder}/144p.mp4", ContentFile(b"what learners have"))
    Rendition.objects.create(
        video=video,
        name="144p",
        file=f"{video.folder}/144p.mp4",
        bytes=18,
        bandwidth=1,
        average_bandwidth=1,
        init_bytes=1,
    )
    return video


def kill(video: Video, stage: str, place: str, tmp_path: Path, **more: str) -> None:
    """Have another process begin, with these settings besides, and kill it there."""
    given = {
        "database": str(connection.settings_dict["NAME"]),
        "videos": str(tmp_path / "videos"),
        "work": str(django_settings.VIDEO_WORK_FOLDER),
        "settings": more,
    }
    kill_when_reached("-m", "videos.tests.killable", str(video.pk), stage, place, VIDEO_TEST=json.dumps(given))


@pytest.mark.parametrize(("stage", "place", "left"), KILLS, ids=[f"{stage} {place}" for stage, place, _left in KILLS])
def test_killed(stage: str, place: str, left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = waiting_video(tmp_path)
    before = video.folder
    connection.close()

    kill(video, stage, place, tmp_path)

    assert none_left_in(tmp_path / "video-work")
    video.refresh_from_db()
    assert video.state == Video.State.PROCESSING
    is_changed = stage == "tidy" or (stage, place) == ("change over", "after")
    assert (video.folder == before) is not is_changed
    assert (due_videos(), process_video(video.pk).state) == ([], Video.State.PROCESSING)  # still the dead worker's
    done: list[str] = []
    enter = module._Processing._enter

    def noted(self: Any, step: Any) -> Any:
        done.append(step.name)
        return enter(self, step)

    monkeypatch.setattr(module._Processing, "_enter", noted)
    with clock.travel(LEASE + timedelta(seconds=1)):
        assert due_videos() == [video.pk]
        video = process_video(video.pk)

    assert done == left
    assert (video.state, video.progress, video.failure, video.original) == (Video.State.READY, 100, "", "")
    assert {row.name: row.file for row in video.renditions.all()} == {
        name: f"{video.folder}/{name}.mp4" for name in ("144p", "audio")
    }
    assert video.folder != before
    names = ("144p.mp4", "audio.mp4", "poster.webp", "poster.avif", "storyboard.webp")
    assert stored_files() == {f"{video.folder}/{name}" for name in names}
    assert list((tmp_path / "video-work").iterdir()) == []
    assert OutboxEvent.objects.filter(name="videos.VideoProcessed").count() == 1
