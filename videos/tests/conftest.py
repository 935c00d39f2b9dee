"""Folders of its own for each test that stores or processes videos."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from videos.tests.service import cloudinary  # noqa: F401  a fixture


@pytest.fixture
def video_folders(settings: LazySettings, tmp_path: Path) -> Path:
    """Storage of videos and work folder below the test's own; returns what holds both."""
    storages: dict[str, Any] = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["videos"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "videos"},
    }
    settings.STORAGES = storages
    settings.VIDEO_WORK_FOLDER = tmp_path / "video-work"
    settings.VIDEO_UPLOAD_FOLDER = tmp_path / "uploads"
    for name in ("videos", "video-work", "uploads"):
        (tmp_path / name).mkdir()
    return tmp_path
