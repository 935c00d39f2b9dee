"""Processing with the source and what is made of it in a folder, and in S3: the same comes out."""

from pathlib import Path

import pytest
from django.conf import settings

from videos.actions.process_video import process_video
from videos.models import Video
from videos.storage import video_storage
from videos.tests.media import make_clip
from videos.tests.sources import make_source
from videos.tests.stores import any_store, s3_address, s3_store  # noqa: F401  fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("any_store"), pytest.mark.one_database]

NAMES = {"144p.mp4", "audio.mp4", "poster.avif", "poster.webp", "storyboard.webp"}


def test_made_anew_in_another_folder(tmp_path: Path) -> None:
    video = process_video(make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5)).pk)
    first = video.folder
    assert set(video_storage().listdir(first)[1]) == NAMES
    row = video.renditions.get(name="144p")
    assert video_storage().size(row.file) == row.bytes
    assert list(Path(settings.VIDEO_WORK_FOLDER).iterdir()) == []

    Video.objects.filter(pk=video.pk).update(state=Video.State.WAITING)
    video = process_video(video.pk)

    assert (video.state, video.folder != first) == (Video.State.READY, True)
    assert set(video_storage().listdir(video.folder)[1]) == NAMES
    assert not any(video_storage().exists(f"{first}/{name}") for name in NAMES)
    assert video_storage().exists(video.original)


def test_a_missing_original_is_said(tmp_path: Path) -> None:
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5))
    video_storage().delete(video.original)
    assert process_video(video.pk).failure == "video_original_missing"
