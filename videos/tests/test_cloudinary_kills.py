"""A worker killed while Cloudinary processes for it: the next one goes on there, and nothing is sent or left twice."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from core import clock
from core.models.outbox import OutboxEvent
from videos.actions import process_video as module
from videos.actions.process_video import LEASE, process_video
from videos.actions.resume_videos import due_videos
from videos.models import Video
from videos.simulators.cloudinary import CloudinarySimulator
from videos.tests.at_work import none_left_in
from videos.tests.media import make_clip
from videos.tests.service import processed
from videos.tests.sources import make_source, stored_files
from videos.tests.test_processing_kills import kill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("video_folders")]

STAGES = ["look", "measure", "send", "wait", "fetch", "fit", "stills", "store"]
#: Where it is killed, which stages the next worker has to do, and how often sending was begun.
KILLS = [
    ("send", "before", STAGES[2:], 1),
    # In the middle of the only piece: they never had it.
    ("send", "during", STAGES[2:], 2),
    # They have it, and nobody wrote that down.
    ("send", "after", STAGES[2:], 1),
    ("wait", "before", STAGES[3:], 1),
    ("fetch", "during", STAGES[4:], 1),
    ("fetch", "after", STAGES[4:], 1),
    ("fit", "during", STAGES[5:], 1),
    ("fit", "after", STAGES[5:], 1),
    ("tidy", "before", [], 1),
]


@pytest.fixture(autouse=True)
def _only_our_workers(settings: LazySettings) -> None:
    """Nothing is processed by the commit that uploads it."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


@pytest.mark.parametrize(("stage", "place", "left", "sent"), KILLS, ids=[f"{one[0]} {one[1]}" for one in KILLS])
def test_killed(
    stage: str,
    place: str,
    left: list[str],
    sent: int,
    tmp_path: Path,
    cloudinary: CloudinarySimulator,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5), keeps_original=False)
    if stage in STAGES[4:] or stage == "tidy":
        process_video(video.pk)
        cloudinary.release()
    connection.close()
    names = ("CLOUDINARY_URL", "CLOUDINARY_API_URL", "CLOUDINARY_DELIVERY_URL", "CLOUDINARY_FOLDER")

    kill(video, stage, place, tmp_path, **{name: getattr(settings, name) for name in names})

    assert none_left_in(tmp_path / "video-work")
    assert (due_videos(), process_video(video.pk).state) == ([], Video.State.PROCESSING)  # still the dead worker's
    done: list[str] = []
    enter = module._Processing._enter

    def noted(self: Any, step: Any) -> Any:
        if step.name not in done:
            done.append(step.name)
        return enter(self, step)

    monkeypatch.setattr(module._Processing, "_enter", noted)
    with clock.travel(LEASE + timedelta(seconds=1)):
        assert due_videos() == [video.pk]
        video = processed(cloudinary, video)

    assert done == left
    assert (video.state, video.failure, video.original) == (Video.State.READY, "", "")
    files = ("144p.mp4", "audio.mp4", "poster.webp", "poster.avif", "storyboard.webp")
    assert stored_files() == {f"{video.folder}/{name}" for name in files}
    assert list((tmp_path / "video-work").iterdir()) == []
    assert cloudinary.assets == {}
    uploads = [path for _method, path in cloudinary.calls if path.endswith("/upload")]
    assert len(uploads) == sent
    assert OutboxEvent.objects.filter(name="videos.VideoProcessed").count() == 1
