"""Cloudinary with the source and what is made of it in a folder, and in S3; and by a worker on another machine."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from videos.actions.process_video import process_video
from videos.models import Video
from videos.simulators.cloudinary import CloudinarySimulator
from videos.storage import video_storage
from videos.tests.media import make_clip
from videos.tests.service import processed
from videos.tests.sources import make_source
from videos.tests.stores import any_store, s3_address, s3_store  # noqa: F401  fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("any_store"), pytest.mark.one_database]


def test_made(tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5))
    video = processed(cloudinary, video)
    assert video.state == Video.State.READY
    names = {"144p.mp4", "audio.mp4", "poster.avif", "poster.webp", "storyboard.webp"}
    assert set(video_storage().listdir(video.folder)[1]) == names
    row = video.renditions.get(name="144p")
    assert video_storage().size(row.file) == row.bytes
    assert (list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir()), cloudinary.assets) == ([], {})


def test_a_worker_without_the_work_folder_sends_nothing_twice(tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
    video = make_source(make_clip(tmp_path / "film.mp4", seconds=1, size="96x54", rate=5))
    process_video(video.pk)
    cloudinary.release()
    shutil.rmtree(django_settings.VIDEO_WORK_FOLDER)
    assert process_video(video.pk).state == Video.State.READY
    assert sum(path.endswith("/upload") for _method, path in cloudinary.calls) == 1
