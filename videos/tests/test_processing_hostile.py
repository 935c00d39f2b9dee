"""Hostile files are refused or contained: nothing else is read, nobody is called, nothing is left behind."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings

from core.models.outbox import OutboxEvent
from videos.actions.process_video import process_video
from videos.errors import FAILURES, failure_sentence
from videos.models import Video
from videos.storage import video_storage
from videos.tests.hostile import CONTAINED, REFUSED, Maker, Trap
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders"), pytest.mark.one_database]

SECRET = b"THE-SECRET-OF-THE-HOUSE"


@pytest.fixture
def trap(tmp_path: Path, callers: list[str]) -> Trap:
    """An address that listens, and a file to steal."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_bytes(SECRET * 100)
    return Trap(folder, callers.pop(), secret)


@pytest.fixture(autouse=True)
def _small_limits(settings: LazySettings) -> None:
    settings.VIDEO_MAX_SECONDS = 600
    settings.VIDEO_PROCESS_SECONDS = 120


def name(maker: Maker) -> str:
    """As the tests are called."""
    return maker.__name__


def test_there_are_twenty() -> None:
    assert len(REFUSED) >= 20
    assert set(REFUSED.values()) <= set(FAILURES)


@pytest.mark.parametrize("maker", REFUSED, ids=name)
def test_refused(maker: Maker, trap: Trap, callers: list[str]) -> None:
    waiting = make_source(maker(trap))

    video = process_video(waiting.pk)

    assert (video.state, video.failure) == (Video.State.FAILED, REFUSED[maker])
    assert failure_sentence(video.failure) != ""
    assert (video.folder, video.renditions.count(), video.lease) == ("", 0, None)
    assert SECRET.decode() not in video.failure_detail
    assert stored_files() == {video.original}
    assert list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir()) == []
    assert OutboxEvent.objects.get(name="videos.VideoFailed").payload["failure"] == REFUSED[maker]
    assert not OutboxEvent.objects.filter(name="videos.VideoProcessed").exists()
    assert callers == []


@pytest.mark.parametrize("maker", CONTAINED, ids=name)
def test_contained(maker: Maker, trap: Trap, callers: list[str]) -> None:
    waiting = make_source(maker(trap))

    video = process_video(waiting.pk)

    assert (video.state, video.failure_detail) == (Video.State.READY, "")
    assert 0 < video.duration_ms <= CONTAINED[maker]
    made = {name for name in stored_files() if name.startswith(video.folder)}
    assert {Path(name).name for name in made} >= {"audio.mp4"} or not video.has_audio
    contents = [Path(video_storage().path(name)).read_bytes() for name in made]
    assert sum(len(content) for content in contents) < 1_000_000
    assert not any(SECRET in content or b"ATTACHED-PROGRAM" in content for content in contents)
    assert list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir()) == []
    assert sorted(path.name for path in trap.folder.parent.iterdir() if path.name == "x") == []
    assert callers == []
